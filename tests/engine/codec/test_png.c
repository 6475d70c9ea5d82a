/* Our PNG reader and writer: against each other, against stb_image, and against damage. */
#include "base/bytes.h"
#include "engine/codec/png.h"
#include "format/container.h"
#include "support/engine_run.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

/* ---- pictures and files -------------------------------------------------- */

typedef enum subject { DRAWING, PHOTOGRAPH } subject;

/* Lines on a flat ground, or slopes with a little noise. */
static loom_picture make_picture(uint32_t width, uint32_t height, unsigned channels, unsigned depth,
                                 subject what)
{
    const size_t samples = (size_t)width * height * channels;
    loom_picture picture = {.width = width, .height = height, .channels = channels, .depth = depth};
    uint32_t noise = 1;

    picture.data = malloc(samples * depth);
    ck_assert_ptr_nonnull(picture.data);
    for (size_t i = 0; i < samples; i++) {
        const size_t c = i % channels, x = i / channels % width, y = i / channels / width;
        noise = noise * 1664525u + 1013904223u;
        uint16_t sample = (uint16_t)(what == DRAWING ? (x * 5 + y * 3) % 17 < 2 ? 20 * c : 255
                                                     : x + y * (c + 1) / 2 + (noise >> 30));
        if (depth == 1)
            picture.data[i] = (unsigned char)sample;
        else
            sample = (uint16_t)(sample * 257 + c), memcpy(picture.data + 2 * i, &sample, 2);
    }
    return picture;
}

static void assert_stb_reads(const loom_picture *picture, const void *file, size_t size)
{
    oracle_image image = oracle_read_memory(file, size);
    const size_t samples = (size_t)picture->width * picture->height * picture->channels;

    ck_assert_uint_eq(image.width, picture->width);
    ck_assert_uint_eq(image.height, picture->height);
    ck_assert_uint_eq(image.channels, picture->channels);
    ck_assert_uint_eq(image.max, picture->depth == 1 ? 255 : 65535);
    size_t different = 0;
    for (size_t i = 0; i < samples; i++) {
        uint16_t sample = picture->data[i];
        if (picture->depth == 2)
            memcpy(&sample, picture->data + 2 * i, 2);
        different += image.samples[i] != sample;
    }
    ck_assert_uint_eq(different, 0);
    oracle_release(&image);
}

static bool has_faults(const loom_png_reader *reader)
{
    const loom_png_faults *faults = loom_png_reader_faults(reader);

    return faults->damage != NULL || faults->missing || faults->unfinished || faults->surplus;
}

/* Whether the reader finds nothing wrong with the file; then it must be this picture. */
static bool reads(const loom_picture *picture, const unsigned char *file, size_t size)
{
    loom_png_reader *reader = loom_png_reader_create(file, size);
    const size_t row_size = (size_t)picture->width * picture->channels * picture->depth;
    bool ok = reader != NULL;

    if (ok) {
        ck_assert_uint_eq(loom_png_reader_width(reader), picture->width);
        ck_assert_uint_eq(loom_png_reader_height(reader), picture->height);
        ck_assert_uint_eq(loom_png_reader_channels(reader), picture->channels);
        ck_assert_uint_eq(loom_png_reader_depth(reader), picture->depth);
    }
    bool same = true;
    for (uint32_t y = 0; ok && y < picture->height; y++) {
        if (loom_png_reader_at(reader) != y)
            ck_abort_msg("row %u comes as the next one", loom_png_reader_at(reader));
        const unsigned char *row = loom_png_reader_next(reader);
        same = same && memcmp(row, picture->data + y * row_size, row_size) == 0;
    }
    ok = ok && !has_faults(reader);
    ck_assert_msg(same || !ok, "another picture is taken for this one");
    loom_png_reader_free(reader);
    return ok;
}

typedef struct file {
    unsigned char *data;
    size_t size;
} file;

static file write_picture(const loom_picture *picture, int effort, const loom_strbuf *chunks)
{
    const loom_bytes none = {NULL, 0};
    file made;
    void *data;

    ck_assert(loom_png_write(picture, effort, chunks != NULL ? loom_meta_bytes(chunks) : none,
                             &data, &made.size));
    made.data = data;
    return made;
}

static void add_chunk(loom_strbuf *out, const char *type, const void *data, size_t size)
{
    sample_be32(out, (uint32_t)size);
    loom_strbuf_add(out, type, 4);
    loom_strbuf_add(out, data, size);
    ck_assert(!out->failed);
    const char *from = out->data + out->size - size - 4;
    sample_be32(out, libdeflate_crc32(0, from, size + 4));
}

/* ---- both ways ----------------------------------------------------------- */

START_TEST(what_is_written_is_read_again)
{
    static const uint32_t sizes[][2] = {{1, 1}, {3, 2}, {131, 67}, {700, 3}, {2, 900}, {640, 300}};
    static const int efforts[] = {-1, 0, 1, 9, LOOM_EFFORT_MAX};
    const unsigned channels = (unsigned)_i % 4 + 1, depth = (unsigned)_i / 4 + 1;

    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t e = 0; e < sizeof efforts / sizeof *efforts; e++) {
            const subject what = (s + e) % 2 ? PHOTOGRAPH : DRAWING;
            loom_picture picture = make_picture(sizes[s][0], sizes[s][1], channels, depth, what);
            ck_assert(loom_png_writes(&picture));
            file made = write_picture(&picture, efforts[e], NULL);
            assert_stb_reads(&picture, made.data, made.size);
            ck_assert(reads(&picture, made.data, made.size));
            free(made.data);
            loom_picture_release(&picture);
        }
}
END_TEST

/* Inflates the one IDAT of a file that was written here, and counts its rows with filters. */
static uint32_t filtered_rows(const loom_picture *picture, const file *made)
{
    const size_t row = (size_t)picture->width * picture->channels * picture->depth + 1;
    const unsigned char *idat = made->data + 33;
    unsigned char *raw = malloc(row * picture->height);
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    uint32_t count = 0;

    ck_assert(raw != NULL && inflater != NULL);
    ck_assert_mem_eq(idat + 4, "IDAT", 4);
    ck_assert_int_eq(libdeflate_zlib_decompress(inflater, idat + 8, loom_be32(idat), raw,
                                                row * picture->height, NULL),
                     LIBDEFLATE_SUCCESS);
    for (uint32_t y = 0; y < picture->height; y++)
        count += raw[y * row] != 0;
    libdeflate_free_decompressor(inflater);
    free(raw);
    return count;
}

START_TEST(photographs_are_filtered_and_drawings_are_not)
{
    loom_picture drawing = make_picture(300, 800, 3, 1, DRAWING);
    loom_picture photograph = make_picture(300, 800, 3, 1, PHOTOGRAPH);
    file a = write_picture(&drawing, -1, NULL), b = write_picture(&photograph, -1, NULL);

    ck_assert_uint_eq(filtered_rows(&drawing, &a), 0);
    ck_assert_uint_eq(filtered_rows(&photograph, &b), 800);
    free(a.data);
    free(b.data);
    loom_picture_release(&drawing);
    loom_picture_release(&photograph);
}
END_TEST

START_TEST(what_is_large_or_cmyk_is_not_written_here)
{
    const loom_picture large = {.width = 8192, .height = 2731, .channels = 3, .depth = 1};
    const loom_picture fits = {.width = 8192, .height = 2730, .channels = 3, .depth = 1};
    const loom_picture inks = {.width = 1, .height = 1, .channels = 4, .depth = 1, .cmyk = true};

    ck_assert(!loom_png_writes(&large));
    ck_assert(loom_png_writes(&fits));
    ck_assert(!loom_png_writes(&inks));
}
END_TEST

/* Chunks before the pixels, each with the right check sum; the same behind another file's IHDR. */
START_TEST(metadata_stand_before_the_pixels)
{
    static const unsigned char profile[] = "a profile, which is packed";
    loom_picture picture = make_picture(40, 30, 3, 1, PHOTOGRAPH);
    loom_strbuf chunks = LOOM_STRBUF_INIT, expected = LOOM_STRBUF_INIT, out = LOOM_STRBUF_INIT;
    loom_meta meta = {.profile = {profile, sizeof profile}};
    unsigned char unpacked[sizeof profile];

    loom_strbuf_add_str(&meta.exif, "II*");
    loom_strbuf_add_str(&meta.xmp, "<xmp/>");
    ck_assert(loom_png_meta_add(&meta, &chunks));
    const unsigned char *icc = (const unsigned char *)chunks.data;
    const size_t packed = loom_be32(icc);
    ck_assert_mem_eq(icc + 4, "iCCPicc\0\0", 9);
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    ck_assert_int_eq(
        libdeflate_zlib_decompress(inflater, icc + 13, packed - 5, unpacked, sizeof unpacked, NULL),
        LIBDEFLATE_SUCCESS);
    libdeflate_free_decompressor(inflater);
    ck_assert_mem_eq(unpacked, profile, sizeof profile);
    add_chunk(&expected, "iCCP", icc + 8, packed);
    add_chunk(&expected, "eXIf", "II*", 3);
    add_chunk(&expected, "iTXt", "XML:com.adobe.xmp\0\0\0\0\0<xmp/>", 28);
    ck_assert_uint_eq(chunks.size, expected.size);
    ck_assert_mem_eq(chunks.data, expected.data, expected.size);

    file plain = write_picture(&picture, -1, NULL), made = write_picture(&picture, -1, &chunks);
    assert_stb_reads(&picture, made.data, made.size);
    ck_assert_uint_eq(made.size, plain.size + chunks.size);
    ck_assert_mem_eq(made.data + 33, chunks.data, chunks.size);
    ck_assert(loom_png_meta_insert((loom_bytes){plain.data, plain.size}, &meta, &out));
    ck_assert_uint_eq(out.size, made.size);
    ck_assert_mem_eq(out.data, made.data, made.size);
    ck_assert(!loom_png_meta_insert((loom_bytes){plain.data, 30}, &meta, &out));
    loom_meta_release(&meta);
    loom_strbuf_release(&chunks);
    loom_strbuf_release(&expected);
    loom_strbuf_release(&out);
    free(plain.data);
    free(made.data);
    loom_picture_release(&picture);
}
END_TEST

/* ---- what is wrong is told ------------------------------------------------ */

/* The pixel data of a file, split and followed as `how` says. */
typedef struct making {
    size_t part;                        /* bytes of an IDAT; 0: all in one */
    bool empty_ones;                    /* IDATs between them */
    const char *before, *amid, *behind; /* a chunk of this type there; NULL: none */
    bool no_end;
    int header_at, header; /* a byte of IHDR's data, and what it becomes; -1: none */
} making;

static const making usual = {.header_at = -1};

static void put_together(loom_strbuf *out, const file *from, const unsigned char *stream,
                         size_t size, const making *how)
{
    const size_t part = how->part > 0 ? how->part : size + 1;
    unsigned char header[13];

    loom_strbuf_clear(out);
    loom_strbuf_add(out, (char *)from->data, 8);
    memcpy(header, from->data + 16, sizeof header);
    if (how->header_at >= 0)
        header[how->header_at] = (unsigned char)how->header;
    add_chunk(out, "IHDR", header, sizeof header);
    if (how->before != NULL)
        add_chunk(out, how->before, "\0\1\0\1\0\1", 6);
    for (size_t at = 0; at == 0 || at < size; at += part) {
        add_chunk(out, "IDAT", stream + at, size - at < part ? size - at : part);
        if (how->empty_ones)
            add_chunk(out, "IDAT", "", 0);
        if (how->amid != NULL)
            add_chunk(out, how->amid, "a\0b", 3);
    }
    if (how->behind != NULL)
        add_chunk(out, how->behind, "a\0b", 3);
    if (!how->no_end)
        add_chunk(out, "IEND", "", 0);
}

static bool reads_stream(const loom_picture *picture, const file *from, const unsigned char *stream,
                         size_t size, making how)
{
    loom_strbuf out = LOOM_STRBUF_INIT;

    put_together(&out, from, stream, size, &how);
    const bool ok = reads(picture, (unsigned char *)out.data, out.size);
    loom_strbuf_release(&out);
    return ok;
}

START_TEST(pixel_data_may_be_split_in_any_way)
{
    loom_picture picture = make_picture(120, 90, 3, 1, PHOTOGRAPH);
    file made = write_picture(&picture, -1, NULL);
    const unsigned char *stream = made.data + 41;
    const size_t size = loom_be32(made.data + 33);

    for (size_t part = 2; part < 600; part += part < 10 ? 1 : 83) {
        ck_assert(reads_stream(&picture, &made, stream, size, (making){part, .header_at = -1}));
        ck_assert(reads_stream(&picture, &made, stream, size,
                               (making){part, .empty_ones = true, .header_at = -1}));
    }
    ck_assert(
        reads_stream(&picture, &made, stream, size, (making){.before = "teSt", .header_at = -1}));
    free(made.data);
    loom_picture_release(&picture);
}
END_TEST

START_TEST(what_is_not_right_is_told)
{
    static const making others[] = {
        {.header_at = -1, .amid = "tEXt", .part = 500},
        {.header_at = 9, .header = 3}, /* a palette, which is not there */
        {.header_at = 9, .header = 7}, /* no colour type */
        {.header_at = 9, .header = 255},
        {.header_at = 8, .header = 4},    /* no bits of RGB */
        {.header_at = 8, .header = 16},   /* half the data */
        {.header_at = 10, .header = 1},   /* no compression method */
        {.header_at = 11, .header = 1},   /* no set of filters */
        {.header_at = 12, .header = 2},   /* no kind of interlacing */
        {.header_at = 12, .header = 1},   /* interlaced: more filter bytes */
        {.header_at = 0, .header = 0x40}, /* 2^30 px wide */
        {.header_at = 3, .header = 0},    /* 0 px wide */
        {.header_at = 7, .header = 0},    /* 0 px high */
        {.header_at = 4, .header = 0xFF},
        {.header_at = 7, .header = 89}, /* a row less than there is */
        {.header_at = 7, .header = 91},
    };
    loom_picture picture = make_picture(120, 90, 3, 1, PHOTOGRAPH);
    file made = write_picture(&picture, -1, NULL);
    loom_strbuf out = LOOM_STRBUF_INIT;

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        put_together(&out, &made, made.data + 41, loom_be32(made.data + 33), &others[i]);
        loom_png_reader *reader = loom_png_reader_create((unsigned char *)out.data, out.size);
        while (reader != NULL && loom_png_reader_at(reader) < loom_png_reader_height(reader))
            (void)loom_png_reader_next(reader);
        ck_assert_msg(reader == NULL || has_faults(reader), "case %zu was read", i);
        loom_png_reader_free(reader);
    }
    loom_strbuf_release(&out);
    free(made.data);
    loom_picture_release(&picture);
}
END_TEST

/* A changed bit, with chunks whose checksums are right: noticed, or without consequence. */
START_TEST(no_damage_is_read_as_another_picture)
{
    loom_picture picture = make_picture(60, 40, (unsigned)_i, 1, PHOTOGRAPH);
    file made = write_picture(&picture, -1, NULL);
    const size_t size = loom_be32(made.data + 33);
    unsigned char *stream = malloc(size + 4);
    unsigned read = 0;

    ck_assert_ptr_nonnull(stream);
    memcpy(stream, made.data + 41, size);
    for (size_t bit = 0; bit < size * 8; bit += suite_long() ? 1 : 13) {
        stream[bit / 8] ^= (unsigned char)(1 << bit % 8);
        read += reads_stream(&picture, &made, stream, size, usual);
        stream[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    ck_assert_uint_le(read, 1); /* the last byte has bits that say nothing */
    for (size_t length = 0; length < size; length += length + 40 < size ? 17 : 1)
        ck_assert(!reads_stream(&picture, &made, stream, length, usual));
    for (size_t more = 1; more <= 4; more++) {
        memset(stream + size, 0, more);
        ck_assert(!reads_stream(&picture, &made, stream, size + more, usual));
    }
    ck_assert(reads_stream(&picture, &made, stream, size, usual));
    free(stream);
    free(made.data);
    loom_picture_release(&picture);
}
END_TEST

/* Whether neither chunks nor pixels of a file's first bytes are damaged, and the end is there. */
static bool is_good(const loom_picture *picture, const file *made, size_t size)
{
    loom_outcome outcome;
    loom_header header;
    loom_bytes missing;
    loom_input input = {.data = malloc(size + 1), .size = size};

    ck_assert_ptr_nonnull(input.data);
    memcpy(input.data, made->data, size);
    loom_outcome_init(&outcome);
    const loom_bytes bytes = {input.data, size};
    const bool damaged = loom_png_settle(&input, &outcome) != NULL || outcome.warning_count > 0;
    (void)loom_format_header(LOOM_FORMAT_PNG, bytes, &header);
    const bool whole = loom_format_check(bytes, &header, &missing) == LOOM_INTEGRITY_WHOLE;
    const bool good = !damaged && whole && reads(picture, input.data, size);
    loom_outcome_release(&outcome);
    loom_input_release(&input);
    return good;
}

/* Any byte of the file itself: checksums of chunks tell. */
START_TEST(no_byte_of_the_file_is_overlooked)
{
    loom_picture picture = make_picture(9, 8, 3, 1, PHOTOGRAPH);
    file made = write_picture(&picture, -1, NULL);

    for (size_t i = 8; i < made.size; i++) {
        made.data[i] ^= 0x20;
        ck_assert_msg(!is_good(&picture, &made, made.size), "byte %zu", i);
        made.data[i] ^= 0x20;
    }
    for (size_t size = 0; size < made.size; size++)
        ck_assert_msg(!is_good(&picture, &made, size), "%zu bytes", size);
    ck_assert(is_good(&picture, &made, made.size));
    free(made.data);
    loom_picture_release(&picture);
}
END_TEST

/* As old encoders did (libpng has an option for it): the checksum proves the picture right. */
START_TEST(a_window_said_to_be_smaller_than_it_is_does_no_harm)
{
    loom_picture picture = make_picture(30, 80, 1, 1, PHOTOGRAPH);
    file made = write_picture(&picture, -1, NULL);
    unsigned char *stream = made.data + 41;

    stream[0] = 0x28; /* 1 KiB */
    stream[1] = (unsigned char)(31 - stream[0] * 256 % 31);
    ck_assert(reads_stream(&picture, &made, stream, loom_be32(made.data + 33), usual));
    free(made.data);
    loom_picture_release(&picture);
}
END_TEST

/* ---- in the engine ------------------------------------------------------- */

/* The picture is all right, but nothing says so. */
START_TEST(damage_that_shows_late_is_judged_as_ever)
{
    loom_picture picture = make_picture(400, 900, 3, 1, PHOTOGRAPH);
    file made = write_picture(&picture, -1, NULL);
    const size_t size = loom_be32(made.data + 33);
    loom_strbuf out = LOOM_STRBUF_INIT;
    engine_request request = engine_request_box(100, 0, LOOM_FIT_COVER);

    put_together(&out, &made, made.data + 41, size - 2, &usual); /* half of the checksum lacks */
    sample_write("late.png", &out);
    engine_assert_error(&request, "late.png", LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE);
    request.settings.fail_on = LOOM_FAIL_ON_NONE;
    loom_outcome outcome =
        engine_run_written(&request, "late.png", "late-out.png", LOOM_RESULT_WARNING);
    tmpdir_write("sound.png", made.data, made.size);
    loom_outcome sound = engine_run_written(&request, "sound.png", "out.png", LOOM_RESULT_OK);
    oracle_image a = oracle_read("late-out.png"), b = oracle_read("out.png");
    ck_assert_double_lt(oracle_compare(&a, &b).max, 1);
    oracle_release(&a);
    oracle_release(&b);
    loom_outcome_release(&outcome);
    loom_outcome_release(&sound);
    free(made.data);
    loom_picture_release(&picture);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("png");
    TCase *both = tcase_create("both"), *left = tcase_create("left"), *in = engine_case("engine");

    tcase_add_loop_test(both, what_is_written_is_read_again, 0, 8);
    tcase_add_test(both, photographs_are_filtered_and_drawings_are_not);
    tcase_add_test(both, what_is_large_or_cmyk_is_not_written_here);
    tcase_add_test(both, metadata_stand_before_the_pixels);
    suite_add_tcase(suite, both);

    tcase_add_test(left, pixel_data_may_be_split_in_any_way);
    tcase_add_test(left, what_is_not_right_is_told);
    tcase_add_loop_test(left, no_damage_is_read_as_another_picture, 1, 5);
    tcase_add_test(left, no_byte_of_the_file_is_overlooked);
    tcase_add_test(left, a_window_said_to_be_smaller_than_it_is_does_no_harm);
    suite_add_tcase(suite, left);

    tcase_add_test(in, damage_that_shows_late_is_judged_as_ever);
    suite_add_tcase(suite, in);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
