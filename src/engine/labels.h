/*
 * Labels in a file of their own: which records and transactions were found out to be fraud, and when that was known.
 *
 * CSV with the columns `id`, `fraud` (1, true, yes or fraud; anything else is none) and perhaps `known` (RFC 3339).
 * An id is that of the record (`id from`), or the rrn of a card message; 16 characters of it count. The last label of an
 * id counts.
 */
#ifndef CS_ENGINE_LABELS_H
#define CS_ENGINE_LABELS_H

#include "engine/feeds.h"

enum cs_label { CS_LABEL_NONE, CS_LABEL_INNOCENT, CS_LABEL_FRAUD };

struct cs_labels;

/* cs_labels_read reads PATH ("-": standard input) as a whole. HEARER hears of rows that cannot be read, and of columns that are
 * missing (CS_E_SYNTAX). CS_E_OPEN, CS_E_READ, CS_E_MEMORY. */
CS_MUST_USE enum cs_error cs_labels_read(const char *path, struct cs_feeds_hearer hearer, struct cs_labels **out);
void cs_labels_free(struct cs_labels *labels);

/* cs_labels_find looks the id of EVENT up; *KNOWN_NS is when the label was known, 0 when the file does not say. */
enum cs_label cs_labels_find(const struct cs_labels *labels, const struct cs_event *event, uint64_t *known_ns);

/* cs_labels_n counts ids that have one, and cs_labels_fraud_n those of fraud. */
uint64_t cs_labels_n(const struct cs_labels *labels);
uint64_t cs_labels_fraud_n(const struct cs_labels *labels);

#endif
