#include <imgloom/recipe.h>

#include "base/digits.h"
#include "base/text.h"
#include "image/colour_name.h"
#include <imgloom/parse.h>
#include <math.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const fit_names[] = {
    [LOOM_FIT_COVER] = "cover",   [LOOM_FIT_CONTAIN] = "contain", [LOOM_FIT_FILL] = "fill",
    [LOOM_FIT_INSIDE] = "inside", [LOOM_FIT_OUTSIDE] = "outside",
};

static const char *const grayscale_names[] = {
    [LOOM_GRAYSCALE_NONE] = "none",
    [LOOM_GRAYSCALE_LUMA] = "luma",
    [LOOM_GRAYSCALE_LUMINANCE] = "luminance",
};

void loom_recipe_init(loom_recipe *recipe)
{
    *recipe = (loom_recipe){
        .size_count = 1,
        .fit = LOOM_FIT_COVER,
        .auto_orient = true,
        .format = LOOM_FORMAT_SAME,
        .background = {0, 0, 0, 255},
        .effort = -1,
    };
}

const char *loom_fit_name(loom_fit fit)
{
    return (size_t)fit < COUNT(fit_names) ? fit_names[fit] : "unknown";
}

const char *loom_grayscale_name(loom_grayscale grayscale)
{
    return (size_t)grayscale < COUNT(grayscale_names) ? grayscale_names[grayscale] : "unknown";
}

static loom_status check_size(const loom_size *size, loom_error *err)
{
    if (size->width > LOOM_MAX_SIDE)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a width of %u is not from 1 to %u", (unsigned)size->width,
                              LOOM_MAX_SIDE);
    if (size->height > LOOM_MAX_SIDE)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a height of %u is not from 1 to %u", (unsigned)size->height,
                              LOOM_MAX_SIDE);
    if (size->percent > LOOM_MAX_PERCENT)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a size of %u%% is not from 1%% to %u%%", (unsigned)size->percent,
                              LOOM_MAX_PERCENT);
    if (size->percent > 0 && (size->width > 0 || size->height > 0))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a size of %u%% leaves no room for a width or a height: give one "
                              "or the other",
                              (unsigned)size->percent);
    return LOOM_OK;
}

static loom_status check_sizes(const loom_recipe *recipe, loom_error *err)
{
    loom_status status = LOOM_OK;

    if (recipe->size_count < 1 || recipe->size_count > LOOM_MAX_SIZES)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%u sizes are not from 1 to %u",
                              recipe->size_count, LOOM_MAX_SIZES);
    for (unsigned i = 0; i < recipe->size_count && status == LOOM_OK; i++)
        status = check_size(&recipe->sizes[i], err);
    return status;
}

static loom_status check_turns(const loom_recipe *recipe, loom_error *err)
{
    if (!(recipe->rotation >= 0 && recipe->rotation < 360)) /* so that NaN is refused, too */
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a rotation of %g is not from 0 to below 360", recipe->rotation);
    if (!recipe->auto_orient && (recipe->rotation > 0 || recipe->flip || recipe->flop))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "--no-auto-orient cannot be combined with --rotate, --flip or "
                              "--flop: a turn is one of the upright picture");
    return LOOM_OK;
}

static loom_status check_output(const loom_recipe *recipe, loom_error *err)
{
    const loom_format_info *info = loom_format_get(recipe->format);

    if ((unsigned)recipe->format >= LOOM_FORMAT_COUNT ||
        (recipe->format != LOOM_FORMAT_SAME && !info->writable))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s is not an output format",
                              info->name);
    if (recipe->quality < 0 || recipe->quality > LOOM_MAX_QUALITY)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a quality of %d is not from 1 to %d", recipe->quality,
                              LOOM_MAX_QUALITY);
    if (recipe->background_given && recipe->background.alpha < 255 &&
        recipe->format != LOOM_FORMAT_SAME && !info->alpha)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a background that is not opaque needs a format with alpha, and %s "
                              "has none",
                              info->name);
    return LOOM_OK;
}

loom_status loom_recipe_check(const loom_recipe *recipe, loom_error *err)
{
    if ((size_t)recipe->fit >= COUNT(fit_names))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "there is no fit number %d",
                              (int)recipe->fit);
    if ((size_t)recipe->grayscale >= COUNT(grayscale_names))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "there is no grayscale number %d", (int)recipe->grayscale);
    loom_status status = check_sizes(recipe, err);
    if (status == LOOM_OK)
        status = check_turns(recipe, err);
    if (status == LOOM_OK)
        status = check_output(recipe, err);
    return status;
}

loom_status loom_fit_parse(const char *word, loom_fit *fit, loom_error *err)
{
    size_t index;
    loom_status status = loom_word_parse(word, "a fit", fit_names, COUNT(fit_names), &index, err);

    if (status == LOOM_OK)
        *fit = (loom_fit)index;
    return status;
}

loom_status loom_grayscale_parse(const char *word, loom_grayscale *grayscale, loom_error *err)
{
    size_t index;
    loom_status status = loom_word_parse(word, "a kind of grayscale", grayscale_names,
                                         COUNT(grayscale_names), &index, err);

    if (status == LOOM_OK)
        *grayscale = (loom_grayscale)index;
    return status;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The digits behind '#': 3 of four bits, or 6 or 8. */
static bool parse_hex_colour(const char *digits, loom_colour *colour)
{
    uint8_t channel[4] = {0, 0, 0, 255};
    size_t length = strlen(digits);

    if (length != 3 && length != 6 && length != 8)
        return false;
    size_t width = length == 3 ? 1 : 2; /* digits a channel */
    for (size_t i = 0; i < length / width; i++) {
        int high = hex_value(digits[i * width]), low = hex_value(digits[i * width + width - 1]);
        if (high < 0 || low < 0)
            return false;
        channel[i] = (uint8_t)(high * 16 + low);
    }
    *colour = (loom_colour){channel[0], channel[1], channel[2], channel[3]};
    return true;
}

loom_status loom_colour_parse(const char *word, loom_colour *colour, loom_error *err)
{
    char shown[LOOM_SHOWN_SIZE];

    if (word[0] == '#' ? parse_hex_colour(word + 1, colour) : loom_colour_by_name(word, colour))
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                          "'%s' is not a colour: #rgb, #rrggbb, #rrggbbaa or a CSS colour name",
                          loom_text_show(shown, word));
}

/* [W]x[H] or P%; sides that are not given are 0. */
static bool read_size(const char *p, uint64_t *width, uint64_t *height, uint64_t *percent)
{
    *width = *height = *percent = 0;
    if (*p != 'x') {
        uint64_t number;
        if (!loom_read_digits(&p, &number) || number == 0)
            return false;
        if (*p == '%') {
            *percent = number;
            return p[1] == '\0' && number <= LOOM_MAX_PERCENT;
        }
        *width = number;
    }
    if (*p++ != 'x')
        return false;
    if (*p == '\0')
        return *width > 0 && *width <= LOOM_MAX_SIDE;
    return loom_read_digits(&p, height) && *p == '\0' && *width <= LOOM_MAX_SIDE && *height > 0 &&
           *height <= LOOM_MAX_SIDE;
}

loom_status loom_recipe_parse_size(loom_recipe *recipe, const char *word, loom_error *err)
{
    uint64_t width, height, percent;
    char shown[LOOM_SHOWN_SIZE];

    if (!read_size(word, &width, &height, &percent))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' is not a size: WxH, Wx, xH or P%%, each side from 1 to %u, "
                              "the percentage from 1 to %u",
                              loom_text_show(shown, word), LOOM_MAX_SIDE, LOOM_MAX_PERCENT);
    recipe->sizes[0] = (loom_size){(uint32_t)width, (uint32_t)height, (uint32_t)percent};
    recipe->size_count = 1;
    return LOOM_OK;
}

loom_status loom_recipe_parse_rotation(loom_recipe *recipe, const char *word, loom_error *err)
{
    const double limit = 1e6;
    double degrees;
    loom_status status = loom_parse_decimal(word, limit, &degrees, err);

    if (status != LOOM_OK)
        return status;
    recipe->rotation = fmod(fmod(degrees, 360) + 360, 360); /* the outer one: -1e-20 + 360 is 360 */
    return LOOM_OK;
}

loom_status loom_recipe_parse_format(loom_recipe *recipe, const char *word, loom_error *err)
{
    static const char same[] = "same";
    const char *words[LOOM_FORMAT_COUNT];
    size_t count = 0, unused;
    loom_format format = loom_format_by_name(word);
    bool as_input = loom_ascii_casecmp(word, same) == 0;

    if (as_input || loom_format_get(format)->writable) {
        recipe->format = as_input ? LOOM_FORMAT_SAME : format;
        return LOOM_OK;
    }
    for (unsigned i = 0; i < LOOM_FORMAT_COUNT; i++)
        if (loom_format_get((loom_format)i)->writable)
            words[count++] = loom_format_get((loom_format)i)->name;
    words[count++] = same;
    return loom_word_parse(word, "an output format", words, count, &unused, err);
}
