/*
 * A journal as a bank's would be: card withdrawals on both sides of a switch, some approvals that the core never gave, and
 * the alerts of the real judge, put down by the real recorder.
 *
 * Times and messages are a function of their number; what is random (keys, the journal's id) and the clock are the
 * journal's own.
 */
#ifndef CS_TESTS_SCENE_H
#define CS_TESTS_SCENE_H

#include "base/hash.h"
#include "engine/recorder.h"

#include <stdio.h>
#include <stdlib.h>

enum { SCENE_VISA, SCENE_CORE, SCENE_STEP_NS = 5000000, SCENE_FORGED_EVERY = 40 };

static const uint64_t scene_begin_ns = UINT64_C(1700000000000000000);
static const char scene_policy[] = "# What the bank of these tests expects of its switch.\n"
				   "link visa { tap \"eth1\" port 5001 frame length16 dialect \"iso87-ascii\" side "
				   "acquirer keep 1024 transactions }\n"
				   "link core { tap \"eth2\" port 7001 frame length16 dialect \"iso87-ebcdic\" side "
				   "issuer keep 1024 transactions }\n"
				   "expect approval \"a card approval is the issuer's own\" {\n"
				   "  claim  card.response on visa where approved\n"
				   "  proof  card.response on core where approved\n"
				   "  match  card, amount, currency and (rrn or stan + terminal)\n"
				   "  within 30s before\n"
				   "  otherwise block critical\n"
				   "}\n";
static const char *const scene_sources[] = {"acquirer.pcap", "issuer.pcap"};

struct scene {
	struct cs_arena arena;
	const struct cs_policy *policy;
	struct cs_judge *judge;
	struct cs_vault *vault;
	struct cs_journal *journal;
	struct cs_recorder recorder;
	struct cs_journal_wish wish;
	uint64_t put_n; /* withdrawals */
	uint64_t event_n;
};

static inline void
scene_text(struct cs_event *event, enum cs_field field, const char *value)
{
	cs_event_set_text(event, field, cs_span_text(value));
}

/* One message of withdrawal N. */
static inline struct cs_event
scene_event(struct scene *scene, uint64_t n, unsigned link, bool response)
{
	char stan[16], rrn[16];
	struct cs_event event;
	memset(&event, 0, sizeof event);
	snprintf(stan, sizeof stan, "%06u", (unsigned)(n % 1000000));
	snprintf(rrn, sizeof rrn, "%012llu", (unsigned long long)n);
	event.origin = (struct cs_origin){
		.time_ns = scene_begin_ns + scene->event_n * SCENE_STEP_NS,
		.packet = scene->event_n + 1,
		.file_offset = 24 + 300 * scene->event_n,
		.offset = 54,
		.source = (uint16_t)link,
		.direction = response ? CS_DIR_FROM_PORT : CS_DIR_TO_PORT,
	};
	scene->event_n++;
	event.link = (uint16_t)link;
	event.kind = response ? CS_KIND_RESPONSE : CS_KIND_REQUEST;
	memcpy(event.mti, response ? "0210" : "0200", sizeof event.mti);
	event.length_bytes = 246;
	event.flags = CS_FLAG_CARD | (response ? CS_FLAG_APPROVED : 0);
	uint64_t card[2] = {cs_hash_mix(n, 1), cs_hash_mix(n, 2)};
	event.card.token = (struct cs_token){{card[0], card[1]}};
	memcpy(event.card.masked, "400000******0002", 16);
	event.bitmap[0] = response ? UINT64_C(0x7238000006C08000) : UINT64_C(0x7238000000C08000);
	event.message_hash = cs_hash_mix(n << 2 | link << 1 | response, 3);
	scene_text(&event, CS_FIELD_STAN, stan);
	scene_text(&event, CS_FIELD_RRN, rrn);
	scene_text(&event, CS_FIELD_TERMINAL, "ATM00042");
	scene_text(&event, CS_FIELD_MERCHANT, "BANK & <BRANCH>");
	scene_text(&event, CS_FIELD_PROCESSING, "010000");
	if (response) {
		scene_text(&event, CS_FIELD_RESPONSE_CODE, "00");
		scene_text(&event, CS_FIELD_APPROVAL_CODE, "A1B2C3");
	}
	event.money[CS_FIELD_AMOUNT - CS_MONEY_FIELD_FIRST] = cs_money_of(50000 + (int64_t)(n % 100) * 100, 978);
	event.present |= UINT64_C(1) << CS_FIELD_AMOUNT | UINT64_C(1) << CS_FIELD_CURRENCY |
			 UINT64_C(1) << CS_FIELD_CARD | UINT64_C(1) << CS_FIELD_BIN | UINT64_C(1) << CS_FIELD_MTI;
	return event;
}

/* A judge sees both links from the scene's beginning on. */
static inline void
scene_start(struct cs_judge *judge)
{
	cs_judge_start(judge, SCENE_VISA, scene_begin_ns);
	cs_judge_start(judge, SCENE_CORE, scene_begin_ns);
}

static inline void
scene_tell_to(struct scene *scene, struct cs_judge *judge, uint64_t n, unsigned link, bool response)
{
	struct cs_event event = scene_event(scene, n, link, response);
	struct cs_tick tick = {.now_ns = event.origin.time_ns};
	tick.settled_ns[SCENE_VISA] = tick.settled_ns[SCENE_CORE] = tick.now_ns;
	cs_judge_event(judge, &event);
	cs_judge_tick(judge, &tick);
}

/* One message of the next withdrawal, on the acquirer's side alone. */
static inline void
scene_claim(struct scene *scene, struct cs_judge *judge, bool response)
{
	scene_tell_to(scene, judge, scene->put_n++, SCENE_VISA, response);
}

static inline void
scene_tell(struct scene *scene, uint64_t n, unsigned link, bool response)
{
	scene_tell_to(scene, scene->judge, n, link, response);
}

/* The next withdrawal; every SCENE_FORGED_EVERY-th is one the core never saw. */
static inline void
scene_put(struct scene *scene)
{
	uint64_t n = scene->put_n++;
	bool forged = n % SCENE_FORGED_EVERY == SCENE_FORGED_EVERY - 1;
	scene_tell(scene, n, SCENE_VISA, false);
	if (!forged) {
		scene_tell(scene, n, SCENE_CORE, false);
		scene_tell(scene, n, SCENE_CORE, true);
	}
	scene_tell(scene, n, SCENE_VISA, true);
}

/* A process begins, or goes on: the journal is opened with the wish in SCENE. */
static inline bool
scene_begin(struct scene *scene)
{
	struct cs_journal_found found;
	enum cs_error error = cs_journal_open(&scene->wish, &found, &scene->journal);
	if (error != CS_OK) {
		fprintf(stderr, "journal: %s\n", cs_error_text(error));
		return false;
	}
	scene->recorder.journal = scene->journal;
	if (scene->event_n)
		return true;
	cs_recorder_init(&scene->recorder);
	cs_judge_scribe_set(scene->judge, &scene->recorder.scribe);
	if (!cs_recorder_policy(&scene->recorder, cs_span_text(scene_policy), NULL, scene_begin_ns))
		return false;
	scene_start(scene->judge);
	return true;
}

/* Everything but the journal itself; KEY is made when it is not there. */
static inline bool
scene_init(struct scene *scene, const char *folder, const char *key)
{
	static struct cs_complaints complaints;
	char note[CS_VAULT_NOTE_BYTES];
	struct cs_vault_wish vault = {key, true, true};
	memset(scene, 0, sizeof *scene);
	if (cs_vault_open(&vault, note, &scene->vault) != CS_OK || cs_arena_init(&scene->arena, 1 << 20) != CS_OK ||
	    cs_policy_read(cs_span_text(scene_policy), "bank.policy", &scene->arena, &scene->policy, &complaints) !=
		    CS_OK)
		return false;
	struct cs_detect_sink sink = {cs_recorder_finding, &scene->recorder};
	scene->judge = cs_judge_new(scene->policy, &sink);
	scene->recorder.names = (struct cs_alert_names){scene->policy, scene_sources, 2};
	scene->wish = (struct cs_journal_wish){
		.folder = folder,
		.vault = scene->vault,
		.build = "scene",
		.sync = CS_SYNC_NONE,
		.volume_bytes = UINT64_MAX,
		.volume_ns = UINT64_MAX,
		.checkpoint_ns = UINT64_MAX,
	};
	return scene->judge != NULL;
}

/* The process ends in good order. */
static inline bool
scene_end(struct scene *scene)
{
	cs_recorder_rest(&scene->recorder);
	enum cs_error error = cs_journal_close(scene->journal);
	scene->journal = NULL;
	if (error != CS_OK)
		fprintf(stderr, "journal: %s\n", cs_error_text(error));
	return error == CS_OK;
}

static inline void
scene_fini(struct scene *scene)
{
	cs_judge_free(scene->judge);
	cs_vault_close(scene->vault);
	cs_arena_fini(&scene->arena);
}

#endif
