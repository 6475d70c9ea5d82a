/*
 * A hash table of 32-bit item numbers, for the many paths and files of a run: 8 bytes a slot, the
 * items themselves stay in the caller's arrays. Zero-initialise.
 */
#ifndef LOOM_FILES_PATH_SET_H
#define LOOM_FILES_PATH_SET_H

#include <imgloom/task.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOOM_PATH_SET_NONE UINT32_MAX /* no item */

typedef struct loom_path_set {
    struct loom_path_slot *slots; /* open addressing; at most three quarters in use */
    size_t capacity;              /* a power of two, or 0 */
    size_t count;
} loom_path_set;

/* Whether `item` is the one that `key` describes. */
typedef bool loom_path_equal(const void *context, uint32_t item, const void *key);

/* The item with this hash for which `equal` says yes, or LOOM_PATH_SET_NONE. */
uint32_t loom_path_set_find(const loom_path_set *set, uint64_t hash, loom_path_equal *equal,
                            const void *context, const void *key);

/* Adds an item that is not in the set (the caller has looked). False: out of memory. */
bool loom_path_set_add(loom_path_set *set, uint64_t hash, uint32_t item);

void loom_path_set_release(loom_path_set *set);

/* Hashes of bytes (FNV-1a, continued from `seed`; begin with 0) and of a file's identity. */
uint64_t loom_hash_bytes(uint64_t seed, const void *bytes, size_t size);
uint64_t loom_hash_id(loom_file_id id);

#endif
