/*
 * Tokens are the same from run to run only while their key is: so a key once made is kept.
 *
 * Order: --token-key, the policy's, the user's own. A named file must be there and good; the user's own is
 * made when absent. When it cannot be kept, this run gets a key of its own, and says so. A previous key is only ever
 * named. Every key is read into locked memory and nowhere else.
 */
#include "engine/key.h"

#include "engine/links.h"
#include "io/file.h"
#include "io/pkcs11_uri.h"
#include "io/secret.h"

#include <stdlib.h>

static void
say(struct cs_text *note, const char *before, const char *path, const char *behind)
{
	if (note->len)
		cs_text_put(note, "; ");
	cs_text_put(note, before);
	cs_text_put(note, path);
	cs_text_put(note, behind);
}

struct cs_key_ring *
cs_key_ring_new(const struct cs_key_ring *from)
{
	struct cs_key_ring *ring = cs_secret_memory(sizeof *ring);
	if (ring && from)
		*ring = *from;
	return ring;
}

void
cs_key_ring_free(struct cs_key_ring *ring)
{
	cs_secret_release(ring);
}

static enum cs_error
read_file(const char *path, bool strict, struct cs_text *note, struct cs_token_key *out)
{
	bool loose = false;
	enum cs_error error = cs_secret_read(path, out->at, sizeof out->at, &loose);
	if (error == CS_E_FORMAT) {
		say(note, "token key ", path, " must be 16 bytes long; make one with: head -c 16 /dev/urandom > FILE");
		return error;
	}
	if (error != CS_OK) {
		say(note, "token key ", path, " ");
		cs_text_put(note, cs_file_error_text(error));
		return error;
	}
	if (loose)
		say(note, "token key ", path, " can be read by others; write: chmod 600 FILE");
	return loose && strict ? CS_E_PERMISSION : CS_OK;
}

static enum cs_error
read_token(const struct cs_vault_wish *wish, struct cs_text *note, struct cs_token_key *out)
{
	char said[CS_VAULT_NOTE_BYTES];
	struct cs_vault *vault = NULL;
	enum cs_error error = cs_vault_open(wish, said, &vault);
	if (said[0])
		say(note, "token key: ", said, "");
	if (error == CS_OK)
		cs_vault_token_key(vault, out);
	cs_vault_close(vault);
	return error;
}

/* The path of a key that POLICY names, beside it; URIs stay. */
static enum cs_error
beside(const char *policy_path, const char *name, char path[CS_PATH_BYTES])
{
	struct cs_text text = cs_text_over(path, CS_PATH_BYTES);
	if (!cs_pkcs11_uri_is(name))
		return cs_links_beside(policy_path, name, path, CS_PATH_BYTES);
	cs_text_put(&text, name);
	return text.overflowed ? CS_E_LIMIT : CS_OK;
}

/* A key named by an option (which goes before), or by the policy. */
struct named {
	const char *option;
	const char *policy;
	bool create; /* in a token: another tool would not know what to make there */
};

static enum cs_error
read_named(const struct cs_key_wish *wish, const struct named *named, struct cs_text *note, struct cs_token_key *out)
{
	char path[CS_PATH_BYTES];
	const char *where = named->option ? named->option : path;
	if (!named->option)
		CS_TRY(beside(wish->policy_path, named->policy, path));
	if (!cs_pkcs11_uri_is(where))
		return read_file(where, wish->strict, note, out);
	return read_token(&(struct cs_vault_wish){where, named->create, wish->strict}, note, out);
}

/* $XDG_STATE_HOME/countersign/NAME, or ~/.local/state/countersign/NAME. */
static bool
own_path(const char *name, char *out, size_t cap_bytes)
{
	struct cs_text text = cs_text_over(out, cap_bytes);
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	bool has_state = state && state[0] == '/';
	bool has_home = home && home[0] == '/';
	cs_text_put(&text, has_state ? state : has_home ? home : "");
	cs_text_put(&text, has_state ? "/countersign/" : "/.local/state/countersign/");
	cs_text_put(&text, name);
	return !text.overflowed && (has_state || has_home);
}

static enum cs_error
read_own(bool strict, struct cs_text *note, struct cs_token_key *out)
{
	char path[CS_PATH_BYTES];
	bool have_path = own_path("token.key", path, sizeof path);
	bool loose = false;
	if (have_path && cs_secret_read(path, out->at, sizeof out->at, &loose) != CS_E_OPEN)
		return read_file(path, strict, note, out);
	cs_secret_random(out->at, sizeof out->at);
	if (have_path && cs_secret_create(path, out->at, sizeof out->at) == CS_OK)
		say(note, "made a key for card tokens: ", path, " (keep it: with another key the tokens differ)");
	else
		cs_text_put(note, "no key for card tokens could be kept, so the tokens of this run are its own; "
				  "name one with --token-key FILE");
	return CS_OK;
}

static enum cs_error
read_keys(const struct cs_key_wish *wish, struct cs_text *note, struct cs_key_ring *ring)
{
	struct named now = {wish->option_path, wish->policy_key, true};
	struct named previous = {wish->option_previous, wish->policy_previous, false};
	CS_TRY(now.option || now.policy ? read_named(wish, &now, note, &ring->now)
					: read_own(wish->strict, note, &ring->now));
	if (!previous.option && !previous.policy)
		return CS_OK;
	CS_TRY(read_named(wish, &previous, note, &ring->previous));
	ring->has_previous = true;
	if (memcmp(&ring->now, &ring->previous, sizeof ring->now) != 0)
		return CS_OK;
	say(note, "the previous key of card tokens is the key itself; name the one of before, or none", "", "");
	return CS_E_FORMAT;
}

enum cs_error
cs_key_load(const struct cs_key_wish *wish, char *note, struct cs_key_ring **out)
{
	struct cs_text text = cs_text_over(note, CS_KEY_NOTE_BYTES);
	struct cs_key_ring *ring = cs_key_ring_new(NULL);
	enum cs_error error = ring ? read_keys(wish, &text, ring) : CS_E_MEMORY;
	if (error == CS_OK)
		*out = ring;
	else
		cs_key_ring_free(ring);
	return error;
}

enum cs_error
cs_key_vault(const struct cs_vault_place *place, char *note, struct cs_vault **out)
{
	char path[CS_PATH_BYTES];
	struct cs_text text = cs_text_over(note, CS_VAULT_NOTE_BYTES);
	const char *named = place->policy ? place->policy->journal.key : NULL;
	const char *where = place->option ? place->option : path;
	if (!place->option && named)
		CS_TRY(beside(place->policy->path, named, path));
	if (!place->option && !named && !own_path("journal.key", path, sizeof path)) {
		cs_text_put(&text, "there is no home for the journal's key; write in the policy: key \"FILE\"");
		return CS_E_OPEN;
	}
	return cs_vault_open(&(struct cs_vault_wish){where, place->create, place->strict}, note, out);
}
