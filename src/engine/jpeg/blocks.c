#include "engine/jpeg/blocks.h"

void loom_jpeg_stop_make(loom_jpeg_lookup made[LOOM_JPEG_LOOKUP_SIZE])
{
    for (unsigned i = 0; i < LOOM_JPEG_LOOKUP_SIZE; i++)
        made[i] = (loom_jpeg_lookup)LOOM_JPEG_STOP << 8;
}

/* Where decoding is. Kept in registers. */
typedef struct place {
    const loom_jpeg_lookup *tab; /* for the next look-up */
    int16_t *at;                 /* where its first coefficient goes */
    loom_jpeg_record *next;      /* the record behind the one that `at` is in */
} place;

#if defined __GNUC__
/* What is computed from x stays behind: the compiler cannot know it any more. */
#define HIDE(x) __asm__ volatile("" : "+r"(x))
#else
#define HIDE(x) (void)0
#endif

/* Goes on to the next block where e is an end of block. A compiler would make a branch of ?:. */
static inline __attribute__((always_inline)) void pick(place *p, loom_jpeg_lookup e)
{
#if defined __GNUC__ && defined __x86_64__
    __asm__("test %[e], %[e]\n\t"
            "cmovs %[first], %[tab]\n\t"
            "cmovs %[next], %[at]\n\t"
            "cmovs %[behind], %[next]"
            : [tab] "+&r"(p->tab), [at] "+&r"(p->at), [next] "+&r"(p->next)
            : [e] "r"(e), [first] "m"(p->next[-1].next), [behind] "r"(p->next + 1)
            : "cc");
#else
    const uintptr_t mask = (uintptr_t)0 - (uintptr_t)(e >> 63);
    const uintptr_t tab = (uintptr_t)p->tab, at = (uintptr_t)p->at;

    p->tab = (const loom_jpeg_lookup *)(tab ^ ((tab ^ (uintptr_t)p->next[-1].next) & mask));
    p->at = (int16_t *)(at ^ ((at ^ (uintptr_t)p->next) & mask));
    p->next += e >> 63;
#endif
}

/*
 * One look-up; false, and nothing has changed, where a single code must be looked at. Takes at most
 * 21 bits, so two follow a refill. `tab` has an entry for each index of 10 bits.
 *
 * Bounds: from is in the record's c, at + its advance is checked to be so, too, and what is stored
 * is between the two: see the places of a look-up.
 */
static inline __attribute__((always_inline)) bool step(loom_jpeg_bits *b, place *p)
{
    uint64_t index = b->window >> (64 - LOOM_JPEG_LOOKUP_BITS);
    const loom_jpeg_lookup e = p->tab[index];
    const uint64_t before = b->window;
    HIDE(index); /* what is loaded by it does not wait for e */
    const unsigned char *f = (const unsigned char *)(p->tab + index);
    int16_t *const from = p->at, *const to = from + f[1];

    if (__builtin_expect(to >= p->next[-1].c + LOOM_JPEG_BLOCK, 0))
        return false;
    b->window <<= e & 63;
    b->count -= (unsigned)e; /* of which the lowest 6 bits count: see refill */
    HIDE(b->window);         /* the next look-up waits for it, so it comes first */
    p->tab = p->next[-1].others;
    p->at = to;
    pick(p, e);
    HIDE(p->tab);
    from[f[3]] = (int8_t)f[2];
    from[f[5]] = (int8_t)f[4];
    to[(int64_t)(e >> 63) - 1] = (int16_t)loom_jpeg_value(before << (f[6] & 63), f[7] & 63);
    return true;
}

/* One code: a long one, a block's last coefficient, damage. False: damage. */
static bool step_closely(loom_jpeg_bits *b, place *p)
{
    loom_jpeg_record *r = p->next - 1;
    const loom_jpeg_codes *codes =
        p->at == r->c ? &r->tables->first_codes : &r->tables->others_codes;
    const loom_jpeg_code *code = loom_jpeg_codes_find(codes, b->window);
    int16_t *const end = r->c + LOOM_JPEG_BLOCK;

    if (code == NULL || (!code->end && code->advance > end - p->at))
        return false;
    if (!code->end) /* at + advance is not beyond the block, and advance is 1 at least */
        p->at[code->advance - 1] =
            (int16_t)loom_jpeg_value(b->window << code->length, 63u - code->size);
    loom_jpeg_drop(b, (unsigned)code->length + code->size); /* 27 bits at most */
    p->at += code->advance;
    p->tab = r->others;
    if (code->end || p->at == end) {
        p->tab = r->next;
        p->at = p->next->c;
        p->next++;
    }
    return true;
}

static inline __attribute__((always_inline)) void refill(loom_jpeg_bits *b)
{
    uint64_t next;

    memcpy(&next, b->p, sizeof next);
    b->window |= be64toh(next) >> (b->count & 63);
    b->p += ((63 - b->count) >> 3) & 7;
    b->count |= 56;
}

bool loom_jpeg_blocks_decode(loom_jpeg_bits *bits, loom_jpeg_record *first,
                             const loom_jpeg_lookup *stop)
{
    loom_jpeg_bits b = *bits;
    place p = {first->tables->first, first->c, first + 1};

    /* Each turn takes a bit at least, or ends. */
    for (;;) {
        refill(&b);
        if (step(&b, &p) && step(&b, &p))
            continue;
        if (p.tab == stop)
            break;
        refill(&b);
        if (!step_closely(&b, &p))
            return false;
    }
    *bits = (loom_jpeg_bits){b.p, b.window, b.count & 63};
    return true;
}
