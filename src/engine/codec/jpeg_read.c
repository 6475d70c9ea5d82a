#include "engine/codec/jpeg_guard.h"

#include <stdlib.h>

static void open_file(void *data)
{
    loom_jpeg_reader *r = data;
    struct jpeg_decompress_struct *cinfo = &r->cinfo;

    jpeg_create_decompress(cinfo);
    cinfo->progress = &r->guard.progress;
    jpeg_mem_src(cinfo, r->job->input.data, r->job->input.size);
    (void)jpeg_read_header(cinfo, TRUE);
    cinfo->out_color_space = cinfo->num_components == 1   ? JCS_GRAYSCALE
                             : cinfo->num_components == 3 ? JCS_RGB
                                                          : JCS_CMYK;
    cinfo->scale_num = 1;
    cinfo->scale_denom = (unsigned)r->shrink;
    jpeg_calc_output_dimensions(cinfo);
}

static bool is_known(const struct jpeg_decompress_struct *cinfo)
{
    return cinfo->data_precision == 8 &&
           (cinfo->num_components == 1 || cinfo->num_components == 3 ||
            cinfo->num_components == 4) &&
           cinfo->output_components == cinfo->num_components;
}

loom_jpeg_reader *loom_jpeg_reader_create(const loom_lane_job *job, int shrink)
{
    loom_jpeg_reader *r = calloc(1, sizeof *r);

    if (r == NULL)
        return NULL;
    r->job = job;
    r->shrink = shrink;
    loom_jpeg_guard_init(&r->guard, job);
    r->cinfo.err = &r->guard.errors;
    if (loom_jpeg_guarded(&r->guard, open_file, r) && is_known(&r->cinfo))
        r->row = malloc((size_t)r->cinfo.output_width * (size_t)r->cinfo.output_components);
    if (r->row != NULL)
        return r;
    loom_jpeg_reader_free(r);
    return NULL;
}

void loom_jpeg_reader_free(loom_jpeg_reader *r)
{
    if (r == NULL)
        return;
    jpeg_destroy_decompress(&r->cinfo);
    free(r->row);
    free(r);
}

uint32_t loom_jpeg_reader_width(const loom_jpeg_reader *r)
{
    return r->cinfo.output_width;
}

uint32_t loom_jpeg_reader_height(const loom_jpeg_reader *r)
{
    return r->cinfo.output_height;
}

unsigned loom_jpeg_reader_channels(const loom_jpeg_reader *r)
{
    return (unsigned)r->cinfo.num_components;
}

uint32_t loom_jpeg_reader_at(const loom_jpeg_reader *r)
{
    return r->cinfo.output_scanline;
}

static void read_row(void *data)
{
    loom_jpeg_reader *r = data;
    struct jpeg_decompress_struct *cinfo = &r->cinfo;
    JSAMPROW rows[] = {r->row};

    if (cinfo->output_scanline == 0)
        (void)jpeg_start_decompress(cinfo);
    if (cinfo->output_scanline < cinfo->output_height)
        (void)jpeg_read_scanlines(cinfo, rows, 1);
}

/* Who writes CMYK as JPEG has 0 for all ink, with Adobe's marker or without. */
static void settle_ink(loom_jpeg_reader *r)
{
    const size_t size = (size_t)r->cinfo.output_width * 4;

    for (size_t i = 0; i < size; i++)
        r->row[i] = (unsigned char)(255 - r->row[i]);
}

const unsigned char *loom_jpeg_reader_next(loom_jpeg_reader *r)
{
    struct jpeg_decompress_struct *cinfo = &r->cinfo;

    r->failed =
        r->failed || !loom_jpeg_guarded(&r->guard, read_row, r) ||
        (cinfo->output_scanline == cinfo->output_height && !loom_jpeg_finish(&r->guard, cinfo));
    if (r->failed)
        return NULL;
    if (cinfo->num_components == 4)
        settle_ink(r);
    return r->row;
}
