/*
 * Each kind of HEIF and AVIF in the list is read rightly, or refused by its name. Expected values
 * are arithmetic. HEVC, and AV1 of 12 bits, are tried where this libheif has an encoder of it.
 */
#include "support/avif_run.h"
#include "support/engine_run.h"
#include "support/kinds.h"
#include "support/patches.h"
#include "support/sanitized.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

/* ---- what is refused ------------------------------------------------------ */

static void assert_refused(heif_file *file, const loom_kind *kind)
{
    const engine_request request = engine_request_default();

    heif_file_write(file, "in.avif");
    heif_file_release(file);
    loom_outcome outcome = engine_run(&request, "in.avif", "out.png");
    ck_assert(!kind->read);
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_UNSUPPORTED);
    ck_assert_msg(strstr(outcome.error.message, kind->aspect) != NULL &&
                      strstr(outcome.error.message, kind->name) != NULL,
                  "%s: %s is \"%s\"", kind->aspect, kind->name, outcome.error.message);
    loom_outcome_release(&outcome);
}

static void make_patches(heif_file *file)
{
    oracle_image picture = patches_make(3, 255, 255);

    avif_make(file, &picture, NULL);
    oracle_release(&picture);
}

static void set_type(heif_file *file, unsigned item, uint32_t type)
{
    for (int i = 0; i < 4; i++)
        file->items[item - 1].type[i] = (char)(type >> (24 - 8 * i));
}

static void refuse_coding(const loom_kind *kind)
{
    heif_file file;

    make_patches(&file);
    set_type(&file, file.primary, kind->value);
    assert_refused(&file, kind);
}

static void refuse_derivation(const loom_kind *kind)
{
    heif_file file;

    make_patches(&file);
    const unsigned coded_item = file.primary;
    file.primary = heif_file_add_item(&file, "none");
    set_type(&file, file.primary, kind->value);
    heif_file_add_reference(&file, "dimg", file.primary, coded_item);
    assert_refused(&file, kind);
}

static void refuse_matrix(const loom_kind *kind)
{
    heif_file file;

    make_patches(&file);
    heif_file_set_codes(&file, file.primary, 1, 13, kind->value, true);
    assert_refused(&file, kind);
}

static void refuse_range_of_rgb(const loom_kind *kind)
{
    heif_file file;

    make_patches(&file);
    heif_file_set_codes(&file, file.primary, 1, 13, 0, false);
    assert_refused(&file, kind);
}

static void refuse_range_of_gray(const loom_kind *kind)
{
    heif_file file;

    avif_make_gray(&file);
    heif_file_set_codes(&file, file.primary, 1, 13, 2, false);
    assert_refused(&file, kind);
}

/* libheif turns each item by its own properties. */
static void refuse_turns(const loom_kind *kind)
{
    oracle_image picture = patches_make(4, 255, 77);
    heif_file file;

    avif_make(&file, &picture, NULL);
    heif_file_add_property(&file, file.primary, "irot", (const unsigned char[]){2}, 1);
    assert_refused(&file, kind);
    oracle_release(&picture);
}

/* ---- codings, bits -------------------------------------------------------- */

/* False where this libheif has no such encoder; x265's loses memory. */
static bool save_deep(const char *path, VipsForeignHeifCompression compression, int bits)
{
    if (TEST_SANITIZED && compression == VIPS_FOREIGN_HEIF_COMPRESSION_HEVC)
        return false;
    VipsImage *image = vips_image_new_from_file("deep.png", NULL);
    ck_assert_ptr_nonnull(image);
    const int failed = vips_heifsave(image, path, "compression", compression, "bitdepth", bits, "Q",
                                     100, "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_OFF, NULL);
    g_object_unref(image);
    vips_error_clear();
    return failed == 0;
}

/* White is white, and opaque is opaque. False: it could not be encoded. */
static bool read_deep(const char *path, VipsForeignHeifCompression compression, unsigned bits)
{
    const engine_request request = engine_request_default();
    oracle_image picture = patches_make(4, 65535, 255);

    sample_png("deep.png", &picture, NULL);
    const bool saved = save_deep(path, compression, (int)bits);
    if (saved) {
        oracle_image made = engine_render(&request, path);
        ck_assert_uint_eq(made.max, bits > 8 ? 65535 : 255);
        ck_assert_uint_eq(oracle_at(&made, 4 * PATCH + 8, 8, 1), made.max);
        for (uint32_t p = 0; p < PATCHES; p++)
            ck_assert_uint_eq(oracle_at(&made, p * PATCH + 8, 8, 3), made.max);
        patches_assert_converted(&made, &picture, &icc_srgb, 3);
        oracle_release(&made);
    }
    oracle_release(&picture);
    return saved;
}

static void read_av1(const loom_kind *kind)
{
    heif_file file;

    (void)kind;
    make_patches(&file);
    oracle_image picture = patches_make(3, 255, 255), made = avif_render(&file);
    ck_assert_uint_eq(made.max, 255);
    patches_assert_converted(&made, &picture, &icc_srgb, 4);
    oracle_release(&made);
    oracle_release(&picture);
}

static void read_hevc(const loom_kind *kind)
{
    (void)kind;
    if (engine_codec(LOOM_FORMAT_HEIC)->reader != NULL)
        (void)read_deep("in.heic", VIPS_FOREIGN_HEIF_COMPRESSION_HEVC, 8);
}

static void assert_half(const oracle_image *made, uint32_t x, const double rgb[3])
{
    for (uint32_t c = 0; c < 3; c++)
        ck_assert_double_le(fabs(oracle_at(made, x, 8, c) / 257.0 - rgb[c]), 1);
}

static void read_ten_bits(const loom_kind *kind)
{
    const engine_request request = engine_request_default();

    avif_write_ten_bits("ten.avif");
    oracle_image made = engine_render(&request, "ten.avif");
    ck_assert_uint_eq(made.max, 65535);
    ck_assert_uint_eq(made.width, 32);
    assert_half(&made, 4, (const double[]){200, 30, 40});
    assert_half(&made, 27, (const double[]){40, 50, 210});
    oracle_release(&made);
    if (engine_codec(LOOM_FORMAT_HEIC)->reader != NULL)
        (void)read_deep("in.heic", VIPS_FOREIGN_HEIF_COMPRESSION_HEVC, kind->value);
}

static void read_twelve_bits(const loom_kind *kind)
{
    ck_assert(read_deep("in.avif", VIPS_FOREIGN_HEIF_COMPRESSION_AV1, kind->value));
    if (engine_codec(LOOM_FORMAT_HEIC)->reader != NULL)
        (void)read_deep("in.heic", VIPS_FOREIGN_HEIF_COMPRESSION_HEVC, kind->value);
}

/* ---- pictures made of others: ISO/IEC 23008-12, 6.6.2 --------------------- */

static void add_extent(heif_file *file, unsigned item, uint32_t width, uint32_t height)
{
    unsigned char extent[12] = {0};

    loom_put32(extent + 4, true, width);
    loom_put32(extent + 8, true, height);
    heif_file_add_property(file, item, "ispe", extent, sizeof extent);
}

/* The patches once, or twice side by side or one below the other. */
static void assert_derived(const char *type, const void *data, size_t size, unsigned inputs,
                           uint32_t across, uint32_t down)
{
    oracle_image picture = patches_make(3, 255, 255);
    heif_file file;

    avif_make(&file, &picture, NULL);
    const unsigned coded_item = file.primary;
    file.primary = heif_file_add_item(&file, type);
    loom_strbuf_add(&file.items[file.primary - 1].data, data, size);
    for (unsigned i = 0; i < inputs; i++)
        heif_file_add_reference(&file, "dimg", file.primary, coded_item);
    add_extent(&file, file.primary, across * PATCHES * PATCH, down * PATCH);
    oracle_image made = avif_render(&file);
    ck_assert_uint_eq(made.width, across * PATCHES * PATCH);
    ck_assert_uint_eq(made.height, down * PATCH);
    for (uint32_t y = 0; y < down; y++)
        for (uint32_t i = 0; i < across * PATCHES; i++)
            for (uint32_t c = 0; c < 3; c++)
                ck_assert_int_le(abs((int)oracle_at(&made, i * PATCH + 8, y * PATCH + 8, c) -
                                     (int)patch_colours[i % PATCHES][c]),
                                 4);
    oracle_release(&made);
    oracle_release(&picture);
}

static void read_identity(const loom_kind *kind)
{
    (void)kind;
    assert_derived("iden", "", 0, 1, 1, 1);
}

static void read_grid(const loom_kind *kind)
{
    unsigned char grid[8] = {0, 0, 0, 1}; /* one row of two */

    (void)kind;
    loom_put16(grid + 4, true, 2 * PATCHES * PATCH);
    loom_put16(grid + 6, true, PATCH);
    assert_derived("grid", grid, sizeof grid, 2, 2, 1);
}

static void read_overlay(const loom_kind *kind)
{
    unsigned char overlay[32] = {0};

    (void)kind;
    loom_put16(overlay + 10, true, PATCHES * PATCH);
    loom_put16(overlay + 12, true, 2 * PATCH);
    loom_put16(overlay + 20, true, PATCH); /* the second: 0, 16 */
    assert_derived("iovl", overlay, 22, 2, 1, 2);
}

/* ---- matrices, ranges ----------------------------------------------------- */

/* H.273, 8.3: what is coded, Y', Cb, Cr of Rec. 601 in full range, 0..255 and about 128. */
static void coded(const uint16_t rgb[3], double ycc[3])
{
    ycc[0] = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
    ycc[1] = (rgb[2] - ycc[0]) / 1.772 + 128;
    ycc[2] = (rgb[0] - ycc[0]) / 1.402 + 128;
}

/* The same numbers taken as another matrix and range would have them; 0..1. */
static void taken_as(const double ycc[3], double kr, double kb, bool full, double rgb[3])
{
    const double y = full ? ycc[0] / 255 : (ycc[0] - 16) / 219;
    const double cb = (ycc[1] - 128) / (full ? 255 : 224), cr = (ycc[2] - 128) / (full ? 255 : 224);
    const double kg = 1 - kr - kb;

    rgb[0] = y + 2 * (1 - kr) * cr;
    rgb[2] = y + 2 * (1 - kb) * cb;
    rgb[1] = (y - kr * rgb[0] - kb * rgb[2]) / kg;
    for (int c = 0; c < 3; c++)
        rgb[c] = fmin(fmax(rgb[c], 0), 1);
}

/* Of both ranges. */
static void read_matrix(const loom_kind *kind)
{
    static const struct {
        unsigned matrix;
        double kr, kb; /* H.273, table 4 */
    } matrices[] = {{1, 0.2126, 0.0722}, {2, 0.299, 0.114},   {4, 0.30, 0.11},
                    {5, 0.299, 0.114},   {6, 0.299, 0.114},   {7, 0.212, 0.087},
                    {9, 0.2627, 0.0593}, {12, 0.2126, 0.0722}};
    size_t m = 0;

    while (matrices[m].matrix != kind->value)
        ck_assert_uint_lt(++m, sizeof matrices / sizeof *matrices);
    for (int full = 0; full < 2; full++) {
        heif_file file;
        make_patches(&file);
        heif_file_set_codes(&file, file.primary, 1, 13, kind->value, full == 1);
        oracle_image made = avif_render(&file);
        for (uint32_t i = 0; i < PATCHES; i++) {
            double ycc[3], expected[3];
            coded(patch_colours[i], ycc);
            taken_as(ycc, matrices[m].kr, matrices[m].kb, full == 1, expected);
            patches_assert_colour(&made, i, expected, 5);
        }
        oracle_release(&made);
    }
}

/* Matrix 0: what is coded as Y', Cb, Cr is green, blue, red. */
static void read_rgb(const loom_kind *kind)
{
    heif_file file;

    (void)kind;
    make_patches(&file);
    heif_file_set_codes(&file, file.primary, 1, 13, 0, true);
    oracle_image made = avif_render(&file);
    for (uint32_t i = 0; i < PATCHES; i++) {
        double ycc[3];
        coded(patch_colours[i], ycc);
        patches_assert_colour(
            &made, i, (const double[]){fmin(ycc[2], 255) / 255, ycc[0] / 255, ycc[1] / 255}, 4);
    }
    oracle_release(&made);
}

static void read_gray(const loom_kind *kind)
{
    heif_file file;

    (void)kind;
    avif_make_gray(&file);
    oracle_image made = avif_render(&file);
    for (uint32_t i = 0; i < PATCHES; i++) {
        const double gray = patch_colours[i][0] / 255.0;
        patches_assert_colour(&made, i, (const double[]){gray, gray, gray}, 2);
    }
    ck_assert(made.channels == 1 || made.channels == 3);
    oracle_release(&made);
}

/* Alpha and colours are turned alike. */
static void read_turns(const loom_kind *kind)
{
    oracle_image picture = patches_make(4, 255, 77);
    heif_file file;

    (void)kind;
    avif_make(&file, &picture, NULL);
    ck_assert_uint_eq(file.item_count, 2);
    for (unsigned item = 1; item <= 2; item++)
        heif_file_add_property(&file, item, "irot", (const unsigned char[]){2}, 1);
    oracle_image made = avif_render(&file);
    ck_assert_uint_eq(made.channels, 4);
    for (uint32_t i = 0; i < PATCHES; i++)
        for (uint32_t c = 0; c < 4; c++) {
            const double expected = c < 3 ? patch_colours[PATCHES - 1 - i][c] : 77;
            ck_assert_double_le(fabs(oracle_at(&made, i * PATCH + 8, 8, c) - expected), 4);
        }
    oracle_release(&made);
    oracle_release(&picture);
}

/* ---- the walk ------------------------------------------------------------- */

#define TYPE(text)                                                                                 \
    ((uint32_t)(text)[0] << 24 | (uint32_t)(text)[1] << 16 | (uint32_t)(text)[2] << 8 |            \
     (uint32_t)(text)[3])

START_TEST(each_kind_is_read_or_refused)
{
    const kind_trial trials[] = {
        {"coding", TYPE("av01"), read_av1},
        {"coding", TYPE("hvc1"), read_hevc},
        {"coding", TYPE("hev1"), refuse_coding},
        {"coding", TYPE("lhv1"), refuse_coding},
        {"coding", TYPE("avc1"), refuse_coding},
        {"coding", TYPE("vvc1"), refuse_coding},
        {"coding", TYPE("evc1"), refuse_coding},
        {"coding", TYPE("jpeg"), refuse_coding},
        {"coding", TYPE("j2k1"), refuse_coding},
        {"coding", TYPE("j2ki"), refuse_coding},
        {"coding", TYPE("jxl1"), refuse_coding},
        {"coding", TYPE("unci"), refuse_coding},
        {"coding", TYPE("uncv"), refuse_coding},
        {"coding", TYPE("mski"), refuse_coding},
        {"coding", TYPE("Exif"), refuse_coding},
        {"coding", TYPE("mime"), refuse_coding},
        {"coding", TYPE("uri "), refuse_coding},
        {"derivation", TYPE("grid"), read_grid},
        {"derivation", TYPE("iden"), read_identity},
        {"derivation", TYPE("iovl"), read_overlay},
        {"derivation", TYPE("tmap"), refuse_derivation},
        {"bits a sample", 8, read_av1},
        {"bits a sample", 10, read_ten_bits},
        {"bits a sample", 12, read_twelve_bits},
        {"matrix coefficients", 0, read_rgb},
        {"matrix coefficients", 1, read_matrix},
        {"matrix coefficients", 2, read_matrix},
        {"matrix coefficients", 4, read_matrix},
        {"matrix coefficients", 5, read_matrix},
        {"matrix coefficients", 6, read_matrix},
        {"matrix coefficients", 7, read_matrix},
        {"matrix coefficients", 9, read_matrix},
        {"matrix coefficients", 12, read_matrix},
        {"matrix coefficients", 8, refuse_matrix},
        {"matrix coefficients", 10, refuse_matrix},
        {"matrix coefficients", 11, refuse_matrix},
        {"matrix coefficients", 13, refuse_matrix},
        {"matrix coefficients", 14, refuse_matrix},
        {"turns of alpha", 0, read_turns},
        {"turns of alpha", 1, refuse_turns},
        {"range of gray", 0, refuse_range_of_gray},
        {"range of gray", 1, read_gray},
        {"range of RGB", 0, refuse_range_of_rgb},
        {"range of RGB", 1, read_rgb},
    };

    ck_assert_ptr_eq(loom_format_kind(LOOM_FORMAT_AVIF, 0), loom_format_kind(LOOM_FORMAT_HEIC, 0));
    kinds_walk(LOOM_FORMAT_AVIF, trials, sizeof trials / sizeof *trials);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("kinds_heif");
    TCase *tests = engine_case("kinds");

    tcase_add_test(tests, each_kind_is_read_or_refused);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
