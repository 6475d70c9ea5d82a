#include "base/memory.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK = 64 * 1024, MIN_ITEMS = 16 };

struct loom_arena_block {
    struct loom_arena_block *next;
    size_t used, size;
    _Alignas(max_align_t) unsigned char data[];
};

void *loom_alloc_array(size_t count, size_t size)
{
    size_t bytes;

    if (!loom_size_mul(count, size, &bytes))
        return NULL;
    return malloc(bytes > 0 ? bytes : 1);
}

void *loom_alloc_aligned(size_t align, size_t size)
{
    size_t padded;

    if (!loom_size_add(size, align - 1, &padded))
        return NULL;
    padded &= ~(align - 1); /* C11, 7.22.3.1: a multiple of the alignment */
    void *memory = aligned_alloc(align, padded);
    if (memory != NULL)
        memset(memory, 0, padded);
    return memory;
}

/*
 * Measured: two arenas halve what stays allocated after many images on many threads. And by default
 * a picture's buffers go back to the system with it, to be asked for again, page by page: a third
 * of all page faults, and on a virtual machine a sixth of the CPU time. 32 MiB is glibc's limit.
 */
void loom_malloc_prepare(void)
{
    (void)mallopt(M_ARENA_MAX, 2);
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

bool loom_grow(void **items, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return true;
    size_t wanted, bytes;
    if (!loom_size_add(*capacity, *capacity / 2, &wanted) || wanted < needed)
        wanted = needed;
    if (wanted < MIN_ITEMS)
        wanted = MIN_ITEMS;
    if (!loom_size_mul(wanted, size, &bytes))
        return false;
    void *moved = realloc(*items, bytes);
    if (moved == NULL)
        return false;
    *items = moved;
    *capacity = wanted;
    return true;
}

static struct loom_arena_block *new_block(size_t size)
{
    size_t bytes;

    if (!loom_size_add(sizeof(struct loom_arena_block), size, &bytes))
        return NULL;
    struct loom_arena_block *block = malloc(bytes);
    if (block != NULL) {
        block->used = 0;
        block->size = size;
        block->next = NULL;
    }
    return block;
}

static void *arena_take(loom_arena *arena, size_t size, size_t alignment)
{
    struct loom_arena_block *block = arena->blocks;

    if (block != NULL) {
        size_t start = (block->used + alignment - 1) & ~(alignment - 1);
        if (start <= block->size && size <= block->size - start) {
            block->used = start + size;
            return block->data + start;
        }
    }
    bool large = size > ARENA_BLOCK / 4;
    block = new_block(large ? size : (size_t)ARENA_BLOCK);
    if (block == NULL)
        return NULL;
    block->used = size;
    if (large && arena->blocks != NULL) { /* after the current one, which still has space */
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block->data;
}

void *loom_arena_alloc(loom_arena *arena, size_t size)
{
    return arena_take(arena, size, _Alignof(max_align_t));
}

char *loom_arena_copy(loom_arena *arena, const char *bytes, size_t size)
{
    size_t with_end;

    if (!loom_size_add(size, 1, &with_end))
        return NULL;
    char *copy = arena_take(arena, with_end, 1);
    if (copy != NULL) {
        if (size > 0)
            memcpy(copy, bytes, size);
        copy[size] = '\0';
    }
    return copy;
}

void loom_arena_release(loom_arena *arena)
{
    struct loom_arena_block *block = arena->blocks;

    while (block != NULL) {
        struct loom_arena_block *next = block->next;
        free(block);
        block = next;
    }
    arena->blocks = NULL;
}
