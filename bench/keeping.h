/*
 * A journal, and traffic for it without packets: what the benchmarks of recovery and of latency share. Four events a
 * transaction (request and response on both links), answers LIVE_N transactions behind their requests.
 */
#ifndef CS_BENCH_KEEPING_H
#define CS_BENCH_KEEPING_H

#include "engine/chronicle.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LIVE_N = 20000 };

static const uint64_t step_ns = 16000; /* between transactions, in event time: 250,000 messages a second */
static const uint64_t epoch_ns = UINT64_C(1700000000000000000);

struct keeping {
	char folder[256];
	char text[4096];
	struct cs_arena arena;
	const struct cs_policy *policy;
	struct cs_vault *vault;
	struct cs_chronicle *chronicle;
	struct cs_judge *judge;
	const char *source[2];
	struct cs_event template[2][2]; /* by link, by answer */
	uint64_t next;                  /* events made */
};

static inline uint64_t
steady_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static inline void
demand(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

/* ---- events ---- */

static inline void
make_template(struct keeping *keeping, unsigned link, bool answer)
{
	struct cs_event *event = &keeping->template[link][answer];
	*event = (struct cs_event){.link = (uint16_t)link};
	memcpy(event->mti, answer ? "0210" : "0200", 4);
	event->kind = (uint8_t)cs_kind_of(event->mti);
	event->origin.direction = answer ? CS_DIR_FROM_PORT : CS_DIR_TO_PORT;
	event->flags = CS_FLAG_CARD | (answer ? CS_FLAG_APPROVED : 0);
	event->present = UINT64_C(1) << CS_FIELD_CARD | UINT64_C(1) << CS_FIELD_BIN | UINT64_C(1) << CS_FIELD_AMOUNT |
			 UINT64_C(1) << CS_FIELD_CURRENCY | UINT64_C(1) << CS_FIELD_STAN | UINT64_C(1) << CS_FIELD_RRN;
	memcpy(event->card.masked, "400000******0001", 17);
	event->money[0] = cs_money_of(10000, 978);
	event->bitmap[0] = answer ? UINT64_C(0x723000010ac08000) : UINT64_C(0x7230000108c08000);
	cs_event_set_text(event, CS_FIELD_TERMINAL, cs_span_text("TERM0001"));
	cs_event_set_text(event, CS_FIELD_PROCESSING, cs_span_text("010000"));
	if (answer) {
		cs_event_set_text(event, CS_FIELD_RESPONSE_CODE, cs_span_text("00"));
		event->present |= UINT64_C(1) << CS_FIELD_APPROVAL_CODE;
	}
}

static inline void
put_digits(struct cs_short *text, uint64_t value, unsigned digits)
{
	for (unsigned i = digits; i-- > 0; value /= 10)
		text->at[i] = (char)('0' + value % 10);
}

/* The next event of the traffic, a function of its number alone: request to the switch, to the issuer, and the answers of
 * a transaction of before, the issuer's first. */
static inline void
make_event(const struct keeping *keeping, uint64_t nth, struct cs_event *event)
{
	uint64_t number = nth / 4;
	bool answer = nth % 4 >= 2;
	unsigned link = answer ? nth % 2 == 0 : nth % 2 == 1;
	uint64_t time_ns = epoch_ns + nth * (step_ns / 4);
	number = answer && number >= LIVE_N ? number - LIVE_N : number;
	*event = keeping->template[link][answer];
	event->origin.time_ns = time_ns;
	event->origin.packet = nth;
	event->card.token.half[0] = number * UINT64_C(0x9e3779b97f4a7c15);
	event->card.token.half[1] = number + 1;
	event->message_hash = number * 4 + link * 2 + answer;
	put_digits(&event->text[CS_FIELD_STAN], number + link * 500000, 6);
	put_digits(&event->text[CS_FIELD_TERMINAL], number % 5000, 8);
	put_digits(&event->text[CS_FIELD_RRN], number, 12);
	if (answer)
		put_digits(&event->text[CS_FIELD_APPROVAL_CODE], number * 7919, 6);
}

/* While there is nothing to answer yet, answers are left out. */
static inline bool
is_left_out(uint64_t nth)
{
	return nth % 4 >= 2 && nth / 4 < LIVE_N;
}

static inline void
tell_time(const struct keeping *keeping, uint64_t time_ns)
{
	struct cs_tick tick = {.now_ns = time_ns, .settled_ns = {time_ns, time_ns}};
	cs_judge_tick(keeping->judge, &tick);
}

/* ---- the journal ---- */

/* A policy whose links remember KEEP transactions each. */
static inline void
read_policy(struct keeping *keeping, uint64_t keep)
{
	static struct cs_complaints complaints;
	snprintf(keeping->text, sizeof keeping->text,
		 "link visa { tap \"a\" port 5001 frame length16 dialect \"iso87-ascii\" side acquirer\n"
		 "keep %llu transactions }\n"
		 "link core { tap \"b\" port 7001 frame length16 dialect \"iso87-ebcdic\" side issuer\n"
		 "keep %llu transactions }\n"
		 "expect approval \"own\" { claim card.response on visa where approved\n"
		 "proof card.response on core where approved\n"
		 "match card, amount, currency, approval_code and (rrn or stan + terminal)\n"
		 "within 30s before unless stand_in, partial, conversion, duplicate otherwise block critical }\n"
		 "watch visa { unasked otherwise hold high replayed otherwise block critical\n"
		 "signed_off otherwise block critical reversal against core otherwise allow medium }\n",
		 (unsigned long long)keep, (unsigned long long)keep);
	demand(cs_arena_init(&keeping->arena, 2 << 20) == CS_OK, "no memory");
	enum cs_error error = cs_policy_read(cs_span_text(keeping->text), "bench.policy", &keeping->arena,
					     &keeping->policy, &complaints);
	demand(error == CS_OK, complaints.n ? complaints.at[0].text : "the policy cannot be read");
}

static inline void
open_vault(struct keeping *keeping)
{
	char note[CS_VAULT_NOTE_BYTES], path[300];
	snprintf(path, sizeof path, "%s.key", keeping->folder);
	struct cs_vault_wish wish = {path, true, true};
	demand(cs_vault_open(&wish, note, &keeping->vault) == CS_OK, note);
}

static inline void
open_chronicle(struct keeping *keeping, bool live, struct cs_chronicle_start *start)
{
	static char words[CS_CHRONICLE_WORDS_BYTES];
	keeping->source[0] = "a";
	keeping->source[1] = "b";
	struct cs_chronicle_wish wish = {
		.journal = {.folder = keeping->folder,
			    .vault = keeping->vault,
			    .build = "bench",
			    .sync = CS_SYNC_GROUP,
			    .volume_bytes = UINT64_C(256) << 20,
			    .volume_ns = UINT64_MAX,
			    .checkpoint_ns = UINT64_C(1000000000)},
		.durable_ns = 10000000,
		.policy_text = cs_span_text(keeping->text),
		.names = {keeping->policy, keeping->source, 2},
		.live = live,
		.since_ns = epoch_ns + keeping->next * (step_ns / 4),
	};
	demand(cs_chronicle_open(&wish, start, words, &keeping->chronicle) == CS_OK, words);
	keeping->judge = cs_chronicle_judge(keeping->chronicle);
	for (unsigned i = 0; i < 4; i++)
		make_template(keeping, i / 2, i % 2);
	for (unsigned i = 0; i < 2; i++)
		cs_judge_start(keeping->judge, i, epoch_ns);
}

/* As the pipeline does it: some events ahead, memory is asked for; then each takes effect, and time passes. */
static inline void
feed(struct keeping *keeping, uint64_t event_n)
{
	enum { BATCH = 32 };
	struct cs_event batch[BATCH];
	for (uint64_t until = keeping->next + event_n; keeping->next < until;) {
		unsigned n = 0;
		for (; n < BATCH && keeping->next < until; keeping->next++) {
			if (is_left_out(keeping->next))
				continue;
			make_event(keeping, keeping->next, &batch[n]);
			cs_judge_prepare(keeping->judge, &batch[n++]);
		}
		for (unsigned i = 0; i < n; i++) {
			cs_judge_event(keeping->judge, &batch[i]);
			tell_time(keeping, batch[i].origin.time_ns);
		}
		demand(cs_chronicle_poll(keeping->chronicle) == CS_OK, cs_chronicle_words(keeping->chronicle));
	}
}

static inline void
remove_folder(const struct keeping *keeping)
{
	char command[600];
	snprintf(command, sizeof command, "rm -rf %s %s.key", keeping->folder, keeping->folder);
	demand((system)(command) == 0, "the folder cannot be removed");
}

static inline void
print_figure(const char *name, double value, const char *unit, const char *reference, double ratio)
{
	printf("{\"name\":\"%s\",\"value\":%.6g,\"unit\":\"%s\",\"reference\":\"%s\",\"ratio\":%.3f}\n", name, value,
	       unit, reference, ratio);
	fflush(stdout);
}

#endif
