/*
 * The inside of `run`, for cmd_run.c and its parts: run_sources.c reads the interfaces, run_records.c folders of files of records, run_reload.c takes another policy.
 */
#ifndef CS_APP_RUN_H
#define CS_APP_RUN_H

#include "app/record.h"
#include "app/screens.h"
#include "engine/inflow.h"
#include "engine/intake.h"
#include "engine/pipeline.h"
#include "port/tap.h"

/* One interface: what it watches, and its next packet when one is there. */
struct cs_run_source {
	struct cs_tap *tap;
	bool pending;
	struct cs_packet packet;
	uint64_t dropped;
	unsigned port_n; /* that the kernel lets through; 0: all */
	uint16_t port[CS_TAP_PORTS_MAX];
};

struct cs_run {
	const char *policy_path;
	const char *alerts_path;
	struct cs_setup_keys keys;
	const char *user;
	const char *record_path; /* --record, or NULL */
	const char *journal_key;
	bool no_journal;
	bool over_damage;
	bool limits_only; /* --limits-only-if-broken */
	bool quiet;
	struct cs_setup *setup;
	struct cs_setup *coming; /* a policy whose windows are being warmed, or NULL */
	struct cs_pipeline *pipeline;
	struct cs_tables *tables; /* NULL: the policy has no list or places in a file */
	struct cs_alerts *alerts;
	int alerts_file; /* with a journal: what its alerts are delivered to; 0: not a file */
	struct cs_screens screens;
	struct cs_record_keeping record; /* its chronicle is NULL: no journal is kept */
	int signals;
	bool stop;
	bool failed;
	uint64_t since_ns; /* the interfaces are watched from then on */
	unsigned source_n;
	unsigned name_n;
	const char *name[CS_LINKS_MAX]; /* of the interfaces, then of the folders; our own copies */
	struct cs_run_source source[CS_LINKS_MAX];
	uint64_t asked_ns;
	uint64_t idle_ns; /* when time was passed last */
	unsigned event_n;
	const char *events[CS_LINKS_MAX];  /* as on the command line */
	unsigned event_link[CS_LINKS_MAX]; /* their records */
	unsigned folder_n;                 /* of them; the others are standard input */
	struct cs_intake *intake;          /* NULL: no folder is watched */
	struct cs_inflow *inflow;          /* NULL: standard input is not read */
};

/* cs_run_new_setup reads the policy, LIMITS: for these alone where it is broken; NULL after having said what is wrong. cs_run_free_setup takes NULL. */
struct cs_setup *cs_run_new_setup(const struct cs_run *run, bool limits);
void cs_run_free_setup(struct cs_setup *setup);

/* cs_run_new_pipeline makes a pipeline for SETUP over JUDGE (OWN: which it frees) that knows every interface and watches none yet;
 * NULL after having said why, and JUDGE is its caller's then. cs_run_start_watching lets it watch them all from TIME_NS on. */
struct cs_pipeline *cs_run_new_pipeline(struct cs_run *run, struct cs_setup *setup, struct cs_judge *judge, bool own);
void cs_run_start_watching(struct cs_run *run, struct cs_pipeline *pipeline, uint64_t time_ns);

/* cs_run_say_summary tells what was seen so far. */
void cs_run_say_summary(const struct cs_run *run);

/* cs_run_check_inflow says whether standard input could go on under SETUP; false after having said why not. */
bool cs_run_check_inflow(const struct cs_run *run, const struct cs_setup *setup);

/* cs_run_check_taps says whether every link of POLICY has an interface, and there is anything to watch; while RELOADING, one that is watched already.
 * False after having said which has not. */
bool cs_run_check_taps(const struct cs_run *run, const struct cs_policy *policy, bool reloading);

/* cs_run_open_sources opens every interface of the policy; an enum cs_exit. cs_run_close_sources closes them. */
int cs_run_open_sources(struct cs_run *run);
void cs_run_close_sources(struct cs_run *run);

/* cs_run_take_packets hands on packets in order of time; false when there is none that may be handed on now. */
bool cs_run_take_packets(struct cs_run *run);

/* cs_run_ask_drops asks the kernel now and then what it dropped. */
void cs_run_ask_drops(struct cs_run *run);

/* cs_run_wait waits for a packet or a signal, and lets time pass in the pipeline unless it is STALLED. */
void cs_run_wait(struct cs_run *run, bool stalled);

/* cs_run_pass_time lets time pass in the pipeline. */
void cs_run_pass_time(struct cs_run *run);

/* cs_run_add_events takes an argument of --events; false after having said what is wrong. cs_run_check_events finds their records in
 * POLICY; while RELOADING, they must be where they were. False after having said what is wrong. cs_run_is_fed says whether one
 * is of record LINK. */
bool cs_run_add_events(struct cs_run *run, const char *given);
bool cs_run_check_events(struct cs_run *run, const struct cs_policy *policy, bool reloading);
bool cs_run_is_fed(const struct cs_run *run, const struct cs_policy *policy, unsigned link);

/* cs_run_name_events puts the folders behind the names of the interfaces. cs_run_open_events opens them; an enum cs_exit. */
void cs_run_name_events(struct cs_run *run);
int cs_run_open_events(struct cs_run *run);

/* cs_run_take_records tells some rows; false when there is none for now. cs_run_say_events tells how many there were. */
bool cs_run_take_records(struct cs_run *run);
void cs_run_say_events(const struct cs_run *run);

/* cs_run_reload takes the policy that is in the file now, if it can work, at once or when it was warmed; cs_run_poll_coming sees
 * whether it was. cs_run_leave_coming gives one up that is still being warmed. */
void cs_run_reload(struct cs_run *run);
void cs_run_poll_coming(struct cs_run *run);
void cs_run_leave_coming(struct cs_run *run);

#endif
