/*
 * The folders of the command line and the records of the policy: which is which, and whether the policy asks for what it must.
 */
#include "app/gate.h"

#include "app/command.h"

#include <stdio.h>

/* What stands behind "NAME=" with the name of a record of the policy; NULL: GIVEN does not begin so. */
static const char *
behind_name(const struct cs_policy *policy, const char *given, unsigned *link)
{
	const char *equals = strchr(given, '=');
	size_t len = equals ? (size_t)(equals - given) : 0;
	for (unsigned i = 0; len && i < policy->link_n; i++) {
		const char *name = policy->link[i].name;
		if (!policy->link[i].row || strlen(name) != len || memcmp(name, given, len) != 0)
			continue;
		*link = i;
		return equals + 1;
	}
	return NULL;
}

/* The record that a folder holds: the one named before "=", else the only one of its kind. */
static bool
find_record(struct cs_gate *gate, struct cs_gate_source *source)
{
	const struct cs_policy *policy = gate->setup->policy;
	unsigned n = 0;
	const char *path = behind_name(policy, source->given, &source->link);
	source->path = path ? path : source->given;
	if (path)
		return true;
	for (unsigned i = 0; i < policy->link_n; i++) {
		if (!policy->link[i].row)
			continue;
		if (cs_row_form_is_whole((enum cs_row_form)gate->setup->links.leg[i].rows->form) == source->messages) {
			source->link = i;
			n++;
		}
	}
	if (n != 1)
		fprintf(stderr, "countersign: %s wants NAME=FOLDER with the name of a record of the policy, not '%s'\n",
			source->messages ? "--in" : "--events", source->given);
	return n == 1;
}

/* A folder is of one kind, and a record is either let through or held against. */
static bool
check_sources(const struct cs_gate *gate)
{
	for (unsigned i = 0; i < gate->source_n; i++)
		for (unsigned j = 0; j < i; j++) {
			const struct cs_gate_source *one = &gate->source[i], *other = &gate->source[j];
			if (strcmp(one->path, other->path) != 0 &&
			    (one->messages == other->messages || one->link != other->link))
				continue;
			fprintf(stderr,
				"countersign: '%s' and '%s' are the same folder, or the same record behind --in "
				"and --events\n",
				one->given, other->given);
			return false;
		}
	return true;
}

/* A file is copied to a folder of the gate's own. */
static void
name_own(const struct cs_gate *gate, struct cs_gate_source *source)
{
	struct cs_folder_entry entry;
	if (source->messages || !cs_folder_look(source->path, &entry) || !entry.plain)
		return;
	struct cs_text text = cs_text_over(source->own, sizeof source->own);
	cs_text_put(&text, gate->held);
	cs_text_put(&text, "/events/");
	cs_text_put_u64(&text, (uint64_t)(source - gate->source));
	cs_text_put(&text, "-");
	cs_text_put(&text, gate->setup->policy->link[source->link].name);
	source->file = source->path;
	source->path = text.overflowed ? gate->held : source->own; /* too long: refused behind this */
}

static bool
open_source(struct cs_gate *gate, unsigned i)
{
	struct cs_gate_source *source = &gate->source[i];
	enum cs_error error = source->messages ? cs_spool_watch(source->path, &source->spool) : CS_OK;
	return error == CS_OK || cs_gate_complain_folder(source->path, error);
}

/* There is a folder for LINK; else it says so. */
static bool
check_fed(const struct cs_gate *gate, const struct cs_expect *expect, unsigned link)
{
	const char *name = gate->checked->link[link].name;
	for (unsigned i = 0; i < gate->source_n; i++)
		if (gate->source[i].link == link)
			return true;
	fprintf(stderr,
		"countersign: expectation %s asks record %s, and no folder of it is given; add --events %s=FOLDER\n",
		expect->name, name, name);
	return false;
}

/* Each record that a claim waits for: that of its proof, and those of which a row may stand for it. */
static bool
check_all_fed(const struct cs_gate *gate, const struct cs_expect *expect)
{
	for (unsigned i = 0; i < expect->unless_n; i++)
		if (expect->unless[i].kind == CS_UNLESS_RECORD &&
		    !check_fed(gate, expect, expect->unless[i].record.link))
			return false;
	return check_fed(gate, expect, expect->proof.link);
}

/* Whoever forgets to ask would let everything through. */
static bool
check_asking(const struct cs_gate *gate, const struct cs_gate_source *source)
{
	const struct cs_policy *policy = gate->checked;
	const char *name = policy->link[source->link].name;
	unsigned asked = 0;
	for (unsigned i = 0; i < policy->expect_n; i++) {
		const struct cs_expect *expect = &policy->expect[i];
		if (expect->claim.link != source->link || expect->otherwise.verdict == CS_VERDICT_ALLOW)
			continue;
		if (expect->summed) {
			fprintf(stderr,
				"countersign: expectation %s compares the sum of a batch, and a gate cannot wait for "
				"one: a file is decided before its batch is whole\n",
				expect->name);
			return false;
		}
		asked++;
		if (!check_all_fed(gate, expect))
			return false;
	}
	if (asked || gate->unasked_release)
		return true;
	fprintf(stderr,
		"countersign: no expectation of the policy asks for records of %s and would hold them, so every file "
		"would be "
		"held; write one (claim record on %s ... otherwise hold critical), or say --unasked release\n",
		name, name);
	return false;
}

/* Of all folders of messages. */
static bool
check_all_asking(struct cs_gate *gate, const struct cs_policy *policy)
{
	gate->checked = policy;
	for (unsigned i = 0; i < gate->source_n; i++)
		if (gate->source[i].messages && !check_asking(gate, &gate->source[i]))
			return false;
	return true;
}

static bool
is_there(const char *path)
{
	bool same = false;
	enum cs_error error = cs_folder_same(path, path, &same);
	return error == CS_OK || cs_gate_complain_folder(path, error);
}

bool
cs_gate_has_folders(const struct cs_gate *gate)
{
	for (unsigned i = 0; i < gate->source_n; i++) {
		const char *given = gate->source[i].given;
		unsigned link = 0;
		const char *path = behind_name(gate->setup->policy, given, &link);
		if (!path && strchr(given, '=')) /* perhaps a record that there is not: said later */
			continue;
		if (gate->source[i].messages && !is_there(path ? path : given))
			return false;
	}
	return is_there(gate->released) && is_there(gate->held);
}

int
cs_gate_open_sources(struct cs_gate *gate)
{
	for (unsigned i = 0; i < gate->source_n; i++) {
		if (!find_record(gate, &gate->source[i]))
			return CS_EXIT_USAGE;
		gate->name[i] = gate->source[i].path;
		name_own(gate, &gate->source[i]);
	}
	if (!check_all_asking(gate, gate->setup->policy) || !check_sources(gate))
		return CS_EXIT_USAGE;
	for (unsigned i = 0; i < gate->source_n; i++)
		if (!open_source(gate, i))
			return CS_EXIT_INPUT;
	return CS_EXIT_RAN;
}

bool
cs_gate_keeps_sources(struct cs_gate *gate, const struct cs_setup *fresh)
{
	for (unsigned i = 0; i < gate->source_n; i++) {
		unsigned link = gate->source[i].link;
		const char *name = gate->setup->policy->link[link].name;
		bool same = link < fresh->policy->link_n && fresh->policy->link[link].row &&
			    strcmp(fresh->policy->link[link].name, name) == 0 &&
			    cs_row_form_is_whole((enum cs_row_form)fresh->links.leg[link].rows->form) ==
				    cs_row_form_is_whole((enum cs_row_form)gate->setup->links.leg[link].rows->form);
		if (same)
			continue;
		fprintf(stderr,
			"countersign: record %s is read from %s, and is no longer there, has another place among the "
			"links and records of the policy, or another form; restart to do so\n",
			name, gate->source[i].path);
		return false;
	}
	return check_all_asking(gate, fresh->policy);
}
