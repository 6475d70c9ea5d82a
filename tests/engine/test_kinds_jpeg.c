/* Each kind of JPEG in the list is read rightly, or refused by its name. */
#include "format/container.h"
#include "format/jpeg.h"
#include "support/engine_run.h"
#include "support/kinds.h"
#include "support/make_jpeg.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

enum { SIDE = 32, NEAR = 5 };

/* Four quarters: what a JPEG of good quality keeps of them is near. */
static const uint32_t quarters[4] = {0xC81E1EFF, 0x1EC828FF, 0x2832D2FF, 0xE6D23CFF};

static oracle_image picture(uint32_t channels)
{
    oracle_image made = sample_flat(SIDE, SIDE, channels, 255, (const uint16_t[]){0, 0, 0});

    for (uint32_t i = 0; i < 4; i++) {
        const uint32_t c = quarters[i];
        const uint16_t rgb[] = {(uint16_t)(c >> 24), c >> 16 & 255, c >> 8 & 255};
        const uint16_t gray[] = {rgb[1]};
        sample_fill(&made, i % 2 * SIDE / 2, i / 2 * SIDE / 2, SIDE / 2, SIDE / 2,
                    channels == 1 ? gray : rgb);
    }
    return made;
}

/* Asserts that "in.jpg" is read as the picture: in the middle of each quarter. */
static void assert_read(uint32_t channels)
{
    const engine_request request = engine_request_default();
    oracle_image made = engine_render(&request, "in.jpg");

    ck_assert_uint_eq(made.channels, channels);
    for (uint32_t i = 0; i < 4; i++) {
        const uint32_t c = quarters[i], green = c >> 16 & 255;
        oracle_assert_pixel(&made, (i % 2 * 2 + 1) * SIDE / 4, (i / 2 * 2 + 1) * SIDE / 4, NEAR,
                            channels == 1 ? green << 24 | green << 16 | green << 8 | 255 : c);
    }
    oracle_release(&made);
}

static unsigned char *frame_of(unsigned char *data, size_t size)
{
    const loom_bytes file = {data, size};
    loom_bytes segment;

    for (size_t at = 2;;) {
        const size_t start = loom_jpeg_next_marker(file, at);
        const unsigned marker = loom_jpeg_walk(file, &at, &segment);
        ck_assert_uint_ne(marker, 0);
        if (loom_jpeg_is_frame(marker))
            return data + start;
    }
}

/* Writes "in.jpg"; `marker`, unless it is 0, takes the place of its frame's. */
static void write_jpeg(uint32_t channels, const make_jpeg_options *options, unsigned marker)
{
    oracle_image image = picture(channels);
    size_t size;
    unsigned char *data = make_jpeg(&image, options, &size);

    if (marker != 0)
        frame_of(data, size)[1] = (unsigned char)marker;
    tmpdir_write("in.jpg", data, size);
    free(data);
    oracle_release(&image);
}

static void read_process(const loom_kind *kind)
{
    const make_jpeg_options options = {.h = 2,
                                       .v = 2,
                                       .quality = 95,
                                       .progressive = kind->value % 4 == 2,
                                       .arithmetic = kind->value >= 0xC9};

    write_jpeg(3, &options, kind->value >= 0xC0 ? kind->value : 0);
    assert_read(3);
}

static void read_count(const loom_kind *kind)
{
    const make_jpeg_options options = {.quality = 95}, rgb = {.quality = 95, .rgb = true};

    write_jpeg(kind->value, &options, 0);
    assert_read(kind->value);
    if (kind->value < 3)
        return;
    write_jpeg(3, &rgb, 0);
    assert_read(3);
}

static void read_sampling(const loom_kind *kind)
{
    (void)kind;
    for (int h = 1; h <= 4; h++)
        for (int v = 1; v <= 4; v++) {
            const make_jpeg_options options = {.h = h, .v = v, .quality = 95};
            if (h * v > 8) /* with two more components a unit would have more than 10 blocks */
                continue;
            write_jpeg(3, &options, 0);
            assert_read(3);
        }
}

/* Inks where 0 is all of it, as Adobe has it: none, and some cyan. */
static void read_inks(const loom_kind *kind)
{
    struct jpeg_compress_struct cinfo;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long size = 0;
    JSAMPLE row[SIDE * 4], *rows[] = {row};

    (void)kind;
    for (size_t i = 0; i < SIDE; i++)
        memcpy(row + 4 * i, i < SIDE / 2 ? "\xFF\xFF\xFF\xFF" : "\0\xFF\xFF\xFF", 4);
    cinfo.err = jpeg_std_error(&errors);
    jpeg_create_compress(&cinfo);
    jpeg_mem_dest(&cinfo, &data, &size);
    cinfo.image_width = cinfo.image_height = SIDE;
    cinfo.input_components = 4;
    cinfo.in_color_space = JCS_CMYK;
    jpeg_set_defaults(&cinfo);
    jpeg_set_colorspace(&cinfo, JCS_YCCK);
    jpeg_start_compress(&cinfo, TRUE);
    for (int y = 0; y < SIDE; y++)
        (void)jpeg_write_scanlines(&cinfo, rows, 1);
    jpeg_finish_compress(&cinfo);
    jpeg_destroy_compress(&cinfo);
    tmpdir_write("in.jpg", data, size);
    free(data);

    const engine_request request = engine_request_default();
    oracle_image made = engine_render(&request, "in.jpg");
    ck_assert_uint_eq(made.channels, 3);
    oracle_assert_pixel(&made, SIDE / 4, SIDE / 2, 1, 0xFFFFFFFF);
    oracle_assert_pixel(&made, SIDE * 3 / 4, SIDE / 2, 40, 0x00A0E0FF); /* process cyan */
    oracle_release(&made);
}

/* ---- what is refused ------------------------------------------------------ */

static void refuse(const char *words)
{
    engine_request request = engine_request_default();
    loom_outcome outcome = engine_run(&request, "in.jpg", "out.png");

    ck_assert_msg(outcome.error.code == LOOM_ERR_UNSUPPORTED &&
                      strstr(outcome.error.message, words) != NULL,
                  "\"%s\" instead of \"%s\"", outcome.error.message, words);
    loom_outcome_release(&outcome);
}

static void refuse_kind(const loom_kind *kind)
{
    char words[LOOM_UNSUPPORTED_REASON];

    (void)snprintf(words, sizeof words, "%s: %s", kind->aspect, kind->name);
    refuse(words);
}

static void refuse_process(const loom_kind *kind)
{
    const make_jpeg_options options = {.quality = 95};

    write_jpeg(3, &options, kind->value);
    refuse_kind(kind);
}

/* Puts a byte into the frame's header, behind its marker. */
static void write_changed(uint32_t channels, size_t at, unsigned value)
{
    const make_jpeg_options options = {.quality = 95};

    write_jpeg(channels, &options, 0);
    size_t size;
    unsigned char *data = (unsigned char *)tmpdir_read("in.jpg", &size);
    frame_of(data, size)[at] = (unsigned char)value;
    tmpdir_write("in.jpg", data, size);
    free(data);
}

static void refuse_bits(const loom_kind *kind)
{
    write_changed(3, 4, kind->value);
    refuse_kind(kind);
}

static void refuse_height(const loom_kind *kind)
{
    write_changed(3, 6, 0);
    refuse_kind(kind);
}

static void refuse_fractions(const loom_kind *kind)
{
    write_changed(3, 11, 0x31);
    size_t size;
    unsigned char *data = (unsigned char *)tmpdir_read("in.jpg", &size);
    frame_of(data, size)[14] = 0x21;
    tmpdir_write("in.jpg", data, size);
    free(data);
    refuse_kind(kind);
}

/* A frame alone: more is not looked at. */
static void write_frame(unsigned count)
{
    unsigned char data[64] = {0xFF, 0xD8, 0xFF, 0xC0, 0, 0, 8, 0, 8, 0, 8};
    const size_t length = 8 + 3 * (size_t)count;

    data[5] = (unsigned char)length;
    data[11] = (unsigned char)count;
    for (unsigned i = 0; i < count; i++)
        memcpy(data + 12 + 3 * (size_t)i, (const unsigned char[]){(unsigned char)i, 0x11, 0}, 3);
    memcpy(data + 4 + length, "\xFF\xDA\0\2", 4);
    tmpdir_write("in.jpg", data, 8 + length);
}

static void refuse_count(const loom_kind *kind)
{
    write_frame(kind->value);
    refuse_kind(kind);
}

START_TEST(each_kind_is_read_or_refused)
{
    static const kind_trial trials[] = {
        {"process", 0xC0, read_process},    {"process", 0xC1, read_process},
        {"process", 0xC2, read_process},    {"process", 0xC9, read_process},
        {"process", 0xCA, read_process},    {"process", 0xC3, refuse_process},
        {"process", 0xC5, refuse_process},  {"process", 0xC6, refuse_process},
        {"process", 0xC7, refuse_process},  {"process", 0xCB, refuse_process},
        {"process", 0xCD, refuse_process},  {"process", 0xCE, refuse_process},
        {"process", 0xCF, refuse_process},  {"process", 0xF7, refuse_process},
        {"bits a sample", 8, read_process}, {"bits a sample", 12, refuse_bits},
        {"components", 1, read_count},      {"components", 3, read_count},
        {"components", 4, read_inks},       {"components", 2, refuse_count},
        {"height", 0, read_sampling},       {"height", 1, refuse_height},
        {"sampling", 0, read_sampling},     {"sampling", 1, refuse_fractions},
    };

    kinds_walk(LOOM_FORMAT_JPEG, trials, sizeof trials / sizeof *trials);
}
END_TEST

START_TEST(what_is_not_in_the_list_is_refused)
{
    for (unsigned count = 5; count <= 12; count++) {
        write_frame(count);
        refuse("components: number ");
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("kinds_jpeg");
    TCase *tests = engine_case("kinds");

    tcase_add_test(tests, each_kind_is_read_or_refused);
    tcase_add_test(tests, what_is_not_in_the_list_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
