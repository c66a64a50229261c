/*
 * Which key a message is to be authenticated by. What is done with it is mt_lau.c's.
 */
#include "decode/mt_keys.h"

enum { WORDS = 3, BIC_SHORT = 8 };

static struct cs_span
next_word(struct cs_span *line)
{
	while (line->len && (line->at[0] == ' ' || line->at[0] == '\t'))
		*line = (struct cs_span){line->at + 1, line->len - 1};
	struct cs_span word = {line->at, 0};
	while (line->len && line->at[0] != ' ' && line->at[0] != '\t') {
		*line = (struct cs_span){line->at + 1, line->len - 1};
		word.len++;
	}
	return word;
}

static bool
read_key(struct cs_span line, struct cs_mt_key *out)
{
	struct cs_span words[WORDS];
	unsigned n = 0;
	for (; n < WORDS; n++) {
		words[n] = next_word(&line);
		if (!words[n].len)
			break;
	}
	struct cs_span partner = n > 1 ? words[0] : (struct cs_span){NULL, 0};
	struct cs_span first = n > 1 ? words[1] : words[0];
	struct cs_span second = n > 2 ? words[2] : (struct cs_span){first.at, 0};
	if (!n || line.len || first.len + second.len != CS_MT_KEY_BYTES)
		return false;
	if (partner.len == 1 && partner.at[0] == '*')
		partner.len = 0;
	if (partner.len != 0 && partner.len != BIC_SHORT && partner.len != CS_MT_PARTNER_MAX)
		return false;
	memcpy(out->at, first.at, first.len);
	memcpy(out->at + first.len, second.at, second.len);
	out->partner_len = partner.len;
	memcpy(out->partner, partner.len ? partner.at : first.at, partner.len);
	return true;
}

bool
cs_mt_keys_read(struct cs_mt_keys *keys, struct cs_span text, unsigned *line)
{
	struct cs_span rest = text, one;
	bool right = true;
	keys->n = 0;
	for (*line = 0; right && cs_mt_line(&rest, &one);) {
		(*line)++;
		if (one.len && one.at[one.len - 1] == '\r')
			one.len--;
		if (!one.len || one.at[0] == '#')
			continue;
		right = keys->n < CS_MT_KEYS_MAX && read_key(one, &keys->key[keys->n]);
		keys->n += right;
	}
	return right;
}

static bool
is_partner(const struct cs_mt_key *key, struct cs_span bic)
{
	return bic.at && bic.len >= key->partner_len && memcmp(bic.at, key->partner, key->partner_len) == 0;
}

static bool
is_same(const struct cs_mt_key *a, const struct cs_mt_key *b)
{
	return a->partner_len == b->partner_len && memcmp(a->partner, b->partner, a->partner_len) == 0 &&
	       memcmp(a->at, b->at, sizeof a->at) == 0;
}

bool
cs_mt_keys_same(const struct cs_mt_keys *a, const struct cs_mt_keys *b)
{
	bool same = a->n == b->n;
	for (unsigned i = 0; same && i < a->n; i++)
		same = is_same(&a->key[i], &b->key[i]);
	return same;
}

enum cs_mt_lau
cs_mt_keys_check(const struct cs_mt_keys *keys, struct cs_mt *mt)
{
	const struct cs_payment *payment = &mt->payment;
	for (unsigned i = 0; i < keys->n; i++) {
		const struct cs_mt_key *key = &keys->key[i];
		if (key->partner_len && !is_partner(key, payment->key[CS_PAYMENT_SENDER_BIC]) &&
		    !is_partner(key, payment->key[CS_PAYMENT_RECEIVER_BIC]))
			continue;
		if (cs_mt_authenticate(mt, key->at))
			return CS_MT_LAU_GOOD;
		return cs_payment_raised(payment, CS_PAYMENT_ALERT_LAU_MISSING) ? CS_MT_LAU_MISSING : CS_MT_LAU_BAD;
	}
	return CS_MT_LAU_NO_KEY;
}
