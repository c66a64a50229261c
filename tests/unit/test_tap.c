/*
 * Goal: the kernel filter lets through just what the links need, whatever hides the port, and a tap delivers what
 * goes over an interface, without waiting.
 * Method: the filter compiled for an interface that is not there and asked about packets made by hand; a connection
 * over the loopback interface where capturing is allowed, else a line that says so.
 */
#include "check.h"

#include "../../src/port/tap.c"

#include "wire.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

static const uint16_t two_ports[] = {8583, 7001};

static bool
passes(const struct wire *wire, const uint16_t *ports, unsigned ports_n)
{
	char at[FILTER_CAP_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	cs_tap_filter(&text, ports, ports_n, true);
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, 65535);
	struct bpf_program program;
	assert_int_equal(pcap_compile(dead, &program, at, 1, PCAP_NETMASK_UNKNOWN), 0);
	struct pcap_pkthdr header = {.caplen = (uint32_t)wire->len, .len = (uint32_t)wire->len};
	bool out = pcap_offline_filter(&program, &header, wire->at) != 0;
	pcap_freecode(&program);
	pcap_close(dead);
	return out;
}

/* An Ethernet frame with TAGS VLAN tags, then IPv4 or IPv6 and TCP to PORT. */
static struct wire *
frame(unsigned tags, bool is_ipv6, uint16_t port)
{
	static struct wire wire;
	const struct wire_tcp tcp = {.from = 40000, .to = port, .flags = 16, .payload = "hello"};
	unsigned type = is_ipv6 ? 0x86dd : 0x0800;
	wire = (struct wire){.big = true};
	put_ethernet(&wire, tags ? 0x8100 : type);
	for (unsigned i = 0; i < tags; i++) {
		put16(&wire, 100 + i);
		put16(&wire, i + 1 < tags ? 0x8100 : type);
	}
	if (is_ipv6)
		put_ipv6(&wire, 25, 6);
	else
		put_ipv4(&wire, 25, 1, 0);
	put_tcp(&wire, &tcp);
	return &wire;
}

static void
the_filter_takes_our_ports_under_tags(void **state)
{
	(void)state;
	for (unsigned tags = 0; tags <= 2; tags++) {
		for (unsigned v6 = 0; v6 < 2; v6++) {
			assert_true(passes(frame(tags, v6, 8583), two_ports, 2));
			assert_true(passes(frame(tags, v6, 7001), two_ports, 2));
			assert_false(passes(frame(tags, v6, 443), two_ports, 2));
			assert_true(passes(frame(tags, v6, 443), NULL, 0));
		}
	}
}

static void
the_filter_takes_what_hides_its_port(void **state)
{
	(void)state;
	struct wire *wire = frame(0, false, 443);
	wire->at[14 + 7] = 3; /* a later fragment */
	assert_true(passes(wire, two_ports, 2));
	wire->at[14 + 9] = 17; /* of UDP */
	assert_false(passes(wire, two_ports, 2));
	wire = frame(1, true, 443);
	wire->at[18 + 6] = 44; /* an IPv6 fragment, tagged */
	assert_true(passes(wire, two_ports, 2));
	wire->at[18 + 6] = 17;
	assert_false(passes(wire, two_ports, 2));
}

static void
as_many_ports_as_allowed_fit(void **state)
{
	(void)state;
	uint16_t ports[CS_TAP_PORTS_MAX];
	for (unsigned i = 0; i < CS_TAP_PORTS_MAX; i++)
		ports[i] = (uint16_t)(65535 - i);
	assert_true(passes(frame(2, true, 65535 - CS_TAP_PORTS_MAX + 1), ports, CS_TAP_PORTS_MAX));
	struct cs_tap *tap;
	const struct cs_tap_settings settings = {.interface = "lo", .ports = ports, .ports_n = CS_TAP_PORTS_MAX + 1};
	assert_int_equal(cs_tap_open(&settings, &tap), CS_E_LIMIT);
	cs_tap_close(tap);
}

static void
a_missing_interface_is_named(void **state)
{
	(void)state;
	struct cs_tap *tap;
	const struct cs_tap_settings settings = {.interface = "nosuch0", .ports = two_ports, .ports_n = 2};
	enum cs_error error = cs_tap_open(&settings, &tap);
	assert_true(error == CS_E_OPEN || error == CS_E_PERMISSION);
	char fault[10] = {0};
	for (size_t i = 0; tap && i + 1 < sizeof fault; i++)
		fault[i] = cs_tap_fault(tap)[i];
	assert_string_equal(fault, "nosuch0: ");
	cs_tap_close(tap);
}

/* Connects to LISTENER and sends five bytes; the descriptor to close. */
static int
say_hello(const struct sockaddr_in *address)
{
	int client = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(client, (const struct sockaddr *)address, sizeof *address), 0);
	assert_int_equal(write(client, "hello", 5), 5);
	return client;
}

static bool
hears_hello(struct cs_tap *tap)
{
	struct cs_defrag *defrag = cs_defrag_new(1);
	bool heard = false;
	for (unsigned i = 0; i < 500 && !heard; i++) {
		struct cs_packet packet;
		struct cs_segment segment;
		enum cs_error error = cs_tap_next(tap, &packet);
		if (error == CS_AGAIN) {
			struct pollfd wait = {.fd = cs_tap_descriptor(tap), .events = POLLIN};
			(void)poll(&wait, 1, 100);
			continue;
		}
		assert_int_equal(error, CS_OK);
		assert_true(packet.time_ns > UINT64_C(1600000000) * 1000000000);
		heard = cs_packet_segment(defrag, &packet, &segment) == CS_OK && cs_span_is(segment.payload, "hello");
	}
	cs_defrag_free(defrag);
	return heard;
}

static void
loopback_is_heard(void **state)
{
	(void)state;
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &len), 0);
	uint16_t port = ntohs(address.sin_port);
	struct cs_tap *tap;
	const struct cs_tap_settings settings = {.interface = "lo", .ports = &port, .ports_n = 1};
	if (cs_tap_open(&settings, &tap) != CS_OK) {
		printf("# no live capture here: %s\n", cs_tap_fault(tap));
		cs_tap_close(tap);
		close(listener);
		return;
	}
	struct cs_packet packet;
	assert_int_equal(cs_tap_next(tap, &packet), CS_AGAIN);
	int client = say_hello(&address);
	assert_true(hears_hello(tap));
	assert_true(cs_tap_counts(tap).received > 0);
	assert_int_equal(cs_tap_counts(tap).dropped_by_kernel, 0);
	close(client);
	close(listener);
	cs_tap_close(tap);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_filter_takes_our_ports_under_tags),
		cmocka_unit_test(the_filter_takes_what_hides_its_port),
		cmocka_unit_test(as_many_ports_as_allowed_fit),
		cmocka_unit_test(a_missing_interface_is_named),
		cmocka_unit_test(loopback_is_heard),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
