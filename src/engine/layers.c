#include "engine/layers.h"

#include "base/error.h"
#include "engine/worker_hooks.h"

loom_layer_way loom_layer_way_of(const loom_recipe *recipe, loom_layer_kind kind)
{
    if (kind == LOOM_LAYER_TEXT)
        return (loom_layer_way){&recipe->text_place, 1, LOOM_BLEND_OVER};
    return (loom_layer_way){&recipe->watermark_place, recipe->watermark_opacity,
                            recipe->watermark_blend};
}

static loom_status ask(const loom_lane_job *job, size_t output, loom_layer_kind kind,
                       uint32_t width, uint32_t height, loom_picture *layer, loom_error *err)
{
    const loom_worker_hooks *parent = loom_worker_hooks_get();
    const loom_layers *layers = job->job->layers;

    if (parent != NULL)
        return parent->layer(output, kind, width, height, layer, err);
    if (layers != NULL)
        return layers->get(layers->context, job->job, output, kind, width, height, layer, err);
    return loom_error_set(err, LOOM_ERR_INTERNAL, LOOM_STAGE_TRANSFORM,
                          "there is nobody who has the watermark or text");
}

loom_status loom_layer_get(const loom_lane_job *job, const loom_lane_output *output,
                           loom_layer_kind kind, uint32_t width, uint32_t height,
                           const loom_picture **layer, loom_error *err)
{
    const size_t index = (size_t)(output - job->outputs);
    loom_picture *kept = &job->layers[index].kinds[kind];
    loom_status status = LOOM_OK;

    if (kept->data == NULL)
        status = ask(job, index, kind, width, height, kept, err);
    *layer = kept;
    return status;
}

void loom_layers_release(const loom_lane_job *job)
{
    for (size_t i = 0; i < job->count; i++)
        for (unsigned kind = 0; kind < LOOM_LAYER_KINDS; kind++)
            loom_picture_release(&job->layers[i].kinds[kind]);
}

loom_status loom_layers_lay(const loom_lane_job *job, const loom_lane_output *output,
                            loom_picture *picture, loom_error *err)
{
    const loom_recipe *recipe = job->job->recipe;
    loom_status status = LOOM_OK;

    for (unsigned i = 0; i < LOOM_LAYER_KINDS && status == LOOM_OK; i++) {
        const loom_layer_kind kind = (loom_layer_kind)i;
        const loom_layer_way way = loom_layer_way_of(recipe, kind);
        const loom_picture *layer;
        if (!loom_layer_is_asked(recipe, kind))
            continue;
        status = loom_layer_get(job, output, kind, picture->width, picture->height, &layer, err);
        if (status == LOOM_OK)
            status = loom_picture_lay(picture, layer, way.place, way.opacity, way.blend, err);
    }
    return status;
}
