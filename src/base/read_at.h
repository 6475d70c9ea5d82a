/* Reading at a place of a file, whatever a single call brings. */
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

#endif
