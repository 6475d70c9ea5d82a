/* Scans of baseline and extended sequential frames: T.81, F.2. */
#include "engine/jpeg/own_scan.h"

#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

enum {
    MCUS = 16,         /* that are decoded before their samples are made */
    MCUS_OF_ONE = 64,  /* the same of a scan of one component, whose MCUs are blocks */
    ROWS = 4,          /* of blocks of a component in an MCU */
    ACROSS = MCUS * 4, /* blocks in such a row */
    RECORDS = MCUS * LOOM_JPEG_MCU_BLOCKS,
    KEY = 2 * (16 + 256)
};

_Static_assert((int)RECORDS <= (int)LOOM_JPEG_STREAM_BLOCKS && MCUS_OF_ONE <= RECORDS,
               "what a fill is for");
_Static_assert(MCUS_OF_ONE <= ACROSS, "blocks of one component");

/* The tables of a component, and what they were made of: the next file often has the same. */
typedef struct cached {
    loom_jpeg_tables tables;
    unsigned char key[KEY];
    bool made;
} cached;

struct loom_jpeg_sequential {
    loom_jpeg_record records[RECORDS + 1];
    loom_jpeg_lookup stop[LOOM_JPEG_LOOKUP_SIZE];
    cached cache[LOOM_JPEG_PARTS];
    /* Of the scan at work. */
    loom_jpeg_decoding *decoding;
    const loom_jpeg_scan *scan;
    unsigned h[LOOM_JPEG_PARTS], v[LOOM_JPEG_PARTS]; /* blocks of an MCU */
    unsigned blocks;                                 /* of an MCU, of all components */
    const loom_jpeg_lookup *first[LOOM_JPEG_MCU_BLOCKS];
    unsigned component[LOOM_JPEG_MCU_BLOCKS]; /* of the scan, of each block */
    int dc[LOOM_JPEG_PARTS];                  /* of the block before */
    uint32_t laid;                            /* MCUs whose records are linked; 0: none */
    unsigned portions;                        /* of each record that are zeroed */
    const int16_t *places[LOOM_JPEG_PARTS][ROWS][ACROSS]; /* coefficients of blocks side by side */
};

loom_jpeg_sequential *loom_jpeg_sequential_create(void)
{
    loom_jpeg_sequential *s = loom_alloc_aligned(_Alignof(loom_jpeg_sequential), sizeof *s);

    if (s != NULL)
        loom_jpeg_stop_make(s->stop);
    return s;
}

void loom_jpeg_sequential_free(loom_jpeg_sequential *sequential)
{
    free(sequential);
}

/* ---- tables -------------------------------------------------------------------- */

static void make_key(unsigned char key[KEY / 2], const loom_jpeg_dht *dht)
{
    size_t count = 0;

    memset(key, 0, KEY / 2);
    memcpy(key, dht->bits, 16);
    for (unsigned i = 0; i < 16; i++)
        count += dht->bits[i];
    memcpy(key + 16, dht->values, count); /* at most 256: see loom_jpeg_dht */
}

static bool make_tables(cached *c, const loom_jpeg_dht *dc, const loom_jpeg_dht *ac)
{
    unsigned char key[KEY];
    loom_jpeg_tables *t = &c->tables;

    if (dc->bits == NULL || ac->bits == NULL)
        return false;
    make_key(key, dc);
    make_key(key + KEY / 2, ac);
    if (c->made && memcmp(key, c->key, KEY) == 0)
        return true;
    c->made = loom_jpeg_codes_make(&t->first_codes, dc, LOOM_JPEG_DC) &&
              loom_jpeg_codes_make(&t->others_codes, ac, LOOM_JPEG_AC);
    if (!c->made)
        return false;
    loom_jpeg_lookups_make(t->first, &t->first_codes, &t->others_codes);
    loom_jpeg_lookups_make(t->others, &t->others_codes, &t->others_codes);
    memcpy(c->key, key, KEY);
    return true;
}

static bool is_same(const loom_jpeg_dht *a, const loom_jpeg_dht *b)
{
    return a->bits == b->bits && a->values == b->values;
}

/* The tables of the scan's component i, which may be those of one before. */
static const loom_jpeg_tables *tables_of(loom_jpeg_sequential *s, unsigned i)
{
    const loom_jpeg_scan *scan = s->scan;

    for (unsigned j = 0; j < i; j++)
        if (is_same(&scan->dc[i], &scan->dc[j]) && is_same(&scan->ac[i], &scan->ac[j]))
            return &s->cache[j].tables;
    return make_tables(&s->cache[i], &scan->dc[i], &scan->ac[i]) ? &s->cache[i].tables : NULL;
}

/* ---- setting up ---------------------------------------------------------------- */

static bool is_alone(const loom_jpeg_sequential *s)
{
    return s->scan->count == 1;
}

/* Where in a chunk the blocks of the scan's component i are, whose first is at `r`. */
static void lay_out(loom_jpeg_sequential *s, unsigned i, const loom_jpeg_record *r)
{
    const unsigned h = s->h[i], across = (is_alone(s) ? MCUS_OF_ONE : MCUS) * h;

    for (unsigned v = 0; v < s->v[i]; v++)
        for (unsigned n = 0; n < across; n++) /* h, v <= 4: across <= ACROSS */
            s->places[i][v][n] = r[n / h * s->blocks + v * h + n % h].c;
}

static bool prepare(loom_jpeg_sequential *s, loom_jpeg_decoding *decoding,
                    const loom_jpeg_scan *scan)
{
    loom_jpeg_record *r = s->records;

    s->decoding = decoding;
    s->scan = scan;
    s->blocks = s->portions = 0;
    s->laid = 0;
    memset(s->dc, 0, sizeof s->dc);
    for (unsigned i = 0; i < scan->count; i++) {
        const loom_jpeg_part *part = &decoding->script->parts[scan->parts[i]];
        const int k = decoding->wish->k[scan->parts[i]];
        const unsigned needed = k > 0 ? loom_idct_needed(k) : 1;
        const loom_jpeg_tables *tables = tables_of(s, i);
        if (tables == NULL)
            return false;
        s->h[i] = is_alone(s) ? 1 : part->h;
        s->v[i] = is_alone(s) ? 1 : part->v;
        for (unsigned n = 0; n < s->h[i] * s->v[i]; n++) { /* 10 in all: the script looks */
            s->first[s->blocks] = tables->first;
            s->component[s->blocks] = i;
            r[s->blocks].tables = tables;
            r[s->blocks++].others = tables->others;
        }
        if ((needed + LOOM_JPEG_PORTION - 1) / LOOM_JPEG_PORTION > s->portions)
            s->portions = (needed + LOOM_JPEG_PORTION - 1) / LOOM_JPEG_PORTION;
    }
    for (unsigned n = s->blocks; n < RECORDS; n++) {
        r[n].tables = r[n - s->blocks].tables;
        r[n].others = r[n - s->blocks].others;
    }
    for (unsigned i = 0; i < scan->count; r += s->h[i] * s->v[i], i++)
        lay_out(s, i, r);
    return true;
}

/* ---- a chunk ------------------------------------------------------------------- */

/* Records of `count` MCUs: linked, and zeroed as far as they are looked at. */
static void lay(loom_jpeg_sequential *s, uint32_t count)
{
    loom_jpeg_record *r = s->records;
    const uint32_t records = count * s->blocks;

    if (count != s->laid) {
        for (uint32_t n = 0; n < records; n++)
            r[n].next = s->first[(n + 1) % s->blocks];
        r[records - 1].next = s->stop;
        s->laid = count;
    }
    for (uint32_t n = 0; n < records; n++)
        loom_jpeg_record_clear(&r[n], s->portions);
}

/* Differences become means. False: one is beyond 16 bits. */
static bool add_differences(loom_jpeg_sequential *s, uint32_t count)
{
    loom_jpeg_record *r = s->records;
    unsigned strange = 0;

    for (uint32_t m = 0; m < count; m++)
        for (unsigned n = 0; n < s->blocks; n++, r++) {
            int *dc = &s->dc[s->component[n]];
            *dc += r->c[0]; /* 160 of 2047 at most beyond 16 bits, before it is found out */
            r->c[0] = (int16_t)*dc;
            strange |= (unsigned)(*dc + 32768) >> 16;
        }
    return strange == 0;
}

/* The blocks of component i, of `count` MCUs from column x and row y of MCUs on. */
static bool make_samples(loom_jpeg_sequential *s, unsigned i, uint32_t x, uint32_t y,
                         uint32_t count)
{
    const loom_jpeg_decoding *d = s->decoding;
    const loom_jpeg_wish *wish = d->wish;
    const unsigned part = s->scan->parts[i];
    const uint32_t blocks = count * s->h[i], column = x * s->h[i];
    const size_t k = (size_t)wish->k[part];

    if (k == 0)
        return true;
    for (unsigned v = 0; v < s->v[i]; v++) {
        const int16_t *const *places = s->places[i][v];
        const uint32_t row = y * s->v[i] + v;
        for (uint32_t n = 0; wish->look != NULL && n < blocks; n++)
            if (!wish->look(wish->look_data, part, column + n, row, places[n]))
                return false;
        if (wish->planes == NULL)
            continue;
        /* The plane has k * all_across by k * all_down samples: column + blocks and row are
         * within the MCUs of the frame. */
        loom_plane *plane = &wish->planes[part];
        loom_idct((int)k, places, blocks, &d->quant[part],
                  plane->data + plane->stride * (row * k) + column * k, plane->stride);
    }
    return true;
}

static bool decode_chunk(loom_jpeg_sequential *s, uint32_t x, uint32_t y, uint32_t count)
{
    lay(s, count);
    if (!loom_jpeg_stream_fill(s->decoding->stream) ||
        !loom_jpeg_blocks_decode(&s->decoding->stream->bits, s->records, s->stop) ||
        !add_differences(s, count))
        return false;
    for (unsigned i = 0; i < s->scan->count; i++)
        if (!make_samples(s, i, x, y, count))
            return false;
    return true;
}

/* ---- a scan -------------------------------------------------------------------- */

bool loom_jpeg_sequential_decode(loom_jpeg_sequential *s, loom_jpeg_decoding *decoding,
                                 const loom_jpeg_scan *scan)
{
    const uint32_t limit = scan->count == 1 ? MCUS_OF_ONE : MCUS;
    uint32_t left = scan->restart, count; /* MCUs of the interval */

    if (!prepare(s, decoding, scan))
        return false;
    loom_jpeg_stream_begin(decoding->stream, decoding->script->file, scan->data);
    for (uint32_t y = 0; y < scan->mcus_down; y++) {
        if (loom_cancel_check(decoding->wish->cancel) != LOOM_OK)
            return false;
        for (uint32_t x = 0; x < scan->mcus_across; x += count) {
            if (scan->restart > 0 && left == 0) {
                if (!loom_jpeg_stream_restart(decoding->stream))
                    return false;
                memset(s->dc, 0, sizeof s->dc);
                left = scan->restart;
            }
            count = scan->mcus_across - x < limit ? scan->mcus_across - x : limit;
            if (scan->restart > 0) {
                count = count < left ? count : left;
                left -= count;
            }
            if (!decode_chunk(s, x, y, count))
                return false;
        }
    }
    decoding->script->at = loom_jpeg_stream_end(decoding->stream);
    return decoding->script->at != 0;
}
