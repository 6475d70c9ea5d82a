/* Watermarks in each lane, beside what their px must be, and lanes beside each other. */
#include "support/engine_run.h"
#include "support/recipe_words.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include "support/two_lanes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const uint16_t half_red[4] = {200, 30, 40, 128}, blue[4] = {10, 20, 220, 255};

/* 40x20 px: half transparent red, with an opaque blue square in it. */
static void write_mark(const char *path)
{
    oracle_image mark = sample_flat(40, 20, 4, 255, half_red);

    sample_fill(&mark, 4, 6, 8, 8, blue);
    sample_png(path, &mark, NULL);
    oracle_release(&mark);
}

static const uint16_t *mark_at(int64_t x, int64_t y)
{
    static const uint16_t nothing[4] = {0, 0, 0, 0};

    if (x < 0 || y < 0 || x >= 40 || y >= 20)
        return nothing;
    return x >= 4 && x < 12 && y >= 6 && y < 14 ? blue : half_red;
}

static engine_request request_of(const char *fields)
{
    engine_request request = engine_request_default();

    recipe_set_words(&request.recipe, fields);
    return request;
}

/* ---- px ------------------------------------------------------------------ */

/* What must stand at (x, y), where the picture had `was`, under a mark whose corner is there. */
static double laid(double was, int64_t x, int64_t y, unsigned c, double opacity)
{
    const uint16_t *px = mark_at(x, y);
    const double a = px[3] / 255.0 * opacity;

    return a * px[c] + (1 - a) * was;
}

static void assert_marked(const char *fields, int64_t left, int64_t top, double opacity)
{
    char words[200];
    const char *input = engine_testdata("photos/scene-1.jpg");
    engine_request plain = request_of("size=90x70 fit=cover");
    (void)snprintf(words, sizeof words, "size=90x70 fit=cover watermark=mark.png %s", fields);
    engine_request marked = request_of(words);
    oracle_image was = engine_render(&plain, input), is = engine_render(&marked, input);

    ck_assert_uint_eq(is.width, 90);
    ck_assert_uint_eq(is.channels, 3);
    for (uint32_t y = 0; y < is.height; y++)
        for (uint32_t x = 0; x < is.width; x++)
            for (unsigned c = 0; c < 3; c++)
                ck_assert_double_eq_tol(
                    oracle_at(&is, x, y, c),
                    laid(oracle_at(&was, x, y, c), x - left, y - top, c, opacity), 0.5000001);
    oracle_release(&was);
    oracle_release(&is);
}

START_TEST(px_are_blended_with_the_picture)
{
    write_mark("mark.png");
    assert_marked("watermark-position=northwest+0+0", 0, 0, 1);
    assert_marked("watermark-position=southeast+5+7 watermark-opacity=0.25", 90 - 40 - 5,
                  70 - 20 - 7, 0.25);
    assert_marked("watermark-position=centre", 25, 25, 1);
    assert_marked("", 90 - 40 - 1, 70 - 20 - 1, 1); /* 2 % of 70 px */
}
END_TEST

/* Multiply with white leaves all as it is, and with black nothing; screen the other way round. */
START_TEST(blends_are_products)
{
    static const struct {
        const char *blend;
        uint16_t colour;
        int stays; /* else the picture becomes the colour */
    } rows[] = {{"multiply", 255, 1}, {"multiply", 0, 0}, {"screen", 0, 1}, {"screen", 255, 0}};
    const char *input = engine_testdata("photos/scene-1.jpg");
    engine_request plain = request_of("size=30x20 fit=cover");
    oracle_image was = engine_render(&plain, input);

    for (size_t i = 0; i < COUNT(rows); i++) {
        const uint16_t colour[4] = {rows[i].colour, rows[i].colour, rows[i].colour, 255};
        oracle_image flat = sample_flat(30, 20, 4, 255, colour);
        char words[200], name[16];
        (void)snprintf(name, sizeof name, "flat%zu.png", i);
        sample_png(name, &flat, NULL);
        (void)snprintf(words, sizeof words,
                       "size=30x20 fit=cover watermark=%s watermark-position=centre "
                       "watermark-blend=%s",
                       name, rows[i].blend);
        engine_request request = request_of(words);
        (void)remove("out.png");
        oracle_image is = engine_render(&request, input);
        for (uint32_t y = 0; y < 20; y++)
            for (uint32_t x = 0; x < 30; x++)
                ck_assert_uint_eq(oracle_at(&is, x, y, 1),
                                  rows[i].stays ? oracle_at(&was, x, y, 1) : rows[i].colour);
        oracle_release(&flat);
        oracle_release(&is);
    }
    oracle_release(&was);
}
END_TEST

/* It comes after border and grayscale, which leave its colours alone. */
START_TEST(it_lies_on_border_and_gray)
{
    engine_request request = request_of("size=40x30 fit=fill grayscale border=6 watermark=mark.png "
                                        "watermark-position=northwest+0+0");

    write_mark("mark.png");
    oracle_image is = engine_render(&request, engine_testdata("photos/scene-1.jpg"));
    ck_assert_uint_eq(is.width, 52);
    ck_assert_uint_eq(is.channels, 3);
    ck_assert_uint_eq(oracle_at(&is, 0, 0, 0), 100); /* half red on the black border */
    ck_assert_uint_eq(oracle_at(&is, 5, 7, 2), 220);
    ck_assert_uint_eq(oracle_at(&is, 50, 40, 0), oracle_at(&is, 50, 40, 2));
    oracle_release(&is);
}
END_TEST

/* Each frame of an animation has it. */
START_TEST(all_frames_have_it)
{
    engine_request request = request_of("animated watermark=mark.png watermark-size=8 "
                                        "watermark-position=northwest+0+0");

    write_mark("mark.png");
    request.format = LOOM_FORMAT_WEBP;
    request.recipe.lossless = true;
    loom_outcome outcome = engine_run_written(&request, engine_testdata("formats/animated.gif"),
                                              "out.webp", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
}
END_TEST

/* ---- lanes --------------------------------------------------------------- */

/* Both lanes mark a photograph alike: the jpeg lane in planes, whose chroma is halved. */
START_TEST(lanes_make_the_same_picture)
{
    static const char *const fields[] = {
        "size=300x fit=inside watermark=mark.png watermark-size=60%",
        "width=301 watermark=mark.png watermark-position=tile+9+11 watermark-opacity=0.4",
        "size=200x200 fit=contain rotate=90 watermark=mark.png watermark-position=north",
        "size=300x fit=inside watermark=mark.png chroma=444",
    };
    static const loom_format formats[] = {LOOM_FORMAT_JPEG, LOOM_FORMAT_WEBP};

    write_mark("mark.png");
    for (size_t i = 0; i < COUNT(fields); i++)
        for (size_t f = 0; f < COUNT(formats); f++) {
            engine_request request = request_of(fields[i]);
            request.format = formats[f];
            request.recipe.quality = 95;
            if (formats[f] == LOOM_FORMAT_WEBP && request.recipe.chroma == LOOM_CHROMA_444)
                continue; /* the jpeg lane leaves it to the other */
            lanes_assert_alike(&request, engine_testdata("photos/scene-1.jpg"),
                               formats[f] == LOOM_FORMAT_JPEG ? 37 : 35, fields[i]);
        }
}
END_TEST

/* In planes nothing changes but what is under the mark, and what is there is what was asked for. */
START_TEST(planes_change_under_the_mark_alone)
{
    engine_request plain = request_of("size=240x160 fit=cover quality=100 chroma=444");
    engine_request marked = request_of("size=240x160 fit=cover quality=100 chroma=444 "
                                       "watermark=mark.png watermark-position=northwest+64+48");
    const char *input = engine_testdata("photos/scene-1.jpg");

    write_mark("mark.png");
    oracle_image was = lanes_run("jpeg", &plain, input), is = lanes_run("jpeg", &marked, input);
    for (uint32_t y = 0; y < 160; y++)
        for (uint32_t x = 0; x < 240; x++) {
            /* Blocks of 8 px beside it are the same to the last bit. */
            const bool near = x >= 64 && x < 104 && y >= 48 && y < 72;
            for (unsigned c = 0; c < 3; c++)
                ck_assert_double_eq_tol(
                    oracle_at(&is, x, y, c),
                    laid(oracle_at(&was, x, y, c), (int64_t)x - 64, (int64_t)y - 48, c, 1),
                    near ? 6 : 0.5);
        }
    oracle_release(&was);
    oracle_release(&is);
}
END_TEST

/* The corners of the colour cube, some of whose chroma lies half a level beyond a sample. */
START_TEST(pure_colours_stay_pure)
{
    const char *input = engine_testdata("photos/scene-1.jpg");

    for (unsigned corner = 0; corner < 8; corner++) {
        const uint16_t colour[4] = {corner & 1 ? 255 : 0, corner & 2 ? 255 : 0,
                                    corner & 4 ? 255 : 0, 255};
        oracle_image flat = sample_flat(48, 32, 4, 255, colour);
        char words[200], name[16];
        (void)snprintf(name, sizeof name, "flat%u.png", corner);
        (void)snprintf(words, sizeof words,
                       "size=96x64 fit=cover quality=95 watermark=%s "
                       "watermark-position=northwest+16+16",
                       name);
        sample_png(name, &flat, NULL);
        engine_request request = request_of(words);
        oracle_image is = lanes_run("jpeg", &request, input);
        for (unsigned c = 0; c < 3; c++)
            ck_assert_double_eq_tol(oracle_at(&is, 40, 32, c), colour[c], 3);
        oracle_release(&flat);
        oracle_release(&is);
    }
}
END_TEST

/* Tiles of one colour without gaps are that colour, whatever their size: no seam shows. */
START_TEST(tiles_have_no_seams)
{
    static const uint16_t yellow[4] = {250, 200, 0, 255};

    for (uint32_t side = 1; side <= 5; side++) {
        oracle_image flat = sample_flat(side, side, 4, 255, yellow);
        char words[200], name[16];
        (void)snprintf(name, sizeof name, "t%u.png", side);
        (void)snprintf(words, sizeof words,
                       "size=64x48 fit=cover quality=95 watermark=%s watermark-position=tile+0+0",
                       name);
        sample_png(name, &flat, NULL);
        engine_request request = request_of(words);
        oracle_image is = lanes_run("jpeg", &request, engine_testdata("photos/scene-1.jpg"));
        for (uint32_t y = 0; y < is.height; y++)
            for (uint32_t x = 0; x < is.width; x++)
                for (unsigned c = 0; c < 3; c++)
                    ck_assert_double_eq_tol(oracle_at(&is, x, y, c), yellow[c], 3);
        oracle_release(&flat);
        oracle_release(&is);
    }
}
END_TEST

/* ---- faults -------------------------------------------------------------- */

static void assert_refused(const char *mark, const char *why)
{
    char words[200];
    loom_outcome outcome;

    (void)snprintf(words, sizeof words, "size=30x watermark=%s", mark);
    engine_request request = request_of(words);
    outcome = engine_run(&request, engine_testdata("photos/scene-1.jpg"), "refused.png");
    ck_assert_int_eq(outcome.result, LOOM_RESULT_ERROR);
    ck_assert_int_eq(outcome.error.stage, LOOM_STAGE_TRANSFORM);
    ck_assert_msg(strstr(outcome.error.message, mark) != NULL &&
                      strstr(outcome.error.message, why) != NULL,
                  "%s", outcome.error.message);
    loom_outcome_release(&outcome);
}

START_TEST(a_mark_that_is_none_fails_each_image)
{
    static const char text[] = "no picture";
    loom_strbuf file = LOOM_STRBUF_INIT;

    assert_refused("missing.png", "cannot be used");
    loom_strbuf_add(&file, text, sizeof text);
    sample_write("text.png", &file);
    assert_refused("text.png", "cannot be used");
}
END_TEST

/* A recipe that holds a hash takes no other content. */
START_TEST(another_content_is_refused)
{
    engine_request request = request_of("size=30x watermark=mark.png");
    loom_error err = LOOM_ERROR_INIT;

    write_mark("mark.png");
    ck_assert_int_eq(loom_recipe_read_files(&request.recipe, &err), LOOM_OK);
    ck_assert_uint_eq(request.recipe.watermark.hashed, 1);
    ck_assert_int_eq(loom_recipe_read_files(&request.recipe, &err), LOOM_OK); /* the same again */
    oracle_image flat = sample_flat(3, 3, 4, 255, blue);
    sample_png("mark.png", &flat, NULL);
    oracle_release(&flat);
    ck_assert_int_eq(loom_recipe_read_files(&request.recipe, &err), LOOM_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "mark.png is not the one that the recipe"));
    engine_assert_error(&request, engine_testdata("photos/scene-1.jpg"), LOOM_ERR_UNSUPPORTED,
                        LOOM_STAGE_TRANSFORM);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_layers");
    TCase *tests = engine_case("layers");

    tcase_add_test(tests, px_are_blended_with_the_picture);
    tcase_add_test(tests, blends_are_products);
    tcase_add_test(tests, it_lies_on_border_and_gray);
    tcase_add_test(tests, all_frames_have_it);
    tcase_add_test(tests, lanes_make_the_same_picture);
    tcase_add_test(tests, planes_change_under_the_mark_alone);
    tcase_add_test(tests, pure_colours_stay_pure);
    tcase_add_test(tests, tiles_have_no_seams);
    tcase_add_test(tests, a_mark_that_is_none_fails_each_image);
    tcase_add_test(tests, another_content_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
