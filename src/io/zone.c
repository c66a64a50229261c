/*
 * Zones are asked of the C library, once: each change is looked for between two moments half a day apart, and kept in a table. What reads it later
 * asks nobody.
 *
 * A name is a path below the system's folder of zones, and must not leave it; the library takes UTC for whatever it does not know, so the file
 * is looked at first.
 */
#include "io/zone.h"

#include "base/text.h"
#include "io/file.h"

#include <stdlib.h>
#include <time.h>

enum { PATH_BYTES = CS_ZONE_NAME_BYTES + 32 };

static const int64_t step_s = 43200, end_s = INT64_C(1) << 32;

static bool
is_name(const char *name)
{
	size_t len = strlen(name);
	if (!len || len >= CS_ZONE_NAME_BYTES || name[0] < 'A' || name[0] > 'Z')
		return false;
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
	return strspn(name, good) == len; /* no dot, and so no way up */
}

static bool
is_there(const char *name)
{
	char path[PATH_BYTES], magic[4];
	int descriptor = -1;
	size_t got = 0;
	struct cs_text text = cs_text_over(path, sizeof path);
	cs_text_put(&text, "/usr/share/zoneinfo/");
	cs_text_put(&text, name);
	if (cs_file_open_read(path, &descriptor) != CS_OK)
		return false;
	bool good = cs_file_read_some(descriptor, magic, sizeof magic, &got) == CS_OK && got == sizeof magic &&
		    memcmp(magic, "TZif", sizeof magic) == 0;
	cs_file_close(descriptor);
	return good;
}

static int32_t
ask(int64_t seconds)
{
	struct tm local;
	time_t at = (time_t)seconds;
	return localtime_r(&at, &local) ? (int32_t)local.tm_gmtoff : 0;
}

/* The first second behind FROM_S at which it is not EAST_S; at TO_S it is not. */
static int64_t
find_change(int64_t from_s, int64_t to_s, int32_t east_s)
{
	while (to_s - from_s > 1) {
		int64_t middle_s = from_s + (to_s - from_s) / 2;
		if (ask(middle_s) == east_s)
			from_s = middle_s;
		else
			to_s = middle_s;
	}
	return to_s;
}

static bool
add(struct cs_zone *zone, int64_t from_s, int32_t east_s)
{
	if (zone->change_n == CS_ZONE_CHANGES_MAX)
		return false;
	zone->change[zone->change_n++] = (struct cs_zone_change){from_s, east_s};
	return true;
}

static bool
fill(struct cs_zone *zone)
{
	int32_t east_s = ask(0);
	zone->change_n = 0;
	if (!add(zone, 0, east_s))
		return false;
	for (int64_t at_s = step_s; at_s < end_s; at_s += step_s) {
		int32_t now_s = ask(at_s);
		if (now_s == east_s)
			continue;
		if (!add(zone, find_change(at_s - step_s, at_s, east_s), now_s))
			return false;
		east_s = now_s;
	}
	return true;
}

bool
cs_zone_find(const char *name, struct cs_zone *zone)
{
	char path[PATH_BYTES];
	struct cs_text text = cs_text_over(path, sizeof path);
	if (!is_name(name) || !is_there(name))
		return false;
	cs_text_put(&text, ":/usr/share/zoneinfo/");
	cs_text_put(&text, name);
	if (setenv("TZ", path, 1) != 0)
		return false;
	tzset();
	struct cs_text kept = cs_text_over(zone->name, sizeof zone->name);
	cs_text_put(&kept, name);
	bool good = fill(zone);
	(void)unsetenv("TZ");
	return good;
}

int32_t
cs_zone_east(const struct cs_zone *zone, int64_t seconds)
{
	unsigned low = 0, high = zone->change_n;
	while (high - low > 1) {
		unsigned middle = low + (high - low) / 2;
		if (zone->change[middle].from_s <= seconds)
			low = middle;
		else
			high = middle;
	}
	return zone->change[low].east_s;
}
