#include "support/jpeg_kinds.h"

#include "support/random.h"
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#define BASELINE .script = JPEG_SCRIPT_BASELINE

const jpeg_kind jpeg_kinds[] = {
    {"gray", 1, 1, 1, BASELINE, 0, false, 80, 60},
    {"gray, 2x2", 1, 2, 2, BASELINE, 3, true, 80, 60},
    {"4:4:4", 3, 1, 1, BASELINE, 0, false, 90, 60},
    {"4:2:0", 3, 2, 2, BASELINE, 0, false, 80, 60},
    {"4:2:0, smooth", 3, 2, 2, BASELINE, 0, true, 30, 0},
    {"4:2:0, noise", 3, 2, 2, BASELINE, 0, true, 100, 255},
    {"4:2:2", 3, 2, 1, BASELINE, 0, true, 80, 60},
    {"4:4:0", 3, 1, 2, BASELINE, 0, true, 80, 60},
    {"4:1:1", 3, 4, 1, BASELINE, 0, true, 80, 60},
    {"4:1:0", 3, 4, 2, BASELINE, 2, true, 80, 60},
    {"4:2:0, restarts", 3, 2, 2, BASELINE, 1, true, 80, 60},
    {"4:4:4, restarts", 3, 1, 1, BASELINE, 7, true, 80, 200},
    {"separate", 3, 2, 2, JPEG_SCRIPT_SEPARATE, 0, true, 80, 60},
    {"separate, restarts", 3, 2, 1, JPEG_SCRIPT_SEPARATE, 5, true, 80, 60},
    {"pair", 3, 1, 1, JPEG_SCRIPT_PAIR, 0, true, 80, 60},
    {"progressive gray", 1, 1, 1, JPEG_SCRIPT_SIMPLE, 0, true, 80, 60},
    {"progressive 4:2:0", 3, 2, 2, JPEG_SCRIPT_SIMPLE, 0, true, 80, 60},
    {"progressive 4:2:0, smooth", 3, 2, 2, JPEG_SCRIPT_SIMPLE, 0, true, 50, 3},
    {"progressive 4:4:4, noise", 3, 1, 1, JPEG_SCRIPT_SIMPLE, 0, true, 100, 255},
    {"progressive, restarts", 3, 2, 2, JPEG_SCRIPT_SIMPLE, 3, true, 80, 60},
    {"bands", 3, 2, 2, JPEG_SCRIPT_BANDS, 0, true, 90, 90},
    {"bands, restarts", 3, 1, 2, JPEG_SCRIPT_BANDS, 4, true, 90, 90},
    {"spectral", 3, 2, 1, JPEG_SCRIPT_SPECTRAL, 0, true, 90, 60},
    {"deep", 3, 2, 2, JPEG_SCRIPT_DEEP, 0, true, 97, 120},
    {"deep, restarts", 3, 1, 1, JPEG_SCRIPT_DEEP, 1, true, 97, 120},
};

const size_t jpeg_kinds_count = sizeof jpeg_kinds / sizeof *jpeg_kinds;

static const jpeg_scan_info separate[] = {
    {1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};
static const jpeg_scan_info pair[] = {{1, {0}, 0, 63, 0, 0}, {2, {1, 2}, 0, 63, 0, 0}};
static const jpeg_scan_info bands[] = {
    {3, {0, 1, 2}, 0, 0, 0, 0}, {1, {0}, 1, 2, 0, 1},   {1, {0}, 3, 9, 0, 2},
    {1, {0}, 10, 40, 0, 1},     {1, {0}, 41, 63, 0, 0}, {1, {1}, 1, 5, 0, 0},
    {1, {1}, 6, 63, 0, 3},      {1, {2}, 1, 63, 0, 0},  {1, {0}, 3, 9, 2, 1},
    {1, {0}, 1, 9, 1, 0},       {1, {0}, 10, 40, 1, 0}, {1, {1}, 6, 63, 3, 2},
    {1, {1}, 6, 63, 2, 1},      {1, {1}, 6, 63, 1, 0}};
static const jpeg_scan_info spectral[] = {
    {1, {0}, 0, 0, 0, 0},  {2, {1, 2}, 0, 0, 0, 0}, {1, {1}, 1, 63, 0, 0},
    {1, {0}, 1, 1, 0, 0},  {1, {2}, 1, 63, 0, 0},   {1, {0}, 2, 5, 0, 0},
    {1, {0}, 6, 20, 0, 0}, {1, {0}, 21, 62, 0, 0},  {1, {0}, 63, 63, 0, 0}};
static const jpeg_scan_info deep[] = {
    {1, {0}, 0, 0, 0, 4},  {1, {1}, 0, 0, 0, 2},  {1, {2}, 0, 0, 0, 0},  {1, {0}, 0, 0, 4, 3},
    {1, {1}, 0, 0, 2, 1},  {1, {0}, 1, 63, 0, 5}, {1, {0}, 1, 63, 5, 4}, {1, {0}, 0, 0, 3, 2},
    {1, {0}, 1, 63, 4, 3}, {1, {1}, 1, 63, 0, 1}, {1, {0}, 0, 0, 2, 1},  {1, {0}, 1, 63, 3, 2},
    {1, {0}, 1, 63, 2, 1}, {1, {2}, 1, 63, 0, 4}, {1, {0}, 1, 63, 1, 0}, {2, {0, 1}, 0, 0, 1, 0},
    {1, {1}, 1, 63, 1, 0}, {1, {2}, 1, 63, 4, 3}, {1, {2}, 1, 63, 3, 2}, {1, {2}, 1, 63, 2, 1},
    {1, {2}, 1, 63, 1, 0}};

#define SET(cinfo, script)                                                                         \
    ((cinfo)->scan_info = (script), (cinfo)->num_scans = (int)(sizeof(script) / sizeof *(script)))

static void choose_script(struct jpeg_compress_struct *cinfo, jpeg_script script)
{
    switch (script) {
    case JPEG_SCRIPT_SEPARATE:
        SET(cinfo, separate);
        break;
    case JPEG_SCRIPT_PAIR:
        SET(cinfo, pair);
        break;
    case JPEG_SCRIPT_SIMPLE:
        jpeg_simple_progression(cinfo);
        break;
    case JPEG_SCRIPT_BANDS:
        SET(cinfo, bands);
        break;
    case JPEG_SCRIPT_SPECTRAL:
        SET(cinfo, spectral);
        break;
    case JPEG_SCRIPT_DEEP:
        SET(cinfo, deep);
        break;
    default:
        break;
    }
}

static void settle(struct jpeg_compress_struct *cinfo, const jpeg_kind *kind)
{
    jpeg_set_defaults(cinfo);
    jpeg_set_quality(cinfo, kind->quality, TRUE);
    for (int i = 0; i < cinfo->num_components; i++) {
        cinfo->comp_info[i].h_samp_factor = i == 0 ? kind->h : 1;
        cinfo->comp_info[i].v_samp_factor = i == 0 ? kind->v : 1;
    }
    cinfo->restart_interval = kind->restart;
    cinfo->optimize_coding = kind->optimised;
    choose_script(cinfo, kind->script);
}

/* A slope, steps and noise: blocks with many coefficients, few and none. */
static void paint(JSAMPLE *row, const jpeg_kind *kind, uint32_t width, uint32_t y, uint64_t *seed)
{
    for (uint32_t x = 0; x < width; x++)
        for (uint32_t c = 0; c < (uint32_t)kind->components; c++) {
            const unsigned slope = (x * (c + 1) + y * 2) / 3, step = (x / 24 + y / 40) % 2 * 90;
            const bool rough = (x / 16 + y / 16) % 3 != 0;
            const unsigned noise =
                rough && kind->noise > 0 ? random_next(seed) % (kind->noise + 1) : 0;
            row[x * (uint32_t)kind->components + c] = (JSAMPLE)((slope + step + noise) % 256);
        }
}

unsigned char *jpeg_kind_make(const jpeg_kind *kind, uint32_t width, uint32_t height, size_t *size)
{
    struct jpeg_compress_struct cinfo;
    struct jpeg_error_mgr errors;
    unsigned char *made = NULL;
    unsigned long bytes = 0;
    uint64_t seed = 5;
    JSAMPLE *row = malloc((size_t)width * (size_t)kind->components);

    if (row == NULL)
        abort();
    cinfo.err = jpeg_std_error(&errors);
    jpeg_create_compress(&cinfo);
    jpeg_mem_dest(&cinfo, &made, &bytes);
    cinfo.image_width = width;
    cinfo.image_height = height;
    cinfo.input_components = kind->components;
    cinfo.in_color_space = kind->components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    settle(&cinfo, kind);
    jpeg_start_compress(&cinfo, TRUE);
    for (uint32_t y = 0; y < height; y++) {
        paint(row, kind, width, y, &seed);
        (void)jpeg_write_scanlines(&cinfo, &row, 1);
    }
    jpeg_finish_compress(&cinfo);
    jpeg_destroy_compress(&cinfo);
    free(row);
    *size = bytes;
    return made;
}
