#include "support/two_lanes.h"

#include "support/recipe_words.h"
#include "support/tmpdir.h"

#include "support/check.h"
#include <imgloom/recipe.h>
#include <stdio.h>
#include <stdlib.h>
#include <webp/decode.h>

void lanes_write_input(const lanes_input *c, const char *path)
{
    make_jpeg_options options = c->options;
    oracle_image scene = oracle_read(engine_testdata("photos/scene-1.jpg"));
    oracle_image part = make_part(&scene, 101, 57, c->width, c->height);

    if (c->gray) {
        oracle_image gray = oracle_grayscale(&part);
        oracle_release(&part);
        part = gray;
    }
    options.quality = 95;
    make_jpeg_file(path, &part, &options);
    oracle_release(&part);
    oracle_release(&scene);
}

/* libwebp makes green of a gray by other constants, which may be one less. */
static bool is_gray(const uint8_t *rgb, size_t pixels)
{
    for (size_t i = 0; i < 3 * pixels; i += 3)
        if (rgb[i] != rgb[i + 2] || abs(rgb[i] - rgb[i + 1]) > 1)
            return false;
    return true;
}

oracle_image lanes_read_webp(const char *path)
{
    size_t size;
    char *file = tmpdir_read(path, &size);
    int width, height;
    uint8_t *rgb = WebPDecodeRGB((const uint8_t *)file, size, &width, &height);

    ck_assert_msg(rgb != NULL, "libwebp does not decode %s", path);
    const size_t pixels = (size_t)width * (size_t)height;
    const bool gray = is_gray(rgb, pixels);
    for (size_t i = 0; gray && i < pixels; i++)
        rgb[i] = rgb[3 * i];
    oracle_image made = oracle_from_bytes((uint32_t)width, (uint32_t)height, gray ? 1 : 3, rgb);
    WebPFree(rgb);
    free(file);
    return made;
}

oracle_image lanes_run(const char *lane, const engine_request *request, const char *input)
{
    const bool webp = request->format == LOOM_FORMAT_WEBP;
    engine_request in_lane = *request;
    char output[16];

    (void)snprintf(output, sizeof output, "%s.%s", lane, webp ? "webp" : "jpg");
    in_lane.settings.lane = lane;
    in_lane.format = webp ? LOOM_FORMAT_WEBP : LOOM_FORMAT_JPEG;
    loom_outcome outcome = engine_run_written(&in_lane, input, output, LOOM_RESULT_OK);
    ck_assert_str_eq(outcome.lane, lane);
    oracle_image made = webp ? lanes_read_webp(output) : oracle_read(output);
    ck_assert_uint_eq(made.width, outcome.width);
    ck_assert_uint_eq(made.height, outcome.height);
    if (!webp)
        ck_assert_int_eq((int)made.channels, outcome.channels);
    loom_outcome_release(&outcome);
    return made;
}

void lanes_assert_alike(const engine_request *request, const char *input, double psnr,
                        const char *what)
{
    oracle_image jpeg = lanes_run("jpeg", request, input), vips = lanes_run("vips", request, input);

    ck_assert_msg(jpeg.width == vips.width && jpeg.height == vips.height &&
                      jpeg.channels == vips.channels,
                  "%s: %ux%u with %u channels, not %ux%u with %u", what, jpeg.width, jpeg.height,
                  jpeg.channels, vips.width, vips.height, vips.channels);
    const oracle_difference difference = oracle_compare(&jpeg, &vips);
    ck_assert_msg(difference.psnr >= psnr, "%s: %.2f dB", what, difference.psnr);
    oracle_release(&jpeg);
    oracle_release(&vips);
}

engine_request lanes_request(const lanes_recipe *c)
{
    engine_request request = engine_request_default();
    loom_recipe *recipe = &request.recipe;
    loom_error err = LOOM_ERROR_INIT;

    request.format = LOOM_FORMAT_JPEG;
    ck_assert_int_eq(loom_recipe_set(recipe, "size", c->size, &err), LOOM_OK);
    recipe_set_words(recipe, c->fields);
    recipe->fit = c->fit;
    recipe->position = c->position;
    recipe->kernel = c->kernel;
    recipe->rotation = c->rotation;
    recipe->flip = c->flip;
    recipe->flop = c->flop;
    recipe->no_upscale = c->no_upscale;
    recipe->grayscale = c->grayscale ? LOOM_GRAYSCALE_LUMA : LOOM_GRAYSCALE_NONE;
    recipe->progressive = c->progressive;
    recipe->chroma = c->full_chroma ? LOOM_CHROMA_444 : LOOM_CHROMA_DEFAULT;
    recipe->quality = 95;
    if (c->background.alpha > 0) {
        recipe->background = c->background;
        recipe->background_given = true;
    }
    return request;
}
