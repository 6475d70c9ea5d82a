#include "support/gif_run.h"

#include "support/check.h"
#include <stdlib.h>
#include <string.h>

gif_run gif_run_bytes(const void *bytes, size_t size, bool frames)
{
    loom_input input = {.data = malloc(size > 0 ? size : 1), .size = size};
    const loom_bytes file = {input.data, size};
    gif_run run = {.error = LOOM_ERROR_INIT};
    loom_bytes missing;

    ck_assert_ptr_nonnull(input.data);
    memcpy(input.data, bytes, size);
    (void)loom_format_header(LOOM_FORMAT_GIF, file, &run.header);
    run.integrity = loom_format_check(file, &run.header, &missing);
    run.status = loom_decoder_of(LOOM_FORMAT_GIF)->probe(&input, &run.header, &run.error);
    ck_assert(run.status == LOOM_OK || run.error.stage == LOOM_STAGE_PROBE);
    if (run.status == LOOM_OK)
        run.status = loom_decoder_of(LOOM_FORMAT_GIF)
                         ->decode(&input, &run.header, frames, &run.decoded, &run.error);
    ck_assert(run.status == LOOM_OK || run.decoded.picture.data == NULL);
    free(input.data);
    return run;
}

void gif_run_release(gif_run *run)
{
    loom_decoded_release(&run->decoded);
}

uint32_t gif_run_pixel(const gif_run *run, uint32_t x, uint32_t y)
{
    const loom_picture *p = &run->decoded.picture;

    if (run->status != LOOM_OK || x >= p->width || y >= p->height) /* Check's own is slow */
        ck_abort_msg("no pixel at %u, %u", x, y);
    const unsigned char *at = p->data + ((size_t)y * p->width + x) * p->channels;
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 |
           (p->channels == 4 ? at[3] : 255u);
}

gif_run gif_run_file(gif_file *f, bool frames)
{
    gif_run run = gif_run_bytes(f->bytes, f->size, frames);

    ck_assert_msg(run.status == LOOM_OK, "%s", run.error.message);
    gif_release(f);
    return run;
}

void gif_run_assert_whole(const gif_run *run)
{
    ck_assert(!run->decoded.missing);
    ck_assert_msg(run->decoded.damage == NULL, "%s", run->decoded.damage);
    ck_assert_int_eq(run->integrity, LOOM_INTEGRITY_WHOLE);
}

bool gif_covers(const gif_picture *p, unsigned x, unsigned y)
{
    return x >= p->left && x - p->left < p->width && y >= p->top && y - p->top < p->height;
}

void gif_run_assert_pixel(const gif_run *run, unsigned x, unsigned y, uint32_t expected)
{
    const uint32_t found = gif_run_pixel(run, x, y);

    if (found != expected)
        ck_abort_msg("%08X instead of %08X at %u, %u", found, expected, x, y);
}
