/*
 * The last day a journal tells of: found from its end, a stretch of records at a time, so that it costs little however long the
 * journal is. What is damaged there is told later, by who reads all of it.
 */
#include "app/report.h"
#include "engine/inputs.h"
#include "state/reading.h"
#include "state/survey.h"

#include <stdlib.h>

enum { STRETCH_RECORDS = 4096 };

/* The latest time of an event or tick from record SEQ up to, not with, UNTIL_SEQ; 0: there is none. */
static uint64_t
latest_in(struct cs_reading *reading, uint64_t seq, uint64_t until_seq)
{
	static struct cs_input input;
	struct cs_record record;
	uint64_t last_ns = 0;
	if (cs_reading_seek(reading, seq) != CS_OK)
		return 0;
	while (cs_reading_next(reading, &record) == CS_OK && record.seq < until_seq) {
		bool timed = record.kind == CS_RECORD_EVENT || record.kind == CS_RECORD_TICK;
		if (!timed || record.hidden || !cs_input_read(&record, CS_LINKS_MAX, &input))
			continue;
		uint64_t time_ns = record.kind == CS_RECORD_EVENT ? input.event.origin.time_ns : input.tick.now_ns;
		last_ns = time_ns > last_ns ? time_ns : last_ns;
	}
	return last_ns;
}

enum cs_error
cs_report_last(const struct cs_report_wish *wish, uint64_t *out)
{
	struct cs_reading_wish ask = {wish->folder, wish->vault, false};
	struct cs_reading *reading = NULL;
	struct cs_survey survey = {0};
	*out = 0;
	enum cs_error error = cs_survey_make(wish->folder, &survey);
	uint64_t end_seq = 0, first_seq = UINT64_MAX;
	for (uint32_t i = 0; error == CS_OK && i < survey.n; i++) {
		bool counts = survey.volume[i].readable;
		end_seq = counts && survey.volume[i].next_seq > end_seq ? survey.volume[i].next_seq : end_seq;
		first_seq = counts && survey.volume[i].first_seq < first_seq ? survey.volume[i].first_seq : first_seq;
	}
	cs_survey_fini(&survey);
	if (error == CS_OK)
		error = cs_reading_open(&ask, &reading);
	while (error == CS_OK && !*out && end_seq > first_seq) {
		uint64_t seq = end_seq - first_seq > STRETCH_RECORDS ? end_seq - STRETCH_RECORDS : first_seq;
		*out = latest_in(reading, seq, end_seq);
		end_seq = seq;
	}
	cs_reading_close(reading);
	return error;
}
