/*
 * The words of a policy for formats are those of screening, but for "-": a format that one of the two lacks does not compile.
 */
#include "app/watched.h"

#include "app/describe_parts.h"
#include "engine/list_files.h"
#include "policy/screen.h"

enum { WORDS_BYTES = 1 << 15, PERCENT_PPM = 10000 };

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
	cs_text_put(out, "names to be held against; format ");
	cs_text_put(out, cs_watched_word(clause->format));
	cs_text_put(out, clause->source_n > 1 ? "; files " : "; file ");
	for (unsigned i = 0; i < clause->source_n; i++) {
		cs_text_put(out, i ? ", " : "");
		cs_text_put(out, clause->source[i]);
	}
	for (unsigned i = 0; i < clause->fetch_n; i++) {
		cs_text_put(out, i ? ", " : "; published at ");
		cs_text_put(out, clause->fetch[i]);
	}
	cs_text_put(out, clause->map ? "; columns " : "");
	cs_text_put(out, clause->map ? clause->map : "");
	cs_text_put(out, "; looked at every ");
	cs_describe_time(out, clause->refresh_ns);
	cs_text_put(out, "; too old after ");
	cs_describe_time(out, clause->stale_ns);
	cs_text_put(out, "; refused when it lost more than ");
	cs_text_put_u64(out, clause->shrink_ppm / PERCENT_PPM);
	cs_text_put(out, "% of its entries, ");
	cs_text_put_u64(out, CS_LIST_FILES_SHRINK_LEAST);
	cs_text_put(out, " at least, at once.");
}

/* "holds the names in PAYEE and the text in FOR of record payments against ofac; ..." */
static void
put_cells(struct cs_text *out, const struct cs_screen_clause *screen)
{
	static const char *const whats[CS_SCREEN_HOWS] = {[CS_SCREEN_NAMES] = "names in ",
							  [CS_SCREEN_TEXT] = "text in ",
							  [CS_SCREEN_IDENTIFIERS] = "identifiers in "};
	for (unsigned i = 0; i < screen->cell_n; i++) {
		cs_text_put(out, i ? ", " : "holds ");
		if (i == 0 || screen->cell[i].how != screen->cell[i - 1].how)
			cs_text_put(out, whats[screen->cell[i].how]);
		cs_text_put(out, screen->cell[i].name);
	}
}

static void
put_screen(struct cs_text *out, const struct cs_policy *policy, const struct cs_screen_clause *screen)
{
	unsigned n = 0;
	put_cells(out, screen);
	cs_text_put(out, " of ");
	for (unsigned i = 0; i < screen->of_n; i++) {
		cs_text_put(out, i ? ", " : "");
		cs_describe_selector(out, policy, &screen->of[i]);
	}
	cs_text_put(out, " against ");
	for (unsigned i = 0; i < policy->watched_n; i++) {
		if (!(screen->lists >> i & 1))
			continue;
		cs_text_put(out, n++ ? ", " : "");
		cs_text_put(out, policy->watched[i].name);
	}
	cs_text_put(out, ", told from a score of ");
	cs_text_put_u64(out, screen->line);
	cs_text_put(out, " on: ");
	cs_describe_outcome(out, screen->otherwise);
	cs_text_put(out, "; when a list is missing or too old, or not all could be searched: ");
	cs_describe_outcome(out, screen->without);
	if (screen->decisions) {
		cs_text_put(out, "; not what was decided in ");
		cs_text_put(out, screen->decisions);
	}
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
	for (unsigned i = 0; i < policy->screen_n; i++) {
		cs_describe_head(out, "screen", policy->screen[i].name, policy->screen[i].title);
		put_screen(out, policy, &policy->screen[i]);
		cs_text_put(out, "\n");
	}
}

static void
put_screens_json(struct cs_json *out, const struct cs_policy *policy)
{
	if (!policy->screen_n)
		return;
	cs_json_key(out, "screens");
	cs_json_array(out);
	for (unsigned i = 0; i < policy->screen_n; i++) {
		static char at[WORDS_BYTES];
		struct cs_text words = cs_text_over(at, sizeof at);
		put_screen(&words, policy, &policy->screen[i]);
		cs_json_object(out);
		cs_json_put_text(out, "name", policy->screen[i].name);
		cs_json_put_text(out, "title", policy->screen[i].title);
		cs_json_put_text(out, "words", at);
		cs_json_end_object(out);
	}
	cs_json_end_array(out);
}

void
cs_watched_put_json(struct cs_json *out, const struct cs_policy *policy)
{
	put_screens_json(out, policy);
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
