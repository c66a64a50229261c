/*
 * What benchmarks measure with: clocks, one core, medians, resident memory.
 */
#ifndef CS_BENCH_MEASURE_H
#define CS_BENCH_MEASURE_H

#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* measure_ns reads CLOCK in nanoseconds, measure_s in seconds. */
static inline uint64_t
measure_ns(clockid_t clock)
{
	struct timespec now;
	(void)clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static inline double
measure_s(clockid_t clock)
{
	return (double)measure_ns(clock) * 1e-9;
}

/* measure_pin keeps the process on the core it is on. */
static inline void
measure_pin(void)
{
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	(void)sched_setaffinity(0, sizeof one, &one);
}

static inline int
measure_order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* measure_sort puts N figures in order, the least first; the median is in their middle. */
static inline void
measure_sort(double *at, size_t n)
{
	qsort(at, n, sizeof *at, measure_order);
}

/* measure_resident_bytes tells the memory this process has; 0 when that is not known. */
static inline uint64_t
measure_resident_bytes(void)
{
	unsigned long long resident = 0;
	FILE *file = fopen("/proc/self/statm", "r");
	char line[128] = "", *rest = line;
	if (file && fgets(line, sizeof line, file)) {
		(void)strtoull(line, &rest, 10);
		resident = strtoull(rest, NULL, 10);
	}
	if (file)
		(void)fclose(file);
	return resident * 4096;
}

#endif
