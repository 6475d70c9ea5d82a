#include "support/two_lanes.h"

#include <check.h>
#include <imgloom/recipe.h>

oracle_image lanes_run(const char *lane, const engine_request *request, const char *input)
{
    engine_request in_lane = *request;
    const char *output = lane[0] == 'j' ? "jpeg.jpg" : "vips.jpg";

    in_lane.settings.lane = lane;
    in_lane.format = LOOM_FORMAT_JPEG;
    loom_outcome outcome = engine_run_written(&in_lane, input, output, LOOM_RESULT_OK);
    ck_assert_str_eq(outcome.lane, lane);
    oracle_image made = oracle_read(output);
    ck_assert_uint_eq(made.width, outcome.width);
    ck_assert_uint_eq(made.height, outcome.height);
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

    ck_assert_int_eq(loom_recipe_set(recipe, "size", c->size, &err), LOOM_OK);
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
