#include "engine/jpeg/encode.h"

#include "base/bytes.h"
#include "engine/baseline/baseline.h"
#include "engine/codec/jpeg_guard.h"
#include "engine/codec/ssim.h"
#include "engine/encode.h"
#include "format/jpeg_meta.h"
#include <jerror.h>
#include <stdlib.h>
#include <string.h>

enum { PLANES = 3, MAX_ROWS = 2 * DCTSIZE }; /* of a component in an iMCU row */
enum { FIRST_CAPACITY = 1 << 16 };           /* bytes */

typedef struct encoding {
    struct jpeg_compress_struct cinfo;
    struct jpeg_destination_mgr target;
    loom_jpeg_guard guard;
    const loom_recipe *recipe;
    const loom_plane *planes;
    unsigned count;
    loom_bytes segments; /* whole ones, put behind JFIF's */
    int quality;
    loom_jpeg_buffer *buffer;
    size_t size; /* of the result */
} encoding;

/* ---- where libjpeg writes to --------------------------------------------- */

static encoding *encoding_of(j_compress_ptr cinfo)
{
    return cinfo->client_data;
}

/* Doubles the buffer, of which the first `used` bytes hold data; libjpeg continues after them. */
static void grow(j_compress_ptr cinfo, size_t used)
{
    encoding *e = encoding_of(cinfo);
    loom_jpeg_buffer *buffer = e->buffer;
    const size_t wanted = used > 0 ? used * 2 : FIRST_CAPACITY;

    if (wanted > buffer->capacity) {
        unsigned char *data = wanted > used ? realloc(buffer->data, wanted) : NULL;
        if (data == NULL)
            ERREXIT1(cinfo, JERR_OUT_OF_MEMORY, 0);
        buffer->data = data;
        buffer->capacity = wanted;
    }
    e->target.next_output_byte = buffer->data + used;
    e->target.free_in_buffer = buffer->capacity - used;
}

static void on_start(j_compress_ptr cinfo)
{
    grow(cinfo, 0);
}

static boolean on_full(j_compress_ptr cinfo)
{
    grow(cinfo, encoding_of(cinfo)->buffer->capacity);
    return TRUE;
}

static void on_end(j_compress_ptr cinfo)
{
    encoding *e = encoding_of(cinfo);

    e->size = e->buffer->capacity - e->target.free_in_buffer;
}

/* ---- encoding by libjpeg ------------------------------------------------- */

static bool is_halved(const encoding *e)
{
    return e->count == PLANES && e->recipe->chroma != LOOM_CHROMA_444;
}

static void settle(encoding *e)
{
    struct jpeg_compress_struct *cinfo = &e->cinfo;

    cinfo->image_width = e->planes[0].width;
    cinfo->image_height = e->planes[0].height;
    cinfo->input_components = (int)e->count;
    cinfo->in_color_space = e->count == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
    jpeg_set_defaults(cinfo);
    jpeg_set_quality(cinfo, e->quality, TRUE);
    cinfo->raw_data_in = TRUE;
    cinfo->optimize_coding = TRUE;
    for (unsigned i = 0; i < e->count; i++)
        cinfo->comp_info[i].h_samp_factor = cinfo->comp_info[i].v_samp_factor = 1;
    if (is_halved(e))
        cinfo->comp_info[0].h_samp_factor = cinfo->comp_info[0].v_samp_factor = 2;
    if (e->recipe->progressive)
        jpeg_simple_progression(cinfo);
}

/* The rows of one iMCU row; below the plane its last row repeats. */
static void take_rows(const encoding *e, unsigned i, uint32_t first, JSAMPROW rows[MAX_ROWS])
{
    const uint32_t count = (uint32_t)e->cinfo.comp_info[i].v_samp_factor * DCTSIZE;
    const uint32_t last = e->planes[i].height - 1;

    for (uint32_t y = 0; y < count; y++)
        rows[y] = loom_plane_row(&e->planes[i], first + y < last ? first + y : last);
}

static void write_planes(encoding *e)
{
    struct jpeg_compress_struct *cinfo = &e->cinfo;
    JSAMPROW rows[PLANES][MAX_ROWS];
    JSAMPARRAY data[PLANES] = {rows[0], rows[1], rows[2]};
    const JDIMENSION lines = (JDIMENSION)cinfo->max_v_samp_factor * DCTSIZE;

    for (uint32_t imcu = 0; imcu < cinfo->total_iMCU_rows; imcu++) {
        for (unsigned i = 0; i < e->count; i++)
            take_rows(e, i, imcu * (uint32_t)cinfo->comp_info[i].v_samp_factor * DCTSIZE, rows[i]);
        (void)jpeg_write_raw_data(cinfo, data, lines);
    }
}

static void write_segments(encoding *e)
{
    const unsigned char *p = e->segments.data;
    size_t length;

    for (size_t left = e->segments.size; left > 0; left -= length, p += length) {
        length = 2 + (size_t)loom_be16(p + 2);
        jpeg_write_marker(&e->cinfo, p[1], p + 4, (unsigned)(length - 4));
    }
}

static void encode_planes(void *data)
{
    encoding *e = data;

    jpeg_create_compress(&e->cinfo);
    e->cinfo.client_data = e;
    e->cinfo.dest = &e->target;
    e->cinfo.progress = &e->guard.progress;
    settle(e);
    jpeg_start_compress(&e->cinfo, TRUE);
    write_segments(e);
    write_planes(e);
    jpeg_finish_compress(&e->cinfo);
}

static bool encode_by_libjpeg(encoding *e)
{
    memset(&e->cinfo, 0, sizeof e->cinfo);
    e->cinfo.err = &e->guard.errors;
    const bool encoded = loom_jpeg_guarded(&e->guard, encode_planes, e);
    jpeg_destroy_compress(&e->cinfo);
    return encoded;
}

/* ---- encoding ------------------------------------------------------------ */

/*
 * Whether our own encoder takes the picture. libjpeg takes the rest, and refuses what is too large.
 */
static bool is_baseline(const encoding *e)
{
    return !e->recipe->progressive && (e->count == 1 || e->count == PLANES) &&
           e->planes[0].width <= LOOM_JPEG_SIDE_MAX && e->planes[0].height <= LOOM_JPEG_SIDE_MAX;
}

static bool encode_baseline(encoding *e)
{
    loom_baseline picture = {.planes = e->planes,
                             .count = e->count,
                             .halved = is_halved(e),
                             .quality = e->quality,
                             .segments = e->segments,
                             .cancel = e->guard.job->job->cancel};
    const loom_status status = loom_baseline_encode(&picture, e->buffer, &e->size);

    e->guard.code = status;
    return status == LOOM_OK;
}

/* A loom_encoder's function. */
static bool encode(void *data, int quality, loom_encoded *made)
{
    encoding *e = data;

    e->quality = quality;
    const bool encoded = is_baseline(e) ? encode_baseline(e) : encode_by_libjpeg(e);
    void *copy = encoded ? malloc(e->size) : NULL;
    if (encoded && copy == NULL)
        e->guard.code = LOOM_ERR_OUT_OF_MEMORY;
    if (copy == NULL)
        return false;
    memcpy(copy, e->buffer->data, e->size);
    *made = (loom_encoded){copy, e->size, (int)e->count, quality};
    return true;
}

/* The luma of the planes, or of what was made of them: for encode.c. */
static loom_status find_luma(void *data, const loom_encoded *made, loom_plane *luma)
{
    const encoding *e = data;

    if (made == NULL)
        return loom_luma_copy(&e->planes[0], luma);
    return loom_luma_read_jpeg(e->guard.job, (loom_bytes){made->data, made->size}, luma);
}

static loom_status encode_output(const loom_lane_job *job, loom_lane_output *output, encoding *e,
                                 loom_error *err)
{
    loom_jpeg_guard_init(&e->guard, job);
    if (loom_encode_output(job, output, &(loom_encoder){encode, find_luma, e}, err))
        return LOOM_OK;
    const bool no_memory = e->guard.code == LOOM_ERR_OUT_OF_MEMORY;
    return loom_encode_report(job, output, no_memory ? NULL : e->guard.message, err);
}

loom_status loom_jpeg_encode(const loom_lane_job *job, loom_lane_output *output,
                             const loom_plane planes[], unsigned count, const loom_meta *meta,
                             loom_jpeg_buffer *buffer, loom_error *err)
{
    encoding e = {.target = {.init_destination = on_start,
                             .empty_output_buffer = on_full,
                             .term_destination = on_end},
                  .recipe = job->job->recipe,
                  .planes = planes,
                  .count = count,
                  .buffer = buffer};
    loom_strbuf segments = LOOM_STRBUF_INIT;
    loom_status status;

    if (meta != NULL && !loom_jpeg_meta_add(meta, &segments)) {
        status = loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_ENCODE,
                                "not enough memory for the metadata");
    } else {
        e.segments = loom_meta_bytes(&segments);
        status = encode_output(job, output, &e, err);
    }
    loom_strbuf_release(&segments);
    return status;
}
