#include "engine/jpeg/decode.h"

#include "engine/codec/jpeg_guard.h"
#include "engine/jpeg/dct_size.h"
#include "engine/verdict.h"
#include "format/jpeg_edit.h"
#include <math.h>
#include <stdlib.h>

enum { MAX_SAMPLING = 4, MAX_ROWS = MAX_SAMPLING * DCTSIZE }; /* of a component in an iMCU row */

typedef struct decoding {
    struct jpeg_decompress_struct cinfo;
    loom_jpeg_guard guard;
    const loom_lane_job *job;
    int shrink;
    bool gray;
    loom_bytes file;
    unsigned char *fewer; /* the file without some scans; NULL: all are read */
    loom_jpeg_planes *planes;
    bool strange;   /* not what the header promised */
    bool no_memory; /* for the planes */
} decoding;

/* ---- header -------------------------------------------------------------- */

/* Whether libjpeg has found the picture that the lane accepted. */
static bool is_as_promised(const decoding *d)
{
    const struct jpeg_decompress_struct *cinfo = &d->cinfo;
    const loom_jpeg_header *header = &d->job->header.jpeg;
    const J_COLOR_SPACE space = header->count == 1 ? JCS_GRAYSCALE : JCS_YCbCr;

    if (cinfo->image_width != header->width || cinfo->image_height != header->height ||
        cinfo->num_components != (int)header->count || cinfo->jpeg_color_space != space ||
        cinfo->arith_code || cinfo->data_precision != 8)
        return false;
    for (unsigned i = 0; i < header->count; i++)
        if (cinfo->comp_info[i].h_samp_factor != (int)header->components[i].h ||
            cinfo->comp_info[i].v_samp_factor != (int)header->components[i].v)
            return false;
    return true;
}

/* Reads the header and chooses how to decode; this fixes the size of each component. */
static void prepare(decoding *d)
{
    struct jpeg_decompress_struct *cinfo = &d->cinfo;

    jpeg_mem_src(cinfo, d->file.data, d->file.size);
    (void)jpeg_read_header(cinfo, TRUE);
    d->strange = !is_as_promised(d);
    if (d->strange)
        return;
    cinfo->scale_num = 1;
    cinfo->scale_denom = (unsigned)d->shrink;
    cinfo->raw_data_out = TRUE;
    cinfo->out_color_space = cinfo->jpeg_color_space;
    cinfo->do_fancy_upsampling = FALSE;
    cinfo->do_block_smoothing = FALSE;
    for (int i = 1; i < cinfo->num_components; i++)
        cinfo->comp_info[i].component_needed = !d->gray;
    jpeg_calc_output_dimensions(cinfo);
}

/* Drops scans that cannot matter. Only from a whole file: judging damage needs all scans. */
static bool drop_scans(decoding *d)
{
    const loom_jpeg_header *header = &d->job->header.jpeg;
    loom_jpeg_need needs[LOOM_JPEG_COMPONENTS] = {LOOM_JPEG_ALL};

    if (d->job->integrity != LOOM_INTEGRITY_WHOLE ||
        (header->frame != LOOM_JPEG_SOF2 && header->scan_count == header->count))
        return false;
    for (unsigned i = 0; i < header->count; i++)
        needs[i] = i > 0 && d->gray                         ? LOOM_JPEG_NOTHING
                   : DCT_WIDTH(&d->cinfo.comp_info[i]) == 1 ? LOOM_JPEG_DC
                                                            : LOOM_JPEG_ALL;
    d->fewer = loom_jpeg_without_scans(d->file, needs, &d->file.size);
    if (d->fewer == NULL)
        return false;
    d->file.data = d->fewer;
    return true;
}

/* ---- samples ------------------------------------------------------------- */

static loom_density density_of(const decoding *d, const jpeg_component_info *component)
{
    const struct jpeg_decompress_struct *cinfo = &d->cinfo;

    return (loom_density){
        component->h_samp_factor * DCT_WIDTH(component) /
            (double)(cinfo->max_h_samp_factor * DCTSIZE),
        component->v_samp_factor * DCT_HEIGHT(component) /
            (double)(cinfo->max_v_samp_factor * DCTSIZE),
    };
}

/*
 * Of `decoded` samples for `side` px, the number that belong to the picture only. Samples beyond
 * its edge are arbitrary, and a scaled decode mixes them into the last sample. libvips drops that
 * one, too.
 */
static uint32_t own_samples(const decoding *d, uint32_t side, double density, uint32_t decoded)
{
    const double whole = floor(side * density);

    return d->shrink == 1 ? decoded : whole < 1 ? 1 : (uint32_t)whole;
}

/* Reserves space for all blocks of a component, padding included; then sets its true size. */
static bool reserve(decoding *d, unsigned i)
{
    const struct jpeg_decompress_struct *cinfo = &d->cinfo;
    const jpeg_component_info *component = &cinfo->comp_info[i];
    const loom_density density = density_of(d, component);
    const uint32_t rows = (uint32_t)(component->v_samp_factor * DCT_HEIGHT(component));
    loom_plane *plane = &d->planes->planes[i];

    if (!loom_plane_reserve(plane, component->width_in_blocks * (uint32_t)DCT_WIDTH(component),
                            cinfo->total_iMCU_rows * rows))
        return false;
    plane->width = own_samples(d, cinfo->image_width, density.x, component->downsampled_width);
    plane->height = own_samples(d, cinfo->image_height, density.y, component->downsampled_height);
    d->planes->densities[i] = density;
    return true;
}

static void read_planes(decoding *d)
{
    struct jpeg_decompress_struct *cinfo = &d->cinfo;
    const JDIMENSION lines = (JDIMENSION)(cinfo->max_v_samp_factor * IMCU_HEIGHT(cinfo));
    JSAMPROW rows[LOOM_JPEG_PLANES][MAX_ROWS];
    JSAMPARRAY data[LOOM_JPEG_PLANES] = {rows[0], rows[1], rows[2]};

    for (uint32_t imcu = 0; imcu < cinfo->total_iMCU_rows; imcu++) {
        for (unsigned i = 0; i < d->planes->count; i++) {
            const jpeg_component_info *component = &cinfo->comp_info[i];
            const uint32_t count = (uint32_t)(component->v_samp_factor * DCT_HEIGHT(component));
            for (uint32_t y = 0; y < count; y++)
                rows[i][y] = loom_plane_row(&d->planes->planes[i], imcu * count + y);
        }
        (void)jpeg_read_raw_data(cinfo, data, lines);
    }
}

static void decode(void *data)
{
    decoding *d = data;
    struct jpeg_decompress_struct *cinfo = &d->cinfo;

    jpeg_create_decompress(cinfo);
    cinfo->progress = &d->guard.progress;
    prepare(d);
    if (!d->strange && drop_scans(d)) {
        jpeg_abort_decompress(cinfo);
        prepare(d);
    }
    if (d->strange)
        return;
    (void)jpeg_start_decompress(cinfo);
    d->planes->count = d->gray ? 1 : (unsigned)cinfo->num_components;
    for (unsigned i = 0; i < d->planes->count; i++)
        if (!reserve(d, i)) {
            d->no_memory = true;
            return;
        }
    read_planes(d);
}

/* ---- decoding ------------------------------------------------------------ */

static loom_lane_result conclude(const decoding *d, bool decoded, loom_error *err)
{
    const loom_lane_job *job = d->job;

    if (decoded && d->strange)
        return LOOM_LANE_DECLINED;
    if (d->no_memory || (!decoded && d->guard.code == LOOM_ERR_OUT_OF_MEMORY)) {
        (void)loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_DECODE,
                             "not enough memory to decode a picture of %ux%u px",
                             (unsigned)job->header.width, (unsigned)job->header.height);
        return LOOM_LANE_FAILED;
    }
    return loom_jpeg_verdict(&d->guard, decoded, err) == LOOM_OK ? LOOM_LANE_DONE
                                                                 : LOOM_LANE_FAILED;
}

loom_lane_result loom_jpeg_decode(const loom_lane_job *job, int shrink, bool gray,
                                  loom_jpeg_planes *planes, loom_error *err)
{
    decoding d = {.job = job,
                  .shrink = shrink,
                  .gray = gray,
                  .file = {job->input.data, job->input.size},
                  .planes = planes};

    loom_jpeg_guard_init(&d.guard, job);
    d.cinfo.err = &d.guard.errors;
    bool decoded = loom_jpeg_guarded(&d.guard, decode, &d);
    if (decoded && !d.strange && !d.no_memory)
        decoded = loom_jpeg_finish(&d.guard, &d.cinfo);
    jpeg_destroy_decompress(&d.cinfo);
    free(d.fewer);
    return conclude(&d, decoded, err);
}
