/*
 * Every hundredth part of files of every kind: a cut one is an error, and where damage is let
 * through it is a warning at least, never plain ok. Kinds that the test data lack are made here.
 */
#include "support/engine_run.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

static const char *const files[] = {
    "photos/scene-1.jpg",
    "photos/scene-3.jpg",
    "photos/cmyk.jpg",
    "formats/deep16.png",
    "formats/palette.png",
    "formats/animated.gif",
    "formats/quadrants.gif",
    "formats/quadrants.webp",
    "formats/quadrants-alpha.webp",
    "formats/quadrants.tif",
    "formats/deep16.tif",
    "formats/quadrants.avif",
    "formats/quadrants.bmp",
    "formats/quadrants.tga",
    "formats/quadrants.psd",
    "formats/quadrants.ppm",
    "formats/quadrants.hdr",
    "lossy.webp",
    "lossless.webp",
    "animated.webp",
    "interlaced.png",
    "made.jxl",
    "made.svg",
    "tiled.tif",
    "lzw.tif",
    "jpeg.tif",
    "pyramid.tif",
    "orientation/landscape-6.jpg",
};

enum { FILES = sizeof files / sizeof *files };

/* ---- files that are made ------------------------------------------------- */

static void make(const char *name, loom_format format, const char *from, void (*set)(loom_recipe *))
{
    engine_request request = engine_request_box(60, 0, LOOM_FIT_COVER);

    request.format = format;
    if (set != NULL)
        set(&request.recipe);
    loom_outcome outcome = engine_run(&request, engine_testdata(from), name);
    ck_assert_int_eq(outcome.result, LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
}

static void lossless(loom_recipe *recipe)
{
    recipe->lossless = true;
}

static void progressive(loom_recipe *recipe)
{
    recipe->progressive = true;
}

static void animated(loom_recipe *recipe)
{
    recipe->animated = true;
}

/* What imgloom itself does not write: tiles, compressions, pyramids. */
static void make_tiff(const char *name, VipsForeignTiffCompression compression, gboolean tile,
                      gboolean pyramid)
{
    VipsImage *noise = NULL, *image = NULL;
    char path[64];

    (void)snprintf(path, sizeof path, "./%s", name);
    ck_assert_int_eq(vips_gaussnoise(&noise, 200, 150, "mean", 128.0, "sigma", 40.0, NULL), 0);
    ck_assert_int_eq(vips_cast(noise, &image, VIPS_FORMAT_UCHAR, NULL), 0);
    ck_assert_int_eq(vips_tiffsave(image, path, "compression", compression, "tile", tile, "pyramid",
                                   pyramid, "tile_width", 64, "tile_height", 64, NULL),
                     0);
    g_object_unref(image);
    g_object_unref(noise);
}

static void make_missing(const char *name)
{
    if (strcmp(name, "lossy.webp") == 0)
        make(name, LOOM_FORMAT_WEBP, "photos/scene-1.jpg", NULL);
    else if (strcmp(name, "lossless.webp") == 0)
        make(name, LOOM_FORMAT_WEBP, "photos/scene-1.jpg", lossless);
    else if (strcmp(name, "animated.webp") == 0)
        make(name, LOOM_FORMAT_WEBP, "formats/animated.gif", animated);
    else if (strcmp(name, "interlaced.png") == 0)
        make(name, LOOM_FORMAT_PNG, "photos/scene-1.jpg", progressive);
    else if (strcmp(name, "made.jxl") == 0)
        make(name, LOOM_FORMAT_JXL, "photos/scene-1.jpg", NULL);
    else if (strcmp(name, "made.svg") == 0)
        tmpdir_write_text(name, "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'>"
                                "<rect width='20' height='10' fill='red'/></svg>");
    else if (strcmp(name, "tiled.tif") == 0)
        make_tiff(name, VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, TRUE, FALSE);
    else if (strcmp(name, "lzw.tif") == 0)
        make_tiff(name, VIPS_FOREIGN_TIFF_COMPRESSION_LZW, FALSE, FALSE);
    else if (strcmp(name, "jpeg.tif") == 0)
        make_tiff(name, VIPS_FOREIGN_TIFF_COMPRESSION_JPEG, FALSE, FALSE);
    else if (strcmp(name, "pyramid.tif") == 0)
        make_tiff(name, VIPS_FOREIGN_TIFF_COMPRESSION_JPEG, TRUE, TRUE);
    else
        ck_abort_msg("%s", name);
}

/* ---- cuts ---------------------------------------------------------------- */

/* With so few bytes, or in words of so few, nobody can tell what the file is. */
static bool is_unknown(const loom_outcome *outcome, size_t size)
{
    return size < 20 &&
           (outcome->error.code == LOOM_ERR_UNSUPPORTED || outcome->error.code == LOOM_ERR_EMPTY);
}

static void assert_error(const loom_outcome *outcome, const char *name, size_t size)
{
    ck_assert_msg(outcome->result == LOOM_RESULT_ERROR &&
                      (outcome->error.code == LOOM_ERR_TRUNCATED ||
                       outcome->error.code == LOOM_ERR_CORRUPT || is_unknown(outcome, size)),
                  "%s, %zu bytes: %s %s %s", name, size, loom_result_name(outcome->result),
                  loom_status_name(outcome->error.code), outcome->error.message);
}

/* What lacks its end marker alone is let through by default, and then it is whole. */
static bool lacks_end(const loom_outcome *outcome)
{
    return outcome->result == LOOM_RESULT_WARNING && outcome->warning_count == 1 &&
           strcmp(outcome->warnings[0], "the file lacks its end marker") == 0;
}

static void assert_cut(engine_request *request, const char *name, const char *path, size_t size)
{
    request->settings.fail_on = LOOM_FAIL_ON_ERROR;
    loom_outcome outcome = engine_run(request, path, "out.png");
    if (!lacks_end(&outcome))
        assert_error(&outcome, name, size);
    loom_outcome_release(&outcome);

    request->settings.fail_on = LOOM_FAIL_ON_NONE;
    outcome = engine_run(request, path, "out.png");
    if (outcome.result == LOOM_RESULT_ERROR)
        assert_error(&outcome, name, size);
    else
        ck_assert_msg(outcome.result == LOOM_RESULT_WARNING, "%s, %zu bytes are ok", name, size);
    loom_outcome_release(&outcome);
}

START_TEST(each_hundredth)
{
    engine_request request = engine_request_box(30, 30, LOOM_FIT_INSIDE);
    const bool made = strchr(files[_i], '/') == NULL;
    char path[16] = "cut";
    size_t size;

    request.settings.allow_untrusted = true;
    if (made)
        make_missing(files[_i]);
    char *data = tmpdir_read(made ? files[_i] : engine_testdata(files[_i]), &size);
    strcat(path, strrchr(files[_i], '.'));
    tmpdir_write(path, data, size);
    loom_outcome whole = engine_run(&request, path, "out.png");
    ck_assert_msg(whole.result == LOOM_RESULT_OK, "%s: %s", files[_i], whole.error.message);
    loom_outcome_release(&whole);
    for (size_t i = 0; i < 100; i++) {
        if (!suite_takes(i + (unsigned)_i, 3))
            continue;
        const size_t length = size * i / 100;
        tmpdir_write(path, data, length);
        assert_cut(&request, files[_i], path, length);
    }
    free(data);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_percent");
    TCase *tests = tcase_create("cuts");

    tcase_add_checked_fixture(tests, engine_setup_untrusted, engine_teardown);
    tcase_set_timeout(tests, 200);
    tcase_add_loop_test(tests, each_hundredth, 0, FILES);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
