/*
 * Our own JPEG decoder beside libjpeg: CPU time of the thread to planes at k/8, files in memory.
 *   bench_jpeg ROUNDS FILE...
 * Prints for each k, in colour and gray, the medians of ROUNDS rounds in ms of all files, in turn.
 */
#include "format/jpeg.h"
#include "engine/jpeg/dct_size.h"
#include "engine/jpeg/own.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS_MAX = 99 };

typedef struct file {
    const char *name;
    unsigned char *data;
    size_t size;
    loom_jpeg_header header;
} file;

static double now(void)
{
    struct timespec t = {0, 0};

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static bool read_file(file *f, const char *name)
{
    FILE *stream = fopen(name, "rb");
    long size = -1;

    f->name = name;
    if (stream == NULL)
        return false;
    if (fseek(stream, 0, SEEK_END) == 0)
        size = ftell(stream);
    rewind(stream);
    f->data = size > 0 ? malloc((size_t)size) : NULL;
    f->size = f->data != NULL ? fread(f->data, 1, (size_t)size, stream) : 0;
    (void)fclose(stream);
    return size > 0 && f->size == (size_t)size &&
           loom_jpeg_header_read((loom_bytes){f->data, f->size}, &f->header);
}

/* ---- libjpeg ------------------------------------------------------------------- */

static void read_planes(struct jpeg_decompress_struct *cinfo, loom_plane planes[3])
{
    JSAMPROW rows[3][64];
    JSAMPARRAY data[3] = {rows[0], rows[1], rows[2]};

    for (uint32_t y = 0; y < cinfo->total_iMCU_rows; y++) {
        for (int i = 0; i < cinfo->num_components; i++) {
            const jpeg_component_info *c = &cinfo->comp_info[i];
            const uint32_t count = (uint32_t)(c->v_samp_factor * DCT_HEIGHT(c));
            if (!c->component_needed)
                continue;
            if (y == 0 &&
                !loom_plane_reserve(&planes[i], (c->width_in_blocks + 8) * (uint32_t)DCT_WIDTH(c),
                                    count * cinfo->total_iMCU_rows))
                abort();
            for (uint32_t r = 0; r < count; r++)
                rows[i][r] = loom_plane_row(&planes[i], y * count + r);
        }
        (void)jpeg_read_raw_data(cinfo, data,
                                 (JDIMENSION)(cinfo->max_v_samp_factor * IMCU_HEIGHT(cinfo)));
    }
}

/* All scans of progressive files: the lane leaves out some at k = 1. */
static void run_libjpeg(const file *f, int k, bool gray, loom_plane planes[3])
{
    struct jpeg_decompress_struct cinfo;
    struct jpeg_error_mgr errors;

    cinfo.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&cinfo);
    jpeg_mem_src(&cinfo, f->data, f->size);
    (void)jpeg_read_header(&cinfo, TRUE);
    cinfo.scale_num = (unsigned)k;
    cinfo.scale_denom = 8;
    cinfo.raw_data_out = TRUE;
    cinfo.out_color_space = cinfo.jpeg_color_space;
    cinfo.do_fancy_upsampling = cinfo.do_block_smoothing = FALSE;
    for (int i = 1; i < cinfo.num_components; i++)
        cinfo.comp_info[i].component_needed = !gray;
    (void)jpeg_start_decompress(&cinfo);
    read_planes(&cinfo, planes);
    jpeg_destroy_decompress(&cinfo);
}

/* ---- ours ------------------------------------------------------------------------ */

static void run_own(loom_jpeg_own *own, const file *f, int k, bool gray, loom_plane planes[3])
{
    const loom_jpeg_wish wish = {.file = {f->data, f->size},
                                 .width = f->header.width,
                                 .height = f->header.height,
                                 .k = {k, gray ? 0 : k, gray ? 0 : k},
                                 .planes = planes};

    if (!loom_jpeg_own_decode(own, &wish))
        (void)fprintf(stderr, "%s: not taken\n", f->name);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return values[count / 2];
}

static void measure(loom_jpeg_own *own, const file *files, int count, int rounds, int k, bool gray)
{
    double libjpeg[ROUNDS_MAX], ours[ROUNDS_MAX];
    loom_plane planes[3] = {{.data = NULL}};

    for (int r = 0; r < rounds; r++) {
        double start = now();
        for (int i = 0; i < count; i++)
            run_libjpeg(&files[i], k, gray, planes);
        libjpeg[r] = now() - start;
        start = now();
        for (int i = 0; i < count; i++)
            run_own(own, &files[i], k, gray, planes);
        ours[r] = now() - start;
    }
    const double a = median(libjpeg, rounds), b = median(ours, rounds);
    (void)printf("%-6s k %d: libjpeg %7.1f ms, own %7.1f ms: %.2f times\n",
                 gray ? "gray" : "colour", k, a, b, a / b);
    (void)fflush(stdout);
    for (int i = 0; i < 3; i++)
        loom_plane_release(&planes[i]);
}

int main(int argc, char **argv)
{
    static const int ks[] = {8, 5, 4, 2, 1};
    const int rounds = argc > 1 ? atoi(argv[1]) : 0;
    loom_jpeg_own *own = loom_jpeg_own_create();
    file *files = calloc((size_t)argc, sizeof *files);
    int count = 0;

    if (rounds < 1 || rounds > ROUNDS_MAX || argc < 3 || own == NULL || files == NULL) {
        (void)fprintf(stderr, "usage: bench_jpeg ROUNDS FILE...\n");
        return EXIT_FAILURE;
    }
    for (int i = 2; i < argc; i++)
        if (read_file(&files[count], argv[i]))
            count++;
    for (int gray = 0; gray < 2; gray++)
        for (size_t i = 0; i < sizeof ks / sizeof *ks; i++)
            measure(own, files, count, rounds, ks[i], gray != 0);
    for (int i = 0; i < count; i++)
        free(files[i].data);
    free(files);
    loom_jpeg_own_free(own);
    return EXIT_SUCCESS;
}
