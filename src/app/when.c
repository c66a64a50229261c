/*
 * The forms are those of the policy language, and the dates those of alerts: whoever can read one can write the other.
 */
#include "app/when.h"

#include "base/day.h"

#include <string.h>

static const uint64_t second_ns = UINT64_C(1000000000);

struct unit {
	const char *name;
	uint64_t factor;
};

/* A whole number and one of the units behind it. */
static bool
read_amount(const char *value, const struct unit *units, uint64_t *out)
{
	uint64_t number = 0;
	const char *at = value;
	for (; *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(number, (uint64_t)10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*at - '0'), &number))
			return false;
	if (at == value || number == 0)
		return false;
	while (units->name && strcmp(at, units->name) != 0)
		units++;
	if (!units->name || __builtin_mul_overflow(number, units->factor, &number))
		return false;
	*out = number;
	return true;
}

bool
cs_when_span(const char *value, uint64_t *out)
{
	static const struct unit units[] = {
		{"min", 60 * UINT64_C(1000000000)},
		{"h", 3600 * UINT64_C(1000000000)},
		{"d", 86400 * UINT64_C(1000000000)},
		{"y", 365 * 86400 * UINT64_C(1000000000)},
		{NULL, 0},
	};
	return read_amount(value, units, out);
}

bool
cs_when_size(const char *value, uint64_t *out)
{
	static const struct unit units[] = {
		{"KiB", UINT64_C(1) << 10},
		{"MiB", UINT64_C(1) << 20},
		{"GiB", UINT64_C(1) << 30},
		{"TiB", UINT64_C(1) << 40},
		{NULL, 0},
	};
	return read_amount(value, units, out);
}

bool
cs_when_date(const char *value, uint64_t *out)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	unsigned part[6] = {0}, nth = 0;
	size_t len = strlen(value);
	if (len != strlen("2026-03-02") && len != sizeof form - 1)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool digit = value[i] >= '0' && value[i] <= '9';
		if (form[i] == 'd' ? !digit : value[i] != form[i])
			return false;
		nth += form[i] != 'd' && i + 1 < len;
		if (form[i] == 'd')
			part[nth] = part[nth] * 10 + (unsigned)(value[i] - '0');
	}
	uint64_t seconds;
	if (!cs_day_time(part, &seconds))
		return false;
	*out = seconds * second_ns;
	return true;
}
