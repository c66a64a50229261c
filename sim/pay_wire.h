/*
 * The envelope of payment messages: blocks 1, 2, 3, 5 and S around a text, acknowledgements, running numbers.
 */
#ifndef CS_SIM_PAY_WIRE_H
#define CS_SIM_PAY_WIRE_H

#include "pay_mt.h"

enum { CS_PAY_WIRE_BYTES = 1 << 14, CS_PAY_KEY_BYTES = 32, CS_PAY_NAME_BYTES = 64 };

/* Session and sequence number of a message. */
struct cs_pay_number {
	uint32_t session, sequence;
};

/* What the envelope of a message out needs beside its text. */
struct cs_pay_cover {
	struct cs_pay_number number;
	enum cs_pay_lau lau;
	bool again; /* PDE */
};

struct cs_pay_wire {
	char key[CS_PAY_KEY_BYTES + 1]; /* of local authentication, made from the seed */
	struct cs_text text;
	char at[CS_PAY_WIRE_BYTES];
};

/* cs_pay_wire_init makes the key. */
void cs_pay_wire_init(struct cs_pay_wire *wire, uint64_t seed);

/* cs_pay_wire_out writes the message into wire->text as it is archived at the interface, in input form. */
void cs_pay_wire_out(struct cs_pay_wire *wire, const struct cs_pay_mt *mt, const struct cs_pay_cover *cover);

/* cs_pay_wire_in writes it in output form, received at TIME_NS under NUMBER. */
void cs_pay_wire_in(struct cs_pay_wire *wire, const struct cs_pay_mt *mt, struct cs_pay_number number,
		    uint64_t time_ns);

/* cs_pay_wire_acknowledge writes the service message 21 for the message NUMBER, with COPY behind it; REFUSED: 451:1 and a
 * code. */
void cs_pay_wire_acknowledge(struct cs_text *out, struct cs_pay_number number, uint64_t time_ns, const char *refused,
			     struct cs_span copy);

/* cs_pay_wire_name writes the name of a file: its time, its number, WHAT. Names sort by time. */
void cs_pay_wire_name(char out[CS_PAY_NAME_BYTES], uint64_t time_ns, struct cs_pay_number number, const char *what);

#endif
