/*
 * JPEG 2000: what is read is right, and what libvips reads wrongly, or beyond the end of memory, is
 * refused. Pictures are encoded by libvips and their boxes and markers changed by hand.
 */
#include "format/container.h"
#include "support/engine_run.h"
#include "support/kinds.h"
#include "support/patches.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

/* ---- parts ---------------------------------------------------------------- */

static void save(const oracle_image *picture, int tile)
{
    sample_png("coded.png", picture, NULL);
    VipsImage *image = vips_image_new_from_file("coded.png", NULL);
    ck_assert_ptr_nonnull(image);
    ck_assert_int_eq(vips_jp2ksave(image, "coded.jp2", "lossless", TRUE, "tile_width", tile,
                                   "tile_height", tile, NULL),
                     0);
    g_object_unref(image);
}

/* The codestream of a picture, from SOC on. */
static loom_strbuf stream_of(const oracle_image *picture)
{
    loom_strbuf stream = LOOM_STRBUF_INIT;
    size_t size;

    save(picture, 512);
    char *data = tmpdir_read("coded.jp2", &size);
    const char *at = memmem(data, size, "\xFF\x4F\xFF\x51", 4);
    ck_assert_ptr_nonnull(at);
    loom_strbuf_add(&stream, at, size - (size_t)(at - data));
    free(data);
    return stream;
}

static void add_box(loom_strbuf *out, const char *type, const void *content, size_t size)
{
    sample_be32(out, (uint32_t)(8 + size));
    loom_strbuf_add(out, type, 4);
    loom_strbuf_add(out, content, size);
}

/* A file of these boxes in "jp2h", behind "ihdr", and the stream; releases both. */
static void write_boxes(const char *path, uint32_t channels, unsigned bits, loom_strbuf *boxes,
                        loom_strbuf *stream)
{
    loom_strbuf out = LOOM_STRBUF_INIT, header = LOOM_STRBUF_INIT, first = LOOM_STRBUF_INIT;

    sample_be32(&first, PATCH);
    sample_be32(&first, PATCHES * PATCH);
    sample_be16(&first, channels);
    loom_strbuf_add_char(&first, (char)(bits - 1));
    loom_strbuf_add(&first, "\7\0\0", 3);
    add_box(&header, "ihdr", first.data, first.size);
    loom_strbuf_add(&header, boxes->data, boxes->size);
    add_box(&out, "jP  ", "\r\n\x87\n", 4);
    add_box(&out, "ftyp", "jp2 \0\0\0\0jp2 ", 12);
    add_box(&out, "jp2h", header.data, header.size);
    add_box(&out, "jp2c", stream->data, stream->size);
    sample_write(path, &out);
    loom_strbuf_release(&first);
    loom_strbuf_release(&header);
    loom_strbuf_release(boxes);
    loom_strbuf_release(stream);
}

static void add_colours(loom_strbuf *boxes, unsigned number)
{
    const unsigned char content[7] = {1, 0, 0, 0, 0, 0, (unsigned char)number};

    add_box(boxes, "colr", content, sizeof content);
}

/* I.5.3.6: the last channel is alpha; `type` 1, or 2 where it is premultiplied. */
static void add_channels(loom_strbuf *boxes, unsigned channels, unsigned type)
{
    loom_strbuf content = LOOM_STRBUF_INIT;

    sample_be16(&content, channels);
    for (unsigned i = 0; i < channels; i++) {
        sample_be16(&content, i);
        sample_be16(&content, i == channels - 1 ? type : 0);
        sample_be16(&content, i == channels - 1 ? 0 : i + 1);
    }
    add_box(boxes, "cdef", content.data, content.size);
    loom_strbuf_release(&content);
}

/* ---- what is read --------------------------------------------------------- */

static void assert_reads(const char *path, const oracle_image *picture)
{
    engine_request request = engine_request_default();

    request.settings.allow_untrusted = true;
    oracle_image made = engine_render(&request, path);
    ck_assert_uint_eq(made.channels, picture->channels);
    ck_assert_double_eq(oracle_compare(&made, picture).max, 0);
    oracle_release(&made);
}

static void read_plain(uint32_t channels, unsigned bits)
{
    oracle_image picture = patches_make(channels, bits == 8 ? 255 : 65535, 99);
    loom_strbuf stream = stream_of(&picture), boxes = LOOM_STRBUF_INIT;

    if (channels % 2 == 1) {
        tmpdir_write("bare.j2k", stream.data, stream.size);
        assert_reads("bare.j2k", &picture);
    } else {
        add_channels(&boxes, channels, 1);
    }
    add_colours(&boxes, channels < 3 ? 17 : 16);
    write_boxes("in.jp2", channels, bits, &boxes, &stream);
    assert_reads("in.jp2", &picture);
    oracle_release(&picture);
}

static void read_channels(const loom_kind *kind)
{
    read_plain(kind->value, 8);
    read_plain(kind->value, 16);
}

static void read_bits(const loom_kind *kind)
{
    read_plain(3, kind->value);
}

static void read_colours(const loom_kind *kind)
{
    read_plain(kind->value == 17 ? 1 : 3, 8);
}

START_TEST(tiles_are_read)
{
    oracle_image picture = patches_make(3, 255, 255);

    save(&picture, 64);
    assert_reads("coded.jp2", &picture);
    oracle_release(&picture);
}
END_TEST

static void read_profile(const loom_kind *kind)
{
    engine_request request = engine_request_default();
    oracle_image picture = patches_make(3, 255, 255);
    loom_strbuf stream = stream_of(&picture), boxes = LOOM_STRBUF_INIT, colours = LOOM_STRBUF_INIT;
    icc_profile icc;

    (void)kind;
    icc_make_rgb(&icc, &icc_adobe_rgb);
    loom_strbuf_add(&colours, "\2\0\0", 3);
    loom_strbuf_add(&colours, icc.bytes, icc.size);
    add_box(&boxes, "colr", colours.data, colours.size);
    loom_strbuf_release(&colours);
    write_boxes("in.jp2", 3, 8, &boxes, &stream);
    request.settings.allow_untrusted = true;
    oracle_image made = engine_render(&request, "in.jp2");
    patches_assert_converted(&made, &picture, &icc_adobe_rgb, 3);
    oracle_release(&made);
    oracle_release(&picture);
}

/* ---- what is refused ------------------------------------------------------ */

static void assert_refused(const char *path, const char *words)
{
    engine_request request = engine_request_default();

    request.settings.allow_untrusted = true;
    loom_outcome outcome = engine_run(&request, path, "out.png");
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_UNSUPPORTED);
    ck_assert_msg(strstr(outcome.error.message, words) != NULL, "%s: %s", words,
                  outcome.error.message);
    loom_outcome_release(&outcome);
}

/* SIZ: the byte at `at`, from SOC on, is another. */
START_TEST(unknown_sizes_are_refused)
{
    static const struct {
        size_t at;
        unsigned char value;
        const char *words;
    } rows[] = {{6, 0x40, "beyond Part 1"},
                {6, 0x80, "beyond Part 1"},
                {19, 1, "origin"},
                {23, 1, "origin"},
                {35, 1, "origin"},
                {39, 1, "origin"},
                {42, 11, "differ in type"},
                {42, 0x87, "differ in type"},
                {43, 2, "subsampled"},
                {50, 2, "subsampled"},
                {41, 5, "channels: number 5"}};
    oracle_image picture = patches_make(3, 255, 255);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        loom_strbuf stream = stream_of(&picture);
        stream.data[rows[i].at] = (char)rows[i].value;
        sample_write("in.j2k", &stream);
        assert_refused("in.j2k", rows[i].words);
    }
    for (unsigned bits = 1; bits <= 38; bits++)
        for (unsigned sign = 0; sign < 2; sign++) {
            loom_strbuf stream = stream_of(&picture);
            for (size_t c = 0; c < 3; c++)
                stream.data[42 + 3 * c] = (char)((bits - 1) | sign << 7);
            sample_write("in.j2k", &stream);
            if (sign == 1 || (bits != 8 && bits != 16))
                assert_refused("in.j2k", sign == 1 ? "signed samples" : "bits a sample");
        }
    oracle_release(&picture);
}
END_TEST

static void assert_boxes_refused(uint32_t channels, loom_strbuf *boxes, const char *words)
{
    oracle_image picture = patches_make(channels, 255, 255);
    loom_strbuf stream = stream_of(&picture);

    write_boxes("in.jp2", channels, 8, boxes, &stream);
    assert_refused("in.jp2", words);
    oracle_release(&picture);
}

START_TEST(unknown_boxes_are_refused)
{
    loom_strbuf boxes = LOOM_STRBUF_INIT;

    add_colours(&boxes, 16);
    add_box(&boxes, "pclr", "\0\1\3\7\7\7\0\0\0", 9);
    assert_boxes_refused(1, &boxes, "a palette");
    for (unsigned number = 0; number < 32; number++) {
        if (number == 16)
            continue;
        add_colours(&boxes, number);
        assert_boxes_refused(3, &boxes, "colours");
    }
    add_colours(&boxes, 16);
    assert_boxes_refused(1, &boxes, "another number of channels");
    add_colours(&boxes, 16);
    assert_boxes_refused(4, &boxes, "no known meaning");
    add_colours(&boxes, 16);
    add_channels(&boxes, 4, 2);
    assert_boxes_refused(4, &boxes, "premultiplied alpha");
    add_colours(&boxes, 16);
    add_channels(&boxes, 3, 1);
    assert_boxes_refused(3, &boxes, "another order");
    for (unsigned method = 3; method < 6; method++) {
        const unsigned char content[3] = {(unsigned char)method};
        add_box(&boxes, "colr", content, sizeof content);
        assert_boxes_refused(3, &boxes, "colour specification");
    }
    oracle_image picture = patches_make(4, 255, 255);
    loom_strbuf stream = stream_of(&picture);
    sample_write("in.j2k", &stream);
    assert_refused("in.j2k", "no known meaning");
    oracle_release(&picture);
}
END_TEST

static void refuse_colours(const loom_kind *kind)
{
    loom_strbuf boxes = LOOM_STRBUF_INIT;

    add_colours(&boxes, kind->value);
    assert_boxes_refused(3, &boxes, kind->name);
}

static void refuse_method(const loom_kind *kind)
{
    const unsigned char content[3] = {(unsigned char)kind->value};
    loom_strbuf boxes = LOOM_STRBUF_INIT;

    add_box(&boxes, "colr", content, sizeof content);
    assert_boxes_refused(3, &boxes, kind->name);
}

START_TEST(each_kind_is_read_or_refused)
{
    static const kind_trial trials[] = {{"channels", 1, read_channels},
                                        {"channels", 2, read_channels},
                                        {"channels", 3, read_channels},
                                        {"channels", 4, read_channels},
                                        {"bits a sample", 8, read_bits},
                                        {"bits a sample", 16, read_bits},
                                        {"colours", 12, refuse_colours},
                                        {"colours", 14, refuse_colours},
                                        {"colours", 16, read_colours},
                                        {"colours", 17, read_colours},
                                        {"colours", 18, refuse_colours},
                                        {"colour specification", 1, read_colours},
                                        {"colour specification", 2, read_profile},
                                        {"colour specification", 3, refuse_method},
                                        {"colour specification", 4, refuse_method}};

    kinds_walk(LOOM_FORMAT_JP2, trials, sizeof trials / sizeof *trials);
}
END_TEST

/* Two tiles; the second stands before, between and behind the parts of the first. */
START_TEST(scattered_tiles_are_refused)
{
    oracle_image picture = patches_make(3, 255, 255);
    loom_strbuf stream = stream_of(&picture);
    const char *first = memmem(stream.data, stream.size, "\xFF\x90\0\x0A", 4);

    ck_assert_ptr_nonnull(first);
    loom_strbuf_truncate(&stream, (size_t)(first - stream.data));
    loom_strbuf good = LOOM_STRBUF_INIT;
    loom_strbuf_add(&good, stream.data, stream.size);
    for (unsigned i = 0; i < 4; i++) {
        const unsigned char part[] = {0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 14, 0, 4, 0xFF, 0x93};
        loom_strbuf_add(&stream, part, sizeof part);
        stream.data[stream.size - 9] = (char)(i % 2);
        loom_strbuf_add(&good, part, sizeof part);
        good.data[good.size - 9] = (char)(i / 2);
    }
    sample_write("in.j2k", &stream);
    assert_refused("in.j2k", "are not adjacent");
    char reason[LOOM_UNSUPPORTED_REASON];
    ck_assert(!loom_format_unsupported(
        LOOM_FORMAT_JP2, (loom_bytes){(const unsigned char *)good.data, good.size}, reason));
    loom_strbuf_release(&good);
    oracle_release(&picture);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_jp2");
    TCase *tests = tcase_create("engine_jp2");

    tcase_add_checked_fixture(tests, engine_setup_untrusted, engine_teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, each_kind_is_read_or_refused);
    tcase_add_test(tests, tiles_are_read);
    tcase_add_test(tests, unknown_sizes_are_refused);
    tcase_add_test(tests, scattered_tiles_are_refused);
    tcase_add_test(tests, unknown_boxes_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
