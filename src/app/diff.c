/*
 * What differs between two policies: both are told in words, paragraph by paragraph, and the paragraphs of one name are
 * held against each other line by line, lines part by part.
 *
 * So whatever `check` tells is compared, and nothing has to be listed twice; what it leaves out (entries of lists, days,
 * rates, reasons) is told here as well. A line that begins with a name ("n_1h: how many ...") is known by it; other lines
 * by their order among those that differ.
 */
#include "app/diff.h"

#include "app/describe_parts.h"
#include "app/telling.h"

#include <stdlib.h>

enum { TELLING_BYTES = 1 << 20, PARAGRAPHS_MAX = 2048, LINES_MAX = 4096 };

struct paragraph {
	struct cs_span name; /* `rule burst` */
	struct cs_span all;
	struct cs_span body;
};

struct telling {
	const struct cs_policy *policy;
	unsigned n;
	struct paragraph at[PARAGRAPHS_MAX];
	char text[TELLING_BYTES];
};

struct lines {
	unsigned n;
	struct cs_span at[LINES_MAX];
};

struct diff {
	struct cs_text *out;
	struct telling old;
	struct telling fresh;
	struct lines lines[2]; /* of one paragraph in both */
	struct lines parts[2]; /* of one line in both */
	unsigned n;
	bool clipped;
};

/* --- taking a telling apart --- */

/* Takes the bytes up to END, or all, off REST; END itself is in neither. */
static struct cs_span
take(struct cs_span *rest, const char *end)
{
	size_t len = strlen(end);
	const uint8_t *found = memmem(rest->at, rest->len, end, len);
	struct cs_span out = {rest->at, found ? (size_t)(found - rest->at) : rest->len};
	size_t taken = found ? out.len + len : rest->len;
	*rest = (struct cs_span){rest->at + taken, rest->len - taken};
	return out;
}

static struct cs_span
without_spaces(struct cs_span line)
{
	while (line.len && line.at[0] == ' ')
		line = (struct cs_span){line.at + 1, line.len - 1};
	return line;
}

static bool
tell(struct telling *telling, const struct cs_policy *policy)
{
	struct cs_text text = cs_text_over(telling->text, sizeof telling->text);
	telling->policy = policy;
	telling->n = 0;
	cs_describe_put(&text, policy);
	cs_telling_put(&text, policy);
	struct cs_span rest = {(const uint8_t *)telling->text, text.len};
	(void)take(&rest, "\n\n"); /* that it is good */
	while (rest.len && telling->n < PARAGRAPHS_MAX) {
		struct paragraph *paragraph = &telling->at[telling->n++];
		paragraph->all = paragraph->body = take(&rest, "\n\n");
		struct cs_span head = take(&paragraph->body, "\n");
		paragraph->name = take(&head, ", \"");
	}
	return !text.overflowed && rest.len == 0;
}

static const struct paragraph *
find(const struct telling *telling, struct cs_span name)
{
	for (unsigned i = 0; i < telling->n; i++)
		if (cs_span_equal(telling->at[i].name, name))
			return &telling->at[i];
	return NULL;
}

static bool
split(struct lines *lines, struct cs_span text, const char *between)
{
	lines->n = 0;
	while (text.len && lines->n < LINES_MAX)
		lines->at[lines->n++] = without_spaces(take(&text, between));
	return text.len == 0;
}

static bool
holds(const struct lines *lines, struct cs_span line)
{
	for (unsigned i = 0; i < lines->n; i++)
		if (cs_span_equal(lines->at[i], line))
			return true;
	return false;
}

/* The name a line begins with, or nothing. */
static struct cs_span
name_of(struct cs_span line)
{
	struct cs_span rest = line, name = take(&rest, ": ");
	bool quoted = name.len && name.at[0] == '"';
	if (name.len == line.len || (!quoted && memchr(name.at, ' ', name.len)))
		return (struct cs_span){line.at, 0};
	return name;
}

/* The line of LINES that LINE has taken the place of; nothing when it is new. NTH of those without a name. */
static struct cs_span
counterpart(const struct lines *lines, const struct lines *others, struct cs_span line, unsigned nth)
{
	struct cs_span name = name_of(line);
	for (unsigned i = 0; i < lines->n; i++) {
		bool alike = cs_span_equal(name_of(lines->at[i]), name);
		if (!alike || (!name.len && (holds(others, lines->at[i]) || nth-- > 0)))
			continue;
		return lines->at[i];
	}
	return (struct cs_span){line.at, 0};
}

/* --- saying it --- */

static void
say(struct diff *diff, const char *word, struct cs_span line)
{
	cs_text_put(diff->out, "  ");
	cs_text_put(diff->out, word);
	cs_text_put_span(diff->out, line);
	cs_text_put(diff->out, "\n");
}

static struct cs_span
without_point(struct cs_span line)
{
	return line.len && line.at[line.len - 1] == '.' ? (struct cs_span){line.at, line.len - 1} : line;
}

static void
say_parts(struct diff *diff, const char *word, struct cs_span told, struct cs_span against)
{
	struct lines *parts = diff->parts;
	struct cs_span name = name_of(told);
	diff->clipped |= !split(&parts[0], without_point(told), "; ");
	diff->clipped |= !split(&parts[1], without_point(against), "; ");
	for (unsigned i = 0; i < parts[0].n; i++) {
		if (holds(&parts[1], parts[0].at[i]))
			continue;
		cs_text_put(diff->out, "  ");
		cs_text_put(diff->out, word);
		if (i && name.len) {
			cs_text_put_span(diff->out, name);
			cs_text_put(diff->out, ": ");
		}
		cs_text_put_span(diff->out, parts[0].at[i]);
		cs_text_put(diff->out, "\n");
	}
}

static void
say_changed(struct diff *diff, const struct paragraph *old, const struct paragraph *fresh)
{
	struct lines *before = &diff->lines[0], *after = &diff->lines[1];
	unsigned plain_n = 0, gone_n = 0;
	struct cs_span was = old->all, now = fresh->all, was_head = take(&was, "\n"), now_head = take(&now, "\n");
	if (!cs_span_equal(was_head, now_head)) {
		say(diff, "was: ", was_head);
		say(diff, "now: ", now_head);
	}
	diff->clipped |= !split(before, old->body, "\n") || !split(after, fresh->body, "\n");
	for (unsigned i = 0; i < after->n; i++) {
		struct cs_span line = after->at[i];
		if (holds(before, line))
			continue;
		struct cs_span other = counterpart(before, after, line, plain_n);
		plain_n += name_of(line).len == 0;
		if (!other.len) {
			say(diff, "new: ", line);
			continue;
		}
		say_parts(diff, "was: ", other, line);
		say_parts(diff, "now: ", line, other);
	}
	for (unsigned i = 0; i < before->n; i++) {
		struct cs_span line = before->at[i];
		if (!holds(after, line) && !counterpart(after, before, line, gone_n).len)
			say(diff, "gone: ", line);
		gone_n += !holds(after, line) && name_of(line).len == 0;
	}
}

static void
say_name(struct diff *diff, struct cs_span name, const char *what)
{
	diff->n++;
	cs_text_put(diff->out, diff->n > 1 ? "\n" : "");
	cs_text_put_span(diff->out, name);
	cs_text_put(diff->out, what);
}

static void
say_body(struct diff *diff, struct cs_span body)
{
	while (body.len)
		say(diff, "", without_spaces(take(&body, "\n")));
}

/* --- warming --- */

static const struct cs_profile_clause *
profile_of(const struct cs_policy *policy, struct cs_span name)
{
	const struct cs_behave_policy *behave = policy->behave;
	struct cs_span rest = name, sort = take(&rest, " ");
	bool limit = cs_span_is(sort, "limit");
	if (!behave || (!limit && !cs_span_is(sort, "profile")))
		return NULL;
	unsigned n = limit ? behave->limit_profile_n : behave->profile_n;
	const struct cs_profile_clause *profile = limit ? behave->limit_profile : behave->profile;
	for (unsigned i = 0; i < n; i++)
		if (cs_span_is(rest, profile[i].name))
			return &profile[i];
	return NULL;
}

/* Whether two aggregates of one name answer alike, given the same events. */
static bool
is_same(const struct diff *diff, const struct cs_aggregate *old, const struct cs_aggregate *fresh)
{
	char at[2][4096];
	struct cs_text was = cs_text_over(at[0], sizeof at[0]), now = cs_text_over(at[1], sizeof at[1]);
	cs_describe_aggregate(&was, diff->old.policy->behave, old);
	cs_describe_aggregate(&now, diff->fresh.policy->behave, fresh);
	return !was.overflowed && was.len == now.len && memcmp(at[0], at[1], now.len) == 0;
}

static bool
sees_same(const struct diff *diff, const struct cs_profile_clause *old, const struct cs_profile_clause *fresh)
{
	char at[2][8192];
	struct cs_text was = cs_text_over(at[0], sizeof at[0]), now = cs_text_over(at[1], sizeof at[1]);
	cs_telling_sees(&was, diff->old.policy, old);
	cs_telling_sees(&now, diff->fresh.policy, fresh);
	return !was.overflowed && was.len == now.len && memcmp(at[0], at[1], now.len) == 0;
}

static bool
is_known(const struct diff *diff, const struct cs_profile_clause *old, const struct cs_aggregate *fresh)
{
	for (unsigned i = 0; i < old->aggregate_n; i++)
		if (strcmp(old->aggregate[i].name, fresh->name) == 0)
			return is_same(diff, &old->aggregate[i], fresh);
	return false;
}

/* What a profile has to have seen before its new windows are right. */
static void
say_warming(struct diff *diff, struct cs_span name)
{
	const struct cs_profile_clause *fresh = profile_of(diff->fresh.policy, name);
	const struct cs_profile_clause *old = profile_of(diff->old.policy, name);
	uint64_t longest_ns = 0;
	bool ever = false;
	if (!fresh)
		return;
	bool anew = !old || !sees_same(diff, old, fresh);
	for (unsigned i = 0; i < fresh->aggregate_n; i++) {
		const struct cs_aggregate *aggregate = &fresh->aggregate[i];
		if (!anew && is_known(diff, old, aggregate))
			continue;
		uint64_t reach_ns = aggregate->window_ns + aggregate->delay_ns;
		longest_ns = reach_ns > longest_ns ? reach_ns : longest_ns;
		ever |= aggregate->window_ns == 0;
	}
	if (longest_ns == 0 && !ever)
		return;
	cs_text_put(diff->out, "  needs warming: ");
	if (longest_ns)
		cs_describe_time(diff->out, longest_ns);
	if (ever)
		cs_text_put(diff->out, longest_ns ? ", and all there ever was" : "all there ever was");
	cs_text_put(diff->out, "\n");
}

/* --- both --- */

static void
compare_one(struct diff *diff, const struct paragraph *fresh)
{
	const struct paragraph *old = find(&diff->old, fresh->name);
	if (old && cs_span_equal(old->all, fresh->all))
		return;
	say_name(diff, fresh->name, old ? "\n" : ": new\n");
	if (old)
		say_changed(diff, old, fresh);
	else
		say_body(diff, fresh->body);
	say_warming(diff, fresh->name);
}

/* What it costs comes last. */
static void
compare(struct diff *diff)
{
	const struct paragraph *bounds = find(&diff->fresh, cs_span_text("bounds"));
	for (unsigned i = 0; i < diff->fresh.n; i++)
		if (&diff->fresh.at[i] != bounds)
			compare_one(diff, &diff->fresh.at[i]);
	for (unsigned i = 0; i < diff->old.n; i++) {
		if (find(&diff->fresh, diff->old.at[i].name))
			continue;
		say_name(diff, diff->old.at[i].name, ": gone\n");
		say_body(diff, diff->old.at[i].body);
	}
	if (bounds)
		compare_one(diff, bounds);
}

unsigned
cs_diff_put(struct cs_text *out, const struct cs_policy *old, const struct cs_policy *fresh, bool *clipped)
{
	struct diff *diff = calloc(1, sizeof *diff);
	*clipped = true;
	if (!diff)
		return 0;
	diff->out = out;
	diff->clipped = !tell(&diff->old, old);
	diff->clipped |= !tell(&diff->fresh, fresh);
	compare(diff);
	unsigned n = diff->n;
	*clipped = diff->clipped || out->overflowed;
	free(diff);
	return n;
}
