/* What a PNG says of its colours in chunks of its own, and which of them counts. */
#include "support/engine_run.h"
#include "support/patches.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const icc_space bt2020 = {
    {{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}}, {0.3127, 0.3290}, 0};

/* gAMA and cHRM, times 100,000; white first. */
static void add_gamma(loom_strbuf *chunks, uint32_t gamma)
{
    loom_strbuf data = LOOM_STRBUF_INIT;

    sample_be32(&data, gamma);
    sample_chunk(chunks, "gAMA", &data);
    loom_strbuf_release(&data);
}

static void add_xy(loom_strbuf *chunks, const icc_space *space)
{
    loom_strbuf data = LOOM_STRBUF_INIT;

    for (int i = -1; i < 3; i++)
        for (int k = 0; k < 2; k++)
            sample_be32(&data,
                        (uint32_t)((i < 0 ? space->white : space->primaries[i])[k] * 1e5 + 0.5));
    sample_chunk(chunks, "cHRM", &data);
    loom_strbuf_release(&data);
}

static void add_bytes(loom_strbuf *chunks, const char *type, const void *bytes, size_t size)
{
    loom_strbuf data = LOOM_STRBUF_INIT;

    loom_strbuf_add(&data, bytes, size);
    sample_chunk(chunks, type, &data);
    loom_strbuf_release(&data);
}

/* A PNG of patches with these chunks behind IHDR; releases them. */
static oracle_image write_patches(uint32_t channels, uint32_t max, const sample_extras *extras,
                                  loom_strbuf *chunks)
{
    oracle_image picture = patches_make(channels, max, 200);
    size_t size;

    sample_png("plain.png", &picture, extras);
    char *data = tmpdir_read("plain.png", &size);
    loom_strbuf out = LOOM_STRBUF_INIT;
    loom_strbuf_add(&out, data, 33);
    loom_strbuf_add(&out, chunks->data, chunks->size);
    loom_strbuf_add(&out, data + 33, size - 33);
    free(data);
    sample_write("in.png", &out);
    loom_strbuf_release(chunks);
    return picture;
}

static void assert_means(uint32_t channels, uint32_t max, const sample_extras *extras,
                         loom_strbuf *chunks, const icc_space *space)
{
    const engine_request request = engine_request_default();
    oracle_image picture = write_patches(channels, max, extras, chunks);
    oracle_image made = engine_render(&request, "in.png");

    ck_assert_uint_eq(made.channels, channels);
    ck_assert_uint_eq(made.max, max);
    patches_assert_converted(&made, &picture, space, 2);
    oracle_release(&made);
    oracle_release(&picture);
}

/* ---- gAMA and cHRM -------------------------------------------------------- */

START_TEST(gamma_and_chromaticities_are_converted)
{
    icc_space space = icc_adobe_rgb;

    space.gamma = 100000 / 45470.0;
    for (uint32_t channels = 3; channels <= 4; channels++)
        for (uint32_t max = 255; max <= 65535; max += 65280) {
            loom_strbuf chunks = LOOM_STRBUF_INIT;
            add_xy(&chunks, &space);
            add_gamma(&chunks, 45470);
            assert_means(channels, max, NULL, &chunks, &space);
        }
}
END_TEST

START_TEST(gamma_alone_is_converted)
{
    static const uint32_t gammas[] = {100000, 55556, 35000, 71429};

    for (size_t i = 0; i < sizeof gammas / sizeof *gammas; i++)
        for (uint32_t channels = 1; channels <= 4; channels++) {
            loom_strbuf chunks = LOOM_STRBUF_INIT;
            icc_space space = icc_srgb;
            space.gamma = 1e5 / gammas[i];
            add_gamma(&chunks, gammas[i]);
            assert_means(channels, channels % 2 == 0 ? 65535 : 255, NULL, &chunks, &space);
        }
}
END_TEST

/* The curve is then sRGB's. */
START_TEST(chromaticities_alone_are_converted)
{
    loom_strbuf chunks = LOOM_STRBUF_INIT;

    add_xy(&chunks, &icc_display_p3);
    assert_means(3, 255, NULL, &chunks, &icc_display_p3);
}
END_TEST

/* PNG, 13.13: how programs say sRGB to those who do not know that chunk. */
START_TEST(what_is_meant_as_srgb_changes_no_bit)
{
    const engine_request request = engine_request_default();

    for (int i = 0; i < 4; i++) {
        loom_strbuf chunks = LOOM_STRBUF_INIT;
        if (i != 1)
            add_gamma(&chunks, i == 3 ? 45000 : 45455);
        if (i != 0)
            add_xy(&chunks, &icc_srgb);
        oracle_image picture = write_patches(3, 255, NULL, &chunks);
        oracle_image made = engine_render(&request, "in.png");
        ck_assert_double_eq(oracle_compare(&made, &picture).max, 0);
        oracle_release(&made);
        oracle_release(&picture);
    }
}
END_TEST

/* The decoder drops such a chunk, too, and says so. */
START_TEST(a_chunk_with_a_wrong_checksum_says_nothing)
{
    const engine_request request = engine_request_default();
    loom_strbuf chunks = LOOM_STRBUF_INIT;

    add_gamma(&chunks, 100000);
    chunks.data[chunks.size - 1] ^= 1;
    oracle_image picture = write_patches(3, 255, NULL, &chunks);
    loom_outcome outcome = engine_run(&request, "in.png", "out.png");
    ck_assert(outcome.result == LOOM_RESULT_OK || outcome.result == LOOM_RESULT_WARNING);
    oracle_image made = oracle_read("out.png");
    ck_assert_double_eq(oracle_compare(&made, &picture).max, 0);
    oracle_release(&made);
    oracle_release(&picture);
    loom_outcome_release(&outcome);
}
END_TEST

static void assert_warns(loom_strbuf *chunks, const char *words)
{
    const engine_request request = engine_request_default();
    oracle_image picture = write_patches(3, 255, NULL, chunks);
    loom_outcome outcome = engine_run_written(&request, "in.png", "out.png", LOOM_RESULT_WARNING);
    oracle_image made = oracle_read("out.png");

    ck_assert_uint_eq(outcome.warning_count, 1);
    ck_assert_str_eq(outcome.warnings[0], words);
    ck_assert_double_eq(oracle_compare(&made, &picture).max, 0);
    oracle_release(&made);
    oracle_release(&picture);
    loom_outcome_release(&outcome);
}

START_TEST(what_cannot_be_meant_is_a_warning)
{
    static const icc_space line = {{{0.64, 0.33}, {0.64, 0.33}, {0.15, 0.06}}, {0.3127, 0.3290}, 0};
    static const icc_space nowhere = {{{0.64, 0}, {0.3, 0.6}, {0.15, 0.06}}, {0.3127, 0.3290}, 0};
    loom_strbuf chunks = LOOM_STRBUF_INIT;

    add_gamma(&chunks, 1);
    assert_warns(&chunks, "the colours are coded with an implausible gamma (100000) and "
                          "were not converted");
    add_xy(&chunks, &line);
    assert_warns(&chunks, "the colours are coded with impossible primaries and were "
                          "not converted");
    add_xy(&chunks, &nowhere);
    assert_warns(&chunks, "the colours are coded with impossible primaries and were "
                          "not converted");
}
END_TEST

/* ---- what counts ---------------------------------------------------------- */

START_TEST(srgb_counts_before_gamma)
{
    loom_strbuf chunks = LOOM_STRBUF_INIT;

    add_bytes(&chunks, "sRGB", "\0", 1);
    add_gamma(&chunks, 100000);
    add_xy(&chunks, &icc_prophoto);
    assert_means(3, 255, NULL, &chunks, &icc_srgb);
}
END_TEST

START_TEST(a_profile_counts_before_gamma)
{
    loom_strbuf chunks = LOOM_STRBUF_INIT;
    icc_profile icc;

    icc_make_rgb(&icc, &icc_adobe_rgb);
    const sample_extras extras = {.icc = icc.bytes, .icc_size = icc.size};
    add_gamma(&chunks, 100000);
    add_xy(&chunks, &icc_prophoto);
    assert_means(3, 255, &extras, &chunks, &icc_adobe_rgb);
}
END_TEST

/* PNG, Third Edition, 4.3. */
START_TEST(code_points_count_before_all)
{
    icc_profile icc;

    icc_make_rgb(&icc, &icc_adobe_rgb);
    for (int with_profile = 0; with_profile < 2; with_profile++) {
        const sample_extras extras = {.icc = with_profile ? icc.bytes : NULL,
                                      .icc_size = with_profile ? icc.size : 0};
        loom_strbuf chunks = LOOM_STRBUF_INIT;
        add_bytes(&chunks, "cICP", "\x0C\x0D\0\1", 4);
        if (!with_profile) /* with both libpng takes the one that comes first */
            add_bytes(&chunks, "sRGB", "\0", 1);
        add_gamma(&chunks, 100000);
        assert_means(4, 255, &extras, &chunks, &icc_display_p3);
        add_bytes(&chunks, "cICP", "\x09\x0D\0\1", 4);
        assert_means(3, 65535, &extras, &chunks, &bt2020);
        add_bytes(&chunks, "cICP", "\1\x0D\0\1", 4);
        assert_means(3, 255, &extras, &chunks, &icc_srgb);
    }
}
END_TEST

START_TEST(code_points_that_cannot_be_converted_are_named)
{
    loom_strbuf chunks = LOOM_STRBUF_INIT;

    add_bytes(&chunks, "cICP", "\x09\x10\0\1", 4);
    assert_warns(&chunks, "the colours are coded as PQ (HDR) and were not converted");
    add_bytes(&chunks, "cICP", "\x09\x12\0\1", 4);
    assert_warns(&chunks, "the colours are coded as HLG (HDR) and were not converted");
    add_bytes(&chunks, "cICP", "\1\x0D\0\0", 4);
    assert_warns(&chunks, "the colours are coded as RGB of narrow range and were not converted");
    add_bytes(&chunks, "cICP", "\1\x0D\6\1", 4);
    assert_warns(
        &chunks,
        "the colours are coded with unknown matrix coefficients (number 6) and were not converted");
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_png_colour");
    TCase *tests = engine_case("engine_png_colour");

    tcase_add_test(tests, gamma_and_chromaticities_are_converted);
    tcase_add_test(tests, gamma_alone_is_converted);
    tcase_add_test(tests, chromaticities_alone_are_converted);
    tcase_add_test(tests, what_is_meant_as_srgb_changes_no_bit);
    tcase_add_test(tests, a_chunk_with_a_wrong_checksum_says_nothing);
    tcase_add_test(tests, what_cannot_be_meant_is_a_warning);
    tcase_add_test(tests, srgb_counts_before_gamma);
    tcase_add_test(tests, a_profile_counts_before_gamma);
    tcase_add_test(tests, code_points_count_before_all);
    tcase_add_test(tests, code_points_that_cannot_be_converted_are_named);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
