/*
 * A small PKCS#11 client: one session, two keys, two mechanisms.
 *
 * Invariant: no secret of the token comes into our memory but what cs_pkcs11_mac derives and the PIN, which is wiped
 * once it was used. A module is used by one thread. When several sessions are open in it, the last one finalizes it.
 *
 * spec: PKCS#11 2.40 base; 3.0 mechanisms 2.3 (CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EDDSA), RFC 8410 (OID of Ed25519)
 */
#include "io/pkcs11.h"

#include "io/file.h"
#include "io/secret.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define CRYPTOKI_GNU
#include <p11-kit/pkcs11.h>

enum { SLOTS_MAX = 64, PIN_BYTES_MAX = 255, FAULT_BYTES = 512, OTHERS = 077, POINT_BYTES_MAX = 128 };

/* All of it in locked memory. */
struct cs_pkcs11 {
	void *module;
	struct ck_function_list *call;
	bool counted; /* among the sessions of all modules */
	bool open;
	ck_session_handle_t session;
	ck_object_handle_t private_key;
	ck_object_handle_t secret;
	uint8_t public_key[CS_PKCS11_PUBLIC_BYTES];
	char pair_label[CS_PKCS11_LABEL_BYTES];
	char secret_label[CS_PKCS11_LABEL_BYTES + sizeof " secret"];
	uint8_t pin[PIN_BYTES_MAX + 1]; /* while logging in */
	char fault[FAULT_BYTES];
};

static unsigned counted_n;

struct remedy {
	ck_rv_t rv;
	const char *name;
	enum cs_error error;
	const char *cure;
};

static const struct remedy remedies[] = {
	{CKR_HOST_MEMORY, "CKR_HOST_MEMORY", CS_E_MEMORY, "the module has no memory"},
	{CKR_SLOT_ID_INVALID, "CKR_SLOT_ID_INVALID", CS_E_OPEN, "the token was taken out; put it back"},
	{CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR", CS_E_READ, "see the log of the module"},
	{CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED", CS_E_READ, "see the log of the module"},
	{CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR", CS_E_READ, "look at the token"},
	{CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY", CS_E_READ, "the token is full; remove objects from it"},
	{CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED", CS_E_READ, "put the token back and start again"},
	{CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID", CS_E_READ, "the session is lost; start again"},
	{CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED", CS_E_READ, "the session is lost; start again"},
	{CKR_TOKEN_WRITE_PROTECTED, "CKR_TOKEN_WRITE_PROTECTED", CS_E_READ, "make the keys with the token's own tool"},
	{CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT", CS_E_OPEN, "put the token back"},
	{CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN", CS_E_PERMISSION, "add pin-source=FILE to the URI"},
	{CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT", CS_E_PERMISSION,
	 "the file of pin-source holds another PIN than the token's"},
	{CKR_PIN_LEN_RANGE, "CKR_PIN_LEN_RANGE", CS_E_PERMISSION,
	 "the PIN in the file of pin-source is too short or long"},
	{CKR_PIN_LOCKED, "CKR_PIN_LOCKED", CS_E_PERMISSION, "unlock the token with its security officer's PIN"},
	{CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED", CS_E_PERMISSION, "set a new PIN with the token's own tool"},
	{CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED", CS_E_PERMISSION,
	 "set a user's PIN with the token's own tool"},
	{CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID", CS_E_UNSUPPORTED,
	 "this token does not do it; it needs CKM_EDDSA and CKM_SHA256_HMAC"},
	{CKR_FUNCTION_NOT_SUPPORTED, "CKR_FUNCTION_NOT_SUPPORTED", CS_E_UNSUPPORTED, "use another module"},
	{CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED", CS_E_PERMISSION,
	 "let the key sign, or name another with object="},
};

static enum cs_error
blame(struct cs_pkcs11 *pkcs11, const char *call, ck_rv_t rv)
{
	struct remedy other = {rv, "CKR", CS_E_READ, "see the manual of the module"};
	const struct remedy *remedy = &other;
	struct cs_text text = cs_text_over(pkcs11->fault, sizeof pkcs11->fault);
	const uint8_t hex[] = {(uint8_t)(rv >> 24), (uint8_t)(rv >> 16), (uint8_t)(rv >> 8), (uint8_t)rv};
	for (unsigned i = 0; i < sizeof remedies / sizeof remedies[0]; i++)
		if (remedies[i].rv == rv)
			remedy = &remedies[i];
	cs_text_put(&text, call);
	cs_text_put(&text, " failed: ");
	cs_text_put(&text, remedy->name);
	cs_text_put(&text, " (0x");
	cs_text_put_hex(&text, (struct cs_span){hex, sizeof hex});
	cs_text_put(&text, "); ");
	cs_text_put(&text, remedy->cure);
	return remedy->error;
}

static enum cs_error
say(struct cs_pkcs11 *pkcs11, enum cs_error error, const char *const words[], unsigned n)
{
	struct cs_text text = cs_text_over(pkcs11->fault, sizeof pkcs11->fault);
	for (unsigned i = 0; i < n; i++)
		cs_text_put(&text, words[i]);
	return error;
}

#define SAY(pkcs11, error, ...)                                                                                        \
	say(pkcs11, error, (const char *const[]){__VA_ARGS__},                                                         \
	    (unsigned)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)))

static enum cs_error
load(struct cs_pkcs11 *pkcs11, const char *path)
{
	CK_C_GetFunctionList list = NULL;
	pkcs11->module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!pkcs11->module)
		return SAY(pkcs11, CS_E_OPEN, "module-path cannot be loaded: ", dlerror());
	void *symbol = dlsym(pkcs11->module, "C_GetFunctionList");
	if (!symbol)
		return SAY(pkcs11, CS_E_OPEN, "module-path ", path, " is no PKCS#11 module; name one");
	memcpy(&list, &symbol, sizeof list);
	ck_rv_t rv = list(&pkcs11->call);
	if (rv != CKR_OK)
		return blame(pkcs11, "C_GetFunctionList", rv);
	rv = pkcs11->call->C_Initialize(NULL);
	if (rv != CKR_OK && rv != CKR_CRYPTOKI_ALREADY_INITIALIZED)
		return blame(pkcs11, "C_Initialize", rv);
	pkcs11->counted = true;
	counted_n++;
	return CS_OK;
}

/* Labels are padded with blanks, without a NUL. */
static bool
has_label(const struct ck_token_info *info, const char *label)
{
	size_t n = strlen(label);
	if (n > sizeof info->label || memcmp(info->label, label, n) != 0)
		return false;
	while (n < sizeof info->label && info->label[n] == ' ')
		n++;
	return n == sizeof info->label;
}

static enum cs_error
find_token(struct cs_pkcs11 *pkcs11, const char *label, ck_slot_id_t *slot, ck_flags_t *flags)
{
	ck_slot_id_t slots[SLOTS_MAX];
	unsigned long n = SLOTS_MAX;
	unsigned found = 0;
	ck_rv_t rv = pkcs11->call->C_GetSlotList(1, slots, &n);
	if (rv != CKR_OK)
		return blame(pkcs11, "C_GetSlotList", rv);
	for (unsigned long i = 0; i < n; i++) {
		struct ck_token_info info;
		if (pkcs11->call->C_GetTokenInfo(slots[i], &info) != CKR_OK || !has_label(&info, label))
			continue;
		*slot = slots[i];
		*flags = info.flags;
		found++;
	}
	if (!found)
		return SAY(pkcs11, CS_E_OPEN, "no token is called ", label,
			   "; write another token=, or initialize one");
	return found == 1 ? CS_OK
			  : SAY(pkcs11, CS_E_OPEN, "two tokens are called ", label, "; give one of them another label");
}

/* The PIN is the first line of its file. */
static enum cs_error
read_pin(struct cs_pkcs11 *pkcs11, const char *path, bool strict, size_t *len)
{
	struct stat about;
	size_t got = 0;
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return SAY(pkcs11, CS_E_PERMISSION, "pin-source ", path, " cannot be opened: ", strerror(errno));
	bool read = fstat(descriptor, &about) == 0 &&
		    cs_file_read_some(descriptor, pkcs11->pin, PIN_BYTES_MAX, &got) == CS_OK;
	cs_file_close(descriptor);
	*len = 0;
	while (*len < got && pkcs11->pin[*len] != '\n' && pkcs11->pin[*len] != '\r')
		++*len;
	if (!read || !*len)
		return SAY(pkcs11, CS_E_PERMISSION, "pin-source ", path, " holds no PIN in its first line");
	if (strict && about.st_mode & OTHERS)
		return SAY(pkcs11, CS_E_PERMISSION, "pin-source ", path,
			   " can be read by others; write: chmod 600 FILE");
	return CS_OK;
}

static enum cs_error
log_in(struct cs_pkcs11 *pkcs11, const struct cs_pkcs11_uri *uri, ck_flags_t flags, bool strict)
{
	size_t len = 0;
	if (!(flags & CKF_LOGIN_REQUIRED))
		return CS_OK;
	if (!uri->pin_file[0])
		return SAY(pkcs11, CS_E_PERMISSION, "token ", uri->token,
			   " wants a PIN; add pin-source=FILE to the URI");
	enum cs_error error = read_pin(pkcs11, uri->pin_file, strict, &len);
	if (error == CS_OK) {
		ck_rv_t rv = pkcs11->call->C_Login(pkcs11->session, CKU_USER, pkcs11->pin, len);
		if (rv != CKR_OK && rv != CKR_USER_ALREADY_LOGGED_IN)
			error = blame(pkcs11, "C_Login", rv);
	}
	explicit_bzero(pkcs11->pin, sizeof pkcs11->pin);
	return error;
}

static enum cs_error
open_session(struct cs_pkcs11 *pkcs11, const struct cs_pkcs11_uri *uri, const struct cs_pkcs11_wish *wish)
{
	ck_slot_id_t slot = 0;
	ck_flags_t flags = 0;
	CS_TRY(load(pkcs11, uri->module));
	CS_TRY(find_token(pkcs11, uri->token, &slot, &flags));
	ck_flags_t how = CKF_SERIAL_SESSION | (wish->create ? CKF_RW_SESSION : 0);
	ck_rv_t rv = pkcs11->call->C_OpenSession(slot, how, NULL, NULL, &pkcs11->session);
	if (rv != CKR_OK)
		return blame(pkcs11, "C_OpenSession", rv);
	pkcs11->open = true;
	return log_in(pkcs11, uri, flags, wish->strict);
}

/* Finds the one object of a class with a label; *OUT stays 0 when there is none. */
static enum cs_error
find(struct cs_pkcs11 *pkcs11, ck_object_class_t class, const char *label, ck_object_handle_t *out)
{
	ck_object_handle_t found[2] = {0};
	unsigned long n = 0;
	struct ck_attribute wanted[] = {
		{CKA_CLASS, &class, sizeof class},
		{CKA_LABEL, (void *)(uintptr_t)label, strlen(label)},
	};
	ck_rv_t rv = pkcs11->call->C_FindObjectsInit(pkcs11->session, wanted, 2);
	if (rv != CKR_OK)
		return blame(pkcs11, "C_FindObjectsInit", rv);
	rv = pkcs11->call->C_FindObjects(pkcs11->session, found, 2, &n);
	(void)pkcs11->call->C_FindObjectsFinal(pkcs11->session);
	if (rv != CKR_OK)
		return blame(pkcs11, "C_FindObjects", rv);
	if (n > 1)
		return SAY(pkcs11, CS_E_OPEN, "two keys of the token are called \"", label,
			   "\"; remove one, or name another with object=");
	*out = n ? found[0] : 0;
	return CS_OK;
}

/* PARAMS: the curve, as an OID (RFC 8410) or as the name that PKCS#11 3.0 gives it; modules know one or the other. */
static ck_rv_t
generate_pair(struct cs_pkcs11 *pkcs11, struct cs_span params)
{
	unsigned char yes = 1, no = 0;
	ck_key_type_t type = CKK_EC_EDWARDS;
	ck_object_handle_t made[2] = {0};
	struct ck_mechanism mechanism = {CKM_EC_EDWARDS_KEY_PAIR_GEN, NULL, 0};
	char *label = pkcs11->pair_label;
	struct ck_attribute public_key[] = {
		{CKA_KEY_TYPE, &type, sizeof type},
		{CKA_TOKEN, &yes, 1},
		{CKA_PRIVATE, &no, 1},
		{CKA_VERIFY, &yes, 1},
		{CKA_LABEL, label, strlen(label)},
		{CKA_EC_PARAMS, (void *)(uintptr_t)params.at, params.len},
	};
	struct ck_attribute private_key[] = {
		{CKA_KEY_TYPE, &type, sizeof type}, {CKA_TOKEN, &yes, 1},      {CKA_PRIVATE, &yes, 1},
		{CKA_SENSITIVE, &yes, 1},           {CKA_EXTRACTABLE, &no, 1}, {CKA_SIGN, &yes, 1},
		{CKA_LABEL, label, strlen(label)},
	};
	return pkcs11->call->C_GenerateKeyPair(pkcs11->session, &mechanism, public_key,
					       sizeof public_key / sizeof public_key[0], private_key,
					       sizeof private_key / sizeof private_key[0], &made[0], &made[1]);
}

static enum cs_error
make_pair(struct cs_pkcs11 *pkcs11)
{
	static const uint8_t oid[] = {0x06, 0x03, 0x2B, 0x65, 0x70};
	static const uint8_t name[] = {0x13, 12, 'e', 'd', 'w', 'a', 'r', 'd', 's', '2', '5', '5', '1', '9'};
	ck_rv_t first = generate_pair(pkcs11, (struct cs_span){oid, sizeof oid});
	if (first == CKR_OK || generate_pair(pkcs11, (struct cs_span){name, sizeof name}) == CKR_OK)
		return CS_OK;
	return blame(pkcs11, "C_GenerateKeyPair", first);
}

static enum cs_error
make_secret(struct cs_pkcs11 *pkcs11)
{
	unsigned char yes = 1, no = 0;
	ck_key_type_t type = CKK_GENERIC_SECRET;
	unsigned long len = CS_PKCS11_MAC_BYTES;
	ck_object_handle_t made = 0;
	struct ck_mechanism mechanism = {CKM_GENERIC_SECRET_KEY_GEN, NULL, 0};
	struct ck_attribute secret[] = {
		{CKA_KEY_TYPE, &type, sizeof type},
		{CKA_TOKEN, &yes, 1},
		{CKA_PRIVATE, &yes, 1},
		{CKA_SENSITIVE, &yes, 1},
		{CKA_EXTRACTABLE, &no, 1},
		{CKA_SIGN, &yes, 1},
		{CKA_VALUE_LEN, &len, sizeof len},
		{CKA_LABEL, pkcs11->secret_label, strlen(pkcs11->secret_label)},
	};
	ck_rv_t rv = pkcs11->call->C_GenerateKey(pkcs11->session, &mechanism, secret, sizeof secret / sizeof secret[0],
						 &made);
	return rv == CKR_OK ? CS_OK : blame(pkcs11, "C_GenerateKey", rv);
}

/* Finds a key, or has MAKE make it when that is wished. */
static enum cs_error
find_or_make(struct cs_pkcs11 *pkcs11, ck_object_class_t class, const char *label, bool *create,
	     ck_object_handle_t *out)
{
	bool may_create = *create;
	*create = false;
	CS_TRY(find(pkcs11, class, label, out));
	if (*out)
		return CS_OK;
	if (!may_create)
		return SAY(pkcs11, CS_E_OPEN, "the token has no key called \"", label, "\"; name another with object=");
	*create = true;
	CS_TRY(class == CKO_SECRET_KEY ? make_secret(pkcs11) : make_pair(pkcs11));
	CS_TRY(find(pkcs11, class, label, out));
	return *out ? CS_OK : SAY(pkcs11, CS_E_READ, "the token made the key \"", label, "\" and does not show it");
}

/* A point is an OCTET STRING around the key; some modules leave the wrapping off. */
static enum cs_error
read_public(struct cs_pkcs11 *pkcs11)
{
	static const uint8_t wrapping[] = {0x04, CS_PKCS11_PUBLIC_BYTES};
	uint8_t at[POINT_BYTES_MAX];
	ck_object_handle_t key = 0;
	struct ck_attribute point = {CKA_EC_POINT, at, sizeof at};
	CS_TRY(find(pkcs11, CKO_PUBLIC_KEY, pkcs11->pair_label, &key));
	if (!key)
		return SAY(pkcs11, CS_E_OPEN, "the token has no public key called \"", pkcs11->pair_label, "\"");
	ck_rv_t rv = pkcs11->call->C_GetAttributeValue(pkcs11->session, key, &point, 1);
	if (rv != CKR_OK)
		return blame(pkcs11, "C_GetAttributeValue", rv);
	bool wrapped = point.value_len == CS_PKCS11_PUBLIC_BYTES + sizeof wrapping &&
		       memcmp(at, wrapping, sizeof wrapping) == 0;
	if (!wrapped && point.value_len != CS_PKCS11_PUBLIC_BYTES)
		return SAY(pkcs11, CS_E_UNSUPPORTED, "the key \"", pkcs11->pair_label,
			   "\" is none of Ed25519; name another with object=");
	memcpy(pkcs11->public_key, at + (wrapped ? sizeof wrapping : 0), sizeof pkcs11->public_key);
	return CS_OK;
}

static enum cs_error
open_keys(struct cs_pkcs11 *pkcs11, const struct cs_pkcs11_uri *uri, bool create, bool *made)
{
	struct cs_text pair = cs_text_over(pkcs11->pair_label, sizeof pkcs11->pair_label);
	struct cs_text secret = cs_text_over(pkcs11->secret_label, sizeof pkcs11->secret_label);
	bool made_pair = create;
	bool made_secret = create;
	cs_text_put(&pair, uri->object[0] ? uri->object : "countersign journal");
	cs_text_put(&secret, uri->object[0] ? uri->object : "countersign");
	cs_text_put(&secret, " secret");
	CS_TRY(find_or_make(pkcs11, CKO_PRIVATE_KEY, pkcs11->pair_label, &made_pair, &pkcs11->private_key));
	CS_TRY(find_or_make(pkcs11, CKO_SECRET_KEY, pkcs11->secret_label, &made_secret, &pkcs11->secret));
	*made = made_pair || made_secret;
	return read_public(pkcs11);
}

enum cs_error
cs_pkcs11_open(const struct cs_pkcs11_wish *wish, struct cs_text *note, struct cs_pkcs11 **out)
{
	struct cs_pkcs11_uri uri;
	bool made = false;
	CS_TRY(cs_pkcs11_uri_read(wish->uri, note, &uri));
	struct cs_pkcs11 *pkcs11 = cs_secret_memory(sizeof *pkcs11);
	if (!pkcs11)
		return CS_E_MEMORY;
	enum cs_error error = open_session(pkcs11, &uri, wish);
	if (error == CS_OK)
		error = open_keys(pkcs11, &uri, wish->create, &made);
	if (error != CS_OK) {
		cs_text_put(note, pkcs11->fault);
		cs_pkcs11_close(pkcs11);
		return error;
	}
	if (made) {
		cs_text_put(note, "made the keys \"");
		cs_text_put(note, pkcs11->pair_label);
		cs_text_put(note, "\" and \"");
		cs_text_put(note, pkcs11->secret_label);
		cs_text_put(note, "\" in token ");
		cs_text_put(note, uri.token);
		cs_text_put(note, " (back the token up: without it nothing sealed can be read again)");
	}
	*out = pkcs11;
	return CS_OK;
}

void
cs_pkcs11_close(struct cs_pkcs11 *pkcs11)
{
	if (!pkcs11)
		return;
	if (pkcs11->open)
		(void)pkcs11->call->C_CloseSession(pkcs11->session);
	if (pkcs11->counted && --counted_n == 0)
		(void)pkcs11->call->C_Finalize(NULL);
	if (pkcs11->module)
		(void)dlclose(pkcs11->module);
	cs_secret_release(pkcs11);
}

void
cs_pkcs11_public(const struct cs_pkcs11 *pkcs11, uint8_t out[CS_PKCS11_PUBLIC_BYTES])
{
	memcpy(out, pkcs11->public_key, CS_PKCS11_PUBLIC_BYTES);
}

/* OUT of exactly LEN bytes: a token that gives another number has done something else. */
static enum cs_error
sign_with(struct cs_pkcs11 *pkcs11, ck_mechanism_type_t type, struct cs_span bytes, uint8_t *out, unsigned long len)
{
	struct ck_mechanism mechanism = {type, NULL, 0};
	unsigned long got = len;
	uint8_t none = 0;
	uint8_t *at = bytes.len ? (uint8_t *)(uintptr_t)bytes.at : &none;
	ck_rv_t rv = pkcs11->call->C_SignInit(pkcs11->session, &mechanism,
					      type == CKM_EDDSA ? pkcs11->private_key : pkcs11->secret);
	if (rv != CKR_OK)
		return blame(pkcs11, type == CKM_EDDSA ? "C_SignInit (CKM_EDDSA)" : "C_SignInit (CKM_SHA256_HMAC)", rv);
	rv = pkcs11->call->C_Sign(pkcs11->session, at, bytes.len, out, &got);
	if (rv != CKR_OK)
		return blame(pkcs11, "C_Sign", rv);
	return got == len ? CS_OK : SAY(pkcs11, CS_E_FORMAT, "C_Sign gave another length than is due");
}

enum cs_error
cs_pkcs11_sign(struct cs_pkcs11 *pkcs11, struct cs_span bytes, uint8_t out[CS_PKCS11_SIGNATURE_BYTES])
{
	return sign_with(pkcs11, CKM_EDDSA, bytes, out, CS_PKCS11_SIGNATURE_BYTES);
}

enum cs_error
cs_pkcs11_mac(struct cs_pkcs11 *pkcs11, struct cs_span label, uint8_t out[CS_PKCS11_MAC_BYTES])
{
	return sign_with(pkcs11, CKM_SHA256_HMAC, label, out, CS_PKCS11_MAC_BYTES);
}

const char *
cs_pkcs11_fault(const struct cs_pkcs11 *pkcs11)
{
	return pkcs11->fault;
}
