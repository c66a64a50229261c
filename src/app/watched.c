/*
 * The words of a policy for formats are those of screening, but for "-": a format that one of the two lacks does not compile.
 */
#include "app/watched.h"

#include "app/describe_parts.h"

enum { WORDS_BYTES = 1 << 15 };

static void
complain_map(struct cs_complaints *complaints, const struct cs_watched_clause *clause, const char *why)
{
	char at[160];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_text_put(&text, why);
	cs_text_put(&text, "; write: {2}");
	cs_complain(complaints, clause->map_place, at, cs_span_text(""), "map \"name=Full name,birth=DOB\"");
}

bool
cs_watched_check(const struct cs_policy *policy, struct cs_complaints *complaints)
{
	for (unsigned i = 0; i < policy->watched_n; i++) {
		const struct cs_watched_clause *clause = &policy->watched[i];
		struct cs_watch_list_map map;
		const char *why = NULL;
		if (clause->map && !cs_watch_list_map(cs_span_text(clause->map), &map, &why))
			complain_map(complaints, clause, why);
	}
	return complaints->all_n == 0;
}

static void
put_words(struct cs_text *out, const struct cs_watched_clause *clause)
{
	cs_text_put(out, "names that customers are held against by countersign screen; format ");
	cs_text_put(out, cs_watched_word(clause->format));
	cs_text_put(out, clause->source_n > 1 ? "; files " : "; file ");
	for (unsigned i = 0; i < clause->source_n; i++) {
		cs_text_put(out, i ? ", " : "");
		cs_text_put(out, clause->source[i]);
	}
	cs_text_put(out, clause->map ? "; columns " : "");
	cs_text_put(out, clause->map ? clause->map : "");
	cs_text_put(out, "; too old after ");
	cs_describe_time(out, clause->stale_ns);
	cs_text_put(out, ".");
}

void
cs_watched_put(struct cs_text *out, const struct cs_policy *policy)
{
	for (unsigned i = 0; i < policy->watched_n; i++) {
		cs_describe_head(out, "watch list", policy->watched[i].name, policy->watched[i].title);
		put_words(out, &policy->watched[i]);
		cs_text_put(out, "\n");
	}
}

void
cs_watched_put_json(struct cs_json *out, const struct cs_policy *policy)
{
	if (!policy->watched_n)
		return;
	cs_json_key(out, "watch_lists");
	cs_json_array(out);
	for (unsigned i = 0; i < policy->watched_n; i++) {
		static char at[WORDS_BYTES];
		const struct cs_watched_clause *clause = &policy->watched[i];
		struct cs_text words = cs_text_over(at, sizeof at);
		put_words(&words, clause);
		cs_json_object(out);
		cs_json_put_text(out, "name", clause->name);
		cs_json_put_text(out, "title", clause->title);
		cs_json_put_text(out, "format", cs_watched_word(clause->format));
		cs_json_key(out, "files");
		cs_json_array(out);
		for (unsigned k = 0; k < clause->source_n; k++)
			cs_json_text(out, clause->source[k]);
		cs_json_end_array(out);
		cs_json_put_u64(out, "stale_ns", clause->stale_ns);
		cs_json_put_text(out, "words", at);
		cs_json_end_object(out);
	}
	cs_json_end_array(out);
}
