/*
 * A hash table of 32-bit item numbers, for the many paths and files of a run: 8 bytes a slot, the
 * items themselves stay in the caller's arrays. Zero-initialise.
 */
#ifndef LOOM_BASE_INDEX_SET_H
#define LOOM_BASE_INDEX_SET_H

#include <imgloom/task.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOOM_INDEX_SET_NONE UINT32_MAX /* no item */

typedef struct loom_index_set {
    struct loom_index_slot *slots; /* open addressing; at most three quarters in use */
    size_t capacity;               /* a power of two, or 0 */
    size_t count;
} loom_index_set;

/* Whether `item` is the one that `key` describes. */
typedef bool loom_index_equal(const void *context, uint32_t item, const void *key);

/* The item with this hash for which `equal` says yes, or LOOM_INDEX_SET_NONE. */
uint32_t loom_index_set_find(const loom_index_set *set, uint64_t hash, loom_index_equal *equal,
                             const void *context, const void *key);

/* Adds an item that is not in the set (the caller has looked). False: out of memory. */
bool loom_index_set_add(loom_index_set *set, uint64_t hash, uint32_t item);

void loom_index_set_release(loom_index_set *set);

/* Hashes of bytes (FNV-1a, continued from `seed`; begin with 0) and of a file's identity. */
uint64_t loom_hash_bytes(uint64_t seed, const void *bytes, size_t size);
uint64_t loom_hash_id(loom_file_id id);

#endif
