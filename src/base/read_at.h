/* Complete reads and writes at an offset of a file, whatever a single call transfers; unnamed
 * files. */
#ifndef LOOM_BASE_READ_AT_H
#define LOOM_BASE_READ_AT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads `size` bytes from `offset`; *got is smaller only at the end of the file. False with errno
 * if the read fails; *got is then unchanged. Interrupted calls are repeated.
 */
bool loom_read_at(int file, void *data, size_t size, uint64_t offset, size_t *got);

/*
 * Writes `size` bytes at the start of the file, whatever the position of the descriptor. False with
 * errno (ENOSPC if the file takes no more).
 */
bool loom_write_at_start(int file, const void *data, size_t size);

/*
 * Opens an unnamed file for reading and writing: in memory, shown as `name` in /proc, or on disk if
 * the system lacks memory files. Returns a descriptor (close-on-exec), or -1 with errno.
 */
int loom_nameless_file(const char *name);

#endif
