#include "base/index_set.h"

#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

enum { MIN_CAPACITY = 64 };

/* `tag` is the rest of the hash: it gives the slot, and avoids most comparisons. */
struct loom_index_slot {
    uint32_t tag;
    uint32_t item; /* LOOM_INDEX_SET_NONE: free */
};

static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32);
}

uint32_t loom_index_set_find(const loom_index_set *set, uint64_t hash, loom_index_equal *equal,
                             const void *context, const void *key)
{
    if (set->capacity == 0)
        return LOOM_INDEX_SET_NONE;
    uint32_t tag = tag_of(hash);
    for (size_t i = tag & (set->capacity - 1);; i = (i + 1) & (set->capacity - 1)) {
        const struct loom_index_slot *slot = &set->slots[i];
        if (slot->item == LOOM_INDEX_SET_NONE ||
            (slot->tag == tag && equal(context, slot->item, key)))
            return slot->item;
    }
}

/* There is always a free slot. */
static void place(struct loom_index_slot *slots, size_t capacity, struct loom_index_slot slot)
{
    size_t i = slot.tag & (capacity - 1);

    while (slots[i].item != LOOM_INDEX_SET_NONE)
        i = (i + 1) & (capacity - 1);
    slots[i] = slot;
}

static bool enlarge(loom_index_set *set)
{
    size_t capacity = set->capacity > 0 ? set->capacity : MIN_CAPACITY / 2;

    if (!loom_size_mul(capacity, 2, &capacity))
        return false;
    struct loom_index_slot *slots = loom_alloc_array(capacity, sizeof *slots);
    if (slots == NULL)
        return false;
    memset(slots, 0xFF, capacity * sizeof *slots); /* every item LOOM_INDEX_SET_NONE */
    for (size_t i = 0; i < set->capacity; i++)
        if (set->slots[i].item != LOOM_INDEX_SET_NONE)
            place(slots, capacity, set->slots[i]);
    free(set->slots);
    set->slots = slots;
    set->capacity = capacity;
    return true;
}

bool loom_index_set_add(loom_index_set *set, uint64_t hash, uint32_t item)
{
    if (set->count >= set->capacity / 4 * 3 && !enlarge(set))
        return false;
    place(set->slots, set->capacity, (struct loom_index_slot){tag_of(hash), item});
    set->count++;
    return true;
}

void loom_index_set_release(loom_index_set *set)
{
    free(set->slots);
    *set = (loom_index_set){NULL, 0, 0};
}

/* FNV-1a, 64 bits: Fowler, Noll, Vo; draft-eastlake-fnv. */
uint64_t loom_hash_bytes(uint64_t seed, const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ seed;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* Inodes are often consecutive: the multiplication (by 2^64 over the golden ratio) spreads them. */
uint64_t loom_hash_id(loom_file_id id)
{
    uint64_t hash = (id.inode ^ id.device << 40) * UINT64_C(0x9e3779b97f4a7c15);

    return hash ^ hash >> 29;
}
