/*
 * The files of days of payments: a folder of single messages, and files that grow line by line.
 */
#ifndef CS_SIM_PAY_SHELF_H
#define CS_SIM_PAY_SHELF_H

#include "base/error.h"
#include "base/span.h"

enum { CS_PAY_SHELF_FILE_BYTES = 1 << 16, CS_PAY_SHELF_PATH_BYTES = 4096 };

struct cs_pay_file {
	int descriptor;
	bool open;
	bool some;           /* has something already */
	enum cs_error error; /* the first one stays */
	size_t len;
	uint8_t at[CS_PAY_SHELF_FILE_BYTES];
};

/* cs_pay_file_open creates FOLDER/NAME; ends with cs_pay_file_close, also when it failed. */
CS_MUST_USE enum cs_error cs_pay_file_open(struct cs_pay_file *file, const char *folder, const char *name);

/* cs_pay_file_put appends BYTES. */
void cs_pay_file_put(struct cs_pay_file *file, struct cs_span bytes);

/* cs_pay_file_close writes the rest, and gives the first error. */
CS_MUST_USE enum cs_error cs_pay_file_close(struct cs_pay_file *file);

/* cs_pay_shelf_put writes FOLDER/NAME with BYTES, at once. */
CS_MUST_USE enum cs_error cs_pay_shelf_put(const char *folder, const char *name, struct cs_span bytes);

/* cs_pay_shelf_make makes the folder FOLDER/NAME if it is not there. */
CS_MUST_USE enum cs_error cs_pay_shelf_make(const char *folder, const char *name);

#endif
