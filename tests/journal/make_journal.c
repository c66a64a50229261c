/*
 * Makes a journal for the tests that are not written in C: make_journal FOLDER KEY [WORD=VALUE]...
 *
 * put=N        withdrawals of each process (four records each, or three)
 * runs=N       processes, one after the other
 * volume=N     bytes behind which a volume ends
 * flush=N      withdrawals between two flushes; each flush is a group, and with sign=1 a checkpoint
 * sign=0|1     a checkpoint with each flush; else only at the end of a volume and of a process
 * crash=0|1    the last process ends without a word, behind its last flush
 * pack=0|1     volumes but the last are packed
 * anchor=FILE
 */
#include "scene.h"

#include <unistd.h>

static uint64_t put_n = 100, run_n = 1, volume_bytes = UINT64_MAX, flush_n = 25;
static bool with_signatures, with_crash, packed;

static bool
read_word(struct scene *scene, const char *word)
{
	const char *equals = strchr(word, '=');
	if (!equals)
		return false;
	size_t len = (size_t)(equals - word);
	uint64_t value = strtoull(equals + 1, NULL, 10);
	const struct {
		const char *name;
		uint64_t *number;
		bool *flag;
	} words[] = {{"put", &put_n, NULL},     {"runs", &run_n, NULL},           {"volume", &volume_bytes, NULL},
		     {"flush", &flush_n, NULL}, {"sign", NULL, &with_signatures}, {"crash", NULL, &with_crash},
		     {"pack", NULL, &packed}};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strlen(words[i].name) != len || memcmp(words[i].name, word, len) != 0)
			continue;
		if (words[i].number)
			*words[i].number = value;
		else
			*words[i].flag = value;
		return true;
	}
	if (len != 6 || memcmp(word, "anchor", 6) != 0)
		return false;
	scene->wish.anchor = equals + 1;
	return true;
}

static bool
run(struct scene *scene, bool last)
{
	if (!scene_begin(scene))
		return false;
	for (uint64_t i = 1; i <= put_n; i++) {
		scene_put(scene);
		if (i % flush_n == 0 && cs_journal_flush(scene->journal) != CS_OK)
			return false;
	}
	if (!last || !with_crash)
		return scene_end(scene);
	_exit(0);
}

static bool
pack(const char *folder)
{
	struct cs_shelf shelf;
	bool good = cs_shelf_list(folder, &shelf) == CS_OK;
	for (uint32_t i = 0; good && i + 1 < shelf.n; i++)
		good = cs_volume_pack(folder, shelf.number[i]) == CS_OK;
	cs_shelf_fini(&shelf);
	return good;
}

int
main(int argc, char **argv)
{
	static struct scene scene;
	bool good = argc > 2 && scene_init(&scene, argv[1], argv[2]);
	for (int i = 3; good && i < argc; i++)
		good = read_word(&scene, argv[i]);
	scene.wish.volume_bytes = volume_bytes;
	scene.wish.checkpoint_ns = with_signatures ? 0 : UINT64_MAX;
	for (uint64_t i = 0; good && i < run_n; i++)
		good = run(&scene, i + 1 == run_n);
	if (good && packed)
		good = pack(argv[1]);
	scene_fini(&scene);
	if (!good)
		fputs("make_journal: that did not work; see the top of make_journal.c\n", stderr);
	return good ? 0 : 1;
}
