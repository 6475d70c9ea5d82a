#include "format/heif_iloc.h"

bool loom_heif_iloc_begin(loom_heif_iloc *walk, loom_bytes iloc)
{
    loom_numbers r = {iloc, false};
    const unsigned version = (unsigned)(loom_numbers_next(&r, 4) >> 24);
    const unsigned nibbles = (unsigned)loom_numbers_next(&r, 2);

    *walk = (loom_heif_iloc){.version = version,
                             .offset = nibbles >> 12,
                             .length = nibbles >> 8 & 15,
                             .base = nibbles >> 4 & 15,
                             .index = version > 0 ? nibbles & 15 : 0,
                             .id = version < 2 ? 2 : 4};
    if (version > 2 || walk->offset > 8 || walk->length > 8 || walk->base > 8 || walk->index > 8)
        return false;
    walk->items = loom_numbers_next(&r, walk->id);
    walk->numbers = r;
    return !r.past_end;
}

static void begin_item(loom_heif_iloc *walk)
{
    loom_numbers *r = &walk->numbers;

    walk->items--;
    walk->item = (uint32_t)loom_numbers_next(r, walk->id);
    walk->method = walk->version > 0 ? (unsigned)loom_numbers_next(r, 2) & 15 : 0;
    walk->elsewhere = loom_numbers_next(r, 2) != 0;
    walk->from = loom_numbers_next(r, walk->base);
    walk->extents = loom_numbers_next(r, 2);
    if (walk->offset + walk->length + walk->index == 0 && walk->extents > 1)
        walk->extents = 1; /* 65,535 of nothing are a loop without a byte for each */
}

bool loom_heif_iloc_next(loom_heif_iloc *walk, loom_heif_extent *extent)
{
    loom_numbers *r = &walk->numbers;

    while (walk->extents == 0 && walk->items > 0 && !r->past_end)
        begin_item(walk);
    if (walk->extents == 0 || r->past_end)
        return false;
    walk->extents--;
    (void)loom_numbers_next(r, walk->index);
    const uint64_t offset = loom_numbers_next(r, walk->offset);
    uint64_t end;
    extent->length = loom_numbers_next(r, walk->length);
    extent->overflows = __builtin_add_overflow(walk->from, offset, &extent->at) ||
                        __builtin_add_overflow(extent->at, extent->length, &end);
    return !r->past_end;
}
