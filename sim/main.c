/*
 * countersign-sim: a bank's day as two captures and the truth about them. Reads the command line, opens the
 * story, runs the world, and says what was written. It writes files only and connects to nothing.
 */
#include "commit.h"
#include "world.h"

#include "base/text.h"
#include "calendar.h"
#include "io/file.h"
#include "pay_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { EXIT_USAGE = 2, EXIT_INPUT = 3, PATH_BYTES = 4096, STORY_BYTES_MAX = 1 << 20 };

struct options {
	const char *story;
	const char *out;
	uint64_t seed;
	uint64_t minutes; /* 0: as the story says */
	const char *rate;
	const char *loss;
};

static const char help_text[] =
	"Usage: countersign-sim STORY --out DIR [--seed N] [--minutes M] [--rate TPS] [--loss PERCENT]\n"
	"\n"
	"Writes what two taps see at a bank's payment switch: DIR/acquirer.pcap, DIR/issuer.pcap,\n"
	"DIR/admin.jsonl with the changes at the card system, and DIR/truth.jsonl with every wrong message.\n"
	"A story of payments becomes orders, messages, acknowledgements, confirmations and statements instead:\n"
	"orders.csv, out/, acks/, in/ and truth.jsonl.\n"
	"STORY is a file, or the name of a shipped story.\n"
	"\n"
	"  --out DIR       where to write; made if it does not exist\n"
	"  --seed N        same seed, same bytes (default 1)\n"
	"  --minutes M     simulate M minutes instead of what the story says\n"
	"  --rate TPS      transactions a second, on average over the time simulated\n"
	"  --loss PERCENT  packets both captures lose, for example 1 or 0.5\n"
	"  --list          the shipped stories\n"
	"  --show NAME     the text of a shipped story\n"
	"  --help          this text\n"
	"  --version       version and commit\n"
	"\n"
	"Exit: 0 written, 2 wrong use or story, 3 a file cannot be read or written.\n"
	"It writes files only; it opens no connection.\n";

static bool
shipped(const char *name, struct cs_span *text)
{
	const char *at;
	for (unsigned i = 0; (at = cs_story_shipped_at(i, text)) != NULL; i++)
		if (strcmp(at, name) == 0)
			return true;
	return false;
}

static int
list_stories(void)
{
	struct cs_span text;
	struct cs_story story;
	struct cs_story_fault fault;
	const char *name;
	for (unsigned i = 0; (name = cs_story_shipped_at(i, &text)) != NULL; i++)
		if (cs_story_read(text, &story, &fault) == CS_OK)
			printf("%-28s %s\n", name, story.title);
	return 0;
}

static int
show_story(const char *name)
{
	struct cs_span text;
	if (name == NULL || !shipped(name, &text)) {
		fprintf(stderr, "countersign-sim: no shipped story has this name; --list tells them\n");
		return EXIT_USAGE;
	}
	fwrite(text.at, 1, text.len, stdout);
	return 0;
}

static bool
whole_number(const char *text, uint64_t *out)
{
	char *end;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && text[0] != '-';
}

/* "--name VALUE" or "--name=VALUE". */
static const char *
value_of(char **argv, int argc, int *i, const char *name)
{
	size_t len = strlen(name);
	CS_ASSERT(*i < argc && argv[*i]);
	if (strncmp(argv[*i], name, len) != 0)
		return NULL;
	if (argv[*i][len] == '=')
		return argv[*i] + len + 1;
	if (argv[*i][len] != '\0')
		return NULL;
	return *i + 1 < argc ? argv[++*i] : "";
}

static bool
take_option(struct options *options, char **argv, int argc, int *i)
{
	const char *value;
	CS_ASSERT(*i < argc && argv[*i]);
	if ((value = value_of(argv, argc, i, "--out")) != NULL) {
		options->out = value;
		return value[0] != '\0';
	}
	if ((value = value_of(argv, argc, i, "--seed")) != NULL)
		return whole_number(value, &options->seed);
	if ((value = value_of(argv, argc, i, "--minutes")) != NULL)
		return whole_number(value, &options->minutes) && options->minutes > 0 && options->minutes < 576000;
	if ((value = value_of(argv, argc, i, "--rate")) != NULL) {
		options->rate = value;
		return value[0] != '\0';
	}
	if ((value = value_of(argv, argc, i, "--loss")) != NULL) {
		options->loss = value;
		return value[0] != '\0';
	}
	const char *word = argv[*i];
	CS_ASSERT(word);
	if (word[0] == '-' || options->story != NULL)
		return false;
	options->story = word;
	return true;
}

static int
wrong_use(const char *what, const char *where)
{
	fprintf(stderr, "countersign-sim: %s%s%s\nTry: countersign-sim --help\n", what, where ? ": " : "",
		where ? where : "");
	return EXIT_USAGE;
}

/* Command-line settings are clauses too: one reader for both. */
static bool
add_clause(struct cs_text *text, const char *word, const char *value, const char *unit)
{
	if (value == NULL)
		return true;
	cs_text_put(text, "\n");
	cs_text_put(text, word);
	cs_text_put_char(text, ' ');
	cs_text_put(text, value);
	size_t len = strlen(value), unit_len = strlen(unit);
	if (len < unit_len || strcmp(value + len - unit_len, unit) != 0)
		cs_text_put(text, unit);
	return strpbrk(value, " \n#") == NULL;
}

static int
read_story(const struct options *options, struct cs_story *out)
{
	struct cs_span text, file = {NULL, 0};
	if (!shipped(options->story, &text)) {
		enum cs_error error = cs_file_read(options->story, STORY_BYTES_MAX, &file);
		if (error != CS_OK) {
			fprintf(stderr, "countersign-sim: %s: %s, and no shipped story has this name (--list)\n",
				options->story, cs_file_error_text(error));
			return EXIT_INPUT;
		}
		text = file;
	}
	size_t cap_bytes = text.len + 256;
	char *at = malloc(cap_bytes);
	if (at == NULL)
		return EXIT_INPUT;
	struct cs_text all = cs_text_over(at, cap_bytes);
	cs_text_put_span(&all, text);
	bool fine = add_clause(&all, "rate", options->rate, "/s") && add_clause(&all, "loss", options->loss, "%");
	struct cs_story_fault fault = {0};
	enum cs_error error = cs_story_read((struct cs_span){(uint8_t *)at, all.len}, out, &fault);
	if (error != CS_OK)
		fprintf(stderr, "%s:%u: %s\n", options->story, fault.line, fault.text);
	free(at);
	if (file.at != NULL)
		cs_file_free(file);
	if (error != CS_OK || !fine || all.overflowed)
		return EXIT_USAGE;
	if (options->minutes != 0)
		out->minutes = (uint32_t)options->minutes;
	return 0;
}

/* A robbery that begins behind the end is not in the captures: whoever looks for it there should know. */
static void
tell_left_out(const struct cs_story *story)
{
	unsigned left_out_n = 0;
	for (unsigned i = 0; i < story->attack_n; i++) {
		uint64_t at_minute = story->attack[i].at_ns / CS_MINUTE;
		if (story->attack[i].at_ns < story->minutes * CS_MINUTE)
			continue;
		printf("%s %s at %02llu:%02llu",
		       left_out_n++ ? "," : "Left out, beginning after the end:", cs_attack_name(story->attack[i].kind),
		       (unsigned long long)at_minute / 60, (unsigned long long)at_minute % 60);
	}
	if (left_out_n)
		printf(".\n");
}

static void
tell(const struct cs_world *world, const struct cs_truth_summary *count, const char *out)
{
	uint64_t lost = count->lost_packets[0] + count->lost_packets[1];
	uint64_t all = count->packets[0] + count->packets[1] + lost;
	printf("%s: %u minutes, %llu transactions; %llu messages on the acquirer's leg, %llu on the issuer's; "
	       "%llu declined, %llu stood in for (%llu advices), %llu reversals; %llu of %llu packets lost by the "
	       "taps.\n",
	       world->story.title, world->story.minutes, (unsigned long long)count->transactions,
	       (unsigned long long)count->messages[CS_LEG_VISA], (unsigned long long)count->messages[CS_LEG_CORE],
	       (unsigned long long)count->declines, (unsigned long long)count->stand_ins,
	       (unsigned long long)count->advices, (unsigned long long)count->reversals, (unsigned long long)lost,
	       (unsigned long long)all);
	printf("%llu messages in it are not what they seem (%llu captured); %s/truth.jsonl names them.\n",
	       (unsigned long long)world->truth.row_n, (unsigned long long)world->truth.captured_n, out);
	tell_left_out(&world->story);
	if (count->refused != 0)
		printf("%llu steps found a table full and did not happen.\n", (unsigned long long)count->refused);
	bool changed = world->admin.row_n != 0;
	printf("Replay: countersign replay policies/%s --link visa=%s/acquirer.pcap --link core=%s/issuer.pcap",
	       changed ? "bank.policy" : "two-taps.policy", out, out);
	if (changed)
		printf(" --events admin=%s/admin.jsonl", out);
	printf("\n");
}

/* Makes every folder on the way to the file at PATH; leaves PATH as it was. */
static bool
make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		bool made = mkdir(path, 0777) == 0 || errno == EEXIST;
		*slash = '/';
		if (!made)
			return false;
	}
	return true;
}

static int
simulate(const struct options *options, const struct cs_story *story)
{
	char path[4][PATH_BYTES];
	static const char *const names[4] = {"/acquirer.pcap", "/issuer.pcap", "/truth.jsonl", "/admin.jsonl"};
	for (unsigned i = 0; i < 4; i++) {
		struct cs_text text = cs_text_over(path[i], sizeof path[i]);
		cs_text_put(&text, options->out);
		cs_text_put(&text, names[i]);
		if (text.overflowed)
			return wrong_use("--out: the path is too long", NULL);
	}
	if (!make_folders(path[0])) {
		fprintf(stderr, "countersign-sim: %s: %s\n", options->out, strerror(errno));
		return EXIT_INPUT;
	}
	struct cs_world *world = calloc(1, sizeof *world);
	struct cs_world_setting setting = {story, options->seed, path[0], path[1], path[2], path[3]};
	enum cs_error error = world ? cs_world_open(world, &setting) : CS_E_MEMORY;
	if (error == CS_OK)
		cs_world_run(world);
	enum cs_error closed = world ? cs_world_close(world) : CS_OK;
	error = error == CS_OK ? closed : error;
	if (error == CS_OK)
		tell(world, &world->count, options->out);
	else
		fprintf(stderr, "countersign-sim: %s: %s\n", options->out, cs_file_error_text(error));
	free(world);
	return error == CS_OK ? 0 : EXIT_INPUT;
}

static int
simulate_payments(const struct options *options, const struct cs_story *story)
{
	char path[PATH_BYTES];
	struct cs_pay_summary sum = {0};
	struct cs_text text = cs_text_over(path, sizeof path);
	cs_text_put(&text, options->out);
	cs_text_put(&text, "/truth.jsonl");
	if (text.overflowed)
		return wrong_use("--out: the path is too long", NULL);
	if (options->rate != NULL || options->loss != NULL)
		return wrong_use("--rate and --loss are for stories of cards", NULL);
	enum cs_error error = make_folders(path) ? cs_pay_run(story, options->seed, options->out, &sum) : CS_E_OPEN;
	if (error != CS_OK) {
		fprintf(stderr, "countersign-sim: %s: %s\n", options->out, cs_file_error_text(error));
		return EXIT_INPUT;
	}
	printf("%s: %llu payments ordered (%llu orders); %llu messages out, %llu acknowledged and %llu refused; %llu "
	       "messages in: %llu confirmations, %llu pages of statements with %llu lines.\n",
	       story->title, (unsigned long long)sum.payments, (unsigned long long)sum.orders,
	       (unsigned long long)sum.messages_out, (unsigned long long)sum.acknowledged,
	       (unsigned long long)sum.refused, (unsigned long long)sum.messages_in,
	       (unsigned long long)sum.confirmations, (unsigned long long)sum.statements,
	       (unsigned long long)sum.entries);
	printf("%llu messages in it are not what they seem, or missing; %s/truth.jsonl names them.\n",
	       (unsigned long long)sum.wrong, options->out);
	return 0;
}

int
main(int argc, char **argv)
{
	struct options options = {.seed = 1};
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return fputs(help_text, stdout) < 0;
		if (strcmp(argv[i], "--version") == 0)
			return puts("countersign-sim 0.1.0 (" CS_COMMIT ")") < 0;
		if (strcmp(argv[i], "--list") == 0)
			return list_stories();
		if (strcmp(argv[i], "--show") == 0)
			return show_story(i + 1 < argc ? argv[i + 1] : NULL);
		int before = i;
		if (!take_option(&options, argv, argc, &i))
			return wrong_use("not understood", argv[before]);
	}
	if (options.story == NULL || options.out == NULL)
		return wrong_use(options.story ? "--out DIR is missing" : "a story is missing", NULL);
	struct cs_story story;
	int exit_status = read_story(&options, &story);
	if (exit_status)
		return exit_status;
	return story.pay.per_day ? simulate_payments(&options, &story) : simulate(&options, &story);
}
