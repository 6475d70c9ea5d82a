/* The jpeg lane, from a file's bytes to a file's bytes. The first bytes choose the recipe. */
#include "engine/convert.h"
#include "format/container.h"
#include "fuzz_image.h"
#include "picture/recipe_fields.h"

static void choose(const uint8_t *bytes, loom_recipe *recipe, loom_settings *settings)
{
    static const double turns[] = {0, 90, 180, 270};

    loom_recipe_init(recipe);
    loom_settings_init(settings);
    recipe->sizes[0].width = bytes[0] % 96;
    recipe->sizes[0].height = bytes[1] % 96;
    recipe->fit = (loom_fit)(bytes[2] % 5);
    recipe->rotation = turns[bytes[2] >> 6];
    recipe->flip = bytes[3] & 1;
    recipe->progressive = bytes[3] & 2;
    recipe->grayscale = bytes[3] & 4 ? LOOM_GRAYSCALE_LUMA : LOOM_GRAYSCALE_NONE;
    recipe->metadata = bytes[3] & 8 ? LOOM_METADATA_ALL : LOOM_METADATA_NONE;
    recipe->chroma = bytes[3] & 16 ? LOOM_CHROMA_444 : LOOM_CHROMA_DEFAULT;
    recipe->max_bytes = bytes[3] & 32 ? 2000 : 0;
    recipe->ssim = recipe->max_bytes == 0 && (bytes[2] & 16) != 0 ? 0.9 : 0;
    recipe->format = bytes[2] & 32 ? LOOM_FORMAT_WEBP : LOOM_FORMAT_JPEG;
    settings->fail_on = (loom_fail_on)(bytes[3] >> 6);
    settings->max_pixels = FUZZ_MAX_PIXELS;
    settings->lane = "jpeg";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    loom_recipe recipe;
    loom_settings settings;
    loom_outcome outcome;
    loom_encoded encoded = {0};
    loom_task task = {.input_path = "input.jpg", .output_path = "output"};
    const loom_task *const tasks[] = {&task};

    if (size < 6)
        return 0;
    choose(data, &recipe, &settings);
    if (loom_recipe_check(&recipe, NULL) != LOOM_OK)
        return 0;
    task.format = recipe.format;
    loom_input input = fuzz_input(data + 4, size - 4);
    const loom_job job = {.tasks = tasks, .count = 1, .recipe = &recipe, .settings = &settings};
    loom_outcome_init(&outcome);
    if (loom_convert(&job, &input, 0, LOOM_LANES_TRUSTED, &outcome, &encoded) !=
        LOOM_LANE_DECLINED) {
        const loom_bytes made = {encoded.data, encoded.size};
        loom_header header;
        if (encoded.data != NULL)
            FUZZ_CHECK(loom_format_header(task.format, made, &header) &&
                       header.width == outcome.width && header.height == outcome.height);
        else
            FUZZ_CHECK(outcome.error.code != LOOM_OK && outcome.error.message[0] != '\0');
    }
    free(encoded.data);
    loom_outcome_release(&outcome);
    loom_input_release(&input);
    return 0;
}
