/*
 * Tokens are the same from run to run only while their key is: so a key once made is kept.
 *
 * Order: --token-key, the policy's, the user's own. A named file must be there and good; the user's own is
 * made when absent. When it cannot be kept, this run gets a key of its own, and says so.
 */
#include "engine/key.h"

#include "engine/links.h"
#include "io/file.h"
#include "io/secret.h"

#include <stdlib.h>

static void
say(struct cs_text *note, const char *before, const char *path, const char *behind)
{
	cs_text_put(note, before);
	cs_text_put(note, path);
	cs_text_put(note, behind);
}

static enum cs_error
read_named(const char *path, bool strict, struct cs_text *note, struct cs_token_key *out)
{
	bool loose = false;
	struct cs_token_key key;
	enum cs_error error = cs_secret_read(path, key.at, sizeof key.at, &loose);
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
	if (loose && strict)
		return CS_E_PERMISSION;
	*out = key;
	return CS_OK;
}

/* $XDG_STATE_HOME/countersign/token.key, or ~/.local/state/countersign/token.key. */
static bool
own_path(char *out, size_t cap_bytes)
{
	struct cs_text text = cs_text_over(out, cap_bytes);
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	if (state && state[0] == '/')
		cs_text_put(&text, state);
	else if (home && home[0] == '/')
		say(&text, "", home, "/.local/state");
	cs_text_put(&text, "/countersign/token.key");
	return !text.overflowed && ((state && state[0] == '/') || (home && home[0] == '/'));
}

static enum cs_error
make_own(const char *path, bool have_path, struct cs_text *note, struct cs_token_key *out)
{
	cs_secret_random(out->at, sizeof out->at);
	if (have_path && cs_secret_create(path, out->at, sizeof out->at) == CS_OK)
		say(note, "made a key for card tokens: ", path, " (keep it: with another key the tokens differ)");
	else
		cs_text_put(note, "no key for card tokens could be kept, so the tokens of this run are its own; "
				  "name one with --token-key FILE");
	return CS_OK;
}

enum cs_error
cs_key_load(const struct cs_key_wish *wish, char *note, struct cs_token_key *out)
{
	char path[CS_PATH_BYTES];
	struct cs_text text = cs_text_over(note, CS_KEY_NOTE_BYTES);
	if (wish->option_path)
		return read_named(wish->option_path, wish->strict, &text, out);
	if (wish->policy_key) {
		CS_TRY(cs_links_beside(wish->policy_path, wish->policy_key, path, sizeof path));
		return read_named(path, wish->strict, &text, out);
	}
	bool have_path = own_path(path, sizeof path);
	bool loose = false;
	if (have_path && cs_secret_read(path, out->at, sizeof out->at, &loose) != CS_E_OPEN)
		return read_named(path, wish->strict, &text, out);
	return make_own(path, have_path, &text, out);
}
