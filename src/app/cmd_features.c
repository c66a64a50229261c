/*
 * `countersign features`: what every profile of a policy says at every event, as CSV, for training and for outside checks.
 *
 * It looks on at the very code that judges live; no value is computed here. Card numbers are in no column: an event is
 * named by its id alone, and what could be a card number in there is masked.
 */
#include "app/command.h"
#include "app/sources.h"
#include "detect/behave.h"
#include "detect/feature.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BUFFER_BYTES = 1 << 20, ROW_BYTES_MAX = 64 * CS_AGGREGATES_MAX + 512 };

const char cs_cmd_features_help[] =
	"usage: countersign features POLICY --events [NAME=]FILE... [OPTION]...\n\n"
	"Writes what every profile of the policy says at every event, as CSV: id, time, a column for each\n"
	"profile.aggregate and calendar.part. Money is in major units; what is missing is an empty cell.\n"
	"FILE may be - for standard input.\n\n"
	"  --events [NAME=]FILE rows of the record NAME in the form that the policy says; a folder: of all its files\n"
	"  --capture FILE       a capture that may hold any link of the policy\n"
	"  --link NAME=FILE     a capture of the link NAME only\n"
	"  --out FILE|-         write there (else: standard output)\n"
	"  --token-key KEY      the key of card tokens: a file of 16 bytes, or pkcs11:...\n"
	"  --quiet              no progress\n\n"
	"exit status: 0 it ran, 2 bad usage or policy, 3 input cannot be read or output not written\n";

enum { OPTION_EVENTS, OPTION_CAPTURE, OPTION_LINK, OPTION_OUT, OPTION_KEY, OPTION_QUIET };

static const struct cs_option options_table[] = {
	[OPTION_EVENTS] = {"--events", true},
	[OPTION_CAPTURE] = {"--capture", true},
	[OPTION_LINK] = {"--link", true},
	[OPTION_OUT] = {"--out", true},
	[OPTION_KEY] = {"--token-key", true},
	[OPTION_QUIET] = {"--quiet", false},
	{NULL, false},
};

struct features {
	const char *policy_path;
	const char *out_path;
	struct cs_setup_keys keys;
	bool quiet;
	struct cs_setup setup;
	struct cs_sources sources;
	struct cs_pipeline *pipeline;
	int descriptor;
	enum cs_error written;
	uint64_t bounded_n; /* cells that hold a bound */
	uint64_t event_n;
	size_t len;
	char buffer[BUFFER_BYTES];
};

static bool
read_option(struct features *features, int option, const char *value)
{
	switch (option) {
	case OPTION_EVENTS:
		return cs_sources_add(&features->sources, CS_SOURCE_EVENTS, value);
	case OPTION_CAPTURE:
		return cs_sources_add(&features->sources, CS_SOURCE_CAPTURE, value);
	case OPTION_LINK:
		return cs_sources_add(&features->sources, CS_SOURCE_LINK, value);
	case OPTION_OUT:
		features->out_path = value;
		return true;
	case OPTION_KEY:
		features->keys.key = value;
		return true;
	case OPTION_QUIET:
		features->quiet = true;
		return true;
	case CS_OPTION_PLAIN:
		if (features->policy_path)
			fprintf(stderr,
				"countersign: one policy is enough, and files of records go behind --events: '%s'\n",
				value);
		return !features->policy_path && (features->policy_path = value);
	default:
		return false;
	}
}

static bool
read_options(struct features *features, int argc, char **argv)
{
	struct cs_options options = {argc, argv, 1, false};
	const char *value = NULL;
	for (int option; (option = cs_option_next(&options, options_table, &value)) != CS_OPTION_END;)
		if (!read_option(features, option, value))
			return false;
	if (features->policy_path && features->sources.n)
		return cs_sources_order(&features->sources);
	fputs("countersign: features wants a policy and at least one file of records; see countersign features "
	      "--help\n",
	      stderr);
	return false;
}

static void
flush(struct features *features)
{
	if (features->written == CS_OK)
		features->written = cs_file_write_all(features->descriptor, features->buffer, features->len);
	features->len = 0;
}

/* Room for one more row. */
static struct cs_text
begin_row(struct features *features)
{
	if (BUFFER_BYTES - features->len < ROW_BYTES_MAX)
		flush(features);
	return cs_text_over(features->buffer + features->len, BUFFER_BYTES - features->len);
}

static void
end_row(struct features *features, struct cs_text *row)
{
	cs_text_put_char(row, '\n');
	CS_ASSERT(!row->overflowed);
	features->len += row->len;
}

/* Which parts of a calendar the policy speaks of. */
static bool
has_part(const struct cs_calendar_clause *calendar, enum cs_calendar_part part)
{
	if (part == CS_CALENDAR_WEEKEND)
		return calendar->weekend;
	return part == CS_CALENDAR_NIGHT ? calendar->night : calendar->holiday_n > 0;
}

static void
put_head(struct features *features)
{
	static const char *const parts[CS_CALENDAR_PART_N] = {".weekend", ".night", ".holiday"};
	const struct cs_behave_policy *behave = features->setup.policy->behave;
	struct cs_text row = begin_row(features);
	cs_text_put(&row, "id,time");
	for (unsigned i = 0; i < behave->profile_n; i++)
		for (unsigned k = 0; k < behave->profile[i].aggregate_n; k++) {
			cs_text_put_char(&row, ',');
			cs_text_put(&row, behave->profile[i].name);
			cs_text_put_char(&row, '.');
			cs_text_put(&row, behave->profile[i].aggregate[k].name);
		}
	for (unsigned i = 0; i < behave->calendar_n; i++)
		for (unsigned part = 0; part < CS_CALENDAR_PART_N; part++) {
			if (!has_part(&behave->calendar[i], (enum cs_calendar_part)part))
				continue;
			cs_text_put_char(&row, ',');
			cs_text_put(&row, behave->calendar[i].name);
			cs_text_put(&row, parts[part]);
		}
	end_row(features, &row);
}

/* A cell of text from a file: in quotes where CSV wants them. */
static void
put_cell(struct cs_text *row, struct cs_span value)
{
	bool quoted = false;
	for (size_t i = 0; i < value.len; i++)
		quoted |= value.at[i] == ',' || value.at[i] == '"' || value.at[i] == '\n' || value.at[i] == '\r';
	if (quoted)
		cs_text_put_char(row, '"');
	for (size_t i = 0; i < value.len; i++) {
		cs_text_put_char(row, (char)value.at[i]);
		if (value.at[i] == '"')
			cs_text_put_char(row, '"');
	}
	if (quoted)
		cs_text_put_char(row, '"');
}

/* The id of a record, or what a message has instead. */
static void
put_id(struct cs_text *row, const struct cs_event *event)
{
	char at[2 * CS_SHORT_BYTES + 1];
	struct cs_text id = cs_text_over(at, sizeof at);
	cs_event_put(&id, event, cs_event_has(event, CS_FIELD_RRN) ? CS_FIELD_RRN : CS_FIELD_STAN);
	put_cell(row, (struct cs_span){(const uint8_t *)at, id.len});
}

/* It may be a text from a file. */
static void
put_last(struct cs_text *row, const struct cs_aggregate *aggregate, const struct cs_profile_value *value)
{
	char at[64];
	struct cs_text cell = cs_text_over(at, sizeof at);
	cs_feature_put(&cell, aggregate, value);
	put_cell(row, (struct cs_span){(const uint8_t *)at, cell.len});
}

static void
put_profile(struct features *features, struct cs_text *row, const struct cs_profile_clause *profile,
	    const struct cs_profile_value *value)
{
	for (unsigned k = 0; k < profile->aggregate_n; k++) {
		cs_text_put_char(row, ',');
		if (!value)
			continue;
		if (profile->aggregate[k].kind == CS_AGGREGATE_LAST)
			put_last(row, &profile->aggregate[k], &value[k]);
		else
			cs_feature_put(row, &profile->aggregate[k], &value[k]);
		features->bounded_n += (value[k].flags & (CS_PROFILE_BOUNDED | CS_PROFILE_AT_LEAST)) != 0;
	}
}

static void
put_decision(void *context, const struct cs_decision *decision)
{
	struct features *features = context;
	const struct cs_behave_policy *behave = features->setup.policy->behave;
	struct cs_text row = begin_row(features);
	put_id(&row, decision->event);
	cs_text_put_char(&row, ',');
	cs_text_put_time(&row, decision->event->origin.time_ns);
	for (unsigned i = 0; i < behave->profile_n; i++) {
		const struct cs_profile_clause *profile = &behave->profile[i];
		bool known = decision->value_n && decision->known[i];
		put_profile(features, &row, profile, known ? &decision->value[profile->first] : NULL);
	}
	for (unsigned i = 0; i < behave->calendar_n * CS_CALENDAR_PART_N; i++) {
		const struct cs_calendar_clause *calendar = &behave->calendar[i / CS_CALENDAR_PART_N];
		enum cs_calendar_part part = (enum cs_calendar_part)(i % CS_CALENDAR_PART_N);
		if (has_part(calendar, part))
			cs_text_put(&row, cs_feature_calendar(calendar, part, decision->event) ? ",1" : ",0");
	}
	end_row(features, &row);
	features->event_n++;
}

static void
ignore_finding(void *context, const struct cs_finding *finding)
{
	(void)context;
	(void)finding;
}

static int
open_features(struct features *features)
{
	if (!cs_setup_policy(&features->setup, features->policy_path) ||
	    !cs_setup_links(&features->setup, &features->keys))
		return CS_EXIT_USAGE;
	const struct cs_behave_policy *behave = features->setup.policy->behave;
	if (!behave || !behave->profile_n) {
		fprintf(stderr, "countersign: %s has no profile, so there is nothing to write\n",
			features->policy_path);
		return CS_EXIT_USAGE;
	}
	struct cs_detect_sink nobody = {ignore_finding, NULL};
	features->pipeline = cs_pipeline_new(&features->setup.links, &nobody);
	struct cs_behave *looking = features->pipeline ? cs_judge_behave(cs_pipeline_judge(features->pipeline)) : NULL;
	if (!looking || cs_behave_counts_of(looking)->limits_only) {
		fputs("countersign: out of memory; lower `keys` or `memory` of the profiles\n", stderr);
		return CS_EXIT_USAGE;
	}
	cs_behave_observe(looking, (struct cs_behave_observer){put_decision, features});
	cs_behave_terse(looking, true);
	const char *path = features->out_path ? features->out_path : "-";
	enum cs_error error = cs_file_open_write(path, &features->descriptor);
	if (error == CS_OK)
		return cs_sources_open(&features->sources, &features->setup, features->pipeline);
	fprintf(stderr, "countersign: %s %s\n", path, cs_file_error_text(error));
	return CS_EXIT_INPUT;
}

static int
write_all(struct features *features)
{
	struct cs_sources *sources = &features->sources;
	sources->started_ns = cs_clock_steady_ns();
	sources->show_progress = !features->quiet && cs_terminal_is(STDERR_FILENO);
	put_head(features);
	(void)cs_sources_read(sources); /* nobody stops it */
	flush(features);
	if (sources->show_progress)
		fputs("\r\033[K", stderr);
	cs_sources_say(sources);
	if (features->bounded_n && !features->quiet)
		fprintf(stderr, "countersign: %" PRIu64 " %s, not exact: raise `log`, `keys` or `memory`\n",
			features->bounded_n, features->bounded_n == 1 ? "value is a bound" : "values are bounds");
	if (features->written != CS_OK)
		fprintf(stderr, "countersign: features %s\n", cs_file_error_text(features->written));
	return sources->failed || features->written != CS_OK ? CS_EXIT_INPUT : CS_EXIT_RAN;
}

int
cs_cmd_features(int argc, char **argv)
{
	static struct features features;
	features.descriptor = -1;
	if (!read_options(&features, argc, argv))
		return CS_EXIT_USAGE;
	int status = open_features(&features);
	if (status == CS_EXIT_RAN)
		status = write_all(&features);
	cs_sources_close(&features.sources);
	cs_pipeline_free(features.pipeline);
	cs_file_close(features.descriptor);
	cs_setup_close(&features.setup);
	return status;
}
