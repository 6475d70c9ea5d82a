/*
 * Layers that workers ask their parent for, and texts. What a letter looks like is the font's: the
 * tests look at where there is any, at its colours, and at what cannot be written.
 */
#include "support/engine_run.h"
#include "support/isolated.h"
#include "support/recipe_words.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <imgloom/batch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 300, HEIGHT = 200 };

static const uint16_t green[4] = {0, 128, 0, 255};

static isolated_run prepare(const char *fields, const char *text)
{
    isolated_run run;

    isolated_init(&run);
    run.engine.worker_path = getenv("IMGLOOM_WORKER");
    run.recipe.sizes[0].width = 0;
    recipe_set_words(&run.recipe, fields);
    if (text != NULL)
        ck_assert_int_eq(loom_recipe_set(&run.recipe, "text", text, NULL), LOOM_OK);
    return run;
}

/* A green picture with these layers, as a PNG made in a worker. */
static oracle_image render(const char *fields, const char *text, const char *name)
{
    isolated_run run = prepare(fields, text);
    oracle_image flat = sample_flat(WIDTH, HEIGHT, 3, 255, green);

    sample_png(name, &flat, NULL);
    oracle_release(&flat);
    const size_t image = isolated_add(&run, name, LOOM_FORMAT_PNG);
    isolated_go(&run);
    ck_assert_msg(run.outcomes[image].result == LOOM_RESULT_OK, "%s",
                  run.outcomes[image].error.message);
    const oracle_image made = oracle_read(run.tasks[image].output_path);
    isolated_release(&run);
    return made;
}

/* The rectangle of all px that are not green: left, top, right, bottom; right < left: none. */
typedef struct box {
    uint32_t left, top, right, bottom;
} box;

static bool is_green(const oracle_image *image, uint32_t x, uint32_t y)
{
    return oracle_at(image, x, y, 0) == green[0] && oracle_at(image, x, y, 1) == green[1] &&
           oracle_at(image, x, y, 2) == green[2];
}

static box find_box(const oracle_image *image)
{
    box found = {UINT32_MAX, UINT32_MAX, 0, 0};

    for (uint32_t y = 0; y < image->height; y++)
        for (uint32_t x = 0; x < image->width; x++) {
            if (is_green(image, x, y))
                continue;
            found.left = x < found.left ? x : found.left;
            found.top = y < found.top ? y : found.top;
            found.right = x > found.right ? x : found.right;
            found.bottom = y > found.bottom ? y : found.bottom;
        }
    return found;
}

/* ---- where --------------------------------------------------------------- */

/* The box of a background is the layer: it stands where it is asked for, to the px. */
START_TEST(a_text_lies_where_it_is_asked_for)
{
    oracle_image image = render("text-size=20 text-background=#ff0000 "
                                "text-position=southeast+7+9",
                                "Hxg", "a.png");
    const box b = find_box(&image);

    ck_assert_uint_eq(b.right, WIDTH - 1 - 7);
    ck_assert_uint_eq(b.bottom, HEIGHT - 1 - 9);
    ck_assert_uint_ge(b.bottom - b.top + 1, 20);
    ck_assert_uint_le(b.bottom - b.top + 1, 20 * 2 + 10);
    for (uint32_t x = b.left; x <= b.right; x++) /* its edge has no letter */
        ck_assert_uint_eq(oracle_at(&image, x, b.top, 0), 255);
    oracle_release(&image);

    image = render("text-size=20 text-position=northwest+0+0 text-color=#0000ff", "Hxg", "b.png");
    const box n = find_box(&image);
    ck_assert_uint_lt(n.left, 6);
    ck_assert_uint_lt(n.bottom, 30);
    ck_assert_uint_lt(n.right, 80);
    oracle_release(&image);
}
END_TEST

/* Its colours: letters of the one asked for, where they are whole. */
START_TEST(a_text_has_its_colours)
{
    oracle_image image =
        render("text-size=60 text-color=#102030 text-outline=#f0e0d0", "H", "a.png");
    unsigned letter = 0, outline = 0;

    for (uint32_t y = 0; y < image.height; y++)
        for (uint32_t x = 0; x < image.width; x++) {
            letter += oracle_at(&image, x, y, 0) == 0x10 && oracle_at(&image, x, y, 1) == 0x20 &&
                      oracle_at(&image, x, y, 2) == 0x30;
            outline += oracle_at(&image, x, y, 0) == 0xf0 && oracle_at(&image, x, y, 1) == 0xe0 &&
                       oracle_at(&image, x, y, 2) == 0xd0;
        }
    ck_assert_uint_gt(letter, 100);
    ck_assert_uint_gt(outline, 100);
    oracle_release(&image);
}
END_TEST

/* A long text is broken into lines, and made smaller where that does not suffice. */
START_TEST(a_long_text_stays_on_the_picture)
{
    char text[LOOM_WORD_SIZE] = "";

    for (size_t i = 0; i < 100; i++)
        memcpy(text + 9 * i, "and more ", 9);
    oracle_image image =
        render("text-size=40 text-background=white text-position=centre", text, "a.png");
    const box b = find_box(&image);
    ck_assert_uint_gt(b.bottom - b.top, HEIGHT / 2);
    ck_assert_uint_le(b.bottom - b.top + 1, HEIGHT);
    ck_assert_uint_le(b.right - b.left + 1, WIDTH);
    oracle_release(&image);
}
END_TEST

/* ---- fields -------------------------------------------------------------- */

/* Two texts are the same picture if their fields say the same. */
static void assert_same_text(const char *with_fields, const char *plain, const char *name)
{
    oracle_image a = render("text-size=16", with_fields, name);
    oracle_image b = render("text-size=16", plain, name);

    ck_assert_mem_eq(a.samples, b.samples,
                     (size_t)a.width * a.height * a.channels * sizeof *a.samples);
    ck_assert_uint_le(find_box(&a).left, find_box(&a).right);
    oracle_release(&a);
    oracle_release(&b);
}

START_TEST(fields_are_those_of_the_image)
{
    assert_same_text("{stem}.{inputext}", "holiday.png", "holiday.png");
    assert_same_text("{width}x{height} {format}", "300x200 png", "holiday.png");
    assert_same_text("{{{stem}}}", "{{a b}}", "a b.png");
    assert_same_text("{parent}", "in", "in/x.png");
}
END_TEST

START_TEST(a_text_without_letters_leaves_the_picture)
{
    oracle_image image = render("", "  ", "a.png");
    const box b = find_box(&image);

    ck_assert_uint_gt(b.left, b.right);
    oracle_release(&image);
}
END_TEST

/* Where little is left beside the margins of one size there is enough on a larger picture. */
START_TEST(distances_are_those_of_the_picture)
{
    oracle_image image =
        render("text-size=20 text-position=south+0+150 text-background=white", "above", "a.png");
    const box b = find_box(&image);

    ck_assert_uint_eq(b.bottom, HEIGHT - 1 - 150);
    oracle_release(&image);
    image = render("text-size=20 text-position=tile+250+170", "again", "b.png");
    ck_assert_uint_lt(find_box(&image).left, 20);
    oracle_release(&image);
}
END_TEST

/* ---- faults -------------------------------------------------------------- */

static void assert_refused(const char *fields, const char *text, loom_status code, const char *why)
{
    isolated_run run = prepare(fields, text);
    oracle_image flat = sample_flat(WIDTH, HEIGHT, 3, 255, green);

    sample_png("a.png", &flat, NULL);
    oracle_release(&flat);
    const size_t image = isolated_add(&run, "a.png", LOOM_FORMAT_PNG);
    isolated_go(&run);
    isolated_assert_error(&run, image, code, why);
    ck_assert_int_eq(run.outcomes[image].error.stage, LOOM_STAGE_TRANSFORM);
    ck_assert(!tmpdir_exists(run.tasks[image].output_path));
    isolated_release(&run);
}

START_TEST(what_cannot_be_written_is_an_error)
{
    assert_refused("font=No-Such-Font", "a", LOOM_ERR_NOT_FOUND, "there is no font");
    assert_refused("font=./missing.ttf", "a", LOOM_ERR_NOT_FOUND, "cannot be read");
    assert_refused("font=./a.png", "a", LOOM_ERR_UNSUPPORTED, "is not a font");
    assert_refused("", "\U0010fffd", LOOM_ERR_UNSUPPORTED, "all letters"); /* of private use */
    assert_refused("", "{nothing}", LOOM_ERR_UNSUPPORTED, "not a field of a text");
    assert_refused("", "{n}", LOOM_ERR_UNSUPPORTED, "not a field of a text");
    assert_refused("size=1x1 fit=fill", "a", LOOM_ERR_UNSUPPORTED, "does not fit");
}
END_TEST

START_TEST(prepare_says_so_before_the_first_image)
{
    isolated_run run = prepare("font=No-Such-Font", "a");
    loom_engine *engine = NULL;
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_engine_start(&engine, &run.engine, NULL), LOOM_OK);
    ck_assert_int_eq(loom_engine_prepare(engine, &run.recipe, &err), LOOM_ERR_NOT_FOUND);
    ck_assert_int_eq(loom_recipe_read_files(&run.recipe, NULL), LOOM_ERR_NOT_FOUND);
    recipe_set_words(&run.recipe, "font=Sans");
    ck_assert_int_eq(loom_engine_prepare(engine, &run.recipe, NULL), LOOM_OK);
    ck_assert_int_eq(loom_recipe_read_files(&run.recipe, NULL), LOOM_OK);
    ck_assert_uint_eq(run.recipe.font.hashed, 1);
    loom_engine_stop(engine);
    isolated_release(&run);
}
END_TEST

/* ---- many ---------------------------------------------------------------- */

/* Each of many images on four threads has its own name and the same mark. */
START_TEST(threads_share_what_was_made)
{
    enum { IMAGES = 40 };
    isolated_run run = prepare("watermark=mark.svg watermark-size=50% "
                               "watermark-position=northwest+0+0 text-position=southeast",
                               "{stem}");
    static const char drawing[] = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" "
                                  "height=\"5\"><rect width=\"10\" height=\"5\" "
                                  "fill=\"#ff0080\"/></svg>";
    oracle_image flat = sample_flat(WIDTH, HEIGHT, 3, 255, green);
    char name[40];

    tmpdir_write_text("mark.svg", drawing);
    for (int i = 0; i < IMAGES; i++) {
        (void)snprintf(name, sizeof name, "n%d.png", i);
        sample_png(name, &flat, NULL);
        (void)isolated_add(&run, name, i % 2 == 0 ? LOOM_FORMAT_PNG : LOOM_FORMAT_JPEG);
    }
    oracle_release(&flat);
    isolated_go(&run);
    for (int i = 0; i < IMAGES; i++) {
        ck_assert_msg(run.outcomes[i].result == LOOM_RESULT_OK, "%s",
                      run.outcomes[i].error.message);
        oracle_image made = oracle_read(run.tasks[i].output_path);
        ck_assert_int_le(abs((int)oracle_at(&made, 75, 37, 0) - 255), i % 2 == 0 ? 0 : 8);
        ck_assert_int_le(abs((int)oracle_at(&made, 75, 37, 1) - 0), i % 2 == 0 ? 0 : 8);
        if (i % 2 == 0) {
            ck_assert(!is_green(&made, 149, 74)); /* 150x75 px of it */
            ck_assert(is_green(&made, 151, 76));
        }
        oracle_release(&made);
    }
    isolated_release(&run);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("worker_layers");
    TCase *tests = tcase_create("layers");

    tcase_add_checked_fixture(tests, tmpdir_enter, tmpdir_leave);
    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, a_text_lies_where_it_is_asked_for);
    tcase_add_test(tests, a_text_has_its_colours);
    tcase_add_test(tests, a_long_text_stays_on_the_picture);
    tcase_add_test(tests, fields_are_those_of_the_image);
    tcase_add_test(tests, a_text_without_letters_leaves_the_picture);
    tcase_add_test(tests, distances_are_those_of_the_picture);
    tcase_add_test(tests, what_cannot_be_written_is_an_error);
    tcase_add_test(tests, prepare_says_so_before_the_first_image);
    tcase_add_test(tests, threads_share_what_was_made);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
