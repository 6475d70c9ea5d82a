/*
 * Progressive frames: T.81, annex G. Of each block as many coefficients are kept as its samples
 * need, and one bit for each of all 64, whether it is known not to be 0 (refine.h). Scans that hold
 * nothing that is kept, nor anything that later ones are coded by, are left out.
 */
#include "engine/jpeg/own_scan.h"

#include "base/cpu.h"
#include "base/memory.h"
#include "engine/jpeg/refine.h"
#include <stdlib.h>
#include <string.h>

enum {
    SCANS_MAX = 64, /* a file with more is not taken; programs write 1 to 20 */
    GROUP = 64,     /* blocks that are decoded at once */
    KEPT_UNIT = 16  /* coefficients: what refining works on */
};

_Static_assert((int)GROUP <= (int)LOOM_JPEG_STREAM_BLOCKS, "what a fill is for");

/* A component's coefficients, of all blocks of the frame, row by row. */
typedef struct store {
    int16_t *c;    /* `kept` of each block */
    uint64_t *set; /* of each block; NULL: only the mean is kept */
    size_t kept;   /* 1 or a multiple of KEPT_UNIT */
    size_t across; /* blocks */
} store;

typedef struct listed {
    loom_jpeg_scan scan;
    size_t end; /* of its data: the marker behind it */
    bool needed;
} listed;

struct loom_jpeg_progressive {
    listed scans[SCANS_MAX];
    unsigned count;
    store stores[LOOM_JPEG_PARTS];
    loom_jpeg_decoding *decoding;
    /* Of the scan at work. */
    const loom_jpeg_scan *scan;
    uint32_t left;                              /* MCUs of the interval */
    loom_jpeg_symbols symbols[LOOM_JPEG_PARTS]; /* of its components; of a band: [0] */
    loom_jpeg_tables tables;                    /* of a band's first scan; `first` is not used */
    loom_jpeg_record records[GROUP + 1];
    loom_jpeg_lookup stop[LOOM_JPEG_LOOKUP_SIZE];
};

loom_jpeg_progressive *loom_jpeg_progressive_create(void)
{
    loom_jpeg_progressive *p = loom_alloc_aligned(_Alignof(loom_jpeg_progressive), sizeof *p);

    if (p != NULL)
        loom_jpeg_stop_make(p->stop);
    return p;
}

void loom_jpeg_progressive_free(loom_jpeg_progressive *progressive)
{
    free(progressive);
}

/* ---- scans --------------------------------------------------------------------- */

/* Lists the scans, of which the first was read, up to the end of the file. */
static bool list_scans(loom_jpeg_progressive *p, const loom_jpeg_scan *first)
{
    loom_jpeg_script *script = p->decoding->script;
    loom_jpeg_step step = LOOM_JPEG_STEP_SCAN;

    p->scans[0].scan = *first;
    for (p->count = 1; step == LOOM_JPEG_STEP_SCAN; p->count++) {
        listed *last = &p->scans[p->count - 1];
        last->needed = false;
        last->end = script->at = loom_jpeg_next_marker(script->file, last->scan.data);
        if (p->count == SCANS_MAX)
            return false;
        step = loom_jpeg_script_next(script, &p->scans[p->count].scan);
    }
    p->count--;
    return step == LOOM_JPEG_STEP_END;
}

/* The coefficients of a scan: bit 63 - k is for the one at k. */
static uint64_t band_of(const loom_jpeg_scan *scan)
{
    return ~UINT64_C(0) >> scan->from & ~UINT64_C(0) << (63 - scan->to);
}

/* From the last scan back: what holds coefficients that are kept, or that later ones build on. */
static void choose_scans(loom_jpeg_progressive *p)
{
    uint64_t wanted[LOOM_JPEG_PARTS] = {0};

    for (unsigned i = 0; i < p->decoding->script->count; i++) {
        const int k = p->decoding->wish->k[i];
        if (k > 0)
            wanted[i] = ~UINT64_C(0) << (64 - loom_idct_needed(k));
    }
    for (listed *l = p->scans + p->count; l-- > p->scans;) {
        const uint64_t band = band_of(&l->scan);
        for (unsigned i = 0; i < l->scan.count; i++) {
            uint64_t *of = &wanted[l->scan.parts[i]];
            l->needed = l->needed || (band & *of) != 0;
            if ((band & *of) != 0 && l->scan.high > 0)
                *of |= band;
        }
    }
}

/* A unit of the scan, of `count` MCUs at most, may begin: how many; 0: not right. */
static uint32_t begin_unit(loom_jpeg_progressive *p, uint32_t count, bool *restarted)
{
    loom_jpeg_stream *stream = p->decoding->stream;

    *restarted = false;
    if (p->scan->restart > 0) {
        if (p->left == 0) {
            if (!loom_jpeg_stream_restart(stream))
                return 0;
            p->left = p->scan->restart;
            *restarted = true;
        }
        count = count < p->left ? count : p->left;
    }
    return loom_jpeg_stream_fill(stream) ? count : 0;
}

static void end_unit(loom_jpeg_progressive *p, uint32_t count)
{
    p->left -= p->scan->restart > 0 ? count : 0; /* begin_unit gave no more than that */
}

/* ---- means --------------------------------------------------------------------- */

/* A block of an MCU: where it is in the MCU that comes next, and how far it is from MCU to MCU. */
typedef struct spot {
    int16_t *at;
    size_t step;
    unsigned component; /* of the scan */
} spot;

/* The blocks of the MCUs of row y: how many an MCU has, LOOM_JPEG_MCU_BLOCKS at most. */
static unsigned list_spots(const loom_jpeg_progressive *p, uint32_t y,
                           spot spots[LOOM_JPEG_MCU_BLOCKS])
{
    const loom_jpeg_scan *scan = p->scan;
    unsigned count = 0;

    for (unsigned i = 0; i < scan->count; i++) {
        const loom_jpeg_part *part = &p->decoding->script->parts[scan->parts[i]];
        const store *s = &p->stores[scan->parts[i]];
        const uint32_t h = scan->count == 1 ? 1 : part->h, v = scan->count == 1 ? 1 : part->v;
        for (uint32_t row = 0; row < v; row++) /* within all_across by all_down blocks */
            for (uint32_t column = 0; column < h; column++)
                spots[count++] = (spot){
                    s->c + ((size_t)(y * v + row) * s->across + column) * s->kept, h * s->kept, i};
    }
    return count;
}

/* The first DC coefficients of `mcus` MCUs. False: damage. */
static bool decode_means(loom_jpeg_progressive *p, spot *spots, unsigned count, uint32_t mcus,
                         int before[LOOM_JPEG_PARTS])
{
    const unsigned low = p->scan->low;
    loom_jpeg_bits b = p->decoding->stream->bits;
    unsigned strange = 0;

    for (uint32_t m = 0; m < mcus; m++)
        for (unsigned n = 0; n < count; n++) {
            spot *at = &spots[n];
            loom_jpeg_refill(&b);
            const loom_jpeg_code *code = loom_jpeg_symbol(&p->symbols[at->component], b.window);
            if (__builtin_expect(code == NULL, 0))
                return false;
            /* 160 of 2047 at most beyond 16 bits, before it is found out */
            const int mean =
                before[at->component] + loom_jpeg_value(b.window << code->length, 63u - code->size);
            loom_jpeg_drop(&b, (unsigned)code->length + code->size);
            before[at->component] = mean;
            strange |= (unsigned)(mean + 32768) >> 16;
            *at->at = (int16_t)((unsigned)mean << low);
            at->at += at->step;
        }
    p->decoding->stream->bits = b;
    return strange == 0;
}

/* One more bit of each. */
static void refine_means(loom_jpeg_progressive *p, spot *spots, unsigned count, uint32_t mcus)
{
    const unsigned low = p->scan->low;
    loom_jpeg_bits b = p->decoding->stream->bits;

    for (uint32_t m = 0; m < mcus; m++) {
        loom_jpeg_refill(&b); /* 56 bits, for 10 blocks at most */
        for (unsigned n = 0; n < count; n++) {
            spot *at = &spots[n];
            *at->at = (int16_t)(*at->at | (int)(loom_jpeg_take(&b, 1) << low));
            at->at += at->step;
        }
    }
    p->decoding->stream->bits = b;
}

/* A row of MCUs. */
static bool decode_dc_row(loom_jpeg_progressive *p, uint32_t y, int before[LOOM_JPEG_PARTS])
{
    spot spots[LOOM_JPEG_MCU_BLOCKS];
    const unsigned blocks = list_spots(p, y, spots);
    const uint32_t limit = LOOM_JPEG_STREAM_BLOCKS / blocks;

    for (uint32_t x = 0; x < p->scan->mcus_across;) {
        const uint32_t rest = p->scan->mcus_across - x;
        bool restarted;
        const uint32_t count = begin_unit(p, rest < limit ? rest : limit, &restarted);
        if (count == 0)
            return false;
        if (restarted)
            memset(before, 0, LOOM_JPEG_PARTS * sizeof *before);
        if (p->scan->high > 0)
            refine_means(p, spots, blocks, count);
        else if (!decode_means(p, spots, blocks, count, before))
            return false;
        end_unit(p, count);
        x += count;
    }
    return true;
}

static bool decode_dc_scan(loom_jpeg_progressive *p)
{
    const loom_jpeg_scan *scan = p->scan;
    int before[LOOM_JPEG_PARTS] = {0};

    for (unsigned i = 0; i < scan->count && scan->high == 0; i++)
        if (!loom_jpeg_symbols_make(&p->symbols[i], &scan->dc[i], LOOM_JPEG_DC))
            return false;
    for (uint32_t y = 0; y < scan->mcus_down; y++)
        if (loom_cancel_check(p->decoding->wish->cancel) != LOOM_OK || !decode_dc_row(p, y, before))
            return false;
    return true;
}

/* ---- bands --------------------------------------------------------------------- */

static bool prepare_band(loom_jpeg_progressive *p)
{
    const loom_jpeg_scan *scan = p->scan;
    loom_jpeg_tables *t = &p->tables;

    if (!loom_jpeg_codes_make(&t->others_codes, &scan->ac[0], LOOM_JPEG_BANDS) ||
        !loom_jpeg_codes_fit(&t->others_codes, scan->low))
        return false;
    t->first_codes = t->others_codes;
    loom_jpeg_lookups_make(t->others, &t->others_codes, &t->others_codes);
    for (unsigned i = 0; i <= GROUP; i++) {
        p->records[i].tables = t;
        p->records[i].others = t->others;
    }
    return true;
}

/* Decodes up to `count` blocks of a row; how many, those of a run included: 0: damage. */
static uint32_t decode_band_group(loom_jpeg_progressive *p, uint32_t count, int16_t *c,
                                  uint64_t *set, uint32_t *run)
{
    const store *s = &p->stores[p->scan->parts[0]];
    loom_jpeg_record *r = p->records, *end;
    const uint32_t group = count < GROUP ? count : GROUP;

    if (*run > 0) {
        const uint32_t skipped = count < *run ? count : *run;
        *run -= skipped;
        return skipped;
    }
    for (uint32_t n = 0; n < group; n++) {
        loom_jpeg_record_clear(&r[n], LOOM_JPEG_BLOCK / LOOM_JPEG_PORTION);
        r[n].next = p->tables.others;
    }
    r[group - 1].next = p->stop;
    if (!loom_jpeg_bands_decode(&p->decoding->stream->bits, r, p->stop, p->scan->from, p->scan->to,
                                &end, run))
        return 0;
    const uint32_t made = (uint32_t)(end - r); /* 1..group */
    for (uint32_t n = 0; n < made; n++)
        set[n] |= loom_jpeg_record_add(&r[n], c + n * s->kept, s->kept, p->scan->low);
    return made;
}

static bool decode_band_row(loom_jpeg_progressive *p, uint32_t y, uint32_t *run,
                            loom_jpeg_refining *refining, loom_jpeg_refine *refine)
{
    const store *s = &p->stores[p->scan->parts[0]];

    for (uint32_t x = 0; x < p->scan->mcus_across;) {
        const size_t block = (size_t)y * s->across + x; /* within all blocks of the store */
        const uint32_t rest = p->scan->mcus_across - x;
        uint32_t *open = refine != NULL ? &refining->run : run;
        if (p->scan->restart > 0 && p->left == 0 && *open > 0)
            return false; /* a run goes on behind the interval */
        bool restarted;
        uint32_t count = begin_unit(p, refine == NULL || rest < GROUP ? rest : GROUP, &restarted);
        if (count == 0)
            return false;
        if (refine != NULL) {
            if (!refine(refining, &p->decoding->stream->bits, s->c + block * s->kept,
                        s->set + block, count))
                return false;
        } else {
            count = decode_band_group(p, count, s->c + block * s->kept, s->set + block, run);
            if (count == 0)
                return false;
        }
        end_unit(p, count);
        x += count;
    }
    return true;
}

static bool decode_band_scan(loom_jpeg_progressive *p)
{
    const loom_jpeg_scan *scan = p->scan;
    const bool refines = scan->high > 0;
    loom_jpeg_refining refining = {.symbols = &p->symbols[0],
                                   .band = band_of(scan),
                                   .low = scan->low,
                                   .kept = (unsigned)p->stores[scan->parts[0]].kept};
    loom_jpeg_refine *refine = refines ? loom_jpeg_refine_for(loom_cpu_features()) : NULL;
    uint32_t run = 0;

    if (!(refines ? loom_jpeg_symbols_make(&p->symbols[0], &scan->ac[0], LOOM_JPEG_REFINE)
                  : prepare_band(p)))
        return false;
    for (uint32_t y = 0; y < scan->mcus_down; y++) {
        if (loom_cancel_check(p->decoding->wish->cancel) != LOOM_OK)
            return false;
        if (!decode_band_row(p, y, &run, &refining, refine))
            return false;
    }
    return run == 0 && refining.run == 0;
}

static bool decode_scan(loom_jpeg_progressive *p, const listed *l)
{
    loom_jpeg_stream *stream = p->decoding->stream;

    p->scan = &l->scan;
    p->left = l->scan.restart;
    loom_jpeg_stream_begin(stream, p->decoding->script->file, l->scan.data);
    return (l->scan.from == 0 ? decode_dc_scan(p) : decode_band_scan(p)) &&
           loom_jpeg_stream_end(stream) == l->end;
}

/* ---- the whole ----------------------------------------------------------------- */

static bool make_stores(loom_jpeg_progressive *p)
{
    for (unsigned i = 0; i < p->decoding->script->count; i++) {
        const loom_jpeg_part *part = &p->decoding->script->parts[i];
        const int k = p->decoding->wish->k[i];
        const size_t reach = k > 1 ? loom_idct_reach(k) : 1;
        store *s = &p->stores[i];
        size_t blocks, coefficients;
        s->kept = k > 1 ? (reach + KEPT_UNIT - 1) / KEPT_UNIT * KEPT_UNIT : 1;
        s->across = part->all_across;
        if (!loom_size_mul(part->all_across, part->all_down, &blocks) ||
            !loom_size_mul(blocks, s->kept, &coefficients))
            return false;
        s->c = calloc(coefficients, sizeof *s->c);
        s->set = k > 1 ? calloc(blocks, sizeof *s->set) : NULL;
        if (s->c == NULL || (k > 1 && s->set == NULL))
            return false;
    }
    return true;
}

static void release_stores(loom_jpeg_progressive *p)
{
    for (unsigned i = 0; i < LOOM_JPEG_PARTS; i++) {
        free(p->stores[i].c);
        free(p->stores[i].set);
        p->stores[i] = (store){.c = NULL};
    }
}

/* A row of the part's own blocks. */
static bool make_samples(const loom_jpeg_progressive *p, unsigned i, uint32_t y)
{
    const loom_jpeg_decoding *d = p->decoding;
    const loom_jpeg_wish *wish = d->wish;
    const store *s = &p->stores[i];
    const size_t k = (size_t)wish->k[i];
    const int16_t *blocks[GROUP];

    for (uint32_t x = 0; x < d->script->parts[i].blocks_across; x += GROUP) {
        const uint32_t rest = d->script->parts[i].blocks_across - x;
        const uint32_t count = rest < GROUP ? rest : GROUP;
        for (uint32_t n = 0; n < count; n++) {
            blocks[n] = s->c + ((size_t)y * s->across + x + n) * s->kept;
            if (wish->look != NULL && !wish->look(wish->look_data, i, x + n, y, blocks[n]))
                return false;
        }
        if (wish->planes == NULL)
            continue;
        loom_plane *plane = &wish->planes[i]; /* k * all_across by k * all_down samples */
        loom_idct((int)k, blocks, count, &d->quant[i],
                  plane->data + plane->stride * (y * k) + x * k, plane->stride);
    }
    return true;
}

static bool make_planes(loom_jpeg_progressive *p)
{
    for (unsigned i = 0; i < p->decoding->script->count; i++) {
        const loom_jpeg_part *part = &p->decoding->script->parts[i];
        if (p->decoding->wish->k[i] == 0)
            continue;
        loom_idct_table_make(part->quant, &p->decoding->quant[i]);
        for (uint32_t y = 0; y < part->blocks_down; y++)
            if (loom_cancel_check(p->decoding->wish->cancel) != LOOM_OK || !make_samples(p, i, y))
                return false;
    }
    return true;
}

bool loom_jpeg_progressive_decode(loom_jpeg_progressive *p, loom_jpeg_decoding *decoding,
                                  const loom_jpeg_scan *first)
{
    p->decoding = decoding;
    bool right = list_scans(p, first);
    if (right) {
        choose_scans(p);
        right = make_stores(p);
    }
    for (unsigned n = 0; n < p->count && right; n++)
        right = !p->scans[n].needed || decode_scan(p, &p->scans[n]);
    right = right && make_planes(p);
    release_stores(p);
    return right;
}
