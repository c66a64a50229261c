/*
 * What was seen, and what was not; what people did; and what proves the report.
 */
#include "app/report_html.h"

enum { LINES_MOST = 25 };

static void
put_link(struct cs_text *text, const struct cs_report *report, const struct cs_report_link *link)
{
	cs_text_put(text, "<tr>");
	cs_html_text(text, link->name);
	cs_html_text(text, link->row ? "record" : "link");
	cs_html_count(text, link->day_n);
	cs_html_moment(text, report, link->first_ns);
	cs_html_moment(text, report, link->last_ns);
	cs_html_count(text, link->file_n);
	cs_html_count(text, link->aside_n);
	cs_html_count(text, link->undecoded_n);
	cs_html_count(text, link->gap_n);
	cs_html_count(text, link->gap_bytes);
	cs_html_open(text, link->here && !link->day_n ? "grave" : NULL);
	cs_text_put(text, !link->here                                         ? "in no policy any more"
			  : !link->day_n                                      ? "nothing came"
			  : link->gap_n || link->undecoded_n || link->aside_n ? "with holes"
									      : "seen");
	cs_text_put(text, "</td></tr>\n");
}

static void
put_sights(struct cs_text *text, const struct cs_report *report)
{
	if (!report->sight_n)
		return;
	cs_html_heads(text, "What the engine said of its own sight", "Link or record|Source|What|#Count|#Bytes lost");
	for (uint32_t i = 0; i < report->sight_n; i++) {
		const struct cs_report_sight *it = &report->sight[i];
		cs_text_put(text, "<tr>");
		cs_html_text(text, it->link);
		cs_html_text(text, it->source);
		cs_html_open(text, NULL);
		cs_text_put(text, cs_reason_text(it->reason));
		cs_text_put(text, "</td>");
		cs_html_count(text, it->n);
		cs_html_count(text, it->lost_bytes);
		cs_text_put(text, "</tr>\n");
	}
	cs_text_put(text, "</tbody></table>\n");
}

static void
put_lines(struct cs_text *text, const struct cs_report *report, const struct cs_report_lines *lines,
	  const char *caption)
{
	uint32_t shown = lines->n < LINES_MOST ? lines->n : LINES_MOST;
	if (!shown)
		return;
	cs_html_heads(text, caption, "When|What|In words|#Record");
	for (uint32_t i = 0; i < shown; i++) {
		cs_text_put(text, "<tr>");
		cs_html_moment(text, report, lines->at[i].time_ns);
		cs_html_text(text, lines->at[i].what);
		cs_html_text(text, lines->at[i].words);
		cs_html_count(text, lines->at[i].seq);
		cs_text_put(text, "</tr>\n");
	}
	cs_text_put(text, "</tbody></table>\n");
	if (lines->all_n == shown)
		return;
	cs_text_put(text, "<p class=\"small\">And ");
	cs_report_put_count(text, lines->all_n - shown);
	cs_text_put(text, " more.</p>\n");
}

void
cs_html_coverage(struct cs_text *text, const struct cs_report *report)
{
	cs_text_put(text, "<h2>What was seen, and what was not</h2>\n");
	if (report->link_n)
		cs_html_heads(text, NULL,
			      "Name|Sort|#Count|First|Last|#Files|#set aside|#Not readable|#Gaps|#Bytes lost|State");
	for (uint32_t i = 0; i < report->link_n; i++)
		put_link(text, report, &report->link[i]);
	cs_text_put(text, report->link_n ? "</tbody></table>\n" : "<p>No policy was in force.</p>\n");
	put_sights(text, report);
	put_lines(text, report, &report->broken, "What could not be read");
	put_lines(text, report, &report->acts, "What was done to the journal and its processes");
}

/* ---- the journal ---- */

static void
open_row(struct cs_text *text, const char *name)
{
	cs_text_put(text, "<tr><th scope=\"row\">");
	cs_text_put(text, name);
	cs_text_put(text, "</th>");
}

static void
put_hex(struct cs_text *text, const char *name, const void *at, size_t len)
{
	open_row(text, name);
	cs_text_put(text, "<td><code>");
	cs_text_put_hex(text, (struct cs_span){at, len});
	cs_text_put(text, "</code></td></tr>\n");
}

static void
put_number(struct cs_text *text, const char *name, uint64_t n)
{
	open_row(text, name);
	cs_text_put(text, "<td>");
	cs_report_put_count(text, n);
	cs_text_put(text, "</td></tr>\n");
}

/* Where something found no room it is counted, and told. */
static void
put_limits(struct cs_text *text, const struct cs_report *report)
{
	const struct {
		const char *name;
		uint64_t n;
	} rows[] = {
		{"Rows counted among others, as there were too many groups", report->group_full_n},
		{"Rows in no group at all", report->group_lost_n},
		{"Rows of a sort that found no room", report->flow_lost_n},
		{"Payments not looked at for the largest", report->top_lost_n},
		{"Findings in no row", report->finding_lost_n},
		{"Unmatched items in no sum", report->aged_lost_n},
		{"Records let go of, and not read", report->proof.gone_n},
		{"Records whose key was erased", report->proof.hidden_n},
		{"Bytes at the end that are no whole page", report->proof.torn_bytes},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].n)
			put_number(text, rows[i].name, rows[i].n);
}

static void
put_signed(struct cs_text *text, const struct cs_report *report)
{
	const struct cs_report_proof *proof = &report->proof;
	open_row(text, "Signed by");
	cs_text_put(text, "<td>");
	if (proof->is_signed) {
		cs_text_put(text, "the checkpoint of record ");
		cs_text_put_u64(text, proof->checkpoint.seq);
		cs_text_put(text, ", ");
		cs_report_put_moment(text, &report->wish, proof->checkpoint.wall_ns);
		cs_text_put(text, "<br><code>");
		cs_text_put_hex(text, (struct cs_span){proof->checkpoint.signature, CS_SIGNATURE_BYTES});
		cs_text_put(text, "</code>");
	} else {
		cs_text_put(text,
			    "no checkpoint yet: whoever can write to the folder could have changed the last records");
	}
	cs_text_put(text, "</td></tr>\n");
}

void
cs_html_journal(struct cs_text *text, const struct cs_report *report)
{
	const struct cs_report_proof *proof = &report->proof;
	cs_text_put(
		text,
		"<h2>The journal behind this report</h2>\n<p>Each page of the journal names the hash of the one before "
		"it, and checkpoints sign them. The report was made from records ");
	cs_text_put_u64(text, proof->first_seq);
	cs_text_put(text, " to ");
	cs_text_put_u64(text, proof->last_seq);
	cs_text_put(
		text,
		"; each was checked as it was read. Whoever has the journal can make the report again, with the same "
		"command, and gets the same bytes; <code>countersign verify</code> proves the journal whole. It does "
		"not prove that what was recorded was true, only that it was not changed since.</p>\n<table><tbody>\n");
	put_hex(text, "Journal", proof->id, sizeof proof->id);
	put_hex(text, proof->key_given ? "Public key, as given" : "Public key, as the journal's own key says",
		proof->public_key, sizeof proof->public_key);
	put_number(text, "Last page read for it", proof->last_page);
	put_hex(text, "Chain hash of that page", &proof->chain, sizeof proof->chain);
	put_signed(text, report);
	open_row(text, "Policy");
	cs_text_put(text, "<td>");
	cs_report_put_escaped(text, report->policy_path);
	cs_text_put(text, ", record ");
	cs_text_put_u64(text, report->policy_seq);
	cs_text_put(text, "</td></tr>\n");
	put_limits(text, report);
	cs_text_put(text, "</tbody></table>\n");
	put_lines(text, report, &proof->faults, "What is wrong with the journal");
}
