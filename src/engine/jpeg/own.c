#include "engine/jpeg/own_scan.h"

#include <stdlib.h>

struct loom_jpeg_own {
    loom_jpeg_script script;
    loom_jpeg_stream stream;
    loom_jpeg_sequential *sequential;
    loom_jpeg_progressive *progressive; /* NULL: not needed yet */
};

loom_jpeg_own *loom_jpeg_own_create(void)
{
    loom_jpeg_own *own = calloc(1, sizeof *own);

    if (own == NULL)
        return NULL;
    own->sequential = loom_jpeg_sequential_create();
    if (own->sequential == NULL || !loom_jpeg_stream_init(&own->stream)) {
        loom_jpeg_own_free(own);
        return NULL;
    }
    return own;
}

void loom_jpeg_own_free(loom_jpeg_own *own)
{
    if (own == NULL)
        return;
    loom_jpeg_stream_release(&own->stream);
    loom_jpeg_sequential_free(own->sequential);
    loom_jpeg_progressive_free(own->progressive);
    free(own);
}

/* Room for all blocks, those that fill the last MCUs included. */
static bool make_planes(const loom_jpeg_decoding *d)
{
    const loom_jpeg_wish *wish = d->wish;

    for (unsigned i = 0; i < d->script->count && wish->planes != NULL; i++) {
        const loom_jpeg_part *part = &d->script->parts[i];
        const uint32_t k = (uint32_t)wish->k[i];
        if (k > 0 &&
            !loom_plane_reserve(&wish->planes[i], part->all_across * k, part->all_down * k))
            return false;
    }
    return true;
}

static bool is_wanted(const loom_jpeg_wish *wish, const loom_jpeg_scan *scan)
{
    for (unsigned i = 0; i < scan->count; i++)
        if (wish->k[scan->parts[i]] > 0)
            return true;
    return false;
}

static bool decode_scan(loom_jpeg_own *own, loom_jpeg_decoding *d, const loom_jpeg_scan *scan)
{
    if (!is_wanted(d->wish, scan)) {
        d->script->at = loom_jpeg_next_marker(d->script->file, scan->data);
        return true;
    }
    for (unsigned i = 0; i < scan->count; i++)
        loom_idct_table_make(d->script->parts[scan->parts[i]].quant, &d->quant[scan->parts[i]]);
    return loom_jpeg_sequential_decode(own->sequential, d, scan);
}

static bool decode_progressive(loom_jpeg_own *own, loom_jpeg_decoding *d,
                               const loom_jpeg_scan *first)
{
    if (own->progressive == NULL)
        own->progressive = loom_jpeg_progressive_create();
    return own->progressive != NULL && loom_jpeg_progressive_decode(own->progressive, d, first);
}

bool loom_jpeg_own_decode(loom_jpeg_own *own, const loom_jpeg_wish *wish)
{
    loom_jpeg_decoding d = {.wish = wish, .script = &own->script, .stream = &own->stream};
    loom_jpeg_script *script = d.script;
    loom_jpeg_scan scan;

    loom_jpeg_script_begin(script, wish->file);
    if (loom_jpeg_script_next(script, &scan) != LOOM_JPEG_STEP_SCAN ||
        script->width != wish->width || script->height != wish->height || !make_planes(&d))
        return false;
    if (script->progressive)
        return decode_progressive(own, &d, &scan);
    for (;;) { /* each scan of a sequential frame has a component that had not come: 3 at most */
        if (!decode_scan(own, &d, &scan))
            return false;
        const loom_jpeg_step step = loom_jpeg_script_next(script, &scan);
        if (step != LOOM_JPEG_STEP_SCAN)
            return step == LOOM_JPEG_STEP_END;
    }
}
