/* What the engine writes: each format, JPEG's tables, and that metadata stay behind. */
#include "support/engine_run.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- each writable format ------------------------------------------------ */

static const struct {
    loom_format format;
    const char *output;
    double psnr;
    int quality; /* default */
} written[] = {
    {LOOM_FORMAT_JPEG, "out.jpg", 30, 80},  {LOOM_FORMAT_PNG, "out.png", 35, 0},
    {LOOM_FORMAT_WEBP, "out.webp", 30, 80}, {LOOM_FORMAT_GIF, "out.gif", 30, 0},
    {LOOM_FORMAT_TIFF, "out.tif", 35, 0},   {LOOM_FORMAT_AVIF, "out.avif", 30, 50},
};

enum { WRITTEN = sizeof written / sizeof *written };

static oracle_image expected_of(const char *name, bool grayscale)
{
    oracle_image input = oracle_read(engine_testdata(name));
    oracle_image expected = oracle_render(
        &input,
        &(oracle_recipe){.width = 100, .height = 80, .fit = ORACLE_INSIDE, .grayscale = grayscale});

    oracle_release(&input);
    return expected;
}

START_TEST(each_format_is_written_and_reads_back)
{
    static const char name[] = "tiny/photo-333x222.jpg";
    engine_request request = engine_request_box(100, 80, LOOM_FIT_INSIDE);
    const char *output = written[_i].output;

    request.format = written[_i].format;
    loom_outcome outcome =
        engine_run_written(&request, engine_testdata(name), output, LOOM_RESULT_OK);
    ck_assert_int_eq(outcome.format, written[_i].format);
    ck_assert_uint_eq(outcome.width, 100);
    ck_assert_uint_eq(outcome.height, 67);
    ck_assert_int_eq(outcome.channels, 3);
    ck_assert_int_eq(outcome.quality, written[_i].quality);
    ck_assert_uint_eq(outcome.original_size, 10711);

    oracle_image expected = expected_of(name, false);
    oracle_image made = engine_decode(output);
    if (made.channels > expected.channels) { /* libvips reads GIF with alpha */
        static const uint8_t black[3] = {0, 0, 0};
        oracle_image flat = oracle_flatten(&made, black);
        oracle_release(&made);
        made = flat;
    }
    oracle_difference difference = oracle_compare(&made, &expected);
    ck_assert_msg(difference.psnr >= written[_i].psnr, "%s: %.2f dB", output, difference.psnr);
    oracle_release(&expected);
    oracle_release(&made);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(each_format_with_alpha_keeps_it)
{
    const bool holds_alpha = written[_i].format != LOOM_FORMAT_JPEG;
    engine_request request = engine_request_default();

    request.format = written[_i].format;
    loom_outcome outcome =
        engine_run_written(&request, engine_testdata("formats/quadrants-alpha.png"),
                           written[_i].output, LOOM_RESULT_OK);
    ck_assert_int_eq(outcome.channels, holds_alpha ? 4 : 3);
    oracle_image made = engine_decode(written[_i].output);
    ck_assert_uint_eq(made.channels, holds_alpha ? 4 : 3);
    oracle_assert_pixel(&made, 60 + 20, 20, 12, 0x00FF00FF);
    if (holds_alpha)
        ck_assert_uint_le(oracle_at(&made, 2, 2, 3), 6);
    oracle_release(&made);
    loom_outcome_release(&outcome);
}
END_TEST

/* Of few colours too, where a palette has room for a transparent one. */
START_TEST(each_format_tells_whether_it_has_alpha)
{
    static const char *const inputs[] = {"formats/palette.png", "formats/quadrants-alpha.png"};
    engine_request request = engine_request_default();

    request.format = written[_i].format;
    for (int alpha = 0; alpha < 2; alpha++) {
        loom_outcome outcome = engine_run_written(&request, engine_testdata(inputs[alpha]),
                                                  written[_i].output, LOOM_RESULT_OK);
        ck_assert_int_eq(outcome.traits.alpha, alpha > 0 && written[_i].format != LOOM_FORMAT_JPEG
                                                   ? LOOM_PRESENCE_PRESENT
                                                   : LOOM_PRESENCE_ABSENT);
        loom_outcome_release(&outcome);
    }
}
END_TEST

START_TEST(each_format_holds_gray)
{
    engine_request request = engine_request_box(100, 80, LOOM_FIT_INSIDE);
    request.format = written[_i].format;
    request.recipe.grayscale = LOOM_GRAYSCALE_LUMA;
    loom_outcome outcome = engine_run_written(&request, engine_testdata("tiny/photo-333x222.jpg"),
                                              written[_i].output, LOOM_RESULT_OK);

    ck_assert_int_eq(outcome.channels, 1);
    oracle_image expected = expected_of("tiny/photo-333x222.jpg", true);
    oracle_image made = engine_decode(written[_i].output);
    for (uint32_t y = 5; y < made.height; y += 13)
        for (uint32_t x = 5; x < made.width; x += 13)
            for (uint32_t c = 0; c < 3; c++) {
                const uint32_t channel = made.channels < 3 ? 0 : c;
                const int difference =
                    (int)oracle_at(&made, x, y, channel) - (int)oracle_at(&expected, x, y, 0);
                ck_assert_msg(abs(difference) <= 32, "%s (%u, %u): %d off", written[_i].output, x,
                              y, difference);
            }
    oracle_release(&expected);
    oracle_release(&made);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(the_codec_table_names_a_writer_of_each)
{
    ck_assert_ptr_nonnull(engine_codec(written[_i].format)->writer);
    ck_assert_ptr_nonnull(engine_codec(written[_i].format)->reader);
    ck_assert_int_eq(engine_codec(written[_i].format)->format, written[_i].format);
}
END_TEST

/* ---- who has decoded ----------------------------------------------------- */

static const struct {
    const char *input;
    loom_format format;
    const char *decoder;
} decoders[] = {
    {"photos/scene-1.jpg", LOOM_FORMAT_JPEG, "libjpeg-turbo"}, /* without our own */
    {"photos/cmyk.jpg", LOOM_FORMAT_JPEG, "libjpeg-turbo"},    /* not in the jpeg lane */
    {"formats/quadrants.png", LOOM_FORMAT_PNG, "ISA-L"},
    {"formats/quadrants.webp", LOOM_FORMAT_WEBP, "libwebp"},
    {"formats/quadrants.tif", LOOM_FORMAT_TIFF, "libtiff"},
    {"formats/quadrants.avif", LOOM_FORMAT_AVIF, "libheif"},
    {"formats/quadrants.gif", LOOM_FORMAT_GIF, "imgloom"},
    {"formats/quadrants.bmp", LOOM_FORMAT_BMP, "imgloom"},
    {"formats/quadrants.psd", LOOM_FORMAT_PSD, "imgloom"},
};

enum { DECODERS = sizeof decoders / sizeof *decoders };

/* Whether a list of "LIBRARY VERSION, ..." names the library. */
static bool names_library(const char *list, const char *library)
{
    const char *found = strstr(list, library);

    return library[0] != '\0' && found != NULL && (found == list || found[-1] == ' ') &&
           strchr(" ,", found[strlen(library)]) != NULL;
}

START_TEST(the_outcome_names_the_decoder)
{
    engine_request request = engine_request_box(20, 20, LOOM_FIT_INSIDE);
    const char *input = engine_testdata(decoders[_i].input);

    request.format = LOOM_FORMAT_JPEG;
    request.settings.jpeg_decoder = LOOM_JPEG_DECODER_LIBJPEG;
    loom_outcome outcome = engine_run_written(&request, input, "out.jpg", LOOM_RESULT_OK);
    ck_assert_str_eq(outcome.decoder, decoders[_i].decoder);
    ck_assert_msg(names_library(engine_codec(decoders[_i].format)->reader, outcome.decoder),
                  "%s has decoded %s", outcome.decoder, input);
    loom_outcome_release(&outcome);
    request.settings.dry_run = true;
    outcome = engine_run(&request, input, "planned.jpg");
    ck_assert_int_eq(outcome.result, LOOM_RESULT_PLANNED);
    ck_assert_str_eq(outcome.decoder, "");
    loom_outcome_release(&outcome);
}
END_TEST

/* Where the build has our own decoder, it is asked first. */
START_TEST(our_own_jpeg_decoder_is_named)
{
#ifdef LOOM_JPEG_OWN
    const char *const own = "imgloom";
#else
    const char *const own = "libjpeg-turbo";
#endif
    static const char *const inputs[] = {"photos/scene-1.jpg", "photos/gray.jpg",
                                         "orientation/landscape-6.jpg"};
    engine_request request = engine_request_box(20, 20, LOOM_FIT_INSIDE);

    request.format = LOOM_FORMAT_JPEG;
    for (size_t i = 0; i < COUNT(inputs); i++) {
        loom_outcome outcome =
            engine_run_written(&request, engine_testdata(inputs[i]), "out.jpg", LOOM_RESULT_OK);
        ck_assert_str_eq(outcome.decoder, own);
        loom_outcome_release(&outcome);
    }
}
END_TEST

START_TEST(what_fails_names_who_tried)
{
    engine_request request = engine_request_default();
    loom_outcome outcome =
        engine_run(&request, engine_testdata("broken/truncated.webp"), "out.png");

    ck_assert_int_eq(outcome.error.code, LOOM_ERR_TRUNCATED);
    ck_assert_str_eq(outcome.decoder, ""); /* refused by its structure */
    loom_outcome_release(&outcome);
    outcome = engine_run(&request, engine_testdata("broken/corrupt.jpg"), "out.png");
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_CORRUPT);
    ck_assert_str_eq(outcome.decoder, "libjpeg-turbo");
    loom_outcome_release(&outcome);
    request.settings.max_pixels = 1;
    outcome = engine_run(&request, engine_testdata("formats/quadrants.png"), "out.png");
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_TOO_LARGE);
    ck_assert_str_eq(outcome.decoder, "");
    loom_outcome_release(&outcome);
}
END_TEST

/* ---- quality and JPEG's own matters -------------------------------------- */

/* What the headers of a JPEG say (ITU-T T.81, Annex B). */
typedef struct jpeg_header {
    unsigned sampling[4]; /* of each component: horizontal << 4 | vertical */
    unsigned components;
    unsigned first_quantum; /* of the first table: of the mean brightness of a block */
    size_t huffman_bytes;   /* of all Huffman tables */
    bool progressive;
} jpeg_header;

static void read_segment(jpeg_header *header, unsigned marker, const unsigned char *p,
                         size_t length)
{
    if (marker == 0xC0 || marker == 0xC2) {
        header->progressive = marker == 0xC2;
        header->components = p[5];
        for (unsigned i = 0; i < p[5] && i < 4; i++)
            header->sampling[i] = p[7 + 3 * i];
    } else if (marker == 0xC4) {
        header->huffman_bytes += length;
    } else if (marker == 0xDB && header->first_quantum == 0) {
        header->first_quantum = p[1];
    }
}

static jpeg_header read_jpeg(const char *path)
{
    size_t size;
    unsigned char *data = (unsigned char *)tmpdir_read(path, &size);
    jpeg_header header = {.components = 0};

    for (size_t at = 2; at + 4 <= size && data[at + 1] != 0xDA;) {
        const size_t length = (size_t)data[at + 2] << 8 | data[at + 3];
        ck_assert_uint_eq(data[at], 0xFF);
        ck_assert_uint_le(at + 2 + length, size);
        read_segment(&header, data[at + 1], data + at + 4, length - 2);
        at += 2 + length;
    }
    free(data);
    return header;
}

static jpeg_header write_jpeg(int quality, bool grayscale)
{
    engine_request request = engine_request_box(400, 0, LOOM_FIT_COVER);

    request.format = LOOM_FORMAT_JPEG;
    request.recipe.quality = quality;
    request.recipe.grayscale = grayscale ? LOOM_GRAYSCALE_LUMA : LOOM_GRAYSCALE_NONE;
    loom_outcome outcome = engine_run_written(&request, engine_testdata("photos/scene-1.jpg"),
                                              "out.jpg", LOOM_RESULT_OK);
    ck_assert_int_eq(outcome.quality, quality > 0 ? quality : 80);
    ck_assert_int_eq(outcome.channels, grayscale ? 1 : 3);
    loom_outcome_release(&outcome);
    return read_jpeg("out.jpg");
}

/* T.81's example tables have 28 bytes for DC and 178 for AC, and each a byte for its number. */
enum { STANDARD_TABLES = 2 * (1 + 28) + 2 * (1 + 178) };

START_TEST(jpeg_is_baseline_420_with_tables_of_its_own)
{
    jpeg_header header = write_jpeg(0, false);

    ck_assert_uint_eq(header.components, 3);
    ck_assert_uint_eq(header.sampling[0], 0x22);
    ck_assert_uint_eq(header.sampling[1], 0x11);
    ck_assert_uint_eq(header.sampling[2], 0x11);
    ck_assert(!header.progressive);
    ck_assert_uint_gt(header.huffman_bytes, 0);
    ck_assert_uint_lt(header.huffman_bytes, STANDARD_TABLES);
    ck_assert_uint_eq(header.first_quantum, 6); /* 16 at quality 50, 40 % of it at 80 */

    header = write_jpeg(0, true);
    ck_assert_uint_eq(header.components, 1);
}
END_TEST

START_TEST(quality_decides_the_quantisation)
{
    ck_assert_uint_eq(write_jpeg(50, false).first_quantum, 16);
    ck_assert_uint_eq(write_jpeg(30, false).first_quantum, 27);
    ck_assert_uint_eq(write_jpeg(100, false).first_quantum, 1);
    ck_assert_uint_eq(write_jpeg(95, false).sampling[0], 0x22);
}
END_TEST

START_TEST(quality_makes_files_larger)
{
    static const loom_format formats[] = {LOOM_FORMAT_JPEG, LOOM_FORMAT_WEBP, LOOM_FORMAT_AVIF};

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        uint64_t last = 0;
        for (int quality = 20; quality <= 90; quality += 35) {
            engine_request request = engine_request_box(160, 0, LOOM_FIT_COVER);
            request.format = formats[i];
            request.recipe.quality = quality;
            loom_outcome outcome = engine_run_written(
                &request, engine_testdata("photos/scene-1.jpg"), "quality.out", LOOM_RESULT_OK);
            ck_assert_int_eq(outcome.quality, quality);
            ck_assert_uint_gt(outcome.processed_size, last);
            last = outcome.processed_size;
            loom_outcome_release(&outcome);
        }
    }
}
END_TEST

START_TEST(a_format_without_quality_reports_none)
{
    engine_request request = engine_request_default();

    request.recipe.quality = 30;
    loom_outcome outcome = engine_run_written(&request, engine_testdata("formats/quadrants.png"),
                                              "out.png", LOOM_RESULT_OK);
    ck_assert_int_eq(outcome.quality, 0);
    loom_outcome_release(&outcome);
}
END_TEST

/* ---- metadata ------------------------------------------------------------ */

static size_t put_segment(unsigned char *to, unsigned marker, const char *data, size_t size)
{
    to[0] = 0xFF;
    to[1] = (unsigned char)marker;
    to[2] = (unsigned char)((size + 2) >> 8);
    to[3] = (unsigned char)(size + 2);
    memcpy(to + 4, data, size);
    return size + 4;
}

/* A JPEG that has EXIF already, with XMP, a comment and a profile that is none. */
static void write_tagged_jpeg(const char *path)
{
    static const char xmp[] =
        "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>";
    static const char icc[] = "ICC_PROFILE\0\1\1secret-profile-bytes";
    static const char comment[] = "secret-comment";
    unsigned char more[512];
    size_t size, at = 2;
    char *data = tmpdir_read(engine_testdata("orientation/landscape-6.jpg"), &size);
    char *made = malloc(size + sizeof more);

    ck_assert_ptr_nonnull(made);
    memcpy(more, data, 2);
    at += put_segment(more + at, 0xE1, xmp, sizeof xmp - 1);
    at += put_segment(more + at, 0xE2, icc, sizeof icc - 1);
    at += put_segment(more + at, 0xFE, comment, sizeof comment - 1);
    memcpy(made, more, at);
    memcpy(made + at, data + 2, size - 2);
    tmpdir_write(path, made, at + size - 2);
    free(made);
    free(data);
}

START_TEST(no_metadata_is_written)
{
    static const char *const traces[] = {"Exif",        "EXIF",     "eXIf",   "ns.adobe.com",
                                         "xmpmeta",     "XMP ",     "secret", "ICC_PROFILE",
                                         "iCCP",        "ICCP",     "Artist", "tEXt",
                                         "Photoshop 3", "Software", "libvips"};
    engine_request request = engine_request_box(60, 0, LOOM_FIT_COVER);
    size_t size;

    write_tagged_jpeg("tagged.jpg");
    request.format = written[_i].format;
    /* the profile that is none is warned of */
    loom_outcome outcome =
        engine_run_written(&request, "tagged.jpg", written[_i].output, LOOM_RESULT_WARNING);
    ck_assert_uint_eq(outcome.warning_count, 1);
    ck_assert_str_eq(outcome.warnings[0], "the embedded colour profile is broken and was ignored");
    char *data = tmpdir_read(written[_i].output, &size);
    for (size_t i = 0; i < sizeof traces / sizeof *traces; i++)
        ck_assert_msg(memmem(data, size, traces[i], strlen(traces[i])) == NULL, "%s holds %s",
                      written[_i].output, traces[i]);
    free(data);
    loom_outcome_release(&outcome);
}
END_TEST

/* ---- orientation that stays a tag ---------------------------------------- */

START_TEST(without_auto_orient_the_tag_is_written_back)
{
    static const int with_tag[] = {0, 1, 2, 4}; /* JPEG, PNG, WebP, TIFF */
    engine_request request = engine_request_default();
    char name[64];

    (void)snprintf(name, sizeof name, "orientation/landscape-%d.jpg", _i);
    request.recipe.auto_orient = false;
    for (size_t i = 0; i < sizeof with_tag / sizeof *with_tag; i++) {
        const char *output = written[with_tag[i]].output;
        request.format = written[with_tag[i]].format;
        loom_outcome outcome =
            engine_run_written(&request, engine_testdata(name), output, LOOM_RESULT_OK);
        ck_assert_uint_eq(outcome.width, outcome.original_width);
        ck_assert_uint_eq(outcome.height, outcome.original_height);
        ck_assert_msg(engine_orientation(output) == _i, "%s: %d", output,
                      engine_orientation(output));
        loom_outcome_release(&outcome);
    }
}
END_TEST

START_TEST(with_auto_orient_no_tag_is_written)
{
    engine_request request = engine_request_default();

    request.format = written[_i].format;
    loom_outcome outcome =
        engine_run_written(&request, engine_testdata("orientation/landscape-6.jpg"),
                           written[_i].output, LOOM_RESULT_OK);
    ck_assert_int_eq(outcome.orientation, 6);
    ck_assert_int_eq(engine_orientation(written[_i].output), 1);
    loom_outcome_release(&outcome);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_formats");
    TCase *formats = engine_case("formats"), *jpeg = engine_case("jpeg");
    TCase *metadata = engine_case("metadata");

    tcase_add_loop_test(formats, each_format_is_written_and_reads_back, 0, WRITTEN);
    tcase_add_loop_test(formats, each_format_with_alpha_keeps_it, 0, WRITTEN);
    tcase_add_loop_test(formats, each_format_holds_gray, 0, WRITTEN);
    tcase_add_loop_test(formats, each_format_tells_whether_it_has_alpha, 0, WRITTEN);
    tcase_add_loop_test(formats, the_codec_table_names_a_writer_of_each, 0, WRITTEN);
    tcase_add_loop_test(formats, the_outcome_names_the_decoder, 0, DECODERS);
    tcase_add_test(formats, our_own_jpeg_decoder_is_named);
    tcase_add_test(formats, what_fails_names_who_tried);
    suite_add_tcase(suite, formats);

    tcase_add_test(jpeg, jpeg_is_baseline_420_with_tables_of_its_own);
    tcase_add_test(jpeg, quality_decides_the_quantisation);
    tcase_add_test(jpeg, quality_makes_files_larger);
    tcase_add_test(jpeg, a_format_without_quality_reports_none);
    suite_add_tcase(suite, jpeg);

    tcase_add_loop_test(metadata, no_metadata_is_written, 0, WRITTEN);
    tcase_add_loop_test(metadata, without_auto_orient_the_tag_is_written_back, 1, 9);
    tcase_add_loop_test(metadata, with_auto_orient_no_tag_is_written, 0, WRITTEN);
    suite_add_tcase(suite, metadata);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
