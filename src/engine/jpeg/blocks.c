#include "engine/jpeg/blocks.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { LANES = 8 };

void loom_jpeg_stop_make(loom_jpeg_lookup made[LOOM_JPEG_LOOKUP_SIZE])
{
    for (unsigned i = 0; i < LOOM_JPEG_LOOKUP_SIZE; i++)
        made[i] = (loom_jpeg_lookup)LOOM_JPEG_STOP << 8;
}

/* Where decoding is. Kept in registers. */
typedef struct cursor {
    const loom_jpeg_lookup *tab; /* for the next look-up */
    int16_t *at;                 /* where its first coefficient goes */
    loom_jpeg_record *next;      /* the record behind the one that `at` is in */
} cursor;

/* The coefficients of a block, from..behind - 1. Constants, where they can be. */
typedef struct extent {
    size_t from, behind;
} extent;

#if defined __GNUC__
/* What is computed from x stays behind: the compiler cannot know it any more. */
#define HIDE(x) __asm__ volatile("" : "+r"(x))
#else
#define HIDE(x) (void)0
#endif
#define INLINE static inline __attribute__((always_inline))

/* Goes on to the next block where e is an end of block. A compiler would make a branch of ?:. */
INLINE void pick(cursor *p, loom_jpeg_lookup e, extent band)
{
#if defined __GNUC__ && defined __x86_64__
    if (__builtin_constant_p(band.from) && band.from == 0) /* one register less */
        __asm__("test %[e], %[e]\n\t"
                "cmovs %[first], %[tab]\n\t"
                "cmovs %[next], %[at]\n\t"
                "cmovs %[behind], %[next]"
                : [tab] "+&r"(p->tab), [at] "+&r"(p->at), [next] "+&r"(p->next)
                : [e] "r"(e), [first] "m"(p->next[-1].next), [behind] "r"(p->next + 1)
                : "cc");
    else
        __asm__("test %[e], %[e]\n\t"
                "cmovs %[first], %[tab]\n\t"
                "cmovs %[start], %[at]\n\t"
                "cmovs %[behind], %[next]"
                : [tab] "+&r"(p->tab), [at] "+&r"(p->at), [next] "+&r"(p->next)
                : [e] "r"(e), [first] "m"(p->next[-1].next), [behind] "r"(p->next + 1),
                  [start] "r"(p->next->c + band.from)
                : "cc");
#else
    const uintptr_t mask = (uintptr_t)0 - (uintptr_t)(e >> 63);
    const uintptr_t tab = (uintptr_t)p->tab, at = (uintptr_t)p->at;
    const uintptr_t start = (uintptr_t)(p->next->c + band.from);

    p->tab = (const loom_jpeg_lookup *)(tab ^ ((tab ^ (uintptr_t)p->next[-1].next) & mask));
    p->at = (int16_t *)(at ^ ((at ^ start) & mask));
    p->next += e >> 63;
#endif
}

/*
 * One look-up; false, and nothing has changed, where a single code must be looked at. Takes at most
 * 21 bits, so two follow a refill. `tab` has an entry for each index of 10 bits.
 *
 * Bounds: `from` is in the record's c, `to`, behind what it goes on by, is checked to be so, too,
 * and what is stored is between the two: see the places of a look-up.
 */
INLINE bool step(loom_jpeg_bits *b, cursor *p, extent band)
{
    uint64_t index = b->window >> (64 - LOOM_JPEG_LOOKUP_BITS);
    const loom_jpeg_lookup e = p->tab[index];
    const uint64_t before = b->window;
    HIDE(index); /* what is loaded by it does not wait for e */
    const unsigned char *f = (const unsigned char *)(p->tab + index);
    int16_t *const from = p->at, *const to = from + f[1];

    if (__builtin_expect(to >= p->next[-1].c + band.behind, 0))
        return false;
    b->window <<= e & 63;
    b->count -= (unsigned)e; /* of which the lowest 6 bits count: see refill */
    HIDE(b->window);         /* the next look-up waits for it, so it comes first */
    p->tab = p->next[-1].others;
    p->at = to;
    pick(p, e, band);
    HIDE(p->tab);
    from[f[3]] = (int8_t)f[2];
    from[f[5]] = (int8_t)f[4];
    to[(int64_t)(e >> 63) - 1] = (int16_t)loom_jpeg_value(before << (f[6] & 63), f[7] & 63);
    return true;
}

/* One code: a long one, a block's last coefficient, a run, damage. False: damage. */
INLINE bool step_closely(loom_jpeg_bits *b, cursor *p, extent band, uint32_t *run)
{
    loom_jpeg_record *r = p->next - 1;
    const loom_jpeg_codes *codes =
        p->at == r->c ? &r->tables->first_codes : &r->tables->others_codes;
    const loom_jpeg_code *code = loom_jpeg_codes_find(codes, b->window);
    int16_t *const end = r->c + band.behind;

    if (code == NULL || (!code->end && code->advance > end - p->at))
        return false;
    if (!code->end) /* at + advance is not beyond the block, and advance is 1 at least */
        p->at[code->advance - 1] =
            (int16_t)loom_jpeg_value(b->window << code->length, 63u - code->size);
    loom_jpeg_drop(b, (unsigned)code->length + code->size); /* 27 bits at most */
    if (code->end && run != NULL)                           /* 14 more at most: T.81, G.1.2.2 */
        *run = (UINT32_C(1) << (code->advance - 1)) +
               (uint32_t)loom_jpeg_take(b, code->advance - 1u) - 1;
    p->at += code->advance;
    p->tab = r->others;
    if (code->end || p->at == end) {
        p->tab = r->next;
        p->at = p->next->c + band.from;
        p->next++;
    }
    return true;
}

INLINE void refill(loom_jpeg_bits *b)
{
    uint64_t next;

    memcpy(&next, b->p, sizeof next);
    b->window |= be64toh(next) >> (b->count & 63);
    b->p += ((63 - b->count) >> 3) & 7;
    b->count |= 56;
}

/* `run` may be NULL: there are none. */
INLINE bool decode(loom_jpeg_bits *bits, cursor *start, extent band, const loom_jpeg_lookup *stop,
                   uint32_t *run)
{
    loom_jpeg_bits b = *bits;
    cursor p = *start;

    /* Each turn takes a bit at least, or ends. */
    for (;;) {
        refill(&b);
        if (step(&b, &p, band) && step(&b, &p, band))
            continue;
        if (p.tab == stop)
            break;
        refill(&b);
        if (!step_closely(&b, &p, band, run))
            return false;
        if (run != NULL && *run > 0)
            break;
    }
    *bits = (loom_jpeg_bits){b.p, b.window, b.count & 63};
    *start = p;
    return true;
}

bool loom_jpeg_blocks_decode(loom_jpeg_bits *bits, loom_jpeg_record *first,
                             const loom_jpeg_lookup *stop)
{
    cursor p = {first->tables->first, first->c, first + 1};

    return decode(bits, &p, (extent){0, LOOM_JPEG_BLOCK}, stop, NULL);
}

bool loom_jpeg_bands_decode(loom_jpeg_bits *bits, loom_jpeg_record *first,
                            const loom_jpeg_lookup *stop, unsigned from, unsigned to,
                            loom_jpeg_record **end, uint32_t *run)
{
    cursor p = {first->others, first->c + from, first + 1};

    *run = 0;
    if (!decode(bits, &p, (extent){from, to + (size_t)1}, stop, run))
        return false;
    *end = p.next - 1;
    return true;
}

uint64_t loom_jpeg_record_add(const loom_jpeg_record *record, int16_t *to, size_t kept,
                              unsigned low)
{
    const int16_t *from = record->c;
    uint64_t set = 0;

#ifdef __SSE2__
    const __m128i zero = _mm_setzero_si128(), shift = _mm_cvtsi32_si128((int)low);
    for (size_t k = 0; k < LOOM_JPEG_BLOCK; k += 2 * (size_t)LANES) {
        const __m128i a = _mm_load_si128((const __m128i *)(const void *)(from + k));
        const __m128i b = _mm_load_si128((const __m128i *)(const void *)(from + k + LANES));
        const __m128i none = _mm_packs_epi16(_mm_cmpeq_epi16(a, zero), _mm_cmpeq_epi16(b, zero));
        set |= (uint64_t)(~(unsigned)_mm_movemask_epi8(none) & 0xFFFF) << k;
        if (k >= kept) /* which is a multiple of 16 */
            continue;
        __m128i *at = (__m128i *)(void *)(to + k), *behind = (__m128i *)(void *)(to + k + LANES);
        _mm_storeu_si128(at, _mm_or_si128(_mm_loadu_si128(at), _mm_sll_epi16(a, shift)));
        _mm_storeu_si128(behind, _mm_or_si128(_mm_loadu_si128(behind), _mm_sll_epi16(b, shift)));
    }
    /* The first coefficient's bit is to be the highest. */
    set = (set >> 1 & UINT64_C(0x5555555555555555)) | (set & UINT64_C(0x5555555555555555)) << 1;
    set = (set >> 2 & UINT64_C(0x3333333333333333)) | (set & UINT64_C(0x3333333333333333)) << 2;
    set = (set >> 4 & UINT64_C(0x0F0F0F0F0F0F0F0F)) | (set & UINT64_C(0x0F0F0F0F0F0F0F0F)) << 4;
    set = __builtin_bswap64(set);
#else
    for (size_t k = 0; k < LOOM_JPEG_BLOCK; k++) {
        set |= (uint64_t)(from[k] != 0) << (63 - k);
        if (k < kept)
            to[k] = (int16_t)(to[k] | (int)((unsigned)from[k] << low));
    }
#endif
    return set;
}
