/* What the encoders are told: quality, losslessness, effort, progressive, chroma. */
#include "support/engine_run.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    loom_format format;
    const char *name;
} outputs[] = {{LOOM_FORMAT_JPEG, "out.jpg"},  {LOOM_FORMAT_PNG, "out.png"},
               {LOOM_FORMAT_WEBP, "out.webp"}, {LOOM_FORMAT_GIF, "out.gif"},
               {LOOM_FORMAT_TIFF, "out.tif"},  {LOOM_FORMAT_AVIF, "out.avif"},
               {LOOM_FORMAT_JXL, "out.jxl"}};

enum { OUTPUTS = sizeof outputs / sizeof *outputs };

/* JXL is written where the build has it, and read only as an untrusted format. */
static bool is_here(int i)
{
    return engine_codec(outputs[i].format)->writer != NULL;
}

/* A request whose outputs can be read again in this process. */
static engine_request request_of(int i)
{
    engine_request request = engine_request_default();

    request.format = outputs[i].format;
    request.settings.allow_untrusted = true;
    return request;
}

static loom_outcome write_photo(const engine_request *request, const char *output)
{
    loom_outcome outcome = engine_run(request, engine_testdata("tiny/photo-333x222.jpg"), output);

    ck_assert_msg(outcome.result == LOOM_RESULT_OK, "%s: %s", output, outcome.error.message);
    return outcome;
}

/* ---- quality ------------------------------------------------------------- */

START_TEST(quality_grows_the_file)
{
    static const int qualities[] = {1, 20, 45, 70, 95};
    uint64_t last = 0;

    if (!is_here(_i) || loom_format_get(outputs[_i].format)->quality == 0)
        return;
    for (size_t i = 0; i < sizeof qualities / sizeof *qualities; i++) {
        engine_request request = request_of(_i);
        request.recipe.sizes[0].width = 160;
        request.recipe.quality = qualities[i];
        loom_outcome outcome = write_photo(&request, outputs[_i].name);
        ck_assert_int_eq(outcome.quality, qualities[i]);
        ck_assert_uint_gt(outcome.processed_size, last);
        last = outcome.processed_size;
        loom_outcome_release(&outcome);
    }
}
END_TEST

/* The table's default is what is written without a word. */
START_TEST(the_default_quality_is_the_table_s)
{
    const int quality = loom_format_get(outputs[_i].format)->quality;
    engine_request request = request_of(_i), named = request;
    size_t sizes[2];

    if (!is_here(_i))
        return;
    request.recipe.sizes[0].width = named.recipe.sizes[0].width = 100;
    named.recipe.quality = quality;
    loom_outcome a = write_photo(&request, "a"), b = write_photo(&named, "b");
    ck_assert_int_eq(a.quality, quality);
    char *first = tmpdir_read("a", &sizes[0]), *second = tmpdir_read("b", &sizes[1]);
    ck_assert_uint_eq(sizes[0], sizes[1]);
    ck_assert_mem_eq(first, second, sizes[0]);
    free(first);
    free(second);
    loom_outcome_release(&a);
    loom_outcome_release(&b);
}
END_TEST

/* ---- effort -------------------------------------------------------------- */

/* The ends of the range and beyond an encoder's own: each is accepted. */
START_TEST(effort_is_accepted_from_end_to_end)
{
    static const int efforts[] = {0, 1, LOOM_EFFORT_MAX};

    if (!is_here(_i))
        return;
    for (size_t i = 0; i < sizeof efforts / sizeof *efforts; i++) {
        engine_request request = request_of(_i);
        /* the highest of AV1 takes seconds for more */
        request.recipe.sizes[0] = (loom_size){.width = 24};
        request.recipe.effort = efforts[i];
        loom_outcome outcome = write_photo(&request, outputs[_i].name);
        ck_assert_uint_gt(outcome.processed_size, 0);
        loom_outcome_release(&outcome);
    }
}
END_TEST

START_TEST(effort_makes_png_and_lossless_webp_smaller)
{
    static const int which[] = {1, 2};

    for (size_t i = 0; i < 2; i++) {
        engine_request least = request_of(which[i]), most = least;
        least.recipe.effort = 1, most.recipe.effort = 9;
        least.recipe.sizes[0].width = most.recipe.sizes[0].width = 160;
        least.recipe.lossless = most.recipe.lossless = which[i] == 2;
        loom_outcome a = write_photo(&least, "least"), b = write_photo(&most, "most");
        ck_assert_uint_lt(b.processed_size, a.processed_size);
        loom_outcome_release(&a);
        loom_outcome_release(&b);
    }
}
END_TEST

/* ---- lossless ------------------------------------------------------------ */

/* Every bit of the RGB, and of alpha, comes back. */
START_TEST(lossless_is_bit_exact)
{
    static const int which[] = {1, 2, 4, 5, 6};

    for (uint32_t channels = 3; channels <= 4; channels++) {
        oracle_image picture = sample_flat(61, 47, channels, 255, (const uint16_t[]){0, 0, 0, 0});
        uint32_t state = 5;
        for (size_t i = 0; i < (size_t)61 * 47 * channels; i++) {
            state = state * 1664525 + 1013904223;
            picture.samples[i] = (uint16_t)(i % channels == 3 ? 255 - (i / 40 & 127)
                                                              : (i / 7 + (state >> 28)) & 255);
        }
        sample_png("in.png", &picture, NULL);
        for (size_t i = 0; i < sizeof which / sizeof *which; i++) {
            engine_request request = request_of(which[i]), decode = engine_request_default();
            if (!is_here(which[i]))
                continue;
            request.recipe.lossless = true;
            loom_outcome outcome = engine_run(&request, "in.png", outputs[which[i]].name);
            ck_assert_msg(outcome.result == LOOM_RESULT_OK, "%s", outcome.error.message);
            loom_outcome_release(&outcome);
            decode.settings.allow_untrusted = true;
            outcome = engine_run(&decode, outputs[which[i]].name, "back.png");
            ck_assert_msg(outcome.result == LOOM_RESULT_OK, "%s: %s", outputs[which[i]].name,
                          outcome.error.message);
            oracle_image back = oracle_read("back.png");
            /* libvips 8.14 cannot ask for AV1's RGB: YCbCr of 8 bits rounds. */
            const double most = outputs[which[i]].format == LOOM_FORMAT_AVIF ? 1 : 0;
            ck_assert_msg(oracle_compare(&back, &picture).max <= most, "%s, %u channels: %g off",
                          outputs[which[i]].name, channels, oracle_compare(&back, &picture).max);
            oracle_release(&back);
            loom_outcome_release(&outcome);
        }
        oracle_release(&picture);
    }
}
END_TEST

START_TEST(lossless_has_no_quality)
{
    engine_request request = request_of(2);

    request.recipe.lossless = true;
    loom_outcome outcome = write_photo(&request, "out.webp");
    ck_assert_int_eq(outcome.quality, 0);
    loom_outcome_release(&outcome);
}
END_TEST

/* ---- progressive --------------------------------------------------------- */

/* The frame header of a JPEG: 0xC0 baseline, 0xC2 progressive; *sampling: of the luma. */
static unsigned frame_of(const char *path, unsigned *sampling)
{
    size_t size;
    char *text = tmpdir_read(path, &size);
    const unsigned char *data = (const unsigned char *)text;
    unsigned found = 0;

    for (size_t at = 2; at + 12 < size && found == 0;) {
        const unsigned marker = data[at + 1];
        if (marker == 0xC0 || marker == 0xC1 || marker == 0xC2) {
            found = marker;
            *sampling = data[at + 11]; /* marker 2, length 2, depth, sides 4, number, id */
        }
        at += 2 + ((size_t)data[at + 2] << 8 | data[at + 3]);
    }
    free(text);
    return found;
}

START_TEST(progressive_jpeg_png_and_gif)
{
    for (int progressive = 0; progressive < 2; progressive++) {
        unsigned sampling;
        size_t size;
        for (int i = 0; i < 4; i++) {
            engine_request request = request_of(i);
            request.recipe.progressive = progressive == 1;
            loom_outcome outcome = write_photo(&request, outputs[i].name);
            loom_outcome_release(&outcome);
        }
        ck_assert_uint_eq(frame_of("out.jpg", &sampling), progressive ? 0xC2 : 0xC0);
        char *png = tmpdir_read("out.png", &size);
        ck_assert_int_eq(png[8 + 8 + 12], progressive); /* IHDR's last byte: Adam7 */
        free(png);
    }
}
END_TEST

/* An interlaced file shows the same picture. */
START_TEST(progressive_changes_no_pixel)
{
    for (int i = 0; i < 2; i++) {
        engine_request request = request_of(i);
        loom_outcome outcome = write_photo(&request, "plain");
        loom_outcome_release(&outcome);
        request.recipe.progressive = true;
        outcome = write_photo(&request, "progressive");
        oracle_image a = oracle_read("plain"), b = oracle_read("progressive");
        ck_assert_double_eq(oracle_compare(&a, &b).max, 0);
        oracle_release(&a);
        oracle_release(&b);
        loom_outcome_release(&outcome);
    }
}
END_TEST

/* ---- chroma -------------------------------------------------------------- */

START_TEST(chroma_of_jpeg)
{
    static const struct {
        loom_chroma chroma;
        unsigned sampling;
    } cases[] = {{LOOM_CHROMA_DEFAULT, 0x22}, {LOOM_CHROMA_420, 0x22}, {LOOM_CHROMA_444, 0x11}};
    static const int qualities[] = {40, 80, 95};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t k = 0; k < sizeof qualities / sizeof *qualities; k++) {
            engine_request request = request_of(0);
            unsigned sampling = 0;
            request.recipe.chroma = cases[i].chroma;
            request.recipe.quality = qualities[k];
            loom_outcome outcome = write_photo(&request, "out.jpg");
            ck_assert_uint_ne(frame_of("out.jpg", &sampling), 0);
            ck_assert_uint_eq(sampling, cases[i].sampling);
            loom_outcome_release(&outcome);
        }
}
END_TEST

/* av1C (AV1 in ISO base media, 2.3.3), third byte: 0x0C says chroma at half resolution. */
START_TEST(chroma_and_depth_of_avif)
{
    static const struct {
        loom_chroma chroma;
        unsigned bits;
    } cases[] = {{LOOM_CHROMA_DEFAULT, 0}, {LOOM_CHROMA_444, 0}, {LOOM_CHROMA_420, 0x0C}};
    static const char *const inputs[] = {"tiny/photo-333x222.jpg", "formats/deep16.png"};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t k = 0; k < 2; k++) {
            engine_request request = request_of(5);
            size_t size;
            request.recipe.sizes[0].width = 64;
            request.recipe.chroma = cases[i].chroma;
            loom_outcome outcome = engine_run_written(&request, engine_testdata(inputs[k]),
                                                      "out.avif", LOOM_RESULT_OK);
            char *data = tmpdir_read("out.avif", &size);
            const unsigned char *av1c = memmem(data, size, "av1C", 4);
            ck_assert_ptr_nonnull(av1c); /* not HEVC */
            ck_assert_uint_eq(av1c[6] & 0x0Cu, cases[i].bits);
            ck_assert_uint_eq(av1c[6] & 0x60u, 0); /* 8 bits, not 10 or 12 */
            free(data);
            loom_outcome_release(&outcome);
        }
}
END_TEST

/* A palette of 256 colours: GIF's first colour table (GIF89a, 18) is full. */
START_TEST(gif_has_256_colours)
{
    engine_request request = request_of(3);
    size_t size;
    loom_outcome outcome = write_photo(&request, "out.gif");
    char *data = tmpdir_read("out.gif", &size);

    ck_assert_uint_gt(size, 800);
    ck_assert_uint_eq((unsigned)data[10] & 0x87, 0x87); /* present, of 2^(7+1) entries */
    free(data);
    loom_outcome_release(&outcome);
}
END_TEST

static TCase *untrusted_case(const char *name)
{
    TCase *made = tcase_create(name);

    tcase_add_checked_fixture(made, engine_setup_untrusted, engine_teardown);
    tcase_set_timeout(made, 60);
    return made;
}

/* ---- palettes, near-lossless ---------------------------------------------- */

static size_t count_colours(const oracle_image *image)
{
    uint16_t seen[257][4];
    size_t count = 0;

    for (size_t i = 0; i < (size_t)image->width * image->height && count <= 256; i++) {
        const uint16_t *pixel = image->samples + i * image->channels;
        size_t n = 0;
        while (n < count && memcmp(seen[n], pixel, image->channels * sizeof *pixel) != 0)
            n++;
        if (n == count)
            memcpy(seen[count++], pixel, image->channels * sizeof *pixel);
    }
    return count;
}

/* 8 and 16 bits; from both lanes that write PNG, of which one leaves it to the other. */
START_TEST(a_palette_has_no_more_colours)
{
    static const struct {
        const char *word;
        size_t colours;
        double psnr;
    } palettes[] = {{NULL, 256, 30}, {"256", 256, 30}, {"16", 16, 20}, {"4", 4, 12}, {"2", 2, 8}};
    static const char *const inputs[] = {"tiny/photo-333x222.jpg", "formats/deep16.png"};
    oracle_image whole = oracle_read(engine_testdata(inputs[0]));

    for (size_t n = 0; n < COUNT(palettes) * COUNT(inputs); n++) {
        const size_t i = n / 2;
        engine_request request = request_of(1);
        ck_assert_int_eq(loom_recipe_set(&request.recipe, "palette", palettes[i].word, NULL),
                         LOOM_OK);
        loom_outcome outcome = engine_run(&request, engine_testdata(inputs[n % 2]), "out.png");
        ck_assert_msg(outcome.result == LOOM_RESULT_OK || outcome.result == LOOM_RESULT_WARNING,
                      "%s", outcome.error.message);
        size_t size;
        char *file = tmpdir_read("out.png", &size);
        ck_assert_int_eq(file[25], 3); /* IHDR's colour type: indexed */
        free(file);
        oracle_image made = oracle_read("out.png");
        ck_assert_uint_le(count_colours(&made), palettes[i].colours);
        if (n % 2 == 0)
            ck_assert_double_ge(oracle_compare(&made, &whole).psnr, palettes[i].psnr);
        oracle_release(&made);
        loom_outcome_release(&outcome);
    }
    oracle_release(&whole);
}
END_TEST

/* Written by either lane: the same pixels. */
START_TEST(near_lossless_is_near)
{
    static const char *const lanes[] = {"png", "vips"};
    static const char *const levels[] = {"100", "60", "0"};
    engine_request request = request_of(1);
    loom_outcome outcome = write_photo(&request, "in.png");
    oracle_image whole = oracle_read("in.png");
    uint64_t size[2] = {UINT64_MAX, UINT64_MAX};

    loom_outcome_release(&outcome);
    request.format = LOOM_FORMAT_WEBP;
    for (size_t n = 0; n < COUNT(levels) * COUNT(lanes); n++) {
        const size_t level = n / 2, lane = n % 2;
        ck_assert_int_eq(loom_recipe_set(&request.recipe, "near-lossless", levels[level], NULL),
                         LOOM_OK);
        request.settings.lane = lanes[lane];
        outcome = engine_run(&request, "in.png", "out.webp");
        ck_assert_msg(outcome.error.code == LOOM_OK, "%s", outcome.error.message);
        ck_assert_str_eq(outcome.lane, lanes[lane]);
        ck_assert_int_eq(outcome.quality, 0);
        ck_assert_uint_lt(outcome.processed_size, size[lane]);
        size[lane] = outcome.processed_size;
        oracle_image made = engine_decode("out.webp");
        const oracle_difference difference = oracle_compare(&made, &whole);
        if (level == 0)
            ck_assert_double_eq(difference.max, 0);
        else
            ck_assert(difference.max > 0 && difference.psnr >= 36);
        oracle_release(&made);
        loom_outcome_release(&outcome);
    }
    oracle_release(&whole);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_encoders");
    TCase *quality = untrusted_case("quality"), *kinds = untrusted_case("kinds");

    tcase_add_loop_test(quality, quality_grows_the_file, 0, OUTPUTS);
    tcase_add_loop_test(quality, the_default_quality_is_the_table_s, 0, OUTPUTS);
    tcase_add_loop_test(quality, effort_is_accepted_from_end_to_end, 0, OUTPUTS);
    tcase_add_test(quality, effort_makes_png_and_lossless_webp_smaller);
    suite_add_tcase(suite, quality);

    tcase_add_test(kinds, lossless_is_bit_exact);
    tcase_add_test(kinds, lossless_has_no_quality);
    tcase_add_test(kinds, progressive_jpeg_png_and_gif);
    tcase_add_test(kinds, progressive_changes_no_pixel);
    tcase_add_test(kinds, chroma_of_jpeg);
    tcase_add_test(kinds, chroma_and_depth_of_avif);
    tcase_add_test(kinds, gif_has_256_colours);
    tcase_add_test(kinds, a_palette_has_no_more_colours);
    tcase_add_test(kinds, near_lossless_is_near);
    suite_add_tcase(suite, kinds);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
