/*
 * Identification: which framing and which dialect a captured connection speaks, with the evidence.
 *
 * The first bytes of each direction are kept (bounded), cut by every framing; where a framing chains, MTI and
 * bitmap are looked for behind it, and guess.h does the rest. Connections with few messages are taken together
 * with others to the same server.
 */
#ifndef CS_ENGINE_IDENTIFY_H
#define CS_ENGINE_IDENTIFY_H

#include "base/json.h"
#include "decode/frame.h"
#include "engine/guess.h"
#include "port/capture.h"
#include "port/stream.h"

enum { CS_IDENTIFY_CONNECTIONS_MAX = 256, CS_IDENTIFY_KEPT_BYTES = 1 << 17, CS_IDENTIFY_MTIS_MAX = 16 };

struct cs_identify;

/* What was found about one connection. */
struct cs_identified {
	uint8_t client_ip[16];
	uint8_t server_ip[16];
	uint16_t client_port;
	uint16_t server_port;
	uint64_t seen_bytes;              /* both directions, of what was kept */
	const struct cs_framing *framing; /* NULL: none cuts the bytes into messages */
	bool named;                       /* guess is good: most messages decode */
	bool tried;                       /* guess is set */
	unsigned pooled_n;                /* connections whose messages were taken together, 1 = this one */
	unsigned empty_n;                 /* frames without a message */
	struct cs_guess_result guess;
	const char *nearest;  /* shipped dialect; NULL when nothing was guessed */
	unsigned nearest_off; /* fields seen and encodings that it has differently */
	unsigned mti_n;
	struct {
		char mti[5];
		unsigned n;
	} mtis[CS_IDENTIFY_MTIS_MAX];
	char failure[160]; /* why nothing is named; empty when something is */
};

/* cs_identify_new makes an empty one; NULL without memory. */
struct cs_identify *cs_identify_new(void);
void cs_identify_free(struct cs_identify *identify);

/* cs_identify_read takes all packets of a capture. Errors are those of cs_capture_next; what was read counts. */
CS_MUST_USE enum cs_error cs_identify_read(struct cs_identify *identify, struct cs_capture *capture);

/* cs_identify_n is the number of connections with payload; cs_identify_over counts those beyond the limit. */
unsigned cs_identify_n(const struct cs_identify *identify);
uint64_t cs_identify_over(const struct cs_identify *identify);

/* cs_identify_at works out connection INDEX. CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_identify_at(struct cs_identify *identify, unsigned index, struct cs_identified *out);

/* cs_identify_put_json writes one object; cs_identify_put_dialect the dialect in it (docs/dialects.md). */
void cs_identify_put_json(struct cs_json *json, const struct cs_identified *found);
void cs_identify_put_dialect(struct cs_json *json, const struct cs_guess_result *guess);

/* cs_identify_put_text writes the same for people, without the lines of a policy. */
void cs_identify_put_text(struct cs_text *text, const struct cs_identified *found);

/* cs_identify_put_link writes the lines of a policy for a connection that is named. */
void cs_identify_put_link(struct cs_text *text, const struct cs_identified *found);

/* cs_identify_link_hash tells those lines apart: equal for connections of one port, framing and dialect. */
uint64_t cs_identify_link_hash(const struct cs_identified *found);

/* cs_identify_put_endpoint writes "10.0.0.1:8583" or "[2001:db8::1]:8583". */
void cs_identify_put_endpoint(struct cs_text *text, const uint8_t ip[16], uint16_t port);

#endif
