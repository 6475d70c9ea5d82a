/* The rows: one for each field of a recipe. */
#include "picture/recipe_fields.h"

#include "base/array.h"
#include "base/strbuf.h"
#include <stdlib.h>
#include <string.h>

_Static_assert(LOOM_RECIPE_COUNT <= 64, "a bit for each field");
_Static_assert(sizeof(loom_fit) == sizeof(unsigned) && sizeof(loom_format) == sizeof(unsigned) &&
                   sizeof(loom_chroma) == sizeof(unsigned),
               "enumerations are stored as unsigned");

static const char *const fits[] = {"cover", "contain", "fill", "inside", "outside", NULL};
static const char *const positions[] = {"centre",    "north",   "northeast", "east",
                                        "southeast", "south",   "southwest", "west",
                                        "northwest", "entropy", "attention", NULL};
static const char *const position_synonyms[] = {"center", "centre", NULL};
static const char *const kernels[] = {"lanczos3", "lanczos2", "mitchell", "cubic",
                                      "linear",   "nearest",  NULL};
static const char *const grayscales[] = {"none", "luma", "luminance", NULL};
static const char *const profiles[] = {"srgb", "keep", NULL};
static const char *const chromas[] = {"default", "420", "444", NULL};

#define AT(member) .offset = offsetof(loom_recipe, member)

static const loom_recipe_field rows[LOOM_RECIPE_COUNT] = {
    [LOOM_RECIPE_AUTO_ORIENT] = {.name = "autoOrient",
                                 .option = "no-auto-orient",
                                 .help = "keep the pixels as stored, with the EXIF orientation",
                                 .initial = true,
                                 AT(auto_orient)},
    [LOOM_RECIPE_ROTATION] =
        {.name = "rotation",
         .option = "rotate",
         .argument = "DEG",
         .kind = LOOM_VALUE_ANGLE,
         .help = "rotate clockwise; multiples of 90 are exact, other angles fill the corners",
         .low = -LOOM_ROTATION_MAX,
         .high = LOOM_ROTATION_MAX,
         AT(rotation)},
    [LOOM_RECIPE_FLIP] = {.name = "flip",
                          .option = "flip",
                          .help = "mirror top to bottom",
                          AT(flip)},
    [LOOM_RECIPE_FLOP] = {.name = "flop",
                          .option = "flop",
                          .help = "mirror left to right",
                          AT(flop)},
    [LOOM_RECIPE_SIZES] =
        {.name = "sizes",
         .option = "size",
         .argument = "SIZE",
         .kind = LOOM_VALUE_SIZES,
         .help =
             "size of the final picture; several sizes, separated by commas, make one output each",
         .allowed = "WxH, Wx, xH in pixels, P%, or N: inside NxN",
         AT(sizes)},
    [LOOM_RECIPE_WIDTH] = {.name = "width",
                           .option = "width",
                           .argument = "PX",
                           .kind = LOOM_VALUE_SIDE,
                           .help = "width of the final picture",
                           .low = 1,
                           .high = LOOM_SIDE_MAX,
                           AT(sizes[0].width)},
    [LOOM_RECIPE_HEIGHT] = {.name = "height",
                            .option = "height",
                            .argument = "PX",
                            .kind = LOOM_VALUE_SIDE,
                            .help = "height of the final picture",
                            .low = 1,
                            .high = LOOM_SIDE_MAX,
                            AT(sizes[0].height)},
    [LOOM_RECIPE_PERCENT] = {.name = "percent",
                             .kind = LOOM_VALUE_SIDE,
                             .low = 1,
                             .high = LOOM_PERCENT_MAX,
                             AT(sizes[0].percent)},
    [LOOM_RECIPE_FIT] = {.name = "fit",
                         .option = "fit",
                         .argument = "FIT",
                         .kind = LOOM_VALUE_KEYWORD,
                         .noun = "a fit",
                         .keywords = fits,
                         .help = "how to fit a picture to a box with both sides given",
                         AT(fit)},
    [LOOM_RECIPE_POSITION] = {.name = "position",
                              .option = "position",
                              .argument = "WHERE",
                              .kind = LOOM_VALUE_KEYWORD,
                              .noun = "a position",
                              .keywords = positions,
                              .synonyms = position_synonyms,
                              .help = "part that cover keeps, or place where contain puts the "
                                      "picture; entropy and attention choose the part for cover",
                              AT(position)},
    [LOOM_RECIPE_KERNEL] = {.name = "kernel",
                            .option = "kernel",
                            .argument = "KERNEL",
                            .kind = LOOM_VALUE_KEYWORD,
                            .noun = "a kernel",
                            .keywords = kernels,
                            .help = "filter for downscaling",
                            AT(kernel)},
    [LOOM_RECIPE_NO_UPSCALE] = {.name = "noUpscale",
                                .option = "no-upscale",
                                .alias = "only-shrink",
                                .help = "never enlarge a picture",
                                AT(no_upscale)},
    [LOOM_RECIPE_BACKGROUND] = {.name = "background",
                                .option = "background",
                                .argument = "COLOUR",
                                .kind = LOOM_VALUE_COLOUR,
                                .help = "colour of padding and corners, and behind transparent "
                                        "pixels in formats without alpha",
                                .allowed = "#rgb, #rrggbb, #rrggbbaa or a CSS name",
                                .fallback = "black; transparent if picture and format have alpha",
                                .given = offsetof(loom_recipe, background_given),
                                AT(background)},
    [LOOM_RECIPE_GRAYSCALE] =
        {.name = "grayscale",
         .option = "grayscale",
         .alias = "greyscale",
         .argument = "KIND",
         .implied = "luma",
         .kind = LOOM_VALUE_KEYWORD,
         .noun = "a kind of grayscale",
         .keywords = grayscales,
         .help = "make one grey channel, from Rec. 601 luma or linear-light luminance",
         AT(grayscale)},
    [LOOM_RECIPE_ICC] =
        {.name = "icc",
         .option = "icc",
         .argument = "WHAT",
         .kind = LOOM_VALUE_KEYWORD,
         .noun = "a profile mode",
         .keywords = profiles,
         .help = "convert to sRGB by the embedded colour profile, or keep pixels and profile",
         AT(icc)},
    [LOOM_RECIPE_ANIMATED] =
        {.name = "animated",
         .option = "animated",
         .help = "keep all frames of GIF and WebP, if the output format can hold them",
         AT(animated)},
    [LOOM_RECIPE_FORMAT] = {.name = "format",
                            .option = "format",
                            .letter = 'f',
                            .argument = "FORMAT",
                            .kind = LOOM_VALUE_FORMAT,
                            .noun = "an output format",
                            .encoding = true,
                            .help = "write this format, if the build can (see imgloom formats); "
                                    "same follows the extension of the input; several, separated "
                                    "by commas, make one output each",
                            .fallback = "same",
                            AT(format)},
    [LOOM_RECIPE_QUALITY] = {.name = "quality",
                             .option = "quality",
                             .letter = 'q',
                             .argument = "N",
                             .kind = LOOM_VALUE_NUMBER,
                             .low = 1,
                             .high = LOOM_QUALITY_MAX,
                             .choice = LOOM_CHOICE_QUALITY,
                             .encoding = true,
                             .help = "quality",
                             AT(quality)},
    [LOOM_RECIPE_MAX_BYTES] =
        {.name = "maxBytes",
         .option = "max-bytes",
         .argument = "SIZE",
         .kind = LOOM_VALUE_BYTES,
         .low = 1,
         .high = INT64_MAX,
         .choice = LOOM_CHOICE_QUALITY,
         .encoding = true,
         .help = "use the highest quality whose file is no larger than SIZE; 0 means no limit",
         .allowed = "bytes, or with kB, MB, GB, KiB, MiB, GiB",
         AT(max_bytes)},
    [LOOM_RECIPE_LOSSLESS] = {.name = "lossless",
                              .option = "lossless",
                              .choice = LOOM_CHOICE_LOSSLESS,
                              .encoding = true,
                              .help = "encode without loss",
                              AT(lossless)},
    [LOOM_RECIPE_EFFORT] = {.name = "effort",
                            .option = "effort",
                            .argument = "N",
                            .kind = LOOM_VALUE_NUMBER,
                            .initial = -1,
                            .high = LOOM_EFFORT_MAX,
                            .choice = LOOM_CHOICE_EFFORT,
                            .encoding = true,
                            .help = "time to spend on a smaller file",
                            .fallback = "the format's",
                            AT(effort)},
    [LOOM_RECIPE_PROGRESSIVE] = {.name = "progressive",
                                 .option = "progressive",
                                 .choice = LOOM_CHOICE_PROGRESSIVE,
                                 .encoding = true,
                                 .help = "write progressive or interlaced files",
                                 AT(progressive)},
    [LOOM_RECIPE_CHROMA] = {.name = "chroma",
                            .option = "chroma",
                            .argument = "HOW",
                            .kind = LOOM_VALUE_KEYWORD,
                            .noun = "a chroma subsampling",
                            .keywords = chromas,
                            .low = LOOM_CHROMA_420,
                            .choice = LOOM_CHOICE_CHROMA,
                            .encoding = true,
                            .help = "chroma subsampling, to half resolution or none",
                            .fallback = "420; AVIF 444",
                            AT(chroma)},
    [LOOM_RECIPE_METADATA] = {.name = "metadata",
                              .option = "metadata",
                              .argument = "KINDS",
                              .kind = LOOM_VALUE_METADATA,
                              .encoding = true,
                              .help = "which metadata to keep, a list; all,-gps is all but the "
                                      "place, copyright the names in EXIF alone",
                              .allowed = "none, copyright, exif, xmp, iptc, all, -KIND, -gps",
                              .fallback = "none",
                              AT(metadata)},
    [LOOM_RECIPE_DPI] = {.name = "dpi",
                         .option = "dpi",
                         .argument = "N",
                         .kind = LOOM_VALUE_NUMBER,
                         .low = 1,
                         .high = LOOM_DPI_MAX,
                         .encoding = true,
                         .help = "resolution to write, in pixels per inch; no pixel changes",
                         .fallback = "that of the input",
                         AT(dpi)},
};

const loom_recipe_field *loom_recipe_field_get(loom_recipe_field_id id)
{
    return &rows[(unsigned)id < LOOM_RECIPE_COUNT ? id : 0];
}

static bool is_name(const char *name, const char *of)
{
    return of != NULL && strcmp(name, of) == 0;
}

const loom_recipe_field *loom_recipe_field_by_name(const char *name)
{
    for (size_t i = 0; i < LOOM_RECIPE_COUNT; i++)
        if (is_name(name, rows[i].name) || is_name(name, rows[i].option) ||
            is_name(name, rows[i].alias))
            return &rows[i];
    return NULL;
}

/* ---- keywords ------------------------------------------------------------- */

size_t loom_recipe_field_keywords(const loom_recipe_field *field)
{
    size_t count = 0;

    while (field->keywords != NULL && field->keywords[count] != NULL)
        count++;
    return count;
}

const char *loom_recipe_field_keyword(loom_recipe_field_id id, unsigned value)
{
    const loom_recipe_field *field = loom_recipe_field_get(id);

    return value < loom_recipe_field_keywords(field) ? field->keywords[value] : "unknown";
}

char *loom_choice_formats(unsigned choice)
{
    loom_strbuf out = LOOM_STRBUF_INIT;
    const char *names[LOOM_FORMAT_COUNT];
    size_t count = 0;

    for (unsigned i = 0; i < LOOM_FORMAT_COUNT; i++) {
        const loom_format_info *info = loom_format_get((loom_format)i);
        if (info->writable && (info->choices & choice) != 0)
            names[count++] = info->name;
    }
    for (size_t i = 0; i < count; i++) {
        loom_strbuf_add_str(&out, i == 0 ? "" : i + 1 < count ? ", " : " and ");
        loom_strbuf_add_str(&out, names[i]);
    }
    return loom_strbuf_take(&out);
}

/* ---- values --------------------------------------------------------------- */

int64_t loom_recipe_field_value(const loom_recipe_field *field, const loom_recipe *recipe)
{
    const void *at = loom_recipe_field_at(field, recipe);

    switch (field->kind) {
    case LOOM_VALUE_FLAG:
        return *(const bool *)at;
    case LOOM_VALUE_NUMBER:
        return *(const int *)at;
    case LOOM_VALUE_BYTES: {
        const uint64_t bytes = *(const uint64_t *)at;
        return bytes < INT64_MAX ? (int64_t)bytes : INT64_MAX;
    }
    case LOOM_VALUE_KEYWORD:
    case LOOM_VALUE_FORMAT:
    case LOOM_VALUE_METADATA:
    case LOOM_VALUE_SIDE:
        return *(const unsigned *)at;
    default:
        return 0;
    }
}

void loom_recipe_field_store(const loom_recipe_field *field, loom_recipe *recipe, int64_t value)
{
    void *at = loom_recipe_field_place(field, recipe);

    switch (field->kind) {
    case LOOM_VALUE_FLAG:
        *(bool *)at = value != 0;
        break;
    case LOOM_VALUE_NUMBER:
        *(int *)at = (int)value;
        break;
    case LOOM_VALUE_BYTES:
        *(uint64_t *)at = (uint64_t)value;
        break;
    case LOOM_VALUE_KEYWORD:
    case LOOM_VALUE_FORMAT:
    case LOOM_VALUE_METADATA:
    case LOOM_VALUE_SIDE:
        *(unsigned *)at = (unsigned)value;
        break;
    default:
        break;
    }
}

bool loom_recipe_field_is_default(const loom_recipe_field *field, const loom_recipe *recipe)
{
    switch (field->kind) {
    case LOOM_VALUE_ANGLE:
        return !(*(const double *)loom_recipe_field_at(field, recipe) > 0);
    case LOOM_VALUE_COLOUR:
        return !*(const bool *)((const char *)recipe + field->given);
    case LOOM_VALUE_SIZES:
        return recipe->size_count == 1;
    case LOOM_VALUE_SIDE:
        return recipe->size_count > 1 || loom_recipe_field_value(field, recipe) == 0;
    case LOOM_VALUE_FORMAT:
        return recipe->format_count < 2 && recipe->format == LOOM_FORMAT_SAME;
    default:
        return loom_recipe_field_value(field, recipe) == field->initial;
    }
}

void loom_recipe_field_reset(const loom_recipe_field *field, loom_recipe *recipe)
{
    switch (field->kind) {
    case LOOM_VALUE_ANGLE:
        *(double *)loom_recipe_field_place(field, recipe) = 0;
        break;
    case LOOM_VALUE_COLOUR:
        *(loom_colour *)loom_recipe_field_place(field, recipe) = (loom_colour){0, 0, 0, 255};
        *loom_recipe_field_given(field, recipe) = false;
        break;
    case LOOM_VALUE_SIZES:
        memset(recipe->sizes, 0, sizeof recipe->sizes);
        recipe->size_count = 1;
        break;
    case LOOM_VALUE_FORMAT:
        memset(recipe->formats, 0, sizeof recipe->formats);
        recipe->format_count = 0;
        recipe->format = LOOM_FORMAT_SAME;
        break;
    default:
        loom_recipe_field_store(field, recipe, field->initial);
        break;
    }
}

void loom_recipe_init(loom_recipe *recipe)
{
    memset(recipe, 0, sizeof *recipe); /* its padding, too: recipes are compared */
    for (size_t i = 0; i < LOOM_RECIPE_COUNT; i++)
        loom_recipe_field_reset(&rows[i], recipe);
}

loom_recipe *loom_recipe_create(void)
{
    loom_recipe *recipe = malloc(sizeof *recipe);

    if (recipe != NULL)
        loom_recipe_init(recipe);
    return recipe;
}

loom_recipe *loom_recipe_copy(const loom_recipe *recipe)
{
    loom_recipe *copy = malloc(sizeof *copy);

    if (copy != NULL)
        memcpy(copy, recipe, sizeof *copy); /* padding, too, as above */
    return copy;
}

void loom_recipe_free(loom_recipe *recipe)
{
    free(recipe);
}

uint64_t loom_recipe_needs(const loom_recipe *recipe)
{
    uint64_t needs = 0;

    for (size_t i = 0; i < LOOM_RECIPE_COUNT; i++)
        if (!loom_recipe_field_is_default(&rows[i], recipe))
            needs |= LOOM_RECIPE_BIT(i);
    return needs;
}

unsigned loom_recipe_outputs(const loom_recipe *recipe)
{
    return recipe->size_count * loom_recipe_formats(recipe);
}

loom_recipe *loom_recipe_of_output(const loom_recipe *recipe, unsigned size, loom_format format)
{
    loom_recipe *made = loom_recipe_copy(recipe);

    if (made == NULL)
        return NULL;
    loom_recipe_field_reset(&rows[LOOM_RECIPE_SIZES], made);
    if (size < recipe->size_count)
        made->sizes[0] = recipe->sizes[size];
    loom_recipe_field_reset(&rows[LOOM_RECIPE_FORMAT], made);
    made->format = format;
    for (size_t i = 0; i < LOOM_RECIPE_COUNT; i++)
        if (rows[i].choice != 0 && (loom_format_get(format)->choices & rows[i].choice) == 0)
            loom_recipe_field_reset(&rows[i], made);
    return made;
}
