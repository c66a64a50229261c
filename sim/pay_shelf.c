/*
 * Files of payments. Invariant: what was put is in the file after the close, or the close says that it is not.
 */
#include "pay_shelf.h"

#include "base/text.h"
#include "io/file.h"

#include <errno.h>
#include <sys/stat.h>

static bool
path_of(char out[CS_PAY_SHELF_PATH_BYTES], const char *folder, const char *name)
{
	struct cs_text path = cs_text_over(out, CS_PAY_SHELF_PATH_BYTES);
	cs_text_put(&path, folder);
	cs_text_put_char(&path, '/');
	cs_text_put(&path, name);
	return !path.overflowed;
}

enum cs_error
cs_pay_file_open(struct cs_pay_file *file, const char *folder, const char *name)
{
	char path[CS_PAY_SHELF_PATH_BYTES];
	file->len = 0;
	file->open = file->some = false;
	file->error = path_of(path, folder, name) ? cs_file_open_write(path, &file->descriptor) : CS_E_OPEN;
	file->open = file->error == CS_OK;
	return file->error;
}

static void
empty(struct cs_pay_file *file)
{
	enum cs_error error = file->open ? cs_file_write_all(file->descriptor, file->at, file->len) : CS_E_WRITE;
	if (file->error == CS_OK)
		file->error = error;
	file->len = 0;
}

void
cs_pay_file_put(struct cs_pay_file *file, struct cs_span bytes)
{
	CS_ASSERT(bytes.len <= sizeof file->at);
	if (file->len + bytes.len > sizeof file->at)
		empty(file);
	memcpy(file->at + file->len, bytes.at, bytes.len);
	file->len += bytes.len;
	file->some = true;
}

enum cs_error
cs_pay_file_close(struct cs_pay_file *file)
{
	if (!file->open)
		return file->error;
	empty(file);
	cs_file_close(file->descriptor);
	file->open = false;
	return file->error;
}

enum cs_error
cs_pay_shelf_put(const char *folder, const char *name, struct cs_span bytes)
{
	char path[CS_PAY_SHELF_PATH_BYTES];
	int descriptor;
	if (!path_of(path, folder, name))
		return CS_E_OPEN;
	CS_TRY(cs_file_open_write(path, &descriptor));
	enum cs_error error = cs_file_write_all(descriptor, bytes.at, bytes.len);
	cs_file_close(descriptor);
	return error;
}

enum cs_error
cs_pay_shelf_make(const char *folder, const char *name)
{
	char path[CS_PAY_SHELF_PATH_BYTES];
	if (!path_of(path, folder, name))
		return CS_E_OPEN;
	return mkdir(path, 0777) == 0 || errno == EEXIST ? CS_OK : CS_E_OPEN;
}
