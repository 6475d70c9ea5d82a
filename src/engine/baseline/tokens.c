#include "engine/baseline/tokens.h"

#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

enum {
    EXTRA_BITS = 7, /* that a token holds beside its symbol */
    EXTRA_MASK = (1 << EXTRA_BITS) - 1,
    SMALL_MAX = EXTRA_MASK /* the largest coefficient that is one token */
};

/*
 * Symbols of AC coefficients are 16 * zeros + size with sizes up to 10 (T.81, F.1.2.2.1); what else
 * there is has the lower half of its byte above that.
 */
enum {
    END_OF_BLOCK = 0x00,
    ZEROS_16 = 0xF0,
    RAW = 0x0E,   /* no symbol: seven bits more of the last one's */
    DC_0 = 0x0F,  /* 16 * size + DC_0: of the mean; sizes up to 11 */
    DC_SIZES = 12 /* with 0 */
};

enum {
    BLOCK_TOKENS_MAX = 2 * LOOM_FDCT_BLOCK + 1, /* two a coefficient, and the end of block */
    LAST = LOOM_FDCT_BLOCK - 1
};

/* Keeps what it calls out of the way of what is called for each coefficient. */
#define RARE __attribute__((cold, noinline))

/* ---- the first pass -------------------------------------------------------- */

/* The size in bits of a number from 0 to 128. */
#define SIZE_OF(a)                                                                                 \
    ((a) < 1     ? 0                                                                               \
     : (a) < 2   ? 1                                                                               \
     : (a) < 4   ? 2                                                                               \
     : (a) < 8   ? 3                                                                               \
     : (a) < 16  ? 4                                                                               \
     : (a) < 32  ? 5                                                                               \
     : (a) < 64  ? 6                                                                               \
     : (a) < 128 ? 7                                                                               \
                 : 8)
/* A token's size and bits for a, or for -a: the number's bits or, below 0, those of it less 1. */
#define POSITIVE(a)   (SIZE_OF(a) << EXTRA_BITS | (a))
#define NEGATIVE(a)   (SIZE_OF(a) << EXTRA_BITS | ((1 << SIZE_OF(a)) - 1 - (a)))
#define FOUR(f, a, d) f(a), f((a) + (d)), f((a) + 2 * (d)), f((a) + 3 * (d))
#define SIXTEEN(f, a, d)                                                                           \
    FOUR(f, a, d), FOUR(f, (a) + 4 * (d), d), FOUR(f, (a) + 8 * (d), d), FOUR(f, (a) + 12 * (d), d)
#define HALF(f, a, d)                                                                              \
    SIXTEEN(f, a, d), SIXTEEN(f, (a) + 16 * (d), d), SIXTEEN(f, (a) + 32 * (d), d),                \
        SIXTEEN(f, (a) + 48 * (d), d), SIXTEEN(f, (a) + 64 * (d), d),                              \
        SIXTEEN(f, (a) + 80 * (d), d), SIXTEEN(f, (a) + 96 * (d), d),                              \
        SIXTEEN(f, (a) + 112 * (d), d)

/* By a number's lower byte: 0 to 127, then -128, which is too large and stays unused, to -1. */
static const uint16_t small[256] = {HALF(POSITIVE, 0, 1), HALF(NEGATIVE, 128, -1)};

static bool is_small(int value)
{
    return (unsigned)(value + SMALL_MAX) <= 2 * SMALL_MAX;
}

void loom_tokens_release(loom_tokens *tokens)
{
    free(tokens->of);
    *tokens = (loom_tokens){.of = NULL};
}

void loom_tokens_reset(loom_tokens *tokens)
{
    tokens->count = 0;
    memset(tokens->counts, 0, sizeof tokens->counts);
}

bool loom_tokens_reserve(loom_tokens *tokens, size_t blocks)
{
    void *items = tokens->of;
    size_t needed;

    if (!loom_size_mul(blocks, BLOCK_TOKENS_MAX, &needed) ||
        !loom_size_add(needed, tokens->count, &needed) ||
        !loom_grow(&items, &tokens->capacity, needed, sizeof *tokens->of))
        return false;
    tokens->of = items;
    return true;
}

/* How many bits a number has: 0 for 0. */
static unsigned size_of(unsigned a)
{
    return a == 0 ? 0 : (unsigned)(8 * sizeof a) - (unsigned)__builtin_clz(a);
}

static uint16_t *put(uint16_t *to, uint64_t *counts, unsigned token)
{
    counts[token >> EXTRA_BITS]++;
    *to = (uint16_t)token;
    return to + 1;
}

/* A coefficient of more than EXTRA_BITS bits; `token` has all but its size and bits. */
RARE static uint16_t *put_large(uint16_t *to, uint64_t *counts, unsigned token, unsigned size_unit,
                                int value)
{
    const unsigned size = size_of((unsigned)abs(value));
    const unsigned bits = (unsigned)(value < 0 ? value - 1 : value) & ((1U << size) - 1);

    to = put(to, counts, token + size * size_unit + (bits >> EXTRA_BITS));
    return put(to, counts, RAW << EXTRA_BITS | (bits & EXTRA_MASK));
}

/* Whole sixteens of them. */
RARE static uint16_t *put_zeros(uint16_t *to, uint64_t *counts, unsigned base, size_t zeros)
{
    for (; zeros > 15; zeros -= 16)
        to = put(to, counts, base | ZEROS_16 << EXTRA_BITS);
    return to;
}

/* The difference of a mean to the last one. */
static uint16_t *put_dc(uint16_t *to, uint64_t *counts, unsigned base, int difference)
{
    const unsigned token = base | DC_0 << EXTRA_BITS, both = small[(uint8_t)difference];

    if (!is_small(difference))
        return put_large(to, counts, token, 16 << EXTRA_BITS, difference);
    /* The size goes 4 bits further up. */
    return put(to, counts, token | (both & ~(unsigned)EXTRA_MASK) << 4 | (both & EXTRA_MASK));
}

static uint16_t *put_ac(uint16_t *to, uint64_t *counts, unsigned base, const int16_t *block,
                        uint64_t set)
{
    size_t next = 1;

    for (set &= ~UINT64_C(1); set != 0; set &= set - 1) { /* at most LAST times */
        const size_t at = (size_t)__builtin_ctzll(set), zeros = at - next;
        const unsigned token = base | (unsigned)(zeros % 16) << 4 << EXTRA_BITS;
        next = at + 1;
        if (zeros > 15)
            to = put_zeros(to, counts, base, zeros);
        if (is_small(block[at]))
            to = put(to, counts, token | small[(uint8_t)block[at]]);
        else
            to = put_large(to, counts, token, 1 << EXTRA_BITS, block[at]);
    }
    return next > LAST ? to : put(to, counts, base | END_OF_BLOCK << EXTRA_BITS);
}

void loom_tokens_add(loom_tokens *tokens, const loom_tokens_source *sources, size_t count,
                     size_t mcus)
{
    uint16_t *to = tokens->of + tokens->count; /* with room for BLOCK_TOKENS_MAX a block */
    uint64_t *counts = tokens->counts;

    for (size_t i = 0; i < mcus; i++)
        for (const loom_tokens_source *source = sources; source < sources + count; source++) {
            const size_t at = i * source->step;
            const unsigned base = source->kind << 8 << EXTRA_BITS;
            if (at < source->end) {
                const int16_t *block = source->blocks[at].at;
                to = put_dc(to, counts, base, block[0] - *source->last_dc);
                *source->last_dc = block[0];
                to = put_ac(to, counts, base, block, source->set[at]);
            } else {
                to = put_dc(to, counts, base, 0);
                to = put_ac(to, counts, base, NULL, 0);
            }
        }
    tokens->count = (size_t)(to - tokens->of);
}

/* ---- tables ---------------------------------------------------------------- */

void loom_tokens_make_tables(const loom_tokens *tokens, loom_tokens_tables *made)
{
    for (unsigned kind = 0; kind < LOOM_TOKENS_KINDS; kind++) {
        uint64_t dc[LOOM_HUFFMAN_SYMBOLS] = {0}, ac[LOOM_HUFFMAN_SYMBOLS];
        memcpy(ac, tokens->counts + 256 * (size_t)kind, sizeof ac);
        ac[RAW] = 0;
        for (unsigned size = 0; size < DC_SIZES; size++) {
            dc[size] = ac[16 * size + DC_0];
            ac[16 * size + DC_0] = 0;
        }
        loom_huffman_make(dc, &made->dc[kind]);
        loom_huffman_make(ac, &made->ac[kind]);
    }
}

/* What a token's symbol becomes: bits, with zeros where those of the token go, and their number. */
typedef struct coder {
    uint32_t of[LOOM_TOKENS_SYMBOLS]; /* bits << LENGTH_BITS | number */
} coder;

/* A code has 16 bits at most, what comes with it 7 (or 4, and then a token of 7). */
enum { LENGTH_BITS = 8, LENGTH_MASK = (1 << LENGTH_BITS) - 1, TOKEN_BITS_MAX = 16 + EXTRA_BITS };

/* Of a table, by T.81, C.2: codes rise, and grow by zeros. */
static void add_codes(coder *c, const loom_huffman *table, unsigned first, bool dc)
{
    uint32_t code = 0;
    unsigned i = 0;

    for (unsigned bits = 1; bits <= LOOM_HUFFMAN_LONGEST; bits++, code <<= 1)
        for (unsigned end = i + table->lengths[bits]; i < end; i++, code++) {
            const unsigned symbol = table->symbols[i], size = dc ? symbol : symbol & 15;
            const unsigned extra = size > EXTRA_BITS ? size - EXTRA_BITS : size;
            c->of[first + (dc ? 16 * symbol + DC_0 : symbol)] =
                code << extra << LENGTH_BITS | (bits + extra);
        }
}

static void make_coder(coder *c, const loom_tokens_tables *tables)
{
    memset(c, 0, sizeof *c);
    c->of[RAW] = EXTRA_BITS;
    for (unsigned kind = 0; kind < LOOM_TOKENS_KINDS; kind++) {
        add_codes(c, &tables->dc[kind], 256 * kind, true);
        add_codes(c, &tables->ac[kind], 256 * kind, false);
    }
}

/* ---- the second pass ------------------------------------------------------- */

enum { CHUNK = 2048 /* tokens */, CHUNK_BYTES = CHUNK * TOKEN_BITS_MAX / 8 + 16 };

/* Bits on their way: the lowest `count` of `bits`, fewer than 8 between two tokens. */
typedef struct packer {
    const coder *coder;
    uint64_t bits;
    unsigned count;
    uint8_t bytes[CHUNK_BYTES]; /* without what a byte of ones needs behind it */
} packer;

static void store_high(uint8_t *to, uint64_t x)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    memcpy(to, &x, sizeof x);
}

/* Packs up to CHUNK tokens, two at a time: 7 + 2 * TOKEN_BITS_MAX bits are at most 53. */
static size_t pack_chunk(packer *p, const uint16_t *token, size_t count)
{
    const uint32_t *of = p->coder->of;
    uint64_t bits = p->bits;
    unsigned left = p->count;
    uint8_t *to = p->bytes;

    for (size_t i = 0; i + 1 < count; i += 2) {
        const unsigned t = token[i], u = token[i + 1];
        const uint32_t a = of[t >> EXTRA_BITS], b = of[u >> EXTRA_BITS];
        const unsigned added = (a & LENGTH_MASK) + (b & LENGTH_MASK);
        bits = bits << added |
               (uint64_t)(a >> LENGTH_BITS | (t & EXTRA_MASK)) << (b & LENGTH_MASK) |
               (b >> LENGTH_BITS | (u & EXTRA_MASK));
        left += added;
        store_high(to, bits << 1 << (63 - left));
        to += left / 8;
        left %= 8;
    }
    if (count % 2 != 0) {
        const unsigned t = token[count - 1];
        const uint32_t a = of[t >> EXTRA_BITS];
        bits = bits << (a & LENGTH_MASK) | a >> LENGTH_BITS | (t & EXTRA_MASK);
        left += a & LENGTH_MASK;
        store_high(to, bits << 1 << (63 - left));
        to += left / 8;
        left %= 8;
    }
    p->bits = bits;
    p->count = left;
    return (size_t)(to - p->bytes);
}

/* Copies, with a zero behind each byte of ones (T.81, F.1.2.3): up to twice the size. */
static uint8_t *stuff(uint8_t *to, const uint8_t *from, size_t size)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    size_t i = 0;

    while (i < size) {
        size_t end = size;
        if (size - i >= sizeof ones) {
            uint64_t eight;
            memcpy(&eight, from + i, sizeof eight);
            memcpy(to, &eight, sizeof eight);
            if (((~eight - ones) & eight & ones << 7) == 0) { /* ~eight has no byte of zeros */
                i += sizeof eight;
                to += sizeof eight;
                continue;
            }
            end = i + sizeof eight;
        }
        for (; i < end; i++) {
            *to++ = from[i];
            if (from[i] == 0xFF)
                *to++ = 0;
        }
    }
    return to;
}

size_t loom_tokens_packed_max(const loom_tokens *tokens, const loom_tokens_tables *tables)
{
    uint64_t bits = 7;
    coder c;

    make_coder(&c, tables);
    for (unsigned i = 0; i < LOOM_TOKENS_SYMBOLS; i++)
        bits += tokens->counts[i] * (c.of[i] & LENGTH_MASK);
    return (size_t)(bits / 8) * 2 + 16;
}

uint8_t *loom_tokens_pack(const loom_tokens *tokens, const loom_tokens_tables *tables, uint8_t *to)
{
    coder c;
    packer p = {.coder = &c};

    make_coder(&c, tables);
    for (size_t i = 0; i < tokens->count; i += CHUNK) {
        const size_t count = tokens->count - i < CHUNK ? tokens->count - i : CHUNK;
        to = stuff(to, p.bytes, pack_chunk(&p, tokens->of + i, count));
    }
    if (p.count > 0) {
        const uint8_t last = (uint8_t)(p.bits << (8 - p.count) | 0xFF >> p.count);
        to = stuff(to, &last, 1);
    }
    return to;
}
