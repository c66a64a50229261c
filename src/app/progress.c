/*
 * One line that is drawn again and again. Leaves when to draw to its callers.
 */
#include "app/progress.h"

#include "base/text.h"

#include <stdio.h>

enum { BAR_WIDTH = 30, LINE_BYTES = 256 };

void
cs_progress_draw(uint64_t done, uint64_t all, uint64_t elapsed_ns)
{
	char at[LINE_BYTES];
	struct cs_text text = cs_text_over(at, sizeof at);
	uint64_t share = all ? done * BAR_WIDTH / all : 0;
	cs_text_put(&text, "\r  [");
	for (unsigned i = 0; i < BAR_WIDTH; i++)
		cs_text_put_char(&text, i < share ? '#' : '.');
	cs_text_put(&text, "] ");
	cs_text_put_u64(&text, all ? done * 100 / all : 0);
	cs_text_put(&text, " %  ");
	cs_text_put_u64(&text, elapsed_ns ? done * 1000 / elapsed_ns : 0);
	cs_text_put(&text, " MB/s");
	if (done && all > done) {
		cs_text_put(&text, "  ");
		cs_text_put_duration(&text, (uint64_t)((__uint128_t)elapsed_ns * (all - done) / done));
		cs_text_put(&text, " left");
	}
	cs_text_put(&text, "\033[K");
	fputs(at, stderr);
}
