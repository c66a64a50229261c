/*
 * What `explain` says where a screen led to an alert: which command shows why a name is like a listed one, with the words that the alert has.
 *
 * An alert has the listed name and the place in the row; the customer's own words are in it nowhere (engine/sentry_tell.c), so whoever asks
 * puts them there. Invariant: nothing of a list or a path steers a terminal, or leaves its quotes.
 */
#include "app/tree_parts.h"
#include "base/glyph.h"

/* Parts of a detail; empty where it has none. */
struct found {
	struct cs_span name;  /* as listed */
	struct cs_span place; /* PAYEE 1:1-11 */
	bool identifier;
};

static struct cs_span
span_between(const char *at, const char *end)
{
	return (struct cs_span){(const uint8_t *)at, end ? (size_t)(end - at) : strlen(at)};
}

/* own/17 "PETROV, Ivan" (SDGT): 873 in PAYEE 1:1-11; version ... */
static struct found
read_detail(const char *detail)
{
	static const char identifier[] = ": identifier in ", in[] = " in ";
	struct found found = {.identifier = false};
	const char *name = strstr(detail, " \"");
	const char *plain = name ? strstr(name + 2, "\": ") : NULL, *more = name ? strstr(name + 2, "\" (") : NULL;
	const char *end = !plain || (more && more < plain) ? more : plain;
	if (!end)
		return found;
	const char *rest = end == more ? strstr(end, "): ") : end;
	if (!rest)
		return found;
	found.name = span_between(name + 2, end);
	rest++;
	found.identifier = strncmp(rest, identifier, sizeof identifier - 1) == 0;
	const char *place = strstr(rest, in);
	if (place)
		found.place = span_between(place + sizeof in - 1, strchr(place, ';'));
	return found;
}

/* As a shell takes it. */
static void
put_argument(struct cs_text *text, struct cs_span argument)
{
	cs_text_put_char(text, '\'');
	for (size_t at = 0; at < argument.len;) {
		struct cs_glyph glyph = cs_glyph_at(argument, at);
		if (glyph.code == '\'')
			cs_text_put(text, "'\\''");
		else
			cs_glyph_put(text, argument, at, &glyph);
		at += glyph.len;
	}
	cs_text_put_char(text, '\'');
}

static void
put_command(struct cs_text *text, const struct cs_tree *tree, const char *command, const char *rest)
{
	cs_text_put(text, "  countersign ");
	cs_text_put(text, command);
	cs_text_put_char(text, ' ');
	put_argument(text, cs_span_text(tree->names.policy->path));
	cs_text_put(text, rest);
	cs_text_put_char(text, '\n');
}

/* A name that was too long for the alert ends in "...". */
static bool
is_whole(struct cs_span name)
{
	return name.len && (name.len < 3 || memcmp(name.at + name.len - 3, "...", 3) != 0);
}

static void
put_name(struct cs_text *text, const struct cs_tree *tree, const struct found *found)
{
	cs_text_put(text, "Why it is like the listed name, word by word, is said with what stands in ");
	if (found->place.len)
		cs_glyph_put_all(text, found->place);
	else
		cs_text_put(text, "the row");
	cs_text_put(text, " in place of NAME:\n");
	put_command(text, tree, "screen", " NAME");
	if (!is_whole(found->name))
		return;
	cs_text_put(text, "  countersign screen --compare -- NAME ");
	put_argument(text, found->name);
	cs_text_put_char(text, '\n');
}

void
cs_tree_put_screen(struct cs_text *text, const struct cs_tree *tree)
{
	struct found found = read_detail(tree->detail);
	cs_text_put(text, "\nScreen ");
	cs_text_put(text, tree->screen);
	cs_text_put(text, " of the policy led to this. ");
	if (tree->reason == CS_REASON_NAME_UNSEARCHED) {
		cs_text_put(text, "It found no name: what is told above was not searched, and its `without` says what "
				  "follows. How its lists are now says:\n");
		put_command(text, tree, "check", "");
	} else if (found.identifier) {
		cs_text_put(text, "No name was compared: the identifier in ");
		cs_glyph_put_all(text, found.place);
		cs_text_put(text, " is one that the list has for this entry, to the letter.\n");
	} else {
		put_name(text, tree, &found);
	}
}
