#include "cli/run/needs.h"

#include <string.h>

typedef struct need {
    const char *option;
    const char *others[4]; /* options one of which must be given; none: see below */
    bool (*met)(const loom_recipe *recipe);
    const char *shown; /* the option as it is known best; NULL: by its name */
    const char *text;  /* what would meet it */
} need;

static bool has_size(const loom_recipe *recipe)
{
    const uint64_t sizes = LOOM_RECIPE_BIT(LOOM_RECIPE_PERCENT) |
                           LOOM_RECIPE_BIT(LOOM_RECIPE_WIDTH) |
                           LOOM_RECIPE_BIT(LOOM_RECIPE_HEIGHT) | LOOM_RECIPE_BIT(LOOM_RECIPE_SIZES);

    return (loom_recipe_needs(recipe) & sizes) != 0;
}

/* Whether some picture is cropped to a shape, or padded to one. */
static bool has_box(const loom_recipe *recipe)
{
    bool box = false;

    for (unsigned i = 0; i < recipe->size_count; i++)
        box = box || (recipe->sizes[i].width > 0 && recipe->sizes[i].height > 0);
    return recipe->aspect.width > 0 ||
           (box && (recipe->fit == LOOM_FIT_COVER || recipe->fit == LOOM_FIT_CONTAIN));
}

static const need needs[] = {
    {"null", .others = {"files-from"}},
    {"ignore-case", .others = {"include", "exclude"}},
    {"max-prune", .others = {"prune"}},
    {"prune", .others = {"state"}},
    {"unchanged-by", .others = {"state"}},
    {"retry", .others = {"state", "plan"}},
    {"keep-versions", .others = {"state", "plan"}},
    {"shard", .others = {"plan"}},
    {"directory", .others = {"plan"}},
    {"list-ignored", .others = {"report", "ndjson", "verbose"}},
    {"flatten", .others = {"output"}, .text = "an output folder: -o DIR"},
    {"fit", .met = has_size, .text = "a size: --size WxH, or --width and --height"},
    {"kernel", .met = has_size, .text = "a size, such as --inside WxH"},
    {"no-upscale", .met = has_size, .shown = "only-shrink (--no-upscale)",
     .text = "a size, such as --inside WxH"},
    {"position", .met = has_box,
     .text = "a box to crop or pad to: --cover WxH, --contain WxH or --aspect W:H"},
};

static bool is_met(const need *n, const options_line *line, const loom_recipe *recipe)
{
    bool given = false;

    for (size_t i = 0; i < G_N_ELEMENTS(n->others) && n->others[i] != NULL; i++)
        given = given || options_line_has(line, n->others[i]);
    return given || (n->met != NULL && n->met(recipe));
}

/* "--state or --plan" */
static char *list_others(const need *n)
{
    GString *out = g_string_new(NULL);

    for (size_t i = 0; n->others[i] != NULL; i++)
        g_string_append_printf(out, "%s--%s",
                               i == 0                     ? ""
                               : n->others[i + 1] != NULL ? ", "
                                                          : " or ",
                               n->others[i]);
    return g_string_free(out, FALSE);
}

static loom_status refuse(const need *n, loom_error *err)
{
    char *text = n->text != NULL ? g_strdup(n->text) : list_others(n);

    loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "--%s needs %s",
                   n->shown != NULL ? n->shown : n->option, text);
    g_free(text);
    return LOOM_ERR_USAGE;
}

loom_status run_needs_check(const options_line *line, const loom_recipe *recipe, loom_error *err)
{
    for (size_t i = 0; i < G_N_ELEMENTS(needs); i++)
        if (options_line_has(line, needs[i].option) && !is_met(&needs[i], line, recipe))
            return refuse(&needs[i], err);
    return LOOM_OK;
}

bool run_needs_any(const options_line *line, const char *other)
{
    for (size_t i = 0; i < G_N_ELEMENTS(needs); i++)
        if (options_line_has(line, needs[i].option))
            for (size_t j = 0; needs[i].others[j] != NULL; j++)
                if (strcmp(needs[i].others[j], other) == 0)
                    return true;
    return false;
}
