/*
 * How fast records become durable: events through pack, journal, seal, chain and fdatasync in groups of 256, everything on
 * one core; beside the same number of bytes appended and synced in the same groups with nothing else done, which is the
 * limit of this disk. And how fast the journal is proved again.
 *
 * The disk decides much of this and is noisy: both are run in turns, and the best of each counts. Argument: the folder to
 * write in (default: a new one under /tmp, removed at the end).
 */
#include "event/event_pack.h"
#include "io/disk.h"
#include "measure.h"
#include "state/journal.h"
#include "state/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { RECORDS_N = 400000, GROUP_N = 256, TURNS_N = 5 };

static struct cs_event event;
static struct cs_vault *vault;
static char folder[256];

static void
fail(const char *what)
{
	fprintf(stderr, "bench_journal: %s failed in %s\n", what, folder);
	exit(1);
}

static void
put_digits(enum cs_field field, uint64_t value, unsigned digits)
{
	char at[CS_SHORT_BYTES];
	for (unsigned i = digits; i-- > 0; value /= 10)
		at[i] = (char)('0' + value % 10);
	cs_event_set_text(&event, field, (struct cs_span){(const uint8_t *)at, digits});
}

/* A cash withdrawal as the decoder gives it. */
static void
make_event(uint64_t i)
{
	event.origin.time_ns = UINT64_C(1700000000000000000) + i * 100000;
	event.origin.packet = i;
	event.origin.file_offset = i * 300;
	event.message_hash = i * UINT64_C(0x9e3779b97f4a7c15);
	event.card.token.half[0] = event.message_hash ^ 77;
	put_digits(CS_FIELD_STAN, i, 6);
	put_digits(CS_FIELD_RRN, i, 12);
	put_digits(CS_FIELD_TRANSMISSION, i, 10);
}

static void
make_template(void)
{
	static const struct {
		enum cs_field field;
		const char *text;
	} texts[] = {{CS_FIELD_TERMINAL, "ATM00263"}, {CS_FIELD_MERCHANT, "DE0000000427600"},
		     {CS_FIELD_ACQUIRER, "427600"},   {CS_FIELD_LOCAL_TIME, "074959"},
		     {CS_FIELD_LOCAL_DATE, "0302"},   {CS_FIELD_PROCESSING, "011000"},
		     {CS_FIELD_POS_ENTRY, "051"},     {CS_FIELD_POS_CONDITION, "02"},
		     {CS_FIELD_MCC, "6011"},          {CS_FIELD_RESPONSE_CODE, "00"},
		     {CS_FIELD_COUNTRY, "276"},       {CS_FIELD_SERVICE_CODE, "201"}};
	for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++)
		cs_event_set_text(&event, texts[i].field, cs_span_text(texts[i].text));
	memcpy(event.mti, "0210", 4);
	event.kind = CS_KIND_RESPONSE;
	event.flags = CS_FLAG_CARD | CS_FLAG_APPROVED;
	event.present |= UINT64_C(1) << CS_FIELD_AMOUNT | UINT64_C(1) << CS_FIELD_CARD;
	event.money[0] = cs_money_of(18000, 978);
	event.bitmap[0] = UINT64_C(0x723000010ac08000);
	memcpy(event.card.masked, "400000******0001", 16);
}

static double
journal_turn(uint64_t *bytes)
{
	struct cs_journal_wish wish = {.folder = folder, .vault = vault, .build = "bench", .sync = CS_SYNC_GROUP};
	struct cs_journal_found found;
	struct cs_journal *journal;
	wish.volume_bytes = wish.volume_ns = UINT64_MAX;
	wish.checkpoint_ns = UINT64_C(1000000000);
	if (cs_journal_open(&wish, &found, &journal) != CS_OK)
		fail("opening the journal");
	double began = measure_s(CLOCK_MONOTONIC);
	for (uint64_t i = 0; i < RECORDS_N; i++) {
		make_event(i);
		struct cs_journal_room room = cs_journal_room(journal, event.origin.time_ns);
		room.open[0] = 0; /* no tick before it */
		cs_journal_add_event(journal, &event, 1);
	}
	if (cs_journal_flush(journal) != CS_OK)
		fail("writing the journal");
	double took = measure_s(CLOCK_MONOTONIC) - began;
	*bytes = cs_journal_state_of(journal).bytes;
	if (cs_journal_close(journal) != CS_OK)
		fail("closing the journal");
	return took;
}

static double
append_turn(uint64_t bytes)
{
	static uint8_t group[1 << 20];
	char path[300];
	int file = -1;
	size_t len = bytes / (RECORDS_N / GROUP_N);
	snprintf(path, sizeof path, "%s/appended", folder);
	(void)unlink(path);
	if (len > sizeof group || cs_disk_open(path, CS_DISK_CREATE, &file) != CS_OK)
		fail("opening a file");
	double began = measure_s(CLOCK_MONOTONIC);
	for (unsigned i = 0; i < RECORDS_N / GROUP_N; i++)
		if (cs_disk_write(file, group, len, i * (uint64_t)len) != CS_OK || cs_disk_sync(file) != CS_OK)
			fail("appending");
	double took = measure_s(CLOCK_MONOTONIC) - began;
	cs_disk_close(file);
	return took;
}

static double
proof_turn(uint64_t *bytes)
{
	struct cs_reading_wish wish = {folder, vault, true};
	struct cs_reading *reading;
	const struct cs_page *page;
	const uint8_t *plain;
	*bytes = 0;
	if (cs_reading_open(&wish, &reading) != CS_OK)
		fail("reading the journal");
	double began = measure_s(CLOCK_MONOTONIC);
	while (cs_reading_page(reading, &page, &plain) == CS_OK)
		*bytes += page->len;
	double took = measure_s(CLOCK_MONOTONIC) - began;
	cs_reading_close(reading);
	return took;
}

int
main(int argc, char **argv)
{
	char note[CS_VAULT_NOTE_BYTES], key[300], command[300];
	double journal = 1e9, append = 1e9, proof = 1e9;
	uint64_t bytes = 0, read = 0;
	snprintf(folder, sizeof folder, "/tmp/countersign-bench-XXXXXX");
	if (argc > 1)
		snprintf(folder, sizeof folder, "%s", argv[1]);
	else if (!mkdtemp(folder))
		fail("making a folder");
	snprintf(key, sizeof key, "%s/key", folder);
	if (cs_disk_folder(folder) != CS_OK ||
	    cs_vault_open(&(struct cs_vault_wish){key, true, true}, note, &vault) != CS_OK)
		fail("making a key");
	measure_pin();
	make_template();
	for (unsigned i = 0; i < TURNS_N; i++) {
		double took = journal_turn(&bytes);
		journal = took < journal ? took : journal;
		took = append_turn(bytes);
		append = took < append ? took : append;
	}
	proof = proof_turn(&read);
	printf("{\"name\":\"journal, groups of 256, one "
	       "core\",\"value\":%.0f,\"unit\":\"records/s\",\"reference\":\"the same "
	       "bytes appended and synced alone\",\"ratio\":%.3f}\n",
	       RECORDS_N / journal, append / journal);
	printf("{\"name\":\"journal, bytes of a message\",\"value\":%.0f,\"unit\":\"bytes\",\"reference\":\"the event "
	       "in "
	       "memory\",\"ratio\":%.3f}\n",
	       (double)bytes / RECORDS_N, (double)bytes / RECORDS_N / sizeof event);
	printf("{\"name\":\"journal proved, seals and roots "
	       "too\",\"value\":%.0f,\"unit\":\"bytes/s\",\"reference\":\"written, "
	       "in the same run\",\"ratio\":%.3f}\n",
	       (double)read / proof, (double)read / proof / ((double)bytes / journal));
	cs_vault_close(vault);
	if (argc > 1)
		return 0;
	snprintf(command, sizeof command, "rm -r %s", folder);
	return (system)(command);
}
