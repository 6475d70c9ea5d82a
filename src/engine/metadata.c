#include "engine/metadata.h"

#include "engine/finish.h"
#include "format/icc.h"

/* Whether a gray picture may become a coloured one. */
static bool colours(const loom_recipe *recipe)
{
    const loom_colour border = recipe->border_colour;
    const bool framed = (loom_recipe_needs(recipe) & LOOM_RECIPE_BIT(LOOM_RECIPE_BORDER)) != 0;

    return recipe->tint_given || (loom_recipe_needs(recipe) & LOOM_LAYER_FIELDS) != 0 ||
           (framed && (border.red != border.green || border.green != border.blue));
}

bool loom_lane_keeps_profile(const loom_recipe *recipe, loom_format format, bool cmyk)
{
    const loom_held *held = &loom_container_of(format)->held;

    return recipe->icc == LOOM_ICC_KEEP && recipe->grayscale == LOOM_GRAYSCALE_NONE &&
           !colours(recipe) && held->profile &&
           (!cmyk || (held->cmyk && (loom_recipe_needs(recipe) & LOOM_FINISH_FIELDS) == 0));
}

bool loom_lane_meta_make(loom_meta *meta, const loom_meta_source *source, bool with_profile,
                         bool converted, const loom_lane_job *job, const loom_lane_output *output)
{
    const loom_recipe *recipe = job->job->recipe;
    const loom_geometry *g = &output->geometry;
    const loom_bytes profile = source->profile;
    const loom_truth truth = {
        .format = output->task->format,
        .width = g->width,
        .height = g->height,
        .was_width = job->header.width,
        .was_height = job->header.height,
        .orientation = recipe->auto_orient ? 1 : job->header.orientation,
        .same_view = loom_geometry_same_view(g),
        .converted = converted || (profile.size > 0 && !with_profile &&
                                   !loom_icc_is_srgb(profile.data, profile.size)),
        .dpi = (uint32_t)recipe->dpi,
    };

    const bool made = loom_meta_make(meta, source, recipe->metadata, with_profile, &truth);
    for (size_t i = 0; i < meta->warning_count; i++)
        loom_outcome_warn(output->outcome, "%s", meta->warnings[i]);
    return made;
}
