/*
 * The check of outputs, broken on purpose: encoded pictures that are turned, mirrored, half gray,
 * of other colours, blank, of another size or cut short are refused in each format that is written,
 * and those that are right are not. The wrong ones are made of wrong inputs, by the engine without
 * the check; what is expected comes from the right input.
 */
#include "engine/check.h"
#include "format/container.h"
#include "picture/recipe_fields.h"
#include "support/engine_run.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <string.h>

enum { WIDTH = 320, HEIGHT = 208 };

/* ---- pictures ------------------------------------------------------------ */

/* No turn and no mirror leaves it as it is, and it has colours that swapped channels change. */
static oracle_image make_right(void)
{
    static const uint16_t ground[4] = {90, 120, 170, 255}, sun[4] = {240, 200, 60, 255};
    static const uint16_t field[4] = {60, 110, 40, 255}, house[4] = {170, 60, 50, 255};
    oracle_image picture = sample_flat(WIDTH, HEIGHT, 3, 255, ground);

    sample_fill(&picture, 220, 20, 60, 50, sun);
    sample_fill(&picture, 0, 120, WIDTH, HEIGHT - 120, field);
    sample_fill(&picture, 30, 90, 70, 80, house);
    for (uint32_t i = 0; i < WIDTH; i += 4) /* something fine */
        sample_fill(&picture, i, 160, 2, 10, house);
    return picture;
}

static uint16_t *pixel_of(const oracle_image *p, uint32_t x, uint32_t y)
{
    return p->samples + ((size_t)y * p->width + x) * p->channels;
}

static void turn(oracle_image *p, int rotation, bool flop)
{
    const oracle_recipe recipe = {.rotation = rotation, .flop = flop};
    const oracle_image turned = oracle_turn(p, &recipe);

    oracle_release(p);
    *p = turned;
}

static void rotate_it(oracle_image *p)
{
    turn(p, 180, false);
}

static void mirror_it(oracle_image *p)
{
    turn(p, 0, true);
}

static void flip_it(oracle_image *p)
{
    turn(p, 180, true);
}

static void gray_lower_half(oracle_image *p)
{
    static const uint16_t gray[4] = {128, 128, 128, 255};

    sample_fill(p, 0, HEIGHT / 2, WIDTH, HEIGHT - HEIGHT / 2, gray);
}

static void swap_channels(oracle_image *p)
{
    for (uint32_t y = 0; y < p->height; y++)
        for (uint32_t x = 0; x < p->width; x++) {
            uint16_t *pixel = pixel_of(p, x, y);
            const uint16_t red = pixel[0];
            pixel[0] = pixel[2];
            pixel[2] = red;
        }
}

static void brighten(oracle_image *p)
{
    for (size_t i = 0; i < (size_t)p->width * p->height * p->channels; i++)
        p->samples[i] = (uint16_t)(p->samples[i] + 12 < 255 ? p->samples[i] + 12 : 255);
}

static void drop_colour(oracle_image *p)
{
    for (uint32_t y = 0; y < p->height; y++)
        for (uint32_t x = 0; x < p->width; x++) {
            uint16_t *pixel = pixel_of(p, x, y);
            pixel[0] = pixel[2] = pixel[1];
        }
}

static void make_blank(oracle_image *p)
{
    memset(p->samples, 0, sizeof *p->samples * p->width * p->height * p->channels);
}

/* The right one moved by a tenth of its width: what comes in at the left is its first column. */
static void move_it(oracle_image *p)
{
    for (uint32_t y = 0; y < p->height; y++)
        for (uint32_t x = p->width; x-- > WIDTH / 10;)
            memcpy(pixel_of(p, x, y), pixel_of(p, x - WIDTH / 10, y), 3 * sizeof(uint16_t));
}

typedef struct wrong {
    const char *name;
    void (*make)(oracle_image *picture);
} wrong;

static const wrong wrongs[] = {
    {"turned", rotate_it},
    {"mirrored", mirror_it},
    {"flipped", flip_it},
    {"half gray", gray_lower_half},
    {"channels swapped", swap_channels},
    {"brighter", brighten},
    {"without colour", drop_colour},
    {"blank", make_blank},
    {"moved", move_it},
};

static const loom_format formats[] = {LOOM_FORMAT_JPEG, LOOM_FORMAT_PNG,  LOOM_FORMAT_WEBP,
                                      LOOM_FORMAT_GIF,  LOOM_FORMAT_TIFF, LOOM_FORMAT_AVIF,
                                      LOOM_FORMAT_JXL};

/* ---- judging ------------------------------------------------------------- */

/* The file that the engine makes of the picture, unchecked; "": this build does not write it. */
static loom_bytes encode(const engine_request *request, const oracle_image *picture)
{
    size_t size;

    if (engine_codec(request->format)->writer == NULL)
        return (loom_bytes){NULL, 0};
    sample_png("in.png", picture, NULL);
    loom_outcome outcome = engine_run(request, "in.png", "out");
    ck_assert_msg(outcome.error.code == LOOM_OK, "%s", outcome.error.message);
    loom_outcome_release(&outcome);
    char *data = tmpdir_read("out", &size);
    return (loom_bytes){(unsigned char *)data, size};
}

static void give_source(loom_lane_job *lane_job, const oracle_image *source)
{
    loom_rect part;
    unsigned char row[3 * WIDTH];
    loom_small *small = loom_check_source(lane_job, (loom_density){1, 1}, WIDTH, HEIGHT, &part);

    ck_assert_ptr_nonnull(small);
    loom_small_begin(small, part.width, part.height, 3, 1, false);
    for (uint32_t y = 0; y < part.height; y++) {
        for (uint32_t i = 0; i < 3 * part.width; i++)
            row[i] = (unsigned char)pixel_of(source, part.x, part.y + y)[i];
        loom_small_add(small, 0, y, part.width, row);
    }
    loom_check_source_end(lane_job, 0);
}

/* What the check says of a file, as the output of the request for the source. */
static loom_error judge(const engine_request *request, const oracle_image *source, loom_bytes file)
{
    const loom_task task = {.format = request->format}, *tasks[] = {&task};
    const loom_job job = {
        .tasks = tasks, .count = 1, .recipe = &request->recipe, .settings = &request->settings};
    loom_outcome outcome, common;
    loom_outcome_init(&outcome);
    loom_outcome_init(&common);
    loom_lane_job lane_job = {.job = &job,
                              .common = &common,
                              .count = 1,
                              .check = loom_check_create(),
                              .outputs[0] = {.task = &task, .outcome = &outcome}};

    ck_assert_ptr_nonnull(lane_job.check);
    ck_assert_int_eq(loom_geometry_compute(&request->recipe, &request->recipe.sizes[0], WIDTH,
                                           HEIGHT, 1, &lane_job.outputs[0].geometry, NULL),
                     LOOM_OK);
    lane_job.outputs[0].encoded = (loom_encoded){(void *)(uintptr_t)file.data, file.size, 3, 0};
    give_source(&lane_job, source);
    loom_check_outputs(&lane_job);
    loom_check_free(lane_job.check);
    const loom_error error = outcome.error;
    ck_assert_uint_eq(outcome.warning_count, 0);
    loom_outcome_release(&outcome);
    loom_outcome_release(&common);
    return error;
}

static void assert_refused(loom_error error, const char *what, loom_format format)
{
    ck_assert_msg(error.code == LOOM_ERR_CHECK_FAILED, "%s in %s: %s", what,
                  loom_format_get(format)->name, loom_status_name(error.code));
    ck_assert_int_eq(error.stage, LOOM_STAGE_ENCODE);
}

static engine_request request_of(loom_format format, const char *const *words)
{
    engine_request request = engine_request_default();
    loom_error err = LOOM_ERROR_INIT;

    request.format = format;
    for (; words != NULL && *words != NULL; words += 2)
        ck_assert_msg(loom_recipe_set(&request.recipe, words[0], words[1], &err) == LOOM_OK, "%s",
                      err.message);
    return request;
}

/* Judges the right picture, and wrong ones: one in `every`, from the nth on. */
static void try_request(const engine_request *request, size_t nth, size_t every)
{
    const oracle_image right = make_right();
    loom_bytes file = encode(request, &right);

    if (file.data == NULL)
        return;
    const loom_error fine = judge(request, &right, file);
    ck_assert_msg(fine.code == LOOM_OK, "%s", fine.message);
    assert_refused(judge(request, &right, (loom_bytes){file.data, file.size / 2}), "cut",
                   request->format);
    free((void *)(uintptr_t)file.data);
    for (size_t i = suite_long() ? 0 : nth % every; i < COUNT(wrongs);
         i += suite_long() ? 1 : every) {
        oracle_image picture = make_right();
        wrongs[i].make(&picture);
        file = encode(request, &picture);
        assert_refused(judge(request, &right, file), wrongs[i].name, request->format);
        free((void *)(uintptr_t)file.data);
        oracle_release(&picture);
    }
    oracle_image same = right;
    oracle_release(&same);
}

/* ---- tests --------------------------------------------------------------- */

START_TEST(each_format)
{
    engine_request request = request_of(formats[_i], NULL);

    request.settings.allow_untrusted = loom_format_get(formats[_i])->untrusted;
    request.recipe.effort = 0;
    try_request(&request, 0, 1);
}
END_TEST

/* Recipes of which there is a model. */
static const char *const recipes[][7] = {
    {"size", "160x120", NULL},
    {"size", "100x100", "fit", "contain", NULL},
    {"size", "60x120", "fit", "fill", NULL},
    {"rotate", "90", "size", "100x150", NULL},
    {"rotate", "270", "flop", "true", NULL},
    {"flip", "true", "size", "x90", NULL},
    {"extract", "20,10,200x190", "rotate", "180", NULL},
    {"size", "500x400", NULL},
    {"border", "11x7", "border-color", "#0f0", NULL},
    {"extend", "5,20,9,2", "blur", "2", NULL},
};

START_TEST(each_way_through_the_geometry)
{
    const engine_request jpeg = request_of(LOOM_FORMAT_JPEG, recipes[_i]);
    const engine_request png = request_of(LOOM_FORMAT_PNG, recipes[_i]);

    try_request(&jpeg, (size_t)_i, 4);
    try_request(&png, (size_t)_i + 1, 4);
}
END_TEST

/* libvips reads JPEG XL only if it is told to. */
START_TEST(what_cannot_be_decoded_is_told)
{
    static const char name[] = "the output was not checked, for it is jxl: it is an untrusted "
                               "format, and these are not allowed";
    engine_request request = request_of(LOOM_FORMAT_JXL, NULL);
    oracle_image right = make_right();

    if (engine_codec(LOOM_FORMAT_JXL)->writer == NULL)
        return;
    request.settings.check_outputs = true;
    sample_png("in.png", &right, NULL);
    loom_outcome outcome = engine_run(&request, "in.png", "out.jxl");
    ck_assert_int_eq(outcome.result, LOOM_RESULT_WARNING);
    ck_assert_uint_eq(outcome.warning_count, 1);
    ck_assert_str_eq(outcome.warnings[0], name);
    loom_outcome_release(&outcome);
    oracle_release(&right);
}
END_TEST

START_TEST(another_size)
{
    static const char *const words[] = {"size", "160x104", NULL};
    const engine_request smaller = request_of(LOOM_FORMAT_JPEG, words);
    const engine_request same = request_of(LOOM_FORMAT_JPEG, NULL);
    oracle_image right = make_right();
    const loom_bytes file = encode(&smaller, &right);
    const loom_error error = judge(&same, &right, file);

    assert_refused(error, "another size", LOOM_FORMAT_JPEG);
    ck_assert_str_eq(error.message, "decoded again, the output has 160x104 px instead of 320x208");
    free((void *)(uintptr_t)file.data);
    oracle_release(&right);
}
END_TEST

/* ---- through the engine -------------------------------------------------- */

/* Nothing that is right is refused, whatever is done to it, in whichever lane. */
static const char *const rights[][7] = {
    {"size", "100x70", NULL},
    {"rotate", "33", NULL},
    {"negate", "true", "size", "90x", NULL},
    {"tint", "#853", "radius", "20", NULL},
    {"trim", "10", NULL},
    {"normalize", "true", "gamma", "2", NULL},
    {"grayscale", "luma", "size", "50%", NULL},
    {"grayscale", "luminance", "rotate", "90", NULL},
    {"kernel", "nearest", "size", "77x41", NULL},
    {"size", "80x80", "position", "attention", NULL},
    {"size", "200x90", "fit", "contain", "background", "#f80", NULL},
    {"quality", "1", "size", "160x", NULL},
    {"palette", "2", NULL},
    {"extend", "9", "extend-with", "mirror", NULL},
};

START_TEST(what_is_right_is_written)
{
    static const char *const inputs[] = {"orientation/landscape-6.jpg", "tiny/photo-333x222.jpg",
                                         "formats/quadrants-alpha.png", "formats/graya.png",
                                         "formats/animated.gif",        "tiny/wide-2000x3.png"};

    for (size_t f = 0; f < COUNT(formats); f++) {
        engine_request request = request_of(formats[f], rights[_i]);
        request.settings.check_outputs = true;
        if (engine_codec(formats[f])->writer == NULL || !suite_takes(f + (unsigned)_i, 2))
            continue;
        for (size_t i = 0; i < COUNT(inputs); i++) {
            loom_outcome outcome = engine_run(&request, engine_testdata(inputs[i]), "out");
            ck_assert_msg(outcome.error.code == LOOM_OK, "%s to %s: %s", inputs[i],
                          loom_format_get(formats[f])->name, outcome.error.message);
            loom_outcome_release(&outcome);
        }
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_check");
    TCase *tests = engine_case("engine_check"), *all = tcase_create("untrusted, too");

    tcase_add_checked_fixture(all, engine_setup_untrusted, engine_teardown);
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, each_format, 0, COUNT(formats));
    suite_add_tcase(suite, all);
    tcase_add_test(tests, what_cannot_be_decoded_is_told);
    tcase_add_loop_test(tests, each_way_through_the_geometry, 0, COUNT(recipes));
    tcase_add_test(tests, another_size);
    tcase_add_loop_test(tests, what_is_right_is_written, 0, COUNT(rights));
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
