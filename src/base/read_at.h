/* Reading and writing at a place of a file, whatever a single call brings; files without a name. */
#ifndef LOOM_BASE_READ_AT_H
#define LOOM_BASE_READ_AT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads `size` bytes from `offset` on; *got is less only where the file ends. False with errno
 * when it cannot be read; *got is then as before. An interrupted call is made again.
 */
bool loom_read_at(int file, void *data, size_t size, uint64_t offset, size_t *got);

/*
 * Writes `size` bytes from the beginning on, wherever the descriptor stands. False with errno
 * (ENOSPC where the file takes no more).
 */
bool loom_write_at_start(int file, const void *data, size_t size);

/*
 * A file without a name, open to read and write: in memory, called `name` in /proc, or, where the
 * system lacks that, on disk. A descriptor (close-on-exec), or -1 with errno.
 */
int loom_nameless_file(const char *name);

#endif
