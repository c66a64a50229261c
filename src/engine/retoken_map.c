/*
 * The map of tokens, for who keeps old alerts: a line for each card that was seen while a previous key was named.
 *
 * A line is a constant length, so that the buffer is full at a known number of them. An error stays until the end: a map
 * with a hole in it must not be taken for a whole one.
 */
#include "engine/retoken_map.h"

#include "io/file.h"

enum { LINE_BYTES_MAX = 128 };

enum cs_error
cs_retoken_map_flush(struct cs_retoken_map *map)
{
	enum cs_error error = map->len ? cs_file_write_all(map->descriptor, map->at, map->len) : CS_OK;
	map->len = 0;
	if (map->error == CS_OK)
		map->error = error;
	return map->error;
}

void
cs_retoken_map_pair(void *context, struct cs_token before, struct cs_token now)
{
	struct cs_retoken_map *map = context;
	if (sizeof map->at - map->len < LINE_BYTES_MAX && cs_retoken_map_flush(map) != CS_OK)
		return;
	struct cs_text line = cs_text_over(map->at + map->len, sizeof map->at - map->len);
	cs_text_put(&line, "{\"old\":\"");
	cs_token_put(&line, before);
	cs_text_put(&line, "\",\"new\":\"");
	cs_token_put(&line, now);
	cs_text_put(&line, "\"}\n");
	CS_ASSERT(!line.overflowed);
	map->len += line.len;
	map->pairs++;
}
