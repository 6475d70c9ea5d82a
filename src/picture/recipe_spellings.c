/* The short spellings: one row for each option that sets several fields of a recipe. */
#include <imgloom/recipe.h>

#include "base/array.h"

static const loom_recipe_spelling rows[] = {
    {.option = "inside",
     .argument = "SIZE",
     .help = "size with the fit inside, whole within the box",
     .sets = {{LOOM_RECIPE_SIZES, NULL}, {LOOM_RECIPE_FIT, "inside"}},
     .count = 2},
    {.option = "cover",
     .argument = "SIZE",
     .help = "size with the fit cover, cropped to the box",
     .sets = {{LOOM_RECIPE_SIZES, NULL}, {LOOM_RECIPE_FIT, "cover"}},
     .count = 2},
    {.option = "contain",
     .argument = "SIZE",
     .help = "size with the fit contain, padded to the box",
     .sets = {{LOOM_RECIPE_SIZES, NULL}, {LOOM_RECIPE_FIT, "contain"}},
     .count = 2},
    {.option = "long-edge",
     .argument = "PX",
     .help = "length of the longer side of the final picture",
     .sets = {{LOOM_RECIPE_WIDTH, NULL}, {LOOM_RECIPE_HEIGHT, NULL}, {LOOM_RECIPE_FIT, "inside"}},
     .count = 3},
    {.option = "short-edge",
     .argument = "PX",
     .help = "length of the shorter side of the final picture",
     .sets = {{LOOM_RECIPE_WIDTH, NULL}, {LOOM_RECIPE_HEIGHT, NULL}, {LOOM_RECIPE_FIT, "outside"}},
     .count = 3},
    {.option = "sepia",
     .help = "the brown of old photographs, a tint",
     .sets = {{LOOM_RECIPE_TINT, "#ac9977"}},
     .count = 1},
};

const loom_recipe_spelling *loom_recipe_spelling_get(unsigned n)
{
    return n < LOOM_COUNT(rows) ? &rows[n] : NULL;
}
