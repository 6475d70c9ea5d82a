/*
 * The least that a JPEG thumbnailer can do: libjpeg-turbo decodes at the largest DCT reduction
 * (1/2, 1/4, 1/8) that leaves at least the pixels of the output, and encodes a picture of the
 * output's size out of them. No resampling, no colour conversion, no turning, no report: what other
 * programs take beyond it is theirs.
 *
 *   bench_limit [-g] [-c] JOBS WxH QUALITY OUTDIR LIST
 *
 * LIST names a file a line. The output fits inside WxH, or with -c covers it; -g writes grey. It is
 * not a fair picture: its pixels are the upper left ones. It serves as a bound for bench/peers.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

enum { MAX_JOBS = 256 };

/* What all threads share; but for `next` and `failed` they only read it. */
static struct {
    unsigned width, height;
    int quality;
    bool gray, cover;
    const char *folder;
    char **files;
    size_t count;
    atomic_size_t next;
    atomic_bool failed;
} work;

typedef struct guard {
    struct jpeg_error_mgr manager; /* first: libjpeg knows it as this */
    jmp_buf jump;
} guard;

static void on_error(j_common_ptr codec)
{
    longjmp(((guard *)(void *)codec->err)->jump, 1);
}

static void be_silent(j_common_ptr codec)
{
    (void)codec;
}

static struct jpeg_error_mgr *watch(guard *g)
{
    struct jpeg_error_mgr *manager = jpeg_std_error(&g->manager);

    manager->error_exit = on_error;
    manager->output_message = be_silent;
    return manager;
}

/* The output's size for a picture of the given one; never larger. */
static void find_size(unsigned width, unsigned height, unsigned *out_width, unsigned *out_height)
{
    const double x = (double)work.width / width, y = (double)work.height / height;
    double scale = work.cover ? (x > y ? x : y) : (x < y ? x : y);

    if (scale > 1)
        scale = 1;
    *out_width = (unsigned)(width * scale + 0.5);
    *out_height = (unsigned)(height * scale + 0.5);
    if (work.cover && *out_width > work.width)
        *out_width = work.width;
    if (work.cover && *out_height > work.height)
        *out_height = work.height;
}

/* For a cover what is cut off must be there before. */
static bool is_enough(const struct jpeg_decompress_struct *in, unsigned eighths)
{
    const double scale = eighths / 8.0, width = in->image_width * scale,
                 height = in->image_height * scale;
    const double x = width / work.width, y = height / work.height;

    return work.cover ? x >= 1 && y >= 1 : x >= 1 || y >= 1;
}

static void start_encoder(struct jpeg_compress_struct *out, bool gray, unsigned width,
                          unsigned height, FILE *file)
{
    jpeg_stdio_dest(out, file);
    out->image_width = width;
    out->image_height = height;
    out->input_components = gray ? 1 : 3;
    out->in_color_space = gray ? JCS_GRAYSCALE : JCS_YCbCr;
    jpeg_set_defaults(out);
    jpeg_set_quality(out, work.quality, TRUE);
    out->optimize_coding = TRUE;
    jpeg_start_compress(out, TRUE);
}

static void carry(struct jpeg_decompress_struct *in, struct jpeg_compress_struct *out, FILE *input,
                  FILE *output)
{
    unsigned width, height, eighths = 8;

    jpeg_stdio_src(in, input);
    (void)jpeg_read_header(in, TRUE);
    const bool gray = work.gray || in->jpeg_color_space == JCS_GRAYSCALE;
    find_size(in->image_width, in->image_height, &width, &height);
    while (eighths > 1 && is_enough(in, eighths / 2))
        eighths /= 2;
    in->scale_num = eighths;
    in->scale_denom = 8;
    in->dct_method = JDCT_ISLOW;
    in->out_color_space = gray ? JCS_GRAYSCALE : JCS_YCbCr;
    (void)jpeg_start_decompress(in);
    JSAMPARRAY row = in->mem->alloc_sarray((j_common_ptr)in, JPOOL_IMAGE,
                                           in->output_width * (JDIMENSION)in->output_components, 1);
    start_encoder(out, gray, width < in->output_width ? width : in->output_width,
                  height < in->output_height ? height : in->output_height, output);
    while (in->output_scanline < in->output_height) {
        (void)jpeg_read_scanlines(in, row, 1);
        if (out->next_scanline < out->image_height)
            (void)jpeg_write_scanlines(out, row, 1);
    }
    jpeg_finish_compress(out);
    (void)jpeg_finish_decompress(in);
}

static bool convert(FILE *input, FILE *output)
{
    struct jpeg_decompress_struct in = {.err = NULL};
    struct jpeg_compress_struct out = {.err = NULL};
    guard g;
    volatile bool done = false;

    in.err = out.err = watch(&g);
    if (setjmp(g.jump) == 0) {
        jpeg_create_decompress(&in);
        jpeg_create_compress(&out);
        carry(&in, &out, input, output);
        done = true;
    }
    jpeg_destroy_compress(&out);
    jpeg_destroy_decompress(&in);
    return done;
}

static bool convert_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    char target[4096];
    bool done = false;

    if (snprintf(target, sizeof target, "%s/%s", work.folder, name) >= (int)sizeof target)
        return false;
    FILE *input = fopen(path, "rbe");
    FILE *output = input != NULL ? fopen(target, "wbe") : NULL;
    if (output != NULL)
        done = convert(input, output);
    if (input != NULL)
        fclose(input);
    if (output != NULL && fclose(output) != 0)
        done = false;
    return done;
}

static void *run(void *unused)
{
    size_t index;

    (void)unused;
    while ((index = atomic_fetch_add(&work.next, 1)) < work.count)
        if (!convert_file(work.files[index])) {
            fprintf(stderr, "bench_limit: %s failed\n", work.files[index]);
            atomic_store(&work.failed, true);
        }
    return NULL;
}

/* The list stays in memory until the end. */
static bool read_list(const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t size;

    while (file != NULL && (size = getline(&line, &room, file)) > 0) {
        if (line[size - 1] == '\n')
            line[size - 1] = '\0';
        char **files = realloc(work.files, (work.count + 1) * sizeof *files);
        if (files != NULL)
            work.files = files;
        if (files == NULL || (work.files[work.count++] = strdup(line)) == NULL)
            return false;
    }
    free(line);
    return file != NULL && fclose(file) == 0;
}

int main(int argc, char **argv)
{
    pthread_t threads[MAX_JOBS];
    unsigned jobs, started = 0;

    for (; argc > 1 && argv[1][0] == '-'; argc--, argv++) {
        work.gray = work.gray || strcmp(argv[1], "-g") == 0;
        work.cover = work.cover || strcmp(argv[1], "-c") == 0;
    }
    if (argc != 6 || sscanf(argv[1], "%u", &jobs) != 1 || jobs < 1 || jobs > MAX_JOBS ||
        sscanf(argv[2], "%ux%u", &work.width, &work.height) != 2 || work.width == 0 ||
        work.height == 0 || sscanf(argv[3], "%d", &work.quality) != 1) {
        fprintf(stderr, "usage: bench_limit [-g] [-c] JOBS WxH QUALITY OUTDIR LIST\n");
        return 2;
    }
    work.folder = argv[4];
    if (!read_list(argv[5])) {
        fprintf(stderr, "bench_limit: %s: %s\n", argv[5], strerror(errno));
        return 1;
    }
    while (started < jobs && pthread_create(&threads[started], NULL, run, NULL) == 0)
        started++;
    if (started == 0)
        run(NULL);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < work.count; i++)
        free(work.files[i]);
    free(work.files);
    return atomic_load(&work.failed) ? 1 : 0;
}
