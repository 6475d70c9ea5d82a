/* The probe: our own parsers first, then libvips' reading of headers. */
#include "engine/convert.h"
#include "engine/probe.h"
#include "fuzz_image.h"
#include "picture/recipe_fields.h"

int LLVMFuzzerInitialize(int *count, char ***words)
{
    static loom_engine *engine;
    const loom_engine_options options = {.isolate = LOOM_ISOLATE_NEVER};

    (void)count;
    (void)words;
    FUZZ_CHECK(loom_engine_start(&engine, &options, NULL) == LOOM_OK);
    return 0;
}

static void check(loom_status status, const loom_header *header, const loom_error *error)
{
    if (status == LOOM_OK)
        FUZZ_CHECK(header->width >= 1 && header->height >= 1 && header->frames >= 1 &&
                   header->orientation >= 1 && header->orientation <= 8);
    else
        FUZZ_CHECK(error->code == status && error->message[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    loom_settings settings;
    loom_recipe recipe;

    if (size < 2)
        return 0;
    loom_settings_init(&settings);
    loom_recipe_init(&recipe);
    recipe.animated = (data[0] & 2) != 0;
    settings.max_pixels = FUZZ_MAX_PIXELS;
    for (int trusted = 0; trusted < 2; trusted++) {
        const loom_job job = {.settings = &settings, .recipe = &recipe};
        loom_outcome common;
        loom_lane_job lane_job = {
            .job = &job, .input = fuzz_input(data + 1, size - 1), .common = &common};
        loom_error error = LOOM_ERROR_INIT;
        loom_status status;
        loom_outcome_init(&common);
        if (!trusted)
            check(loom_probe_read(&lane_job, data[0] & 1 ? "input.tga" : "input", data[0] & 2,
                                  &error),
                  &lane_job.header, &error);
        else if (loom_probe_trusted(&lane_job, &status, &error))
            check(status, &lane_job.header, &error);
        loom_outcome_release(&common);
        loom_input_release(&lane_job.input);
    }
    return 0;
}
