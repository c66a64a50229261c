/*
 * Goal: a segment and its answer always come to the same link in opposite directions.
 * Method: two links by hand, one of them bound to a host; both ends on listed ports.
 */
#include "check.h"

#include "engine/route.c"

static struct cs_link policy_links[2] = {
	{.name = "visa", .port_n = 2, .port = {5001, 5002}},
	{.name = "core", .port_n = 1, .port = {7001}},
};
static struct cs_links links;
static struct cs_route route;

static int
set_up(void **state)
{
	(void)state;
	links.n = 2;
	links.leg[0].link = &policy_links[0];
	links.leg[0].any_host = true;
	links.leg[1].link = &policy_links[1];
	links.leg[1].host[15] = 9;
	cs_route_fill(&route, &links);
	return 0;
}

static struct cs_segment
between(uint16_t from_port, uint8_t from_host, uint16_t to_port, uint8_t to_host)
{
	struct cs_segment segment = {.source_port = from_port, .destination_port = to_port};
	segment.source_ip[15] = from_host;
	segment.destination_ip[15] = to_host;
	return segment;
}

static void
check_both_ways(struct cs_segment there, unsigned link)
{
	struct cs_segment back =
		between(there.destination_port, there.destination_ip[15], there.source_port, there.source_ip[15]);
	bool to = false;
	bool from = true;
	assert_int_equal(cs_route_find(&route, &there, UINT32_MAX, &to), link);
	assert_int_equal(cs_route_find(&route, &back, UINT32_MAX, &from), link);
	if (link < links.n)
		assert_true(to != from);
}

static void
ports_and_hosts(void **state)
{
	(void)state;
	check_both_ways(between(40000, 1, 5002, 2), 0);
	check_both_ways(between(40000, 1, 7001, 9), 1);
	check_both_ways(between(40000, 1, 7001, 8), 2); /* another host */
	check_both_ways(between(40000, 1, 6000, 2), 2);
}

static void
both_ends_listed(void **state)
{
	(void)state;
	check_both_ways(between(5001, 1, 5002, 2), 0);
	check_both_ways(between(5001, 1, 5001, 2), 0);
	check_both_ways(between(5001, 2, 5001, 1), 0);
	check_both_ways(between(5001, 1, 7001, 9), 0); /* the first link of the policy */
}

static void
a_source_carries_its_links_only(void **state)
{
	(void)state;
	struct cs_segment segment = between(40000, 1, 5001, 2);
	bool to = false;
	assert_int_equal(cs_route_find(&route, &segment, 2, &to), 2);
	assert_int_equal(cs_route_find(&route, &segment, 1, &to), 0);
	assert_true(to);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ports_and_hosts, set_up),
		cmocka_unit_test_setup(both_ends_listed, set_up),
		cmocka_unit_test_setup(a_source_carries_its_links_only, set_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
