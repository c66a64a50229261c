/*
 * Signals as something to wait for, next to packets.
 */
#ifndef CS_IO_SIGNALS_H
#define CS_IO_SIGNALS_H

#include "base/error.h"

enum cs_signal { CS_SIGNAL_NONE, CS_SIGNAL_STOP, CS_SIGNAL_RELOAD };

/* cs_signals_open keeps SIGTERM, SIGINT and SIGHUP from interrupting anything and gives a descriptor that can
 * be read when one has come. CS_E_OPEN. */
CS_MUST_USE enum cs_error cs_signals_open(int *out);

/* cs_signals_next gives the next signal that has come; never waits. */
enum cs_signal cs_signals_next(int descriptor);

/* cs_signals_wait waits until one of N descriptors can be read, or for TIMEOUT_MS. */
void cs_signals_wait(const int *descriptors, unsigned n, int timeout_ms);

#endif
