/* Hashes of content (XXH3, 128 bits): they tell whether a file is what it was. And of names. */
#ifndef LOOM_BASE_CONTENT_HASH_H
#define LOOM_BASE_CONTENT_HASH_H

#include <imgloom/task.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

loom_content_hash loom_hash_content(const void *bytes, size_t size);

/* XXH3 with 64 bits, for what other processes compute, too. */
uint64_t loom_hash_word(const void *bytes, size_t size);

/*
 * The hash of an open file's first `size` bytes, read in pieces; the descriptor's offset does not
 * move. False: it cannot be read, is shorter, or memory ran out.
 */
bool loom_hash_file(int descriptor, size_t size, loom_content_hash *hash);

static inline bool loom_hash_same(const loom_content_hash *a, const loom_content_hash *b)
{
    for (size_t i = 0; i < sizeof a->bytes; i++)
        if (a->bytes[i] != b->bytes[i])
            return false;
    return true;
}

#endif
