/*
 * Asking the kernel in the three places where it can say no: its setting, this process's, and the answer to the question.
 */
#include "io/huge.h"

#include "io/file.h"

#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

enum { HUGE_BYTES = 2 << 20, SETTING_BYTES = 256 };

const char *
cs_huge_setting(const char *path)
{
	char at[SETTING_BYTES + 1];
	size_t got = 0;
	int descriptor = -1;
	if (cs_file_open_read(path, &descriptor) != CS_OK)
		return "this kernel has none";
	enum cs_error error = cs_file_read_some(descriptor, at, SETTING_BYTES, &got);
	cs_file_close(descriptor);
	at[error == CS_OK ? got : 0] = '\0';
	return strstr(at, "[never]") ? "/sys/kernel/mm/transparent_hugepage/enabled says never; write madvise there"
				     : NULL;
}

static bool
is_refused(void)
{
	void *mapping =
		mmap(NULL, HUGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (mapping == MAP_FAILED)
		return false;
	bool refused = madvise(mapping, HUGE_BYTES, MADV_HUGEPAGE) != 0;
	(void)munmap(mapping, HUGE_BYTES);
	return refused;
}

const char *
cs_huge_refused(void)
{
	const char *why = cs_huge_setting("/sys/kernel/mm/transparent_hugepage/enabled");
	if (why)
		return why;
	if (prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) > 0)
		return "they are switched off for this process";
	return is_refused() ? "the kernel refuses them" : NULL;
}
