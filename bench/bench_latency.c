/*
 * Whether a decision takes longer while a snapshot is made. Events come at a fixed rate through judge and recorder, the
 * journal on the disk behind them; in every second window a follower walks, in a process of its own as the caretaker
 * does it. Three figures of each event: the processor time its decision took, page faults and waits for memory included,
 * and what else ran on the machine not; how long it took by the wall; and how long after it was due it was there, which
 * holds against us also what made us wait. On a machine that others use only the first one can be compared.
 *
 * Arguments: EVENTS A SECOND (250000), PAIRS OF WINDOWS (4), SECONDS of a quiet one (5), KEEP (300000), FOLDER, GENTLE (1;
 * 0: as the caretaker does it where nothing is left over).
 */
#include "keeping.h"

#include "engine/follower.h"
#include "io/child.h"
#include "measure.h"

#include <unistd.h>

enum { BUCKETS = 64 * 32, NAMES = 2 };

/* Counts by size, to within 3 %. */
struct histogram {
	uint64_t n;
	uint64_t count[BUCKETS];
};

static struct {
	struct keeping keeping;
	uint64_t every_ns;
	struct histogram own[NAMES], wall[NAMES], response[NAMES]; /* quiet, and while a snapshot is made */
	int line;                                                  /* to the follower */
	bool gentle;
} s;

static unsigned
bucket_of(uint64_t ns)
{
	if (ns < 32)
		return (unsigned)ns;
	unsigned shift = 58 - (unsigned)__builtin_clzll(ns);
	return (shift + 1) * 32 + (unsigned)(ns >> shift & 31);
}

static uint64_t
floor_of(unsigned bucket)
{
	return bucket < 32 ? bucket : (uint64_t)(32 + bucket % 32) << (bucket / 32 - 1);
}

static void
count(struct histogram *histogram, uint64_t ns)
{
	histogram->n++;
	histogram->count[bucket_of(ns)]++;
}

static double
quantile(const struct histogram *histogram, double share)
{
	uint64_t seen = 0, want = (uint64_t)((double)histogram->n * share);
	for (unsigned i = 0; i < BUCKETS; i++) {
		seen += histogram->count[i];
		if (seen > want)
			return (double)floor_of(i);
	}
	return 0;
}

/* ---- the follower's process ---- */

static void
walk(void *context, int line)
{
	static struct cs_followed followed;
	(void)context;
	enum cs_error error = cs_follower_walk(s.keeping.folder, s.keeping.vault, &followed);
	followed.words[sizeof followed.words - 1] = '\0';
	if (error != CS_OK)
		fprintf(stderr, "bench: follower: %s %s\n", cs_error_text(error), followed.words);
	if (cs_child_say(line, &followed.counts, sizeof followed.counts) != CS_OK)
		exit(1);
}

static void
wait_for_orders(void *context, int line)
{
	uint8_t at[CS_CHILD_MESSAGE_BYTES];
	size_t len = 0;
	for (;;) {
		enum cs_error error = cs_child_hear(line, 60000, at, &len);
		int signal = 0;
		if (error == CS_END)
			return;
		struct cs_child_work work = {walk, context, line, s.gentle, 0};
		if (error == CS_OK && cs_child_do(&work, &signal) != CS_OK)
			return;
	}
}

/* ---- the one that is measured ---- */

static void
decide(const struct cs_event *event, uint64_t due_ns, unsigned which)
{
	uint64_t began_ns;
	while ((began_ns = steady_ns()) < due_ns)
		continue;
	uint64_t own_began_ns = measure_ns(CLOCK_THREAD_CPUTIME_ID);
	cs_judge_prepare(s.keeping.judge, event);
	cs_judge_event(s.keeping.judge, event);
	tell_time(&s.keeping, event->origin.time_ns);
	uint64_t own_ended_ns = measure_ns(CLOCK_THREAD_CPUTIME_ID);
	uint64_t ended_ns = steady_ns();
	count(&s.own[which], own_ended_ns - own_began_ns);
	count(&s.wall[which], ended_ns - began_ns);
	count(&s.response[which], ended_ns - due_ns);
}

/* One window, until it is over: a quiet one by the clock, the other one when the follower has told of its walk. */
static void
run_window(unsigned which, uint64_t length_ns)
{
	uint64_t began_ns = steady_ns(), due_ns = began_ns;
	uint8_t at[CS_CHILD_MESSAGE_BYTES];
	struct cs_event event;
	size_t len = 0;
	if (which)
		demand(cs_child_say(s.line, "go", 2) == CS_OK, "the follower is gone");
	for (uint64_t i = 0;; i++, s.keeping.next++) {
		if (i % 256 == 0) {
			demand(cs_chronicle_poll(s.keeping.chronicle) == CS_OK, "the journal failed");
			enum cs_error heard = which && i % 4096 == 0 ? cs_child_hear(s.line, 0, at, &len) : CS_AGAIN;
			demand(heard != CS_END, "the follower is gone");
			if (heard == CS_OK || (!which && due_ns - began_ns >= length_ns))
				return;
		}
		make_event(&s.keeping, s.keeping.next, &event);
		decide(&event, due_ns, which);
		due_ns += s.every_ns;
	}
}

static void
print_both(const char *what, const struct histogram both[NAMES], const char *name, double share)
{
	char figure[96];
	double quiet = quantile(&both[0], share), busy = quantile(&both[1], share);
	snprintf(figure, sizeof figure, "%s, %s, while a snapshot is made", what, name);
	print_figure(figure, busy, "ns", "the same without", quiet > 0 ? busy / quiet : 0);
}

static void
print_all(const char *what, const struct histogram both[NAMES])
{
	print_both(what, both, "p50", 0.5);
	print_both(what, both, "p99", 0.99);
	print_both(what, both, "p99.9", 0.999);
	print_both(what, both, "p99.99", 0.9999);
}

static uint64_t
argument(int argc, char **argv, int nth, uint64_t otherwise)
{
	return argc > nth ? strtoull(argv[nth], NULL, 10) : otherwise;
}

int
main(int argc, char **argv)
{
	struct cs_chronicle_start start;
	struct cs_child_wish child = {"cs-caretaker", wait_for_orders, NULL, NULL};
	uint64_t pairs = argument(argc, argv, 2, 4), seconds = argument(argc, argv, 3, 5);
	uint64_t keep = argument(argc, argv, 4, 300000);
	s.gentle = argument(argc, argv, 6, 1);
	s.every_ns = UINT64_C(1000000000) / argument(argc, argv, 1, 250000);
	snprintf(s.keeping.folder, sizeof s.keeping.folder, "%s",
		 argc > 5 && argv[5][0] ? argv[5] : "/var/tmp/countersign-bench-XXXXXX");
	demand((argc > 5 && argv[5][0]) || mkdtemp(s.keeping.folder), "no folder can be made");
	read_policy(&s.keeping, keep);
	open_vault(&s.keeping);
	demand(cs_child_start(&child, &s.line) == CS_OK, "no process can be started");
	open_chronicle(&s.keeping, false, &start);
	feed(&s.keeping, 4 * (keep + LIVE_N));
	run_window(1, 0); /* the first snapshot, from the beginning; not counted */
	memset(s.own, 0, sizeof s.own);
	memset(s.wall, 0, sizeof s.wall);
	memset(s.response, 0, sizeof s.response);
	for (uint64_t i = 0; i < pairs; i++) {
		run_window(0, seconds * UINT64_C(1000000000));
		run_window(1, 0);
	}
	print_all("decision, own time", s.own);
	print_all("decision, by the wall", s.wall);
	print_all("from due to decided", s.response);
	print_figure("messages decided while a snapshot was made", (double)s.own[1].n, "messages", "without",
		     (double)s.own[1].n / (double)s.own[0].n);
	demand(cs_chronicle_close(s.keeping.chronicle) == CS_OK, "the journal failed");
	cs_vault_close(s.keeping.vault);
	remove_folder(&s.keeping);
	return 0;
}
