/*
 * Goal: no bytes crash the reader of a file of decisions; of a file with a fault no decision holds, and what the writer writes is read back.
 * Method: the first byte chooses. Even: the rest is a file; it is read, and what of it is good is read again. Odd: the rest, parted by bytes of
 * 0, are the texts of decisions, each written behind the others.
 */
#include "screen/decision.h"

#include <stdlib.h>

enum { FILE_BYTES = 1 << 17, DECISIONS_MAX = 8, TEXTS = 5 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
must(bool right)
{
	if (!right)
		abort();
}

static void
read_bytes(struct cs_span file)
{
	struct cs_decision_fault fault, again;
	struct cs_decisions *decisions = cs_decisions_new(file, &fault);
	must(decisions != NULL);
	size_t good = cs_decisions_good(decisions), n = cs_decisions_n(decisions);
	must(good <= file.len && (fault.line == 0 || fault.why != NULL));
	if (fault.line && !fault.torn)
		must(n == 0);
	for (size_t i = 0; i < n; i++)
		must(cs_decisions_at(decisions, i)->of.list.len <= CS_DECISION_TEXT_MAX);
	if (fault.line == 0 || fault.torn) {
		struct cs_decisions *whole = cs_decisions_new((struct cs_span){file.at, good}, &again);
		must(whole != NULL && again.line == 0 && cs_decisions_n(whole) == n);
		cs_decisions_free(whole);
	}
	cs_decisions_free(decisions);
}

/* The text up to the next byte of 0. */
static struct cs_span
next_text(struct cs_span *rest)
{
	size_t n = 0;
	while (n < rest->len && rest->at[n])
		n++;
	struct cs_span text = {rest->at, n};
	rest->at += n + (n < rest->len);
	rest->len -= n + (n < rest->len);
	return text;
}

/* Is B what A was written as? What is no ASCII may have been no UTF-8, and is written as a sign of that. */
static bool
is_same(struct cs_span a, struct cs_span b)
{
	for (size_t i = 0; i < a.len; i++)
		if (a.at[i] >= 128)
			return true;
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Writes one decision behind the others; false: it cannot be written. */
static bool
append(struct cs_text *file, struct cs_span *rest, unsigned number)
{
	struct cs_decision_fault fault;
	struct cs_decision_kept kept = {.at_s = number};
	struct cs_span *const texts[TEXTS] = {&kept.by, &kept.reason, &kept.name, &kept.of.list, &kept.of.uid};
	for (unsigned i = 0; i < TEXTS; i++)
		*texts[i] = next_text(rest);
	memset(kept.id, 'A' + (int)number, sizeof kept.id - 1);
	struct cs_span before = {(const uint8_t *)file->at, file->len};
	struct cs_decisions *decisions = cs_decisions_new(before, &fault);
	must(decisions != NULL && fault.line == 0 && cs_decisions_n(decisions) == number);
	bool written = cs_decisions_line(decisions, &kept, file);
	cs_decisions_free(decisions);
	if (!written || file->overflowed)
		return false;
	decisions = cs_decisions_new((struct cs_span){(const uint8_t *)file->at, file->len}, &fault);
	must(decisions != NULL && fault.line == 0 && cs_decisions_n(decisions) == number + 1);
	const struct cs_decision_kept *back = cs_decisions_at(decisions, number);
	must(is_same(kept.of.uid, back->of.uid) && is_same(kept.of.list, back->of.list));
	cs_decisions_free(decisions);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char room[FILE_BYTES];
	if (len == 0)
		return 0;
	struct cs_span rest = {data + 1, len - 1};
	if (data[0] % 2 == 0) {
		read_bytes(rest);
		return 0;
	}
	struct cs_text file = cs_text_over(room, sizeof room);
	for (unsigned i = 0; i < DECISIONS_MAX && rest.len; i++)
		if (!append(&file, &rest, i))
			break;
	return 0;
}
