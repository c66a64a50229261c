/*
 * What of a policy belongs to an alert: the block that spoke, and those it names.
 *
 * Blocks begin at the start of a line with their sort and name, and end with a brace at the start of a line, or on their
 * own line. That is how policies are written; where one is not, the whole policy is shown, which says too much rather than
 * too little.
 */
#include "engine/evidence.h"

struct name {
	struct cs_span sort; /* "rule"; empty: any of an expectation's */
	struct cs_span name;
};

static bool
is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static size_t
word_at(struct cs_span text, size_t at)
{
	size_t n = 0;
	while (at + n < text.len && is_letter(text.at[at + n]))
		n++;
	return n;
}

static bool
same(struct cs_span a, struct cs_span b)
{
	return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* "rule often" at the beginning of a line. */
static bool
read_name(struct cs_span policy, size_t line, struct name *out)
{
	size_t n = word_at(policy, line), space = 0;
	while (line + n + space < policy.len && policy.at[line + n + space] == ' ')
		space++;
	size_t at = line + n + space, len = word_at(policy, at);
	*out = (struct name){{policy.at + line, n}, {policy.at + at, len}};
	return n && space && len;
}

static size_t
line_behind(struct cs_span policy, size_t at)
{
	const uint8_t *end = at < policy.len ? memchr(policy.at + at, '\n', policy.len - at) : NULL;
	return end ? (size_t)(end - policy.at) + 1 : policy.len;
}

/* The block that begins at LINE; empty when it has no end. */
static struct cs_span
block_at(struct cs_span policy, size_t line)
{
	size_t end = line_behind(policy, line), last = end;
	while (last > line && (policy.at[last - 1] == '\n' || policy.at[last - 1] == ' '))
		last--;
	if (last > line && policy.at[last - 1] == '}')
		return (struct cs_span){policy.at + line, last - line};
	for (; end < policy.len; end = line_behind(policy, end))
		if (policy.at[end] == '}')
			return (struct cs_span){policy.at + line, end + 1 - line};
	return (struct cs_span){policy.at + line, 0};
}

static bool
is_wanted(const struct name *is, const struct name *wanted)
{
	static const char *const sorts[] = {"expect", "excuse", "watch", "conserve", "statement"};
	bool sort = wanted->sort.len && same(is->sort, wanted->sort);
	for (unsigned i = 0; !wanted->sort.len && i < sizeof sorts / sizeof sorts[0]; i++)
		sort = sort || cs_span_is(is->sort, sorts[i]);
	return sort && same(is->name, wanted->name);
}

/* What others refer to by its name. */
static bool
is_referred(const struct name *is, struct cs_span block)
{
	static const char *const sorts[] = {"profile", "list", "places", "calendar"};
	bool sort = false;
	for (unsigned i = 0; i < sizeof sorts / sizeof sorts[0]; i++)
		sort = sort || cs_span_is(is->sort, sorts[i]);
	for (size_t at = 0, n; sort && at < block.len; at += n ? n : 1) {
		n = word_at(block, at);
		if (n && same((struct cs_span){block.at + at, n}, is->name))
			return true;
	}
	return false;
}

static struct name
name_of(const char *name)
{
	const char *dot = strchr(name, '.');
	struct cs_span whole = cs_span_text(name);
	if (!dot)
		return (struct name){{whole.at, 0}, whole};
	size_t n = (size_t)(dot - name);
	return (struct name){{whole.at, n}, {whole.at + n + 1, whole.len - n - 1}};
}

unsigned
cs_evidence_parts(struct cs_span policy, const char *name, struct cs_span part[CS_EVIDENCE_PARTS_MAX])
{
	const struct name wanted = name_of(name);
	struct name is;
	unsigned n = 0;
	part[0] = (struct cs_span){policy.at, 0};
	for (size_t line = 0; line < policy.len && !part[0].len; line = line_behind(policy, line))
		if (read_name(policy, line, &is) && is_wanted(&is, &wanted))
			part[0] = block_at(policy, line);
	if (!part[0].len) {
		part[0] = policy;
		return 1;
	}
	n = 1;
	for (size_t line = 0; line < policy.len && n < CS_EVIDENCE_PARTS_MAX; line = line_behind(policy, line))
		if (policy.at + line != part[0].at && read_name(policy, line, &is) && is_referred(&is, part[0]))
			part[n++] = block_at(policy, line);
	return n;
}
