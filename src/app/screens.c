/*
 * Screens of a command. The store of lists lies in the journal's folder: what a verdict leaned on is kept where the verdict is.
 */
#include "app/screens.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>

enum { WORDS_BYTES = 1024 };

static void
put_roster(void *context, const struct cs_roster *roster, uint64_t now_ns)
{
	cs_chronicle_roster(context, roster, now_ns);
}

static void
put_named(void *context, const struct cs_sentry_named *named)
{
	cs_chronicle_named(context, named);
}

/* The folder for lists in that of the journal; NULL: no journal is kept, or its path is too long. */
static const char *
store_of(const char *journal, char out[CS_LIST_PATH_BYTES])
{
	struct cs_text text = cs_text_over(out, CS_LIST_PATH_BYTES);
	if (!journal)
		return NULL;
	cs_text_put(&text, journal);
	cs_text_put(&text, "/lists");
	return text.overflowed ? NULL : out;
}

static enum cs_error
new_sentry(const struct cs_screens *screens, const struct cs_screens_wish *wish, struct cs_sentry **out)
{
	const struct cs_sentry_wish sentry = {
		.policy = wish->policy,
		.renewal = screens->renewal,
		.live = wish->live,
		.scribe = {screens->chronicle ? put_roster : NULL, screens->chronicle ? put_named : NULL,
			   screens->chronicle},
		.observer = wish->observer,
	};
	return cs_sentry_new(&sentry, out);
}

bool
cs_screens_open(const struct cs_screens_wish *wish, struct cs_screens *out)
{
	char store[CS_LIST_PATH_BYTES];
	*out = (struct cs_screens){0};
	if (!wish->policy->screen_n && !wish->live)
		return true;
	const struct cs_renewal_wish renewal = {wish->policy, store_of(wish->journal, store)};
	enum cs_error error = cs_renewal_new(&renewal, &out->renewal);
	out->chronicle = wish->chronicle;
	if (error == CS_OK && wish->policy->screen_n)
		error = new_sentry(out, wish, &out->sentry);
	if (error == CS_OK && wish->live) /* also for none: once it is confined this process has no more threads */
		error = cs_renewal_start(out->renewal);
	if (error != CS_OK)
		fprintf(stderr, "countersign: watch lists: %s\n", cs_error_text(error));
	return error == CS_OK;
}

static void
put_list(struct cs_text *text, const struct cs_roster_list *list)
{
	cs_text_put(text, "countersign: watch list ");
	cs_text_put(text, list->name);
	if (!list->there) {
		cs_text_put(text, " IS NOT SEARCHED: ");
		cs_text_put(text, list->why);
		return;
	}
	cs_text_put(text, ": ");
	cs_text_put_counted(text, list->entry_n, "entry", "entries");
	if (list->bad_n) {
		cs_text_put(text, ", ");
		cs_text_put_counted(text, list->bad_n, "row", "rows");
		cs_text_put(text, " wrong (countersign lists check says which)");
	}
	if (list->why[0]) {
		cs_text_put(text, "; AN OLDER VERSION STAYS IN FORCE: ");
		cs_text_put(text, list->why);
	}
}

void
cs_screens_say(const struct cs_screens *screens)
{
	const struct cs_roster *roster = screens->sentry ? cs_sentry_roster(screens->sentry) : NULL;
	for (unsigned i = 0; roster && i < roster->n; i++) {
		char at[WORDS_BYTES];
		struct cs_text text = cs_text_over(at, sizeof at);
		put_list(&text, &roster->list[i]);
		fprintf(stderr, "%s\n", at);
	}
	for (unsigned i = 0; roster && i < roster->screen_n; i++)
		if (roster->decided[i].wanted && !roster->decided[i].there)
			fprintf(stderr, "countersign: NO DECISION HOLDS: %s\n", roster->decided[i].why);
}

void
cs_screens_begin(const struct cs_screens *screens, struct cs_pipeline *pipeline, uint64_t now_ns)
{
	cs_pipeline_screen(pipeline, screens->sentry);
	cs_pipeline_renew_lists(pipeline, now_ns);
}

bool
cs_screens_turn(struct cs_screens *screens, const struct cs_policy *fresh)
{
	const struct cs_screens_wish wish = {.policy = fresh, .live = true};
	if (!screens->sentry && !fresh->screen_n)
		return true;
	enum cs_error error = cs_renewal_turn(screens->renewal, fresh);
	screens->turned = error == CS_OK;
	if (error == CS_OK)
		error = new_sentry(screens, &wish, &screens->coming);
	if (error != CS_OK)
		fprintf(stderr, "countersign: watch lists: %s\n", cs_error_text(error));
	return error == CS_OK;
}

bool
cs_screens_is_ready(const struct cs_screens *screens)
{
	return !screens->coming || cs_renewal_is_ready(screens->renewal, cs_renewal_asked(screens->renewal));
}

void
cs_screens_swap(struct cs_screens *screens, struct cs_pipeline *pipeline, uint64_t now_ns)
{
	if (!screens->coming)
		return;
	cs_sentry_free(screens->sentry);
	screens->sentry = screens->coming;
	screens->coming = NULL;
	screens->turned = false;
	cs_screens_begin(screens, pipeline, now_ns);
}

/* Where even that fails, the lists that are in force stay so, and grow old: that is told. */
void
cs_screens_stay(struct cs_screens *screens, const struct cs_policy *old)
{
	cs_sentry_free(screens->coming);
	screens->coming = NULL;
	if (!screens->turned)
		return;
	screens->turned = false;
	if (cs_renewal_turn(screens->renewal, old) == CS_OK && screens->sentry)
		cs_sentry_declare(screens->sentry);
}

void
cs_screens_close(struct cs_screens *screens)
{
	cs_sentry_free(screens->coming);
	cs_sentry_free(screens->sentry);
	cs_renewal_free(screens->renewal);
	*screens = (struct cs_screens){0};
}
