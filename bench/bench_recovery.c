/*
 * How long a start takes after a crash, with state of some gigabytes: a process fills tables of GIB gibibytes through the
 * recorder and is killed; a follower makes a snapshot; another process adds a tail and is killed; a third one starts.
 *
 * Arguments: GIB (3), FOLDER (a new one in /var/tmp; it is removed).
 */
#include "keeping.h"

#include "engine/follower.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint64_t tail_n = 2000000;

/* KEEP so that the judge's memory is about as much as asked for. */
static uint64_t
find_keep(double gib)
{
	struct keeping small = {0}, large = {0};
	read_policy(&small, 100000);
	read_policy(&large, 200000);
	double each = (double)(cs_judge_bytes(large.policy) - cs_judge_bytes(small.policy)) / 100000;
	double fixed = (double)cs_judge_bytes(small.policy) - each * 100000;
	cs_arena_fini(&small.arena);
	cs_arena_fini(&large.arena);
	return (uint64_t)((gib * (double)(1 << 30) - fixed) / each);
}

/* A process that tells EVENT_N events and is killed once they are durable; gives how long the opening took. */
static double
tell_and_die(struct keeping *keeping, uint64_t event_n, struct cs_chronicle_start *start)
{
	struct shared {
		double seconds;
		struct cs_chronicle_start start;
	} *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0;
	demand(shared != MAP_FAILED, "no memory");
	pid_t child = fork();
	if (child == 0) {
		uint64_t began_ns = steady_ns();
		open_chronicle(keeping, keeping->next > 0, &shared->start);
		shared->seconds = (double)(steady_ns() - began_ns) / 1e9;
		feed(keeping, event_n);
		demand(cs_chronicle_flush(keeping->chronicle) == CS_OK, "the journal cannot be written");
		(void)raise(SIGKILL);
	}
	demand(waitpid(child, &status, 0) == child && WIFSIGNALED(status), "the process came to another end");
	keeping->next += event_n;
	*start = shared->start;
	double seconds = shared->seconds;
	(void)munmap(shared, sizeof *shared);
	return seconds;
}

static uint64_t
snapshot_bytes(const struct keeping *keeping, uint64_t seq)
{
	char path[400];
	struct stat about;
	snprintf(path, sizeof path, "%s/snapshots/%020llu.snapshot", keeping->folder, (unsigned long long)seq);
	demand(stat(path, &about) == 0, "there is no snapshot");
	return (uint64_t)about.st_size;
}

/* Every later one is made from the one before: the load is what a start has to do. */
static void
follow(const struct keeping *keeping, const char *name)
{
	static struct cs_followed followed;
	char figure[96];
	enum cs_error error = cs_follower_walk(keeping->folder, keeping->vault, &followed);
	demand(error == CS_OK && followed.counts.differing_n == 0, followed.words);
	double state = (double)followed.state_bytes, size = (double)snapshot_bytes(keeping, followed.counts.next_seq);
	snprintf(figure, sizeof figure, "snapshot written (%s)", name);
	print_figure(figure, (double)followed.write_ns / 1e9, "s", "GB of state a second",
		     state / (double)followed.write_ns);
	snprintf(figure, sizeof figure, "snapshot size (%s)", name);
	print_figure(figure, size, "bytes", "state in memory", size / state);
	snprintf(figure, sizeof figure, "records read again (%s)", name);
	print_figure(figure, (double)followed.counts.record_n, "records", "million a second",
		     (double)followed.counts.record_n * 1e3 / (double)followed.rerun_ns);
	if (!followed.counts.from_seq)
		return;
	snprintf(figure, sizeof figure, "snapshot loaded (%s)", name);
	print_figure(figure, (double)followed.load_ns / 1e9, "s", "GB of state a second",
		     state / (double)followed.load_ns);
}

int
main(int argc, char **argv)
{
	static struct keeping keeping;
	struct cs_chronicle_start start;
	double gib = argc > 1 ? strtod(argv[1], NULL) : 3;
	snprintf(keeping.folder, sizeof keeping.folder, "%s", argc > 2 ? argv[2] : "/var/tmp/countersign-bench-XXXXXX");
	demand(argc > 2 || mkdtemp(keeping.folder), "no folder can be made");
	uint64_t keep = find_keep(gib);
	read_policy(&keeping, keep);
	open_vault(&keeping);
	print_figure("state in memory", (double)cs_judge_bytes(keeping.policy), "bytes", "transactions kept on a link",
		     (double)keep);
	(void)tell_and_die(&keeping, 4 * (keep + LIVE_N), &start);
	follow(&keeping, "from the beginning");
	double seconds = tell_and_die(&keeping, tail_n, &start);
	demand(start.recovered.from_seq > 0, "the start did not begin with the snapshot");
	print_figure("start after a crash, at a snapshot", seconds, "s", "of the 30 s it may take", seconds / 30);
	seconds = tell_and_die(&keeping, 0, &start);
	demand(start.recovered.from_seq > 0, "the start did not begin with the snapshot");
	print_figure("start after a crash, 2 M messages behind a snapshot", seconds, "s", "of the 30 s it may take",
		     seconds / 30);
	follow(&keeping, "from the one before");
	cs_vault_close(keeping.vault);
	remove_folder(&keeping);
	return 0;
}
