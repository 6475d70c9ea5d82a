#include "engine/codec/jpeg_guard.h"

#include "engine/verdict.h"
#include <jerror.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_OF(x) TEXT(x)
#define TEXT(x)    #x

const char loom_jpeg_library[] = "libjpeg-turbo " TEXT_OF(LIBJPEG_TURBO_VERSION);

/* Decoding stops after so many warnings, whatever damage is tolerated; libvips does the same. */
enum { WARNINGS_MAX = 100 };

static void record(loom_jpeg_guard *guard, j_common_ptr cinfo)
{
    char text[JMSG_LENGTH_MAX];

    guard->errors.format_message(cinfo, text);
    (void)snprintf(guard->message, sizeof guard->message, "libjpeg: %s", text);
}

_Noreturn static void on_error(j_common_ptr cinfo)
{
    loom_jpeg_guard *guard = (loom_jpeg_guard *)(void *)cinfo->err;

    record(guard, cinfo);
    guard->code =
        guard->errors.msg_code == JERR_OUT_OF_MEMORY ? LOOM_ERR_OUT_OF_MEMORY : LOOM_ERR_CORRUPT;
    longjmp(guard->failed, 1);
}

static void on_message(j_common_ptr cinfo, int level)
{
    loom_jpeg_guard *guard = (loom_jpeg_guard *)(void *)cinfo->err;

    if (level >= 0)
        return; /* a trace message */
    if (guard->finishing) {
        /* It is already known that the end is missing. */
        guard->surplus = guard->surplus || guard->errors.msg_code == JWRN_EXTRANEOUS_DATA;
        return;
    }
    if (guard->errors.num_warnings == 0)
        record(guard, cinfo);
    if (++guard->errors.num_warnings == WARNINGS_MAX)
        on_error(cinfo);
}

static void on_output(j_common_ptr cinfo)
{
    (void)cinfo; /* the library prints nothing */
}

static void on_progress(j_common_ptr cinfo)
{
    loom_jpeg_guard *guard = (loom_jpeg_guard *)(void *)cinfo->err;

    if (loom_cancel_check(guard->job->job->cancel) == LOOM_OK)
        return;
    guard->stopped = true;
    longjmp(guard->failed, 1);
}

void loom_jpeg_guard_init(loom_jpeg_guard *guard, const loom_lane_job *job)
{
    memset(guard, 0, sizeof *guard);
    (void)jpeg_std_error(&guard->errors);
    guard->errors.error_exit = on_error;
    guard->errors.emit_message = on_message;
    guard->errors.output_message = on_output;
    guard->progress.progress_monitor = on_progress;
    guard->job = job;
}

bool loom_jpeg_guarded(loom_jpeg_guard *guard, void (*work)(void *data), void *data)
{
    if (setjmp(guard->failed) != 0)
        return false;
    work(data);
    return true;
}

static void finish(void *cinfo)
{
    (void)jpeg_finish_decompress(cinfo);
}

bool loom_jpeg_finish(loom_jpeg_guard *guard, struct jpeg_decompress_struct *cinfo)
{
    guard->finishing = true;
    if (loom_jpeg_guarded(guard, finish, cinfo))
        return true;
    guard->surplus = true;
    return !guard->stopped && guard->code != LOOM_ERR_OUT_OF_MEMORY;
}

loom_status loom_jpeg_verdict(const loom_jpeg_guard *guard, bool decoded, loom_error *err)
{
    const loom_lane_job *job = guard->job;

    if (!decoded)
        return loom_verdict_on_failure(job, guard->message, err);
    if (guard->surplus && loom_jpeg_guard_warnings(guard) == 0)
        loom_outcome_warn(job->common, LOOM_VERDICT_SURPLUS);
    return loom_verdict_on_damage(job, job->integrity == LOOM_INTEGRITY_CUT,
                                  loom_jpeg_guard_warnings(guard) > 0, guard->message, err);
}

/* ---- rows ---------------------------------------------------------------- */

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

/* Writers of CMYK JPEGs store 0 for full ink, with Adobe's marker or without. */
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
