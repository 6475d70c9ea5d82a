/* Allocation with overflow checks, and an arena for many small strings that are freed together. */
#ifndef LOOM_BASE_MEMORY_H
#define LOOM_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* a * b or a + b in *result; false when it does not fit in size_t. */
static inline bool loom_size_mul(size_t a, size_t b, size_t *result)
{
    return !__builtin_mul_overflow(a, b, result);
}
static inline bool loom_size_add(size_t a, size_t b, size_t *result)
{
    return !__builtin_add_overflow(a, b, result);
}

/* count * size bytes; NULL on overflow or out of memory. Freed with free(). */
void *loom_alloc_array(size_t count, size_t size);

/*
 * `size` bytes of zeros at a multiple of `align`, a power of two; NULL: on overflow or out of
 * memory. Freed with free().
 */
void *loom_alloc_aligned(size_t align, size_t size);

/*
 * Makes an array hold at least `needed` items of `size` bytes; it grows by half. *items may move,
 * *capacity is updated. False, with nothing changed, on overflow or out of memory.
 */
bool loom_grow(void **items, size_t *capacity, size_t needed, size_t size);

/*
 * Sets malloc for pictures, one after another, before there are threads: what one gave back is kept
 * for the next. Of glibc alone; other programs' own settings in GLIBC_TUNABLES are overridden.
 */
void loom_malloc_prepare(void);

/* Memory in blocks, freed all at once. Zero-initialise; addresses stay valid until release. */
typedef struct loom_arena {
    struct loom_arena_block *blocks;
} loom_arena;

void *loom_arena_alloc(loom_arena *arena, size_t size); /* aligned for any type; NULL: no memory */
char *loom_arena_copy(loom_arena *arena, const char *bytes, size_t size); /* adds a NUL */
void loom_arena_release(loom_arena *arena);

#endif
