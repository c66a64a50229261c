/*
 * Goal: two policies are alike as long as they make the same of messages and rows; whatever makes a difference there is
 * named, whatever else differs does not matter.
 * Method: two equal policies, one of which is changed in one place at a time.
 */
#include "check.h"

#include "engine/alike.c"

static struct cs_policy a, b;
static struct cs_column_clause columns[2][2];
static struct cs_row_clause rows[2];
static const char *values[2][1] = {{"1"}, {"1"}};

static void
make(struct cs_policy *policy, unsigned nth)
{
	memset(policy, 0, sizeof *policy);
	columns[nth][0] = (struct cs_column_clause){.column = "t", .what = CS_COLUMN_TIME};
	columns[nth][1] = (struct cs_column_clause){
		.column = "f", .what = CS_COLUMN_FLAG, .flag = CS_FLAG_FRAUD, .value_n = 1, .value = values[nth]};
	rows[nth] = (struct cs_row_clause){.separator = ',', .column_n = 2, .column = columns[nth]};
	policy->link_n = 2;
	policy->link[0] = (struct cs_link){.name = "visa",
					   .framing = "length16",
					   .dialect = "iso87-ascii",
					   .port_n = 1,
					   .port = {5001},
					   .map_n = 1,
					   .map = {{.field = CS_FIELD_STAN, .path = "11"}}};
	policy->link[1] = (struct cs_link){.name = "tx", .row = &rows[nth]};
}

static void
begin(void)
{
	values[1][0] = "1";
	make(&a, 0);
	make(&b, 1);
	assert_null(cs_alike_links(&a, &b));
}

static void
expect_differs(const char *name)
{
	assert_string_equal(cs_alike_links(&a, &b)->name, name);
	assert_string_equal(cs_alike_links(&b, &a)->name, name);
	begin();
}

static void
test_links(void **state)
{
	(void)state;
	begin();
	b.link[0].port[0] = 5002;
	expect_differs("visa");
	b.link[0].dialect = "iso93-ascii";
	expect_differs("visa");
	b.link[0].framing = "stx";
	expect_differs("visa");
	b.link[0].host = "192.0.2.1";
	expect_differs("visa");
	b.link[0].map[0].path = "12";
	expect_differs("visa");
	b.link[0].answer.n = 1;
	expect_differs("visa");
	b.link[0].currency = 978;
	expect_differs("visa");
	b.link[0].side = CS_SIDE_ISSUER;
	expect_differs("visa");
	b.link_n = 1;
	expect_differs("tx");
	b.link[0].tap = "eth7"; /* where it was seen makes no difference */
	b.expect_n = 1;
	assert_null(cs_alike_links(&a, &b));
}

static void
test_records(void **state)
{
	(void)state;
	begin();
	b.link[1].row = NULL;
	expect_differs("tx");
	rows[1].form = CS_SOURCE_JSON;
	expect_differs("tx");
	rows[1].separator = ';';
	expect_differs("tx");
	rows[1].column_n = 1;
	expect_differs("tx");
	columns[1][0].column = "when";
	expect_differs("tx");
	columns[1][0].since_ns = 1;
	expect_differs("tx");
	columns[1][1].flag = CS_FLAG_APPROVED;
	expect_differs("tx");
	values[1][0] = "yes";
	expect_differs("tx");
	columns[1][0].currency_column = "cur";
	expect_differs("tx");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
