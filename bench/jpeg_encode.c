/*
 * The jpeg lane's encoder beside libjpeg's: bench_jpeg_encode ROUNDS QUALITY INPUT..., JPEGs whose
 * pictures are encoded at full size with optimised tables, 4:2:0, by each in turn. A line for each
 * input: milliseconds of CPU of the fastest round, their ratio, bytes. Status 1 when those differ.
 */
#include "base/memory.h"
#include "engine/baseline/baseline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jpeglib.h>

enum { PLANES = 3, ROWS = 2 * DCTSIZE };

static double now_ms(void)
{
    struct timespec t = {0, 0};

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Samples of an interleaved row to the planes; chroma takes each other one. */
static void part(const JSAMPLE *row, uint32_t y, loom_plane planes[PLANES])
{
    for (uint32_t x = 0; x < planes[0].width; x++) {
        loom_plane_row(&planes[0], y)[x] = row[PLANES * x];
        for (int k = 1; k < PLANES && x % 2 == 0 && y % 2 == 0; k++)
            loom_plane_row(&planes[k], y / 2)[x / 2] = row[PLANES * x + (unsigned)k];
    }
}

static bool read_planes(FILE *file, loom_plane planes[PLANES])
{
    struct jpeg_decompress_struct in;
    struct jpeg_error_mgr errors;
    bool read = true;

    in.err = jpeg_std_error(&errors); /* which exits */
    jpeg_create_decompress(&in);
    jpeg_stdio_src(&in, file);
    (void)jpeg_read_header(&in, TRUE);
    in.out_color_space = JCS_YCbCr;
    (void)jpeg_start_decompress(&in);
    for (unsigned k = 0; k < PLANES; k++)
        read = loom_plane_reserve(&planes[k], k == 0 ? in.output_width : (in.output_width + 1) / 2,
                                  k == 0 ? in.output_height : (in.output_height + 1) / 2) &&
               read;
    JSAMPARRAY row =
        in.mem->alloc_sarray((j_common_ptr)&in, JPOOL_IMAGE, PLANES * in.output_width, 1);
    for (uint32_t y = 0; read && y < in.output_height; y++) {
        (void)jpeg_read_scanlines(&in, row, 1);
        part(row[0], y, planes);
    }
    jpeg_destroy_decompress(&in);
    for (unsigned k = 0; read && k < PLANES; k++)
        loom_plane_extend(&planes[k]);
    return read;
}

static void write_rows(struct jpeg_compress_struct *out, const loom_plane planes[PLANES])
{
    JSAMPROW rows[PLANES][ROWS];
    JSAMPARRAY data[PLANES] = {rows[0], rows[1], rows[2]};

    while (out->next_scanline < out->image_height) {
        for (unsigned k = 0; k < PLANES; k++)
            for (uint32_t i = 0; i < ROWS; i++) {
                const uint32_t y = out->next_scanline / (k == 0 ? 1 : 2) + i;
                const uint32_t last = planes[k].height - 1;
                rows[k][i] = loom_plane_row(&planes[k], y < last ? y : last);
            }
        (void)jpeg_write_raw_data(out, data, ROWS);
    }
}

/* Into *made, which libjpeg takes from malloc. */
static void encode_by_libjpeg(const loom_plane planes[PLANES], int quality, unsigned char **made,
                              unsigned long *size)
{
    struct jpeg_compress_struct out;
    struct jpeg_error_mgr errors;

    out.err = jpeg_std_error(&errors);
    jpeg_create_compress(&out);
    jpeg_mem_dest(&out, made, size);
    out.image_width = planes[0].width;
    out.image_height = planes[0].height;
    out.input_components = PLANES;
    out.in_color_space = JCS_YCbCr;
    jpeg_set_defaults(&out);
    jpeg_set_quality(&out, quality, TRUE);
    out.raw_data_in = TRUE;
    out.optimize_coding = TRUE;
    jpeg_start_compress(&out, TRUE);
    write_rows(&out, planes);
    jpeg_finish_compress(&out);
    jpeg_destroy_compress(&out);
}

/* False when ours has failed or is another. */
static bool compare(const loom_plane planes[PLANES], int rounds, int quality, const char *name)
{
    const loom_baseline picture = {
        .planes = planes, .count = PLANES, .halved = true, .quality = quality};
    loom_jpeg_buffer buffer = {.data = NULL};
    double least[2] = {1e99, 1e99};
    size_t size = 0;
    bool equal = true;

    for (int i = 0; i < rounds && equal; i++) {
        unsigned char *theirs = NULL;
        unsigned long their_size = 0;
        const double start = now_ms();
        encode_by_libjpeg(planes, quality, &theirs, &their_size);
        const double between = now_ms();
        equal = loom_baseline_encode(&picture, &buffer, &size) == LOOM_OK;
        const double end = now_ms();
        equal = equal && size == their_size && memcmp(buffer.data, theirs, size) == 0;
        free(theirs);
        least[0] = between - start < least[0] ? between - start : least[0];
        least[1] = end - between < least[1] ? end - between : least[1];
    }
    printf("%8.3f %8.3f %6.3f %9zu  %s%s\n", least[0], least[1], least[1] / least[0], size, name,
           equal ? "" : "  DIFFERENT");
    loom_jpeg_buffer_release(&buffer);
    return equal;
}

int main(int argc, char **argv)
{
    loom_plane planes[PLANES] = {{.data = NULL}, {.data = NULL}, {.data = NULL}};
    bool ok = true;

    const int rounds = argc > 3 ? atoi(argv[1]) : 0, quality = argc > 3 ? atoi(argv[2]) : 0;
    if (rounds < 1 || quality < 1 || quality > 100) {
        fprintf(stderr, "usage: bench_jpeg_encode ROUNDS QUALITY INPUT...\n");
        return 2;
    }
    printf(" libjpeg     ours  ratio     bytes\n");
    for (int i = 3; i < argc; i++) {
        FILE *file = fopen(argv[i], "rbe");
        ok = file != NULL && read_planes(file, planes) &&
             compare(planes, rounds, quality, argv[i]) && ok;
        if (file != NULL)
            (void)fclose(file);
    }
    for (int k = 0; k < PLANES; k++)
        loom_plane_release(&planes[k]);
    return ok ? 0 : 1;
}
