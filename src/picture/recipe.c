#include <imgloom/recipe.h>

#include "base/array.h"
#include <inttypes.h>

void loom_recipe_init(loom_recipe *recipe)
{
    *recipe = (loom_recipe){
        .size_count = 1,
        .fit = LOOM_FIT_COVER,
        .background = {0, 0, 0, 255},
        .auto_orient = true,
        .format = LOOM_FORMAT_SAME,
        .effort = -1,
    };
}

static loom_status refuse(loom_error *err, const char *message)
{
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s", message);
}

/* ---- sizes --------------------------------------------------------------- */

static loom_status check_size(const loom_size *size, loom_error *err)
{
    if (size->width > LOOM_SIDE_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a width of %u is not from 1 to %u", (unsigned)size->width,
                              LOOM_SIDE_MAX);
    if (size->height > LOOM_SIDE_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a height of %u is not from 1 to %u", (unsigned)size->height,
                              LOOM_SIDE_MAX);
    if (size->percent > LOOM_PERCENT_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a size of %u%% is not from 1%% to %u%%", (unsigned)size->percent,
                              LOOM_PERCENT_MAX);
    if (size->percent > 0 && (size->width > 0 || size->height > 0))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a size of %u%% leaves no room for a width or a height: give one "
                              "or the other",
                              (unsigned)size->percent);
    return LOOM_OK;
}

static bool is_same_size(const loom_size *a, const loom_size *b)
{
    return a->width == b->width && a->height == b->height && a->percent == b->percent;
}

/* Refuses a size that stands before in the list: their outputs would have one name. */
static loom_status check_repeated(const loom_recipe *recipe, unsigned index, loom_error *err)
{
    for (unsigned i = 0; i < index; i++)
        if (is_same_size(&recipe->sizes[i], &recipe->sizes[index]))
            return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                  "sizes number %u and %u are the same", i + 1, index + 1);
    return LOOM_OK;
}

static loom_status check_sizes(const loom_recipe *recipe, loom_error *err)
{
    loom_status status = LOOM_OK;

    if (recipe->size_count < 1 || recipe->size_count > LOOM_SIZES_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a number of %u sizes is not from 1 to %u", recipe->size_count,
                              LOOM_SIZES_MAX);
    for (unsigned i = 0; i < recipe->size_count && status == LOOM_OK; i++)
        if ((status = check_size(&recipe->sizes[i], err)) == LOOM_OK)
            status = check_repeated(recipe, i, err);
    return status;
}

/* ---- the picture --------------------------------------------------------- */

/* Values that come from no word, but from a program. */
static loom_status check_words(const loom_recipe *recipe, loom_error *err)
{
    const struct {
        const char *what;
        unsigned value, last;
    } words[] = {
        {"fit", (unsigned)recipe->fit, LOOM_FIT_OUTSIDE},
        {"position", (unsigned)recipe->position, LOOM_POSITION_ATTENTION},
        {"kernel", (unsigned)recipe->kernel, LOOM_KERNEL_NEAREST},
        {"grayscale", (unsigned)recipe->grayscale, LOOM_GRAYSCALE_LUMINANCE},
        {"icc", (unsigned)recipe->icc, LOOM_ICC_KEEP},
        {"metadata", (unsigned)recipe->metadata, LOOM_METADATA_ALL},
        {"chroma", (unsigned)recipe->chroma, LOOM_CHROMA_444},
    };

    for (size_t i = 0; i < LOOM_COUNT(words); i++)
        if (words[i].value > words[i].last)
            return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "there is no %s number %u",
                                  words[i].what, words[i].value);
    return LOOM_OK;
}

static loom_status check_picture(const loom_recipe *recipe, loom_error *err)
{
    const bool by_content =
        recipe->position == LOOM_POSITION_ENTROPY || recipe->position == LOOM_POSITION_ATTENTION;

    if (by_content && recipe->fit != LOOM_FIT_COVER)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "the position %s chooses what a crop keeps, so it goes with the fit "
                              "cover, not with %s",
                              loom_position_name(recipe->position), loom_fit_name(recipe->fit));
    if (!(recipe->rotation >= 0 && recipe->rotation < 360)) /* NaN is refused, too */
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a rotation of %g is not from 0 to less than 360", recipe->rotation);
    if (!recipe->auto_orient && (recipe->rotation > 0 || recipe->flip || recipe->flop))
        return refuse(err, "--no-auto-orient cannot be combined with --rotate, --flip or --flop: "
                           "a turn is one of the upright picture");
    return LOOM_OK;
}

/* ---- the output ---------------------------------------------------------- */

static loom_status check_numbers(const loom_recipe *recipe, loom_error *err)
{
    if (recipe->quality < 0 || recipe->quality > LOOM_QUALITY_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a quality of %d is not from 1 to %d", recipe->quality,
                              LOOM_QUALITY_MAX);
    if (recipe->effort < -1 || recipe->effort > LOOM_EFFORT_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "an effort of %d is not from 0 to %d", recipe->effort,
                              LOOM_EFFORT_MAX);
    if (recipe->max_bytes > INT64_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a limit of %" PRIu64 " bytes is not from 1 to %" PRId64,
                              recipe->max_bytes, INT64_MAX);
    return LOOM_OK;
}

static loom_status check_lossless(const loom_recipe *recipe, loom_error *err)
{
    if (!recipe->lossless)
        return LOOM_OK;
    if (recipe->format == LOOM_FORMAT_JPEG || recipe->format == LOOM_FORMAT_GIF)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "--lossless cannot be had from %s: webp, avif and jxl can be "
                              "lossless, png and tiff always are",
                              loom_format_get(recipe->format)->name);
    if (recipe->chroma == LOOM_CHROMA_420)
        return refuse(err, "--lossless and --chroma 420 do not go together: fewer samples of "
                           "colour are a loss");
    if (recipe->max_bytes > 0)
        return refuse(err, "--lossless and --max-bytes do not go together: there is no quality to "
                           "search");
    return LOOM_OK;
}

/* What an explicit format has no choice of. */
static loom_status check_choices(const loom_recipe *recipe, loom_error *err)
{
    const loom_format_info *info = loom_format_get(recipe->format);
    const bool jpeg = recipe->format == LOOM_FORMAT_JPEG, png = recipe->format == LOOM_FORMAT_PNG,
               webp = recipe->format == LOOM_FORMAT_WEBP, gif = recipe->format == LOOM_FORMAT_GIF,
               avif = recipe->format == LOOM_FORMAT_AVIF, jxl = recipe->format == LOOM_FORMAT_JXL;

    if (recipe->background_given && recipe->background.alpha < 255 && !info->alpha)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a background that is not opaque needs a format with alpha, and %s "
                              "has none",
                              info->name);
    if (recipe->chroma != LOOM_CHROMA_DEFAULT && !jpeg && !webp && !avif)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "--chroma is a choice of jpeg, webp and avif, not of %s", info->name);
    if (recipe->progressive && !jpeg && !png && !gif)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "--progressive is a choice of jpeg, png and gif, not of %s",
                              info->name);
    if (recipe->max_bytes > 0 && info->quality == 0)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "--max-bytes searches the quality, and %s has none: jpeg, webp, avif "
                              "and jxl have one",
                              info->name);
    if (recipe->quality > 0 && info->quality == 0)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "--quality is a choice of jpeg, webp, avif and jxl, not of %s",
                              info->name);
    if (recipe->effort >= 0 && !png && !webp && !avif && !gif && !jxl)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "--effort is a choice of png, webp, avif, gif and jxl, not of %s",
                              info->name);
    return LOOM_OK;
}

static loom_status check_output(const loom_recipe *recipe, loom_error *err)
{
    const loom_format_info *info = loom_format_get(recipe->format);
    const bool same = recipe->format == LOOM_FORMAT_SAME;

    if ((unsigned)recipe->format >= LOOM_FORMAT_COUNT || (!same && !info->writable))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s is not an output format",
                              info->name);
    loom_status status = check_numbers(recipe, err);
    if (status == LOOM_OK)
        status = check_lossless(recipe, err);
    if (status == LOOM_OK && !same)
        status = check_choices(recipe, err);
    return status;
}

loom_status loom_recipe_check(const loom_recipe *recipe, loom_error *err)
{
    loom_status status = check_words(recipe, err);

    if (status == LOOM_OK)
        status = check_sizes(recipe, err);
    if (status == LOOM_OK)
        status = check_picture(recipe, err);
    if (status == LOOM_OK)
        status = check_output(recipe, err);
    return status;
}
