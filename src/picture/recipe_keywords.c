/* The words of a recipe: what stands in options and in recipe files. */
#include "base/array.h"
#include "picture/rotation.h"

#include "base/digits.h"
#include "base/text.h"
#include "picture/colour_name.h"
#include <imgloom/parse.h>
#include <imgloom/recipe.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const fit_names[] = {
    [LOOM_FIT_COVER] = "cover",   [LOOM_FIT_CONTAIN] = "contain", [LOOM_FIT_FILL] = "fill",
    [LOOM_FIT_INSIDE] = "inside", [LOOM_FIT_OUTSIDE] = "outside",
};

static const char *const position_names[] = {
    [LOOM_POSITION_CENTRE] = "centre",       [LOOM_POSITION_NORTH] = "north",
    [LOOM_POSITION_NORTHEAST] = "northeast", [LOOM_POSITION_EAST] = "east",
    [LOOM_POSITION_SOUTHEAST] = "southeast", [LOOM_POSITION_SOUTH] = "south",
    [LOOM_POSITION_SOUTHWEST] = "southwest", [LOOM_POSITION_WEST] = "west",
    [LOOM_POSITION_NORTHWEST] = "northwest", [LOOM_POSITION_ENTROPY] = "entropy",
    [LOOM_POSITION_ATTENTION] = "attention",
};

static const char *const kernel_names[] = {
    [LOOM_KERNEL_LANCZOS3] = "lanczos3", [LOOM_KERNEL_LANCZOS2] = "lanczos2",
    [LOOM_KERNEL_MITCHELL] = "mitchell", [LOOM_KERNEL_CUBIC] = "cubic",
    [LOOM_KERNEL_LINEAR] = "linear",     [LOOM_KERNEL_NEAREST] = "nearest",
};

static const char *const grayscale_names[] = {
    [LOOM_GRAYSCALE_NONE] = "none",
    [LOOM_GRAYSCALE_LUMA] = "luma",
    [LOOM_GRAYSCALE_LUMINANCE] = "luminance",
};

static const char *const icc_names[] = {
    [LOOM_ICC_SRGB] = "srgb",
    [LOOM_ICC_KEEP] = "keep",
};

static const char *const metadata_names[] = {
    [LOOM_METADATA_NONE] = "none",
    [LOOM_METADATA_COPYRIGHT] = "copyright",
    [LOOM_METADATA_ALL] = "all",
};

static const char *const chroma_names[] = {
    [LOOM_CHROMA_DEFAULT] = "default",
    [LOOM_CHROMA_420] = "420",
    [LOOM_CHROMA_444] = "444",
};

static const char *name_at(const char *const *names, size_t count, unsigned index)
{
    return index < count ? names[index] : "unknown";
}

const char *loom_fit_name(loom_fit fit)
{
    return name_at(fit_names, LOOM_COUNT(fit_names), (unsigned)fit);
}

const char *loom_position_name(loom_position position)
{
    return name_at(position_names, LOOM_COUNT(position_names), (unsigned)position);
}

const char *loom_kernel_name(loom_kernel kernel)
{
    return name_at(kernel_names, LOOM_COUNT(kernel_names), (unsigned)kernel);
}

const char *loom_grayscale_name(loom_grayscale grayscale)
{
    return name_at(grayscale_names, LOOM_COUNT(grayscale_names), (unsigned)grayscale);
}

const char *loom_icc_name(loom_icc icc)
{
    return name_at(icc_names, LOOM_COUNT(icc_names), (unsigned)icc);
}

const char *loom_metadata_name(loom_metadata metadata)
{
    return name_at(metadata_names, LOOM_COUNT(metadata_names), (unsigned)metadata);
}

const char *loom_chroma_name(loom_chroma chroma)
{
    return name_at(chroma_names, LOOM_COUNT(chroma_names), (unsigned)chroma);
}

loom_status loom_fit_parse(const char *word, loom_fit *fit, loom_error *err)
{
    size_t index;
    loom_status status =
        loom_word_parse(word, "a fit", fit_names, LOOM_COUNT(fit_names), &index, err);

    if (status == LOOM_OK)
        *fit = (loom_fit)index;
    return status;
}

loom_status loom_position_parse(const char *word, loom_position *position, loom_error *err)
{
    size_t index;

    if (loom_ascii_casecmp(word, "center") == 0)
        word = position_names[LOOM_POSITION_CENTRE];
    loom_status status = loom_word_parse(word, "a position", position_names,
                                         LOOM_COUNT(position_names), &index, err);
    if (status == LOOM_OK)
        *position = (loom_position)index;
    return status;
}

loom_status loom_kernel_parse(const char *word, loom_kernel *kernel, loom_error *err)
{
    size_t index;
    loom_status status =
        loom_word_parse(word, "a kernel", kernel_names, LOOM_COUNT(kernel_names), &index, err);

    if (status == LOOM_OK)
        *kernel = (loom_kernel)index;
    return status;
}

loom_status loom_grayscale_parse(const char *word, loom_grayscale *grayscale, loom_error *err)
{
    size_t index;
    loom_status status = loom_word_parse(word, "a kind of grayscale", grayscale_names,
                                         LOOM_COUNT(grayscale_names), &index, err);

    if (status == LOOM_OK)
        *grayscale = (loom_grayscale)index;
    return status;
}

loom_status loom_icc_parse(const char *word, loom_icc *icc, loom_error *err)
{
    size_t index;
    loom_status status = loom_word_parse(word, "a way with colour profiles", icc_names,
                                         LOOM_COUNT(icc_names), &index, err);

    if (status == LOOM_OK)
        *icc = (loom_icc)index;
    return status;
}

loom_status loom_metadata_parse(const char *word, loom_metadata *metadata, loom_error *err)
{
    size_t index;
    loom_status status = loom_word_parse(word, "a choice of metadata", metadata_names,
                                         LOOM_COUNT(metadata_names), &index, err);

    if (status == LOOM_OK)
        *metadata = (loom_metadata)index;
    return status;
}

loom_status loom_chroma_parse(const char *word, loom_chroma *chroma, loom_error *err)
{
    const size_t skipped = LOOM_CHROMA_420; /* the default is no word */
    size_t index;
    loom_status status = loom_word_parse(word, "a chroma subsampling", chroma_names + skipped,
                                         LOOM_COUNT(chroma_names) - skipped, &index, err);

    if (status == LOOM_OK)
        *chroma = (loom_chroma)(index + skipped);
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

/* [W]x[H] or P%, up to a comma or the end, where *text is left. */
static bool read_size(const char **text, loom_size *size)
{
    const char *p = *text;
    uint64_t first = 0, second = 0;
    bool first_given = *p != 'x';

    if (first_given && (!loom_read_digits(&p, &first) || first == 0))
        return false;
    if (first_given && *p == '%') {
        if (first > LOOM_PERCENT_MAX)
            return false;
        *size = (loom_size){.percent = (uint32_t)first};
        *text = p + 1;
        return true;
    }
    if (*p++ != 'x')
        return false;
    bool second_given = !first_given || (*p != '\0' && *p != ',');
    if (second_given && (!loom_read_digits(&p, &second) || second == 0))
        return false;
    if (first > LOOM_SIDE_MAX || second > LOOM_SIDE_MAX)
        return false;
    *size = (loom_size){.width = (uint32_t)first, .height = (uint32_t)second};
    *text = p;
    return true;
}

static loom_status refuse_size(const char *item, loom_error *err)
{
    const size_t length = strcspn(item, ",");
    char word[LOOM_SHOWN_SIZE + 1], shown[LOOM_SHOWN_SIZE];

    (void)snprintf(word, sizeof word, "%.*s", (int)(length < sizeof word ? length : sizeof word),
                   item);
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                          "'%s' is not a size: WxH, Wx, xH or P%%, each side from 1 to %u, "
                          "the percentage from 1 to %u",
                          loom_text_show(shown, word), LOOM_SIDE_MAX, LOOM_PERCENT_MAX);
}

loom_status loom_recipe_parse_size(loom_recipe *recipe, const char *word, loom_error *err)
{
    loom_size sizes[LOOM_SIZES_MAX] = {{0, 0, 0}};
    unsigned count = 0;

    for (const char *p = word, *item = word;; item = ++p) {
        loom_size size;
        if (!read_size(&p, &size) || (*p != ',' && *p != '\0'))
            return refuse_size(item, err);
        if (count == LOOM_SIZES_MAX)
            return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                  "more than %u sizes are given", LOOM_SIZES_MAX);
        sizes[count++] = size;
        if (*p == '\0')
            break;
    }
    memcpy(recipe->sizes, sizes, sizeof sizes);
    recipe->size_count = count;
    return LOOM_OK;
}

double loom_rotation_normalise(double degrees)
{
    double rest = fmod(degrees, 360);

    if (rest < 0)
        rest += 360;
    return rest > 0 && rest < 360 ? rest : 0; /* -0 is 0, and a tiny negative plus 360 is 360 */
}

loom_status loom_recipe_parse_rotation(loom_recipe *recipe, const char *word, loom_error *err)
{
    double degrees;
    loom_status status = loom_parse_decimal(word, LOOM_ROTATION_MAX, &degrees, err);

    if (status == LOOM_OK)
        recipe->rotation = loom_rotation_normalise(degrees);
    return status;
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
