#include "engine/jpeg/encode.h"

#include "engine/codec/ssim.h"
#include "engine/codec/webp_write.h"
#include "engine/encode.h"
#include "format/webp.h"

enum { NEUTRAL = 128 }; /* chroma of a gray */

typedef struct encoding {
    const loom_lane_job *job;
    loom_webp_picture picture;
    const loom_meta *meta; /* may be NULL */
    unsigned channels;
    const char *why; /* static: why libwebp refuses it; NULL: it did not */
} encoding;

/* Puts the metadata around the picture; false: no memory. */
static bool add_metadata(const loom_meta *meta, loom_strbuf *file)
{
    loom_strbuf with = LOOM_STRBUF_INIT;

    const bool added = loom_webp_put_metadata(loom_meta_bytes(file), meta, &with);
    loom_strbuf_release(file);
    *file = with;
    return added;
}

/* A loom_encoder's function. */
static bool encode(void *data, int quality, loom_encoded *made)
{
    encoding *e = data;
    loom_strbuf file = LOOM_STRBUF_INIT;

    e->picture.quality = quality;
    if (loom_webp_write(&e->picture, &file, &e->why) != LOOM_OK ||
        (e->meta != NULL && !add_metadata(e->meta, &file))) {
        loom_strbuf_release(&file);
        return false;
    }
    const size_t size = file.size;
    *made = (loom_encoded){loom_strbuf_take(&file), size, (int)e->channels, quality};
    return true;
}

/* The luma of the planes, or of what was made of them: for encode.c. */
static loom_status find_luma(void *data, const loom_encoded *made, loom_plane *luma)
{
    const encoding *e = data;

    if (made == NULL)
        return loom_luma_of_webp(e->picture.planes[0], luma);
    return loom_luma_read_webp(e->job, (loom_bytes){made->data, made->size}, luma);
}

static bool make_neutral(const loom_plane *luma, loom_plane *chroma)
{
    if (!loom_plane_reserve(chroma, (luma->width + 1) / 2, (luma->height + 1) / 2))
        return false;
    loom_plane_fill_around(chroma, (loom_rect){0}, NEUTRAL);
    return true;
}

/* Sets the planes of the picture. False: no memory. */
static bool take_planes(encoding *e, loom_plane planes[LOOM_JPEG_PLANES])
{
    if (e->channels == 1 && !make_neutral(&planes[0], &planes[1]))
        return false;
    for (unsigned i = 0; i < LOOM_WEBP_PLANES; i++)
        e->picture.planes[i] = &planes[i < e->channels ? i : 1];
    return true;
}

loom_status loom_jpeg_encode_webp(const loom_lane_job *job, loom_lane_output *output,
                                  loom_plane planes[LOOM_JPEG_PLANES], unsigned count,
                                  const loom_meta *meta, loom_error *err)
{
    encoding e = {
        .job = job,
        .picture = {.effort = loom_webp_effort(job->job->recipe), .cancel = job->job->cancel},
        .meta = meta,
        .channels = count};

    if (take_planes(&e, planes) &&
        loom_encode_output(job, output, &(loom_encoder){encode, find_luma, &e}, err))
        return LOOM_OK;
    return loom_encode_report(job, output, e.why, err);
}
