/*
 * Live packets by libpcap: open, filter, read without waiting, count drops.
 *
 * libpcap knows the kernel's rings, filters and time stamps (docs/adr/0003-own-capture-reader.md); nothing of it
 * shows outside this file. Privileges are the caller's to drop once the taps are open.
 * spec: pcap-filter(7); link types as in packet.c.
 */
#include "port/tap.h"

#include <pcap/pcap.h>
#include <stdlib.h>

enum {
	FILTER_CAP_BYTES = 8192,
	FAULT_CAP_BYTES = 512,
	TIMEOUT_MS = 10, /* the kernel hands over a block of its ring after this, full or not */
	TAGS_MAX = 2,
};

struct cs_tap {
	pcap_t *pcap;
	uint64_t number;
	uint64_t fraction_ns; /* of one unit in the time stamp's fraction */
	uint16_t link_type;
	uint16_t source;
	struct pcap_stat last; /* 32 bits each: they wrap */
	struct cs_tap_counts counts;
	char fault[FAULT_CAP_BYTES];
};

static enum cs_error
refuse(struct cs_tap *tap, enum cs_error error, const char *interface, const char *words)
{
	struct cs_text text = cs_text_over(tap->fault, sizeof tap->fault);
	cs_text_put(&text, interface);
	cs_text_put(&text, ": ");
	cs_text_put(&text, words);
	return error;
}

static void
put_ports(struct cs_text *text, const uint16_t *ports, unsigned ports_n)
{
	cs_text_put(text, "(");
	for (unsigned i = 0; i < ports_n; i++) {
		cs_text_put(text, "tcp port ");
		cs_text_put_u64(text, ports[i]);
		cs_text_put(text, " or ");
	}
	if (ports_n == 0)
		cs_text_put(text, "tcp or ");
	/* later fragments of TCP, and IPv6 that is neither plain TCP, UDP nor ICMP: extension headers */
	cs_text_put(text, "(ip and ip[6:2] & 0x1fff != 0 and ip[9] = 6) or "
			  "(ip6 and ip6[6] != 6 and ip6[6] != 17 and ip6[6] != 58))");
}

void
cs_tap_filter(struct cs_text *text, const uint16_t *ports, unsigned ports_n, bool with_tags)
{
	put_ports(text, ports, ports_n);
	/* each `vlan` moves what stands right of it one tag deeper */
	for (unsigned i = 0; with_tags && i < TAGS_MAX; i++) {
		cs_text_put(text, " or (vlan and ");
		put_ports(text, ports, ports_n);
	}
	for (unsigned i = 0; with_tags && i < TAGS_MAX; i++)
		cs_text_put(text, ")");
}

/* Compiles and sets the filter; false when the link type knows no VLAN tags or the kernel refuses. */
static bool
set_filter(struct cs_tap *tap, const struct cs_tap_settings *settings, bool with_tags)
{
	char at[FILTER_CAP_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	struct bpf_program program;
	cs_tap_filter(&text, settings->ports, settings->ports_n, with_tags);
	CS_ASSERT(!text.overflowed);
	if (pcap_compile(tap->pcap, &program, at, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return false;
	bool good = pcap_setfilter(tap->pcap, &program) == 0;
	pcap_freecode(&program);
	return good;
}

/* What must be said before activation. None of these fails on a fresh handle with values in range. */
static void
prepare(struct cs_tap *tap, const struct cs_tap_settings *settings)
{
	uint32_t snap_len = settings->snap_len ? settings->snap_len : CS_TAP_SNAP_DEFAULT_BYTES;
	(void)pcap_set_snaplen(tap->pcap, (int)snap_len);
	(void)pcap_set_promisc(tap->pcap, 1);
	(void)pcap_set_timeout(tap->pcap, TIMEOUT_MS);
	(void)pcap_set_buffer_size(tap->pcap, CS_TAP_BUFFER_BYTES);
	(void)pcap_set_tstamp_precision(tap->pcap, PCAP_TSTAMP_PRECISION_NANO);
}

static enum cs_error
activate(struct cs_tap *tap, const char *interface)
{
	int status = pcap_activate(tap->pcap);
	if (status >= 0)
		return CS_OK;
	if (status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED)
		return refuse(tap, CS_E_PERMISSION, interface, "capturing needs CAP_NET_RAW (or root)");
	const char *detail = pcap_geterr(tap->pcap);
	return refuse(tap, CS_E_OPEN, interface, *detail ? detail : pcap_statustostr(status));
}

static enum cs_error
open_interface(struct cs_tap *tap, const struct cs_tap_settings *settings)
{
	char words[PCAP_ERRBUF_SIZE] = "";
	if (settings->ports_n > CS_TAP_PORTS_MAX)
		return refuse(tap, CS_E_LIMIT, settings->interface, "more than 64 ports on one interface");
	tap->pcap = pcap_create(settings->interface, words);
	if (!tap->pcap)
		return refuse(tap, CS_E_OPEN, settings->interface, words);
	prepare(tap, settings);
	CS_TRY(activate(tap, settings->interface));
	if (pcap_setnonblock(tap->pcap, 1, words) != 0)
		return refuse(tap, CS_E_OPEN, settings->interface, words);
	if (!set_filter(tap, settings, true) && !set_filter(tap, settings, false))
		return refuse(tap, CS_E_OPEN, settings->interface, pcap_geterr(tap->pcap));
	tap->link_type = (uint16_t)pcap_datalink(tap->pcap);
	tap->fraction_ns = pcap_get_tstamp_precision(tap->pcap) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
	return CS_OK;
}

enum cs_error
cs_tap_open(const struct cs_tap_settings *settings, struct cs_tap **out)
{
	*out = calloc(1, sizeof **out);
	if (!*out)
		return CS_E_MEMORY;
	(*out)->source = settings->source;
	return open_interface(*out, settings);
}

void
cs_tap_close(struct cs_tap *tap)
{
	if (!tap)
		return;
	if (tap->pcap)
		pcap_close(tap->pcap);
	free(tap);
}

enum cs_error
cs_tap_next(struct cs_tap *tap, struct cs_packet *out)
{
	struct pcap_pkthdr *header;
	const uint8_t *bytes;
	int status = pcap_next_ex(tap->pcap, &header, &bytes);
	if (status == 0)
		return CS_AGAIN;
	if (status != 1)
		return refuse(tap, CS_E_READ, "tap", pcap_geterr(tap->pcap));
	*out = (struct cs_packet){
		.time_ns = (uint64_t)header->ts.tv_sec * UINT64_C(1000000000) +
			   (uint64_t)header->ts.tv_usec * tap->fraction_ns,
		.number = ++tap->number,
		.captured_len = header->caplen,
		.wire_len = header->len,
		.link_type = tap->link_type,
		.source = tap->source,
		.at = bytes,
	};
	return CS_OK;
}

int
cs_tap_descriptor(const struct cs_tap *tap)
{
	return pcap_get_selectable_fd(tap->pcap);
}

struct cs_tap_counts
cs_tap_counts(struct cs_tap *tap)
{
	struct pcap_stat now;
	if (pcap_stats(tap->pcap, &now) != 0)
		return tap->counts;
	tap->counts.received += now.ps_recv - tap->last.ps_recv;
	tap->counts.dropped_by_kernel += now.ps_drop - tap->last.ps_drop;
	tap->counts.dropped_by_interface += now.ps_ifdrop - tap->last.ps_ifdrop;
	tap->last = now;
	return tap->counts;
}

const char *
cs_tap_fault(const struct cs_tap *tap)
{
	return tap->fault;
}
