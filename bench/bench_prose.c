/*
 * Goal: what it costs to look for listed names in the words and parties of a payment, how many honest texts alert, and how many listed names in
 * texts are found.
 * Method: six lists and honest names of the shared data, where it is; else nothing but a line that says so. Sets of texts of 4 lines of 35
 * characters, made by different means: remittances by a pattern with a name in it (the set that thresholds were tried on), and running texts of
 * words taken at random from a list of ordinary ones, cut into lines without regard to words, with a name that may be damaged put in anywhere; beside them
 * what people wrote about payments.
 * BENCH_PROSE_SHOW=alerts or lost prints each.
 */
#include "measure.h"
#include "screen/sift.h"
#include "six_lists.h"

enum { LINE = 35, LINES = 4, TEXT_BYTES = 1024, TEXTS = 5000, UNITED = 5 /* the list of the UN */ };

static struct cs_sift_found found;
static const struct cs_sift_ask all = {.lists = 0};
static bool show_alerts, show_lost;

static void
put(const char *name, double value, const char *unit, const char *reference, double ratio)
{
	printf("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"reference\":\"%s\",\"ratio\":%.4f}\n", name, value,
	       unit, reference, ratio);
	(void)fflush(stdout);
}

/* ---- texts ---- */

/* Ordinary words of remittances, orders and letters. */
static const char *const words[] = {
	"payment", "invoice",    "goods",        "services", "rent",       "march",       "april",      "contract",
	"order",   "ref",        "for",          "of",       "and",        "the",         "our",        "your",
	"dated",   "per",        "machine",      "parts",    "delivery",   "shipment",    "freight",    "charges",
	"fees",    "tuition",    "school",       "medical",  "loan",       "interest",    "dividend",   "salary",
	"bonus",   "advance",    "balance",      "deposit",  "refund",     "tax",         "customs",    "coffee",
	"cotton",  "steel",      "pipes",        "tyres",    "spare",      "printer",     "paper",      "consulting",
	"travel",  "hotel",      "booking",      "flight",   "ticket",     "family",      "support",    "gift",
	"wedding", "house",      "apartment",    "purchase", "sale",       "car",         "land",       "shares",
	"fund",    "redemption", "subscription", "trade",    "settlement", "proforma",    "sample",     "catalogue",
	"in",      "to",         "from",         "with",     "as",         "agreed",      "please",     "credit",
	"account", "attn",       "manager",      "branch",   "city",       "street",      "project",    "phase",
	"stage",   "water",      "pump",         "engine",   "repair",     "maintenance", "software",   "licence",
	"annual",  "monthly",    "quarter",      "first",    "second",     "final",       "instalment", "insurance",
	"premium", "claim",      "legal",        "costs"};

static const char *const patterns[] = {"PAYMENT OF INVOICE %u FOR %s, MACHINE PARTS",
				       "/INV/%u RENT OF APRIL FOR %s",
				       "SALARY %u MARCH %s THANK YOU",
				       "ORDER NO %u, GOODS SENT BY %s AND OTHERS, FREIGHT PREPAID",
				       "/RFB/%u LOAN REPAYMENT %s FINAL INSTALMENT, INTEREST INCLUDED",
				       "TUITION FEES %u STUDENT %s SUMMER TERM 2026"};

/* Cuts TEXT into lines; HARD: wherever a line ends, else between words. At most 4 lines. */
static void
fold_lines(const char *text, bool hard, char out[TEXT_BYTES])
{
	size_t n = 0, column = 0, lines = 1, len = strlen(text);
	for (size_t i = 0; i < len; i++) {
		size_t word = strcspn(text + i, " ");
		bool before = i == 0 || text[i - 1] == ' ';
		if (column == LINE || (!hard && before && column && column + word > LINE && word < LINE)) {
			if (lines++ == LINES)
				break;
			out[n++] = '\r', out[n++] = '\n';
			column = 0;
		}
		out[n++] = text[i], column++;
	}
	out[n] = 0;
}

static void
by_pattern(const char *name, char out[TEXT_BYTES])
{
	static char text[TEXT_BYTES];
	unsigned which = next_random(sizeof patterns / sizeof *patterns), number = 1000 + next_random(900000);
	const char *pattern = patterns[which], *mark = strstr(pattern, "%s"), *digits = strstr(pattern, "%u");
	int n = snprintf(text, sizeof text, "%.*s%u%.*s%.300s%s", (int)(digits - pattern), pattern, number,
			 (int)(mark - digits - 2), digits + 2, name, mark + 2);
	(void)n;
	fold_lines(text, false, out);
}

/* NAME may be empty. */
static void
by_chance(const char *name, char out[TEXT_BYTES])
{
	static char text[TEXT_BYTES];
	size_t n = 0, room = LINE * LINES - (strlen(name) < 100 ? strlen(name) : 100) - 10;
	bool named = false;
	while (n < room) {
		if (!named && *name && (n > room / 2 || next_random(4) == 0)) {
			n += (size_t)snprintf(text + n, 130, "%.100s ", name);
			room += strlen(name);
			named = true;
		} else if (next_random(8) == 0) {
			n += (size_t)snprintf(text + n, 32, "%u ", next_random(1000000));
		} else {
			n += (size_t)snprintf(text + n, 32, "%s ", words[next_random(sizeof words / sizeof *words)]);
		}
	}
	for (size_t i = 0; i < n; i++)
		text[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 32) : text[i];
	fold_lines(text, true, out);
}

/* ---- figures ---- */

struct set {
	const char *words;
	char (*text)[TEXT_BYTES];
	const char **name; /* that stands in it */
	size_t n;
};

static void
speed(struct cs_sift *sift, const struct set *set, void (*look)(struct cs_sift *, const char *))
{
	static double took[TEXTS];
	char title[64];
	double sum = 0;
	unsigned alerts = 0, cut = 0;
	if (!set->text || !set->n)
		return; /* without memory, or without such texts */
	for (size_t i = 0; i < set->n; i++) {
		double start = measure_s(CLOCK_PROCESS_CPUTIME_ID);
		look(sift, set->text[i]);
		took[i] = measure_s(CLOCK_PROCESS_CPUTIME_ID) - start;
		sum += took[i];
		alerts += found.hit_n > 0;
		cut += found.cut;
		if (found.hit_n && show_alerts)
			(void)fprintf(stderr, "alert %s: %.*s (%u) in: %s\n", set->words, (int)found.hit[0].text.len,
				      (const char *)found.hit[0].text.at, found.hit[0].score, set->text[i]);
	}
	measure_sort(took, set->n);
	(void)snprintf(title, sizeof title, "prose_%s", set->words);
	put(title, (double)set->n / sum, "texts/s", "a text in 30 us", (double)set->n / sum / 33333);
	(void)snprintf(title, sizeof title, "prose_%s_p99", set->words);
	put(title, took[set->n * 99 / 100] * 1e6, "us", "1 ms", took[set->n * 99 / 100] * 1e3);
	(void)snprintf(title, sizeof title, "prose_%s_alerts", set->words);
	put(title, 1000.0 * alerts / (double)set->n, "per 1000", "3", 1000.0 * alerts / (double)set->n / 3);
	(void)fprintf(stderr, "%s: p50 %.1f us max %.0f us cut %u\n", set->words, took[set->n / 2] * 1e6,
		      took[set->n - 1] * 1e6, cut);
}

static void
look_text(struct cs_sift *sift, const char *text)
{
	cs_sift_text(sift, &all, cs_span_text(text), &found);
}

static void
look_party(struct cs_sift *sift, const char *text)
{
	cs_sift_party(sift, &all, cs_span_text(text), &found);
}

/* Is an entry among the hits whose first name is that? */
static bool
is_found(const struct cs_roll *roll, const char *name)
{
	struct cs_roll_entry entry;
	for (unsigned i = 0; i < found.hit_n; i++) {
		cs_roll_entry(roll, found.hit[i].entry, &entry);
		if (cs_span_is(entry.primary, name))
			return true;
	}
	return found.hit_n == CS_SIFT_HITS_MAX;
}

static void
recall(struct cs_sift *sift, const struct cs_roll *roll, const struct set *set)
{
	char title[64];
	unsigned is = 0, names = 0;
	for (size_t i = 0; i < set->n; i++) {
		cs_sift_text(sift, &all, cs_span_text(set->text[i]), &found);
		bool here = is_found(roll, set->name[i]);
		is += here;
		names++;
		if (!here && show_lost)
			(void)fprintf(stderr, "lost %s: %s in: %s\n", set->words, set->name[i], set->text[i]);
	}
	(void)snprintf(title, sizeof title, "prose_%s_found", set->words);
	put(title, names ? 100.0 * is / names : 0, "%", "95", names ? is / 0.95 / names : 0);
}

/* Texts with honest names, or with names of the UN list, as they are or damaged. */
static struct set
make(const char *title, const struct names *names, size_t n, void (*how)(const char *, char *), bool hurt)
{
	struct set set = {.words = title, .text = calloc(n, TEXT_BYTES), .name = calloc(n, sizeof *set.name), .n = n};
	static char damaged[512];
	for (size_t i = 0; i < n && set.text && set.name; i++) {
		set.name[i] = names->n ? names->at[i % names->n] : "";
		damaged[0] = 0;
		if (hurt)
			damage(set.name[i], damaged);
		how(hurt ? damaged : set.name[i], set.text[i]);
	}
	return set;
}

/* Texts cut out of what people wrote about payments, one behind the other. */
static struct set
read_letters(size_t n, const char *title, const char *const files[])
{
	struct set set = {.words = title, .text = calloc(n, TEXT_BYTES)};
	const char *shared = getenv("COUNTERSIGN_SHARED");
	char path[1024], piece[LINE * LINES + 1];
	for (size_t i = 0; set.text && files[i]; i++) {
		(void)snprintf(path, sizeof path, "%s/knowledge/%s", shared ? shared : "", files[i]);
		FILE *in = fopen(path, "r");
		for (size_t got; in && set.n < n && (got = fread(piece, 1, LINE * LINES, in)) > 0;) {
			for (size_t k = 0; k < got; k++)
				piece[k] = piece[k] < ' ' ? ' ' : piece[k];
			piece[got] = 0;
			fold_lines(piece, true, set.text[set.n++]);
		}
		if (in)
			(void)fclose(in);
	}
	return set;
}

/* Every so many of the entries of lists that nothing was tried on. */
static void
take_others(const struct cs_roll *roll, struct names *out)
{
	enum { EACH = 37 };
	struct cs_roll_size size;
	struct cs_roll_entry entry;
	char name[256];
	cs_roll_measure(roll, &size);
	for (uint32_t i = 0; i < size.entry_n; i += EACH) {
		cs_roll_entry(roll, i, &entry);
		(void)snprintf(name, sizeof name, "%.*s", (int)entry.primary.len, (const char *)entry.primary.at);
		if (entry.list != UNITED && entry.primary.len < sizeof name)
			keep(out, name);
	}
}

static void
as_party(const char *name, char out[TEXT_BYTES])
{
	static const char *const towns[] = {"OSLO", "PARIS 75008", "MUMBAI 400001", "NEW YORK NY", "DUBAI UAE"};
	(void)snprintf(out, TEXT_BYTES, "/DE89370400440532013000\r\n%.35s\r\n%u HIGH STREET\r\n%s", name,
		       1 + next_random(200), towns[next_random(5)]);
}

int
main(int argc, char **argv)
{
	struct cs_lexicon *lexicon = cs_lexicon_new();
	struct cs_roll_builder *builder = cs_roll_builder_new(lexicon);
	struct cs_roll *roll = NULL;
	static const struct names nobody;
	static const char *const letters[] = {"iso8583.md",    "payments.md",  "streaming.md",
					      "components.md", "codebases.md", NULL};
	static const char *const unseen[] = {"peers.md", NULL};
	const char *shown = getenv("BENCH_PROSE_SHOW");
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : TEXTS;
	n = n < TEXTS ? n : TEXTS;
	show_alerts = shown && strcmp(shown, "alerts") == 0;
	show_lost = shown && strcmp(shown, "lost") == 0;
	if (!builder)
		return 1;
	read_six(builder);
	if (cs_roll_builder_end(builder, &roll) != CS_OK)
		return 1;
	read_honest(&local, "yente_negatives_us.csv.gz");
	read_honest(&global, "yente_negatives_global.csv.gz");
	if (!listed.n || !local.n || !global.n || !united.n) {
		put("prose_not_measured", 0, "lists", "the shared data is not here", 0);
		return 0;
	}
	struct cs_sift *sift = cs_sift_new(roll, lexicon);
	if (!sift)
		return 1;
	const struct set honest[] = {
		make("pattern_us", &local, n, by_pattern, false),
		make("pattern_global", &global, n, by_pattern, false),
		make("chance_nobody", &nobody, n, by_chance, false),
		make("chance_global", &global, n, by_chance, false),
		read_letters(n, "letters", letters),
		read_letters(n, "letters_unseen", unseen),
	};
	for (size_t i = 0; i < sizeof honest / sizeof *honest && honest[i].n; i++)
		speed(sift, &honest[i], look_text);
	const struct set party = make("party_global", &global, n, as_party, false);
	speed(sift, &party, look_party);
	static struct names others;
	take_others(roll, &others);
	const struct set guilty[] = {
		make("pattern_un", &united, united.n, by_pattern, false),
		make("chance_un", &united, united.n, by_chance, false),
		make("pattern_un_damaged", &united, united.n, by_pattern, true),
		make("chance_un_damaged", &united, united.n, by_chance, true),
		make("chance_un_firms", &united_firms, united_firms.n, by_chance, false),
		make("chance_un_firms_damaged", &united_firms, united_firms.n, by_chance, true),
		make("chance_unseen", &others, others.n, by_chance, false),
		make("chance_unseen_damaged", &others, others.n, by_chance, true),
	};
	for (size_t i = 0; i < sizeof guilty / sizeof *guilty; i++)
		recall(sift, roll, &guilty[i]);
	cs_sift_free(sift);
	cs_roll_free(roll);
	cs_lexicon_free(lexicon);
	return 0;
}
