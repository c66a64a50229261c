/*
 * Time zones by name, as the system's tzdata knows them: how far each moment from 1970 to 2106 is east of UTC.
 */
#ifndef CS_IO_ZONE_H
#define CS_IO_ZONE_H

#include <stdbool.h>
#include <stdint.h>

enum { CS_ZONE_NAME_BYTES = 64, CS_ZONE_CHANGES_MAX = 1024 };

struct cs_zone_change {
	int64_t from_s; /* since 1970 */
	int32_t east_s;
};

/* Before its first change it is as behind it. */
struct cs_zone {
	char name[CS_ZONE_NAME_BYTES];
	unsigned change_n;
	struct cs_zone_change change[CS_ZONE_CHANGES_MAX];
};

/* cs_zone_find fills ZONE with what tzdata says of NAME, as in Asia/Dhaka; false: there is no such zone. */
bool cs_zone_find(const char *name, struct cs_zone *zone);

/* cs_zone_east tells how far east of UTC the clocks of ZONE stand at SECONDS since 1970. */
int32_t cs_zone_east(const struct cs_zone *zone, int64_t seconds);

#endif
