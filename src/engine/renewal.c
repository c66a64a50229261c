/*
 * Rosters, made on the thread beside. The engine's thread touches the slots alone: what is coming, what is ready, what is given back.
 *
 * Invariants: while a roster waits to be taken no other is made, and one that was given back is freed before that; so no slot is ever
 * overwritten. What a roster says of a list is what its roll was made of. Bytes are kept in the store before a roster leans on them.
 */
#include "engine/renewal_parts.h"

#include "engine/links.h"
#include "io/clock.h"
#include "io/file.h"

#include <stdlib.h>

static const uint64_t retry_ns = CS_RENEWAL_RETRY_S * UINT64_C(1000000000);

/* ---- a roster ---- */

static enum cs_error
fill_all(const struct cs_renewal *renewal, struct cs_list_filling *filling)
{
	enum cs_error error = CS_OK;
	struct cs_watch_list_report *report = calloc(1, sizeof *report);
	if (!report)
		return CS_E_MEMORY;
	for (; error == CS_OK && filling->list < renewal->declared->n; filling->list++) {
		const struct cs_held_list *list = &renewal->declared->list[filling->list];
		if (list->now.there)
			error = cs_list_files_fill(&list->where, &list->files, filling, report);
	}
	free(report);
	return error;
}

static enum cs_error
build(const struct cs_renewal *renewal, struct cs_rolled *out)
{
	struct cs_list_filling filling = {cs_roll_builder_new(renewal->lexicon), 0};
	if (!filling.builder)
		return CS_E_MEMORY;
	enum cs_error error = fill_all(renewal, &filling);
	if (error != CS_OK) {
		cs_roll_builder_free(filling.builder);
		return error;
	}
	CS_TRY(cs_roll_builder_end(filling.builder, &out->roll));
	out->sift = cs_sift_new(out->roll, renewal->lexicon);
	if (!out->sift)
		return CS_E_MEMORY;
	cs_sift_words(out->sift, renewal->words);
	return CS_OK;
}

static void
drop_rolled(struct cs_rolled *rolled)
{
	if (!rolled || rolled->roster_n)
		return;
	cs_sift_free(rolled->sift);
	cs_roll_free(rolled->roll);
	free(rolled);
}

static enum cs_error
renew_rolled(struct cs_renewal *renewal)
{
	struct cs_rolled *fresh = calloc(1, sizeof *fresh);
	enum cs_error error = fresh ? build(renewal, fresh) : CS_E_MEMORY;
	if (error != CS_OK) {
		drop_rolled(fresh);
		return error;
	}
	struct cs_rolled *before = renewal->rolled;
	renewal->rolled = fresh;
	drop_rolled(before);
	renewal->rolls = renewal->moved = false;
	return CS_OK;
}

static void
free_made(const struct cs_renewal *renewal, struct cs_made_roster *made)
{
	if (!made)
		return;
	for (unsigned i = 0; i < made->roster.screen_n; i++)
		cs_decisions_free(made->roster.decided[i].decisions);
	if (made->rolled)
		made->rolled->roster_n--;
	if (made->rolled != renewal->rolled)
		drop_rolled(made->rolled);
	free(made);
}

/* "names.jsonl: line 3: ...", with the end of the path, whole characters of it */
static void
say_unread(struct cs_roster_decided *out, const struct cs_kept_decisions *kept, const struct cs_decision_fault *fault)
{
	struct cs_text why = cs_text_over(out->why, sizeof out->why);
	cs_renewal_put_path(&why, kept->path);
	if (!kept->now.there) {
		cs_renewal_put_words(&why, kept->now.why);
		return;
	}
	cs_text_put(&why, "line ");
	cs_text_put_u64(&why, fault->line);
	cs_text_put(&why, ": ");
	cs_renewal_put_words(&why, fault->why ? fault->why : cs_error_text(CS_E_MEMORY));
}

/* A file whose chain is broken holds no decision. */
static void
decide(struct cs_roster_decided *out, const struct cs_kept_decisions *kept)
{
	struct cs_decision_fault fault = {0};
	*out = kept->now;
	out->wanted = kept->path != NULL;
	if (!out->wanted)
		return;
	if (out->there) {
		out->decisions = cs_decisions_new(kept->bytes, &fault);
		out->there = out->decisions && (!fault.line || fault.torn);
	}
	if (!out->there)
		say_unread(out, kept, &fault);
}

static bool
differs(const struct cs_roster_list *a, const struct cs_roster_list *b)
{
	return a->what != b->what || a->there != b->there || a->changed_ns != b->changed_ns ||
	       strcmp(a->why, b->why) != 0 || (a->there && !cs_digest_same(&a->version, &b->version));
}

static bool
is_any_there(const struct cs_renewal *renewal)
{
	for (unsigned i = 0; i < renewal->declared->n; i++)
		if (renewal->declared->list[i].now.there)
			return true;
	return false;
}

static void
publish(struct cs_renewal *renewal)
{
	struct cs_made_roster *made = calloc(1, sizeof *made);
	CS_ASSERT(renewal->declared);
	if (!made)
		return; /* it is still due */
	made->roster.number = ++renewal->number;
	made->roster.declared = renewal->declared->number;
	made->roster.n = renewal->declared->n;
	for (unsigned i = 0; i < renewal->declared->n; i++)
		made->roster.list[i] = renewal->declared->list[i].before = renewal->declared->list[i].now;
	made->roster.screen_n = renewal->declared->screen_n;
	for (unsigned i = 0; i < renewal->declared->screen_n; i++)
		decide(&made->roster.decided[i], &renewal->declared->kept[i]);
	if (renewal->rolled && is_any_there(renewal)) {
		made->rolled = renewal->rolled;
		made->rolled->roster_n++;
		made->roster.roll = made->rolled->roll;
		made->roster.sift = made->rolled->sift;
	}
	renewal->changed = false;
	atomic_store(&renewal->ready, made);
}

/* What was searched before still is, unless it was made of lists in another order. */
static void
stay_with(struct cs_held_list *list, bool searched, enum cs_error error)
{
	cs_list_files_free(&list->files); /* so that they are taken again */
	list->now = list->before;
	list->now.there &= searched;
	cs_renewal_say(list, list->now.there ? CS_ROSTER_UNREADABLE : CS_ROSTER_MISSING, list->where.path[0],
		       cs_error_text(error));
}

/* No memory for another roll: no list is what its file says. */
static void
stay(struct cs_renewal *renewal, enum cs_error error, uint64_t now_ns)
{
	for (unsigned i = 0; i < renewal->declared->n; i++) {
		struct cs_held_list *list = &renewal->declared->list[i];
		if (!renewal->moved && !differs(&list->now, &list->before))
			continue;
		stay_with(list, !renewal->moved, error);
		list->next_ns = now_ns + retry_ns;
	}
	renewal->rolls = false;
}

/* ---- another policy ---- */

static void
free_declared(struct cs_declared *declared)
{
	if (!declared)
		return;
	for (unsigned i = 0; i < declared->n; i++) {
		cs_list_files_free(&declared->list[i].files);
		cs_list_files_where_free(&declared->list[i].where);
	}
	for (unsigned i = 0; i < declared->screen_n; i++) {
		cs_file_free(declared->kept[i].bytes);
		free(declared->kept[i].path);
	}
	free(declared);
}

/* What is known of a list that is read as before goes on. */
static void
inherit(struct cs_held_list *heir, struct cs_declared *before)
{
	for (unsigned i = 0; i < before->n; i++) {
		struct cs_held_list *list = &before->list[i];
		if (!cs_list_files_where_same(&heir->where, &list->where))
			continue;
		struct cs_list_where fresh = heir->where;
		*heir = *list;
		heir->where = fresh;
		heir->now.stale_ns = heir->before.stale_ns = fresh.stale_ns;
		heir->next_ns = 0; /* who reads the policy again wants to know */
		list->files = (struct cs_list_files){0};
		return;
	}
}

/* Lists keep their numbers in a roll: another order is another roll. */
static bool
same_order(const struct cs_declared *a, const struct cs_declared *b)
{
	bool same = a->n == b->n;
	for (unsigned i = 0; same && i < a->n; i++)
		same = cs_list_files_where_same(&a->list[i].where, &b->list[i].where);
	return same;
}

/* COMING takes the place of what was declared before; what was made for that, and not taken, is given up. */
static void
turn_to(struct cs_renewal *renewal, struct cs_declared *coming)
{
	struct cs_declared *before = renewal->declared;
	free_made(renewal, atomic_exchange(&renewal->ready, NULL));
	renewal->moved |= !before || !same_order(before, coming);
	renewal->rolls = renewal->moved;
	for (unsigned i = 0; before && i < coming->n; i++)
		inherit(&coming->list[i], before);
	renewal->declared = coming;
	renewal->changed = true;
	free_declared(before);
}

/* ---- the thread ---- */

static void
look(struct cs_renewal *renewal, uint64_t now_ns)
{
	struct cs_declared *declared = renewal->declared;
	for (unsigned i = 0; i < declared->n; i++) {
		struct cs_held_list *list = &declared->list[i];
		if (now_ns < list->next_ns)
			continue;
		cs_renewal_look_at_list(renewal, list, now_ns);
		renewal->changed |= differs(&list->now, &list->before);
	}
	for (unsigned i = 0; i < declared->screen_n; i++)
		if (declared->kept[i].path && now_ns >= declared->kept[i].next_ns)
			cs_renewal_look_at_decisions(renewal, &declared->kept[i], now_ns);
	enum cs_error error = renewal->rolls ? renew_rolled(renewal) : CS_OK;
	if (error != CS_OK)
		stay(renewal, error, now_ns);
}

static enum cs_work
step(void *context)
{
	struct cs_renewal *renewal = context;
	struct cs_declared *coming = atomic_exchange(&renewal->coming, NULL);
	if (coming)
		turn_to(renewal, coming);
	bool waits = atomic_load(&renewal->ready);
	/* Behind that: where none waits none is taken, and none given back, until another is made. */
	free_made(renewal, atomic_exchange(&renewal->retired, NULL));
	if (waits)
		return CS_WORK_DONE;
	if (renewal->declared)
		look(renewal, cs_clock_steady_ns()); /* when the clock of the wall is set back nothing waits for it */
	if (renewal->changed)
		publish(renewal);
	return CS_WORK_DONE;
}

/* ---- from outside ---- */

/* Lists that no screen names are not read. */
static uint32_t
wanted(const struct cs_policy *policy)
{
	uint32_t lists = 0;
	for (unsigned i = 0; i < policy->screen_n; i++)
		lists |= policy->screen[i].lists;
	return lists;
}

static enum cs_error
declare(const struct cs_policy *policy, struct cs_declared *out)
{
	uint32_t lists = wanted(policy);
	for (unsigned i = 0; i < policy->watched_n; i++) {
		if (!(lists >> i & 1))
			continue;
		struct cs_held_list *list = &out->list[out->n++];
		CS_TRY(cs_list_files_where(policy, i, &list->where));
		memcpy(list->now.name, list->where.name, sizeof list->now.name);
		list->now.stale_ns = list->where.stale_ns;
		list->now.what = CS_ROSTER_MISSING;
		list->before = list->now;
	}
	out->screen_n = policy->screen_n;
	for (unsigned i = 0; i < policy->screen_n; i++) {
		char path[CS_LIST_PATH_BYTES];
		if (!policy->screen[i].decisions)
			continue;
		CS_TRY(cs_links_beside(policy->path, policy->screen[i].decisions, path, sizeof path));
		if (!(out->kept[i].path = strdup(path)))
			return CS_E_MEMORY;
	}
	return CS_OK;
}

static enum cs_error
make_declared(struct cs_renewal *renewal, const struct cs_policy *policy, struct cs_declared **out)
{
	struct cs_declared *declared = calloc(1, sizeof *declared);
	enum cs_error error = declared ? declare(policy, declared) : CS_E_MEMORY;
	if (error != CS_OK) {
		free_declared(declared);
		return error;
	}
	declared->number = ++renewal->asked;
	*out = declared;
	return CS_OK;
}

enum cs_error
cs_renewal_new(const struct cs_renewal_wish *wish, struct cs_renewal **out)
{
	struct cs_renewal *renewal = calloc(1, sizeof *renewal);
	struct cs_declared *declared = NULL;
	if (!renewal)
		return CS_E_MEMORY;
	renewal->lexicon = cs_lexicon_new();
	renewal->words = cs_roll_words_new();
	renewal->hasher = cs_hasher_new();
	renewal->store = wish->store ? strdup(wish->store) : NULL;
	bool memory = renewal->lexicon && renewal->words && renewal->hasher && (renewal->store || !wish->store);
	enum cs_error error = memory ? make_declared(renewal, wish->policy, &declared) : CS_E_MEMORY;
	if (error != CS_OK) {
		cs_renewal_free(renewal);
		return error;
	}
	atomic_store(&renewal->coming, declared);
	(void)step(renewal);
	*out = renewal;
	return CS_OK;
}

enum cs_error
cs_renewal_start(struct cs_renewal *renewal)
{
	return cs_worker_start(step, renewal, &renewal->worker);
}

enum cs_error
cs_renewal_turn(struct cs_renewal *renewal, const struct cs_policy *policy)
{
	struct cs_declared *declared = NULL;
	CS_ASSERT(renewal->worker);
	CS_TRY(make_declared(renewal, policy, &declared));
	free_declared(atomic_exchange(&renewal->coming, declared));
	cs_worker_wake(renewal->worker);
	return CS_OK;
}

uint64_t
cs_renewal_asked(const struct cs_renewal *renewal)
{
	return renewal->asked;
}

bool
cs_renewal_is_ready(const struct cs_renewal *renewal, uint64_t declared)
{
	const struct cs_made_roster *made = atomic_load_explicit(&renewal->ready, memory_order_acquire);
	return made && made->roster.declared == declared;
}

struct cs_roster *
cs_renewal_take(struct cs_renewal *renewal, uint64_t declared)
{
	if (!cs_renewal_is_ready(renewal, declared))
		return NULL;
	return &atomic_exchange(&renewal->ready, NULL)->roster;
}

void
cs_renewal_give_back(struct cs_renewal *renewal, struct cs_roster *roster)
{
	if (!roster)
		return;
	struct cs_made_roster *before = atomic_exchange(&renewal->retired, (struct cs_made_roster *)roster);
	CS_ASSERT(!before || !renewal->worker); /* where there is no thread nothing is made in between */
	if (before)
		free_made(renewal, before);
}

const struct cs_lexicon *
cs_renewal_lexicon(const struct cs_renewal *renewal)
{
	return renewal->lexicon;
}

void
cs_renewal_free(struct cs_renewal *renewal)
{
	if (!renewal)
		return;
	cs_worker_stop(renewal->worker);
	free_made(renewal, atomic_exchange(&renewal->ready, NULL));
	free_made(renewal, atomic_exchange(&renewal->retired, NULL));
	free_declared(atomic_exchange(&renewal->coming, NULL));
	free_declared(renewal->declared);
	drop_rolled(renewal->rolled);
	cs_hasher_free(renewal->hasher);
	cs_roll_words_free(renewal->words);
	cs_lexicon_free(renewal->lexicon);
	free(renewal->store);
	free(renewal);
}
