/* Files with a few bytes changed: nothing crashes, and damage that is let through is told. */
#include "support/engine_run.h"
#include "support/random.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MUTATIONS = 60 }; /* of each file */

static const char *const files[] = {
    "tiny/photo-333x222.jpg", "photos/scene-3.jpg",     "formats/quadrants.png",
    "formats/deep16.png",     "formats/quadrants.webp", "formats/quadrants-alpha.webp",
    "formats/quadrants.gif",  "formats/animated.gif",   "formats/quadrants.tif",
    "formats/deep16.tif",     "formats/quadrants.avif", "formats/quadrants.bmp",
    "formats/quadrants.tga",  "formats/quadrants.psd",  "formats/quadrants.ppm",
    "formats/quadrants.hdr",
};

enum { FILES = sizeof files / sizeof *files };

static loom_outcome run_at(loom_fail_on level, const char *path)
{
    engine_request request = engine_request_box(40, 40, LOOM_FIT_INSIDE);

    request.settings.fail_on = level;
    request.settings.max_pixels = 4000000;
    return engine_run(&request, path, "out.png");
}

/* One mutated file at two levels; asserts what must hold between the two outcomes. */
static void assert_outcomes(const char *path, int mutation)
{
    loom_outcome strict = run_at(LOOM_FAIL_ON_ERROR, path);
    loom_outcome lenient = run_at(LOOM_FAIL_ON_NONE, path);

    if (strict.result == LOOM_RESULT_ERROR) {
        ck_assert_msg(strict.error.code == LOOM_ERR_CORRUPT ||
                          strict.error.code == LOOM_ERR_TRUNCATED ||
                          strict.error.code == LOOM_ERR_UNSUPPORTED ||
                          strict.error.code == LOOM_ERR_TOO_LARGE,
                      "%s, %d: %s: %s", path, mutation, loom_status_name(strict.error.code),
                      strict.error.message);
        ck_assert_msg(lenient.result != LOOM_RESULT_OK, "%s, %d: plain ok with --fail-on none: %s",
                      path, mutation, strict.error.message);
    } else {
        ck_assert_int_eq(lenient.result, strict.result);
    }
    loom_outcome_release(&strict);
    loom_outcome_release(&lenient);
}

START_TEST(damage_that_is_let_through_is_told)
{
    size_t size;
    char path[64];
    char *data = tmpdir_read(engine_testdata(files[_i]), &size);
    char *changed = malloc(size);
    uint64_t state = (uint64_t)_i + 1;

    ck_assert_ptr_nonnull(changed);
    (void)snprintf(path, sizeof path, "changed%s", strrchr(files[_i], '.'));
    for (int i = 0; i < MUTATIONS; i++) {
        memcpy(changed, data, size);
        for (unsigned n = random_next(&state) % 4 + 1; n > 0; n--)
            changed[random_next(&state) % size] = (char)random_next(&state);
        tmpdir_write(path, changed, size);
        assert_outcomes(path, i);
    }
    free(changed);
    free(data);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_mutations");
    TCase *tcase = tcase_create("mutations");

    tcase_add_checked_fixture(tcase, engine_setup, engine_teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, damage_that_is_let_through_is_told, 0, FILES);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
