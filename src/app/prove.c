/*
 * The words of `verify`. Numbers of records, pages and bytes are the journal's own, so that they can be looked up.
 */
#include "app/prove.h"

#include "base/json.h"

static bool
of_anchor(enum cs_proof_what what)
{
	return what == CS_PROOF_WITNESS_BROKEN || what == CS_PROOF_WITNESS_STRANGE;
}

static void
put_place(struct cs_text *text, const struct cs_proof_fault *fault)
{
	if (of_anchor(fault->what)) {
		cs_text_put(text, "anchor");
		if (fault->offset) {
			cs_text_put(text, ", line ");
			cs_text_put_u64(text, fault->offset);
		}
		return;
	}
	cs_text_put(text, "volume ");
	cs_text_put_u64(text, fault->volume);
	cs_text_put(text, ", byte ");
	cs_text_put_u64(text, fault->offset);
	cs_text_put(text, ", page ");
	cs_text_put_u64(text, fault->page);
	cs_text_put(text, ", record ");
	cs_text_put_u64(text, fault->seq);
}

void
cs_prove_put_fault(struct cs_text *text, const struct cs_proof_fault *fault)
{
	put_place(text, fault);
	cs_text_put(text, ": ");
	cs_text_put(text, cs_proof_text(fault->what));
	if (fault->what == CS_PROOF_UNREADABLE) {
		cs_text_put(text, ": ");
		cs_text_put(text, cs_error_text(fault->error));
	}
	if (fault->what == CS_PROOF_TORN) {
		cs_text_put(text, " (");
		cs_text_put_counted(text, fault->bytes, "byte)", "bytes)");
	}
	if (fault->found_page != fault->page) {
		cs_text_put(text, "; the next sound page is ");
		cs_text_put_u64(text, fault->found_page);
	}
	if (fault->lost_pages) {
		cs_text_put(text, "; lost: ");
		cs_text_put_counted(text, fault->lost_pages, "page, ", "pages, ");
		cs_text_put_counted(text, fault->lost_records, "record", "records");
	}
	cs_text_put(text, "\n  what to do: ");
	cs_text_put(text, cs_proof_remedy(fault->what));
	cs_text_put_char(text, '\n');
}

/* ---- lists beside it ---- */

struct list_words {
	const char *name, *text, *remedy;
};

static struct list_words
list_words(enum cs_error error)
{
	static const char again[] = "bring it back from a copy: names were searched against these bytes, and cannot be "
				    "held against them again without them";
	if (error == CS_E_FORMAT)
		return (struct list_words){"list_altered", "these are not the bytes that records name", again};
	if (error == CS_E_OPEN)
		return (struct list_words){"list_missing", "records name it, and it is not there", again};
	return (struct list_words){"list_unreadable", cs_error_text(error), "let it be read, and verify again"};
}

void
cs_prove_put_list(struct cs_text *text, const char *name, enum cs_error error)
{
	struct list_words words = list_words(error);
	cs_text_put(text, "lists/");
	cs_text_put(text, name);
	cs_text_put(text, ": ");
	cs_text_put(text, words.text);
	cs_text_put(text, "\n  what to do: ");
	cs_text_put(text, words.remedy);
	cs_text_put_char(text, '\n');
}

void
cs_prove_list_json(struct cs_text *text, const char *name, enum cs_error error)
{
	struct list_words words = list_words(error);
	struct cs_json json = cs_json_over(text);
	cs_json_object(&json);
	cs_json_put_text(&json, "fault", words.name);
	cs_json_put_text(&json, "list", name);
	cs_json_put_text(&json, "words", words.text);
	cs_json_put_text(&json, "remedy", words.remedy);
	cs_json_end_object(&json);
	cs_text_put_char(text, '\n');
}

/* ---- the sum ---- */

static void
put_time_line(struct cs_text *text, const struct cs_proof_sum *sum)
{
	if (!sum->from_ns)
		return;
	cs_text_put(text, "  time: from ");
	cs_text_put_time(text, sum->from_ns);
	cs_text_put(text, " to ");
	cs_text_put_time(text, sum->to_ns);
	cs_text_put_char(text, '\n');
}

static void
put_kinds(struct cs_text *text, const struct cs_proof_sum *sum)
{
	bool some = false;
	for (unsigned i = 0; i <= CS_RECORD_N; i++) {
		if (!sum->kind_n[i])
			continue;
		cs_text_put(text, some ? ", " : " (");
		cs_text_put_u64(text, sum->kind_n[i]);
		cs_text_put_char(text, ' ');
		cs_text_put(text, cs_record_name(i));
		some = true;
	}
	cs_text_put(text, some ? ")\n" : "\n");
}

static void
put_checkpoints(struct cs_text *text, const struct cs_proof_sum *sum)
{
	cs_text_put(text, "  checkpoints: ");
	if (!sum->checkpoint_n) {
		cs_text_put(text, "none is good: nothing here is proved by a signature\n");
		return;
	}
	cs_text_put_u64(text, sum->checkpoint_n);
	cs_text_put(text, " good; signed up to record ");
	cs_text_put_u64(text, sum->signed_seq);
	cs_text_put(text, " (page ");
	cs_text_put_u64(text, sum->signed_page);
	cs_text_put(text, "), at ");
	cs_text_put_time(text, sum->signed_wall_ns);
	cs_text_put_char(text, '\n');
	uint64_t behind = sum->next_page - sum->signed_page - 1;
	if (behind) {
		cs_text_put(text, "  behind the last one: ");
		cs_text_put_counted(text, behind, "page, ", "pages, ");
		cs_text_put_counted(text, sum->next_seq - sum->signed_seq - 1, "record", "records");
		cs_text_put(text, "; chained, not signed: whoever can write to the folder could have changed them\n");
	}
	if (sum->partial_n) {
		cs_text_put(text, "  of pages that ");
		cs_text_put_counted(text, sum->partial_n, "checkpoint covers", "checkpoints cover");
		cs_text_put(text, ", some are not here (let go of, or damaged)\n");
	}
}

static void
put_notes(struct cs_text *text, const struct cs_proof_sum *sum)
{
	if (sum->begun) {
		cs_text_put(text, "  begins with page ");
		cs_text_put_u64(text, sum->first_page);
		cs_text_put(text, ": older volumes were let go of on ");
		cs_text_put_time(text, sum->beginning.wall_ns);
		cs_text_put(text, " (");
		cs_text_put(text, sum->beginning.reason);
		cs_text_put(text, "), as its signed beginning says\n");
	}
	if (sum->thinned_n) {
		cs_text_put(text, "  thinned: ");
		cs_text_put_counted(text, sum->thinned_n, "volume", "volumes");
		cs_text_put(text, ", ");
		cs_text_put_counted(text, sum->gone_n, "record", "records");
		cs_text_put(text, " let go of; what stays of their pages is proved by the Merkle roots\n");
	}
	if (sum->erased_n) {
		cs_text_put(text, "  keys erased: ");
		cs_text_put_counted(text, sum->erased_n, "volume", "volumes");
		cs_text_put(text,
			    "; what was sealed there cannot be read again, and is still proved to be unchanged\n");
	}
	if (sum->unfinished_bytes) {
		cs_text_put(text, "  at the end ");
		cs_text_put_counted(text, sum->unfinished_bytes, "byte is", "bytes are");
		cs_text_put(text, " being written just now\n");
	}
	if (sum->clock_back_n) {
		cs_text_put(text, "  the machine's clock went back between checkpoints, times: ");
		cs_text_put_u64(text, sum->clock_back_n);
		cs_text_put_char(text, '\n');
	}
	if (sum->witness_met_n + sum->witness_older_n + sum->witness_other_n) {
		cs_text_put(text, "  anchor: ");
		cs_text_put_counted(text, sum->witness_met_n, "checkpoint agrees", "checkpoints agree");
		cs_text_put(text, ", older than this journal's first page: ");
		cs_text_put_u64(text, sum->witness_older_n);
		cs_text_put(text, ", of other journals: ");
		cs_text_put_u64(text, sum->witness_other_n);
		cs_text_put_char(text, '\n');
	}
}

static void
put_verdict(struct cs_text *text, const struct cs_proof_sum *sum)
{
	if (sum->fault_n) {
		cs_text_put_counted(text, sum->fault_n, "fault", "faults");
		cs_text_put(text, ": this journal is NOT as it was written");
		if (sum->lost_pages) {
			cs_text_put(text, "; lost: ");
			cs_text_put_counted(text, sum->lost_pages, "page, ", "pages, ");
			cs_text_put_counted(text, sum->lost_records, "record", "records");
		}
		cs_text_put_char(text, '\n');
	} else {
		cs_text_put(text, "sound: every page is as it was written\n");
	}
	if (!sum->key_given)
		cs_text_put(text,
			    "  the public key is the journal's own word: this proves only that it agrees with itself; "
			    "give the key you kept with --public-key\n");
	if (!sum->deep)
		cs_text_put(text, "  sealed parts are proved as they lie; with --journal-key also what is in them\n");
}

void
cs_prove_put_sum(struct cs_text *text, const struct cs_proof_sum *sum)
{
	if (sum->known) {
		cs_text_put(text, "journal ");
		cs_text_put_hex(text, (struct cs_span){sum->id, sizeof sum->id});
		cs_text_put(text, ", public key ");
		cs_text_put_hex(text, (struct cs_span){sum->public_key, sizeof sum->public_key});
		cs_text_put_char(text, '\n');
	}
	cs_text_put(text, "  ");
	cs_text_put_counted(text, sum->volume_n, "volume, ", "volumes, ");
	cs_text_put_counted(text, sum->page_n, "page, ", "pages, ");
	cs_text_put_counted(text, sum->bytes, "byte, ", "bytes, ");
	cs_text_put_counted(text, sum->record_n, "record", "records");
	put_kinds(text, sum);
	put_time_line(text, sum);
	put_checkpoints(text, sum);
	put_notes(text, sum);
	put_verdict(text, sum);
}

void
cs_prove_fault_json(struct cs_text *text, const struct cs_proof_fault *fault)
{
	struct cs_json json = cs_json_over(text);
	cs_json_object(&json);
	cs_json_put_text(&json, "fault", cs_proof_name(fault->what));
	if (!of_anchor(fault->what)) {
		cs_json_put_u64(&json, "volume", fault->volume);
		cs_json_put_u64(&json, "offset", fault->offset);
		cs_json_put_u64(&json, "page", fault->page);
		cs_json_put_u64(&json, "record", fault->seq);
		cs_json_put_u64(&json, "next_sound_page", fault->found_page);
		cs_json_put_u64(&json, "lost_pages", fault->lost_pages);
		cs_json_put_u64(&json, "lost_records", fault->lost_records);
	} else if (fault->offset) {
		cs_json_put_u64(&json, "line", fault->offset);
	}
	if (fault->what == CS_PROOF_TORN)
		cs_json_put_u64(&json, "bytes", fault->bytes);
	cs_json_put_text(&json, "words", cs_proof_text(fault->what));
	cs_json_put_text(&json, "remedy", cs_proof_remedy(fault->what));
	cs_json_end_object(&json);
	cs_text_put_char(text, '\n');
}

static void
put_sum_kinds(struct cs_json *json, const struct cs_proof_sum *sum)
{
	cs_json_key(json, "records_by_kind");
	cs_json_object(json);
	for (unsigned i = 0; i <= CS_RECORD_N; i++)
		if (sum->kind_n[i])
			cs_json_put_u64(json, cs_record_name(i), sum->kind_n[i]);
	cs_json_end_object(json);
}

static void
put_time(struct cs_json *json, const char *key, uint64_t time_ns)
{
	if (time_ns)
		cs_json_put_time(json, key, time_ns);
}

static void
put_sum_signed(struct cs_json *json, const struct cs_proof_sum *sum)
{
	cs_json_put_u64(json, "checkpoints", sum->checkpoint_n);
	cs_json_put_u64(json, "checkpoints_partial", sum->partial_n);
	if (sum->checkpoint_n) {
		cs_json_put_u64(json, "signed_page", sum->signed_page);
		cs_json_put_u64(json, "signed_record", sum->signed_seq);
		put_time(json, "signed_at", sum->signed_wall_ns);
	}
	cs_json_put_u64(json, "unsigned_pages",
			sum->checkpoint_n ? sum->next_page - sum->signed_page - 1 : sum->page_n);
	cs_json_put_u64(json, "unsigned_records",
			sum->checkpoint_n ? sum->next_seq - sum->signed_seq - 1 : sum->record_n);
	cs_json_put_u64(json, "anchored", sum->witness_met_n);
	cs_json_put_u64(json, "anchor_older", sum->witness_older_n);
	cs_json_put_u64(json, "anchor_other", sum->witness_other_n);
}

void
cs_prove_sum_json(struct cs_text *text, const struct cs_proof_sum *sum)
{
	struct cs_json json = cs_json_over(text);
	cs_json_object(&json);
	cs_json_put_bool(&json, "sound", sum->fault_n == 0);
	cs_json_put_u64(&json, "faults", sum->fault_n);
	cs_json_put_bool(&json, "key_given", sum->key_given);
	cs_json_put_bool(&json, "deep", sum->deep);
	if (sum->known) {
		cs_json_key(&json, "journal");
		cs_json_hex(&json, (struct cs_span){sum->id, sizeof sum->id});
		cs_json_key(&json, "public_key");
		cs_json_hex(&json, (struct cs_span){sum->public_key, sizeof sum->public_key});
	}
	cs_json_put_u64(&json, "volumes", sum->volume_n);
	cs_json_put_u64(&json, "pages", sum->page_n);
	cs_json_put_u64(&json, "bytes", sum->bytes);
	cs_json_put_u64(&json, "records", sum->record_n);
	put_sum_kinds(&json, sum);
	cs_json_put_u64(&json, "first_page", sum->first_page);
	cs_json_put_u64(&json, "first_record", sum->first_seq);
	put_time(&json, "from", sum->from_ns);
	put_time(&json, "to", sum->to_ns);
	put_sum_signed(&json, sum);
	cs_json_put_u64(&json, "lost_pages", sum->lost_pages);
	cs_json_put_u64(&json, "lost_records", sum->lost_records);
	cs_json_put_u64(&json, "erased_volumes", sum->erased_n);
	cs_json_put_u64(&json, "thinned_volumes", sum->thinned_n);
	cs_json_put_u64(&json, "let_go_records", sum->gone_n);
	cs_json_put_bool(&json, "signed_beginning", sum->begun);
	cs_json_put_u64(&json, "hidden_records", sum->hidden_n);
	cs_json_put_u64(&json, "unfinished_bytes", sum->unfinished_bytes);
	cs_json_put_u64(&json, "clock_back", sum->clock_back_n);
	cs_json_end_object(&json);
	cs_text_put_char(text, '\n');
}
