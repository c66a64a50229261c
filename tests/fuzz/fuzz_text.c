/*
 * Goal: the text and JSON writers never leave their buffer, whatever bytes they are given and however small it is.
 * Method: the first byte chooses the capacity, the rest is written as value, key and hex; a guard byte stands behind.
 */
#include "base/json.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char at[257];
	if (len == 0)
		return 0;
	size_t cap_bytes = 1 + data[0] % 256;
	at[cap_bytes] = '#';
	struct cs_text text = cs_text_over(at, cap_bytes);
	struct cs_json json = cs_json_over(&text);
	struct cs_span value = {data + 1, len - 1};
	cs_json_object(&json);
	cs_json_put_latin1(&json, "value", value);
	cs_json_key(&json, "hex");
	cs_json_hex(&json, value);
	cs_json_put_u64(&json, "length", len);
	cs_json_end_object(&json);
	if (text.len >= cap_bytes || at[text.len] != '\0' || at[cap_bytes] != '#')
		abort();
	return 0;
}
