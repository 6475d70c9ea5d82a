/*
 * The loop of refine.h. Each variant includes this file once, behind its own
 *
 *     REFINE_INLINE           how a function that is always inlined is declared
 *     deposit(bits, mask)     the bits, from the lowest on, on the places of the mask's, likewise
 *     count_bits(mask)
 *     apply(r, c, corrected, found, minus)    changes a block: coefficients that are corrected go
 *                             on by one at the bit r->low, away from 0; those that are found get
 *                             it, negative where `minus` says so
 */
#ifndef LOOM_ENGINE_JPEG_REFINE_PASS_H
#define LOOM_ENGINE_JPEG_REFINE_PASS_H

#include "engine/jpeg/refine.h"

/* The bits of the stream that correct the coefficients in `whom`, on their places. */
REFINE_INLINE uint64_t take_corrections(loom_jpeg_bits *b, uint64_t whom)
{
    unsigned n = count_bits(whom); /* 63 at most */
    uint64_t bits = 0;

    loom_jpeg_refill(b);
    if (__builtin_expect(n > 32, 0)) {
        bits = loom_jpeg_take(b, n - 32) << 32;
        n = 32;
        loom_jpeg_refill(b);
    }
    return deposit(bits | loom_jpeg_take(b, n), whom);
}

/* What a scan says of a block. */
typedef struct news {
    uint64_t left; /* the band behind its last new coefficient */
    uint64_t corrected, found, minus;
} news;

/* New coefficients, and corrections of what is before each, up to an end of block. */
REFINE_INLINE bool take_new(loom_jpeg_refining *r, loom_jpeg_bits *b, uint64_t before, news *n)
{
    uint64_t left = n->left, corrected = 0, found = 0, minus = 0; /* in registers */

    while (left != 0) { /* each turn takes a zero of it at least, or ends */
        loom_jpeg_refill(b);
        const loom_jpeg_code *code = loom_jpeg_symbol(r->symbols, b->window);
        if (__builtin_expect(code == NULL, 0))
            return false;
        loom_jpeg_drop(b, code->length);
        if (code->end) {
            r->run = (UINT32_C(1) << (code->advance - 1)) +
                     (uint32_t)loom_jpeg_take(b, code->advance - 1u);
            break;
        }
        const uint64_t plus = loom_jpeg_take(b, code->size); /* of one bit, or none */
        const uint64_t zeros = left & ~before;
        const unsigned count = count_bits(zeros);
        if (__builtin_expect(count < code->advance, 0)) /* and advance is 1 at least */
            return false;
        const uint64_t place = deposit(UINT64_C(1) << (count - code->advance), zeros);
        const uint64_t fresh = place & (UINT64_C(0) - code->size);
        corrected |= take_corrections(b, before & left & ~(place - 1));
        found |= fresh;
        minus |= fresh & (plus - 1);
        left &= place - 1;
    }
    *n = (news){left, corrected, found, minus};
    return true;
}

REFINE_INLINE bool refine_blocks(loom_jpeg_refining *refining, loom_jpeg_bits *bits, int16_t *c,
                                 uint64_t *set, size_t count)
{
    loom_jpeg_refining r = *refining;
    loom_jpeg_bits b = *bits;

    for (size_t i = 0; i < count; i++, c += r.kept) {
        const uint64_t before = set[i];
        news n = {.left = r.band};
        if (r.run == 0 && !take_new(&r, &b, before, &n))
            return false;
        if (r.run > 0) {
            n.corrected |= take_corrections(&b, before & n.left);
            r.run--;
        }
        set[i] = before | n.found;
        if ((n.corrected | n.found) >> (64 - r.kept) != 0)
            apply(&r, c, n.corrected, n.found, n.minus);
    }
    *refining = r;
    *bits = b;
    return true;
}

#endif
