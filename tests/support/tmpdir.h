/* A temporary folder for one test, and small files in it. All functions assert that they work. */
#ifndef TESTS_SUPPORT_TMPDIR_H
#define TESTS_SUPPORT_TMPDIR_H

#include <stdbool.h>
#include <stddef.h>

/* Makes a folder and changes into it; tmpdir_leave changes back and removes it with all below. */
void tmpdir_enter(void);
void tmpdir_leave(void);

/* Absolute path of the folder. Static storage. */
const char *tmpdir_path(void);

/* Paths are relative to the folder. Parents are made as needed. */
void tmpdir_write(const char *path, const void *data, size_t size);
void tmpdir_write_text(const char *path, const char *text);
void tmpdir_touch(const char *path); /* writes one byte */
void tmpdir_mkdir(const char *path);

bool tmpdir_exists(const char *path); /* lstat: a dangling link exists */

/* Whole content, NUL-terminated, to be freed; *size may be NULL. */
char *tmpdir_read(const char *path, size_t *size);

/* Whether these bytes stand anywhere in a file; and an assertion that it is this text, no more. */
bool tmpdir_holds(const char *path, const void *what, size_t size);
void tmpdir_assert_text(const char *path, const char *text);

/* Entries in a folder, "." and ".." not counted: dot-files are. */
size_t tmpdir_count(const char *path);

#endif
