/*
 * Goal: labels are found by id, the last one counts, and ids without one have none; many of them, too.
 * Method: files in a folder of their own.
 */
#include "check.h"

#include "engine/labels.c"

#include <unistd.h>

static char path[64];
static char heard[1024];

static void
hear(void *context, const char *words)
{
	(void)context;
	strncat(heard, strchr(words, ':') + 1, sizeof heard - strlen(heard) - 1);
	strncat(heard, "\n", sizeof heard - strlen(heard) - 1);
}

static enum cs_error
read_text(const char *text, struct cs_labels **out)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	heard[0] = '\0';
	return cs_labels_read(path, (struct cs_feeds_hearer){hear, NULL, NULL}, out);
}

static enum cs_label
find(const struct cs_labels *labels, const char *id, uint64_t *known_ns)
{
	struct cs_event event = {.kind = CS_KIND_RECORD};
	cs_event_set_text(&event, CS_FIELD_RRN, cs_span_text(id));
	return cs_labels_find(labels, &event, known_ns);
}

static void
test_find(void **state)
{
	(void)state;
	struct cs_labels *labels = NULL;
	uint64_t known_ns = 7;
	assert_int_equal(read_text("known,id,fraud\n2018-04-08T00:00:00Z,a,1\n,b,0\n,c,true\n,d,no\n,c,0\n", &labels),
			 CS_OK);
	assert_int_equal(find(labels, "a", &known_ns), CS_LABEL_FRAUD);
	assert_int_equal(known_ns, UINT64_C(1523145600) * 1000000000);
	assert_int_equal(find(labels, "b", &known_ns), CS_LABEL_INNOCENT);
	assert_int_equal(known_ns, 0);
	assert_int_equal(find(labels, "c", &known_ns), CS_LABEL_INNOCENT);
	assert_int_equal(find(labels, "d", &known_ns), CS_LABEL_INNOCENT);
	assert_int_equal(find(labels, "e", &known_ns), CS_LABEL_NONE);
	struct cs_event nameless = {0};
	assert_int_equal(cs_labels_find(labels, &nameless, &known_ns), CS_LABEL_NONE);
	assert_int_equal(cs_labels_n(labels), 4);
	assert_int_equal(cs_labels_fraud_n(labels), 1);
	cs_labels_free(labels);
	cs_labels_free(NULL);
}

static void
test_files(void **state)
{
	(void)state;
	struct cs_labels *labels = NULL;
	uint64_t known_ns = 0;
	assert_int_equal(read_text("id,fraud\na,1\n,1\nb\n", &labels), CS_OK);
	assert_int_equal(find(labels, "a", &known_ns), CS_LABEL_FRAUD);
	assert_string_equal(heard, "3: a label without an id\n4: the row has fewer cells than the header line\n");
	cs_labels_free(labels);
	assert_int_equal(read_text("name,fraud\na,1\n", &labels), CS_E_SYNTAX);
	assert_null(labels);
	assert_string_equal(heard, "1: id: the header line has no such column; it has name, fraud\n");
	assert_int_equal(cs_labels_read("/nowhere/at/all", (struct cs_feeds_hearer){hear, NULL, NULL}, &labels),
			 CS_E_OPEN);
}

static void
test_many(void **state)
{
	(void)state;
	enum { ROWS = 200000 };
	struct cs_labels *labels = NULL;
	uint64_t known_ns = 0;
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs("id,fraud\n", file);
	for (unsigned i = 0; i < ROWS; i++)
		fprintf(file, "%u,%u\n", i, i % 3 == 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(cs_labels_read(path, (struct cs_feeds_hearer){hear, NULL, NULL}, &labels), CS_OK);
	assert_int_equal(cs_labels_n(labels), ROWS);
	for (unsigned i = 0; i < ROWS + 1000; i++) {
		char id[16];
		snprintf(id, sizeof id, "%u", i);
		enum cs_label want = i >= ROWS ? CS_LABEL_NONE : i % 3 == 0 ? CS_LABEL_FRAUD : CS_LABEL_INNOCENT;
		assert_int_equal(find(labels, id, &known_ns), want);
	}
	cs_labels_free(labels);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_many),
	};
	snprintf(path, sizeof path, "/tmp/countersign-labels-XXXXXX");
	int descriptor = mkstemp(path);
	if (descriptor < 0)
		return 1;
	(void)close(descriptor);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink(path);
	return failed;
}
