#include "engine/vips/colour.h"

#include "engine/vips/cmyk.h"
#include "engine/vips/messages.h"
#include "engine/vips/ops.h"
#include "format/icc.h"
#include <math.h>

static bool is_gray(const VipsImage *image)
{
    const int bands = vips_image_get_bands(image);
    const VipsInterpretation kind = vips_image_guess_interpretation(image);

    return bands <= 2 && (kind == VIPS_INTERPRETATION_B_W || kind == VIPS_INTERPRETATION_GREY16 ||
                          kind == VIPS_INTERPRETATION_MULTIBAND);
}

static bool is_deep(const VipsImage *image)
{
    return vips_image_get_format(image) == VIPS_FORMAT_USHORT;
}

/* A gray picture comes back from the transform as three equal channels: keeps one, and alpha. */
static bool first_channel(VipsImage **image)
{
    VipsImage *gray = NULL, *joined = NULL;
    const int bands = vips_image_get_bands(*image);
    VipsImage *alpha = NULL;

    if (vips_extract_band(*image, &gray, 0, NULL))
        return false;
    if (bands == 4) {
        bool ok = !vips_extract_band(*image, &alpha, 3, NULL) &&
                  !vips_bandjoin2(gray, alpha, &joined, NULL);
        g_object_unref(gray);
        if (alpha != NULL)
            g_object_unref(alpha);
        if (!ok)
            return false;
        gray = joined;
    }
    VipsImage *tagged = NULL;
    int failed =
        vips_copy(gray, &tagged, "interpretation",
                  is_deep(gray) ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W, NULL);
    g_object_unref(gray);
    return loom_vips_step(image, &tagged, failed);
}

static bool is_cmyk(const VipsImage *image)
{
    return vips_image_guess_interpretation(image) == VIPS_INTERPRETATION_CMYK;
}

static bool get_profile(const VipsImage *image, const void **profile, size_t *size)
{
    return vips_image_get_typeof(image, VIPS_META_ICC_NAME) != 0 &&
           !vips_image_get_blob(image, VIPS_META_ICC_NAME, profile, size);
}

/* The profile that suits such pixels. */
static loom_icc_space space_of(const VipsImage *image)
{
    switch (vips_image_guess_interpretation(image)) {
    case VIPS_INTERPRETATION_CMYK:
        return LOOM_ICC_CMYK;
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_RGB16:
    case VIPS_INTERPRETATION_scRGB:
        return LOOM_ICC_RGB;
    default:
        return is_gray(image) ? LOOM_ICC_GRAY : LOOM_ICC_OTHER;
    }
}

static void check_profile(VipsImage *image, loom_outcome *outcome)
{
    static const char *const names[] = {[LOOM_ICC_GRAY] = "gray",
                                        [LOOM_ICC_RGB] = "RGB",
                                        [LOOM_ICC_CMYK] = "CMYK",
                                        [LOOM_ICC_OTHER] = "other"};
    const void *profile;
    size_t size;

    if (!get_profile(image, &profile, &size))
        return;
    const loom_icc_space wanted = space_of(image), found = loom_icc_space_of(profile, size);
    const bool suits = found == wanted && found != LOOM_ICC_OTHER;
    if (suits && loom_icc_is_plausible(profile, size)) {
        const char *hdr = loom_icc_hdr_name(profile, size);
        if (hdr != NULL)
            loom_outcome_warn(outcome,
                              "the colours are coded as %s (HDR) and were taken for what the "
                              "embedded profile says",
                              hdr);
        return;
    }
    (void)vips_image_remove(image, VIPS_META_ICC_NAME);
    if (suits || found == LOOM_ICC_BROKEN) {
        loom_outcome_warn(outcome, LOOM_VIPS_BROKEN_PROFILE);
        return;
    }
    loom_outcome_warn(outcome,
                      "the embedded colour profile is for %s pixels, not for %s, and was ignored",
                      names[found], wanted != LOOM_ICC_OTHER ? names[wanted] : "these");
}

/* What stands in other words becomes a profile, which is then applied or kept as any other. */
static void set_profile(VipsImage *image, const loom_colour_words *words, loom_outcome *outcome)
{
    unsigned char profile[LOOM_ICC_WRITE_MAX];
    char reason[LOOM_COLOUR_REASON];
    size_t size;

    switch (loom_colour_words_read(words, is_gray(image), profile, &size, reason)) {
    case LOOM_COLOUR_PROFILE:
        vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, profile, size);
        break;
    case LOOM_COLOUR_SRGB:
        (void)vips_image_remove(image, VIPS_META_ICC_NAME);
        break;
    case LOOM_COLOUR_UNKNOWN:
        loom_outcome_warn(outcome, "the colours are coded %s and were %s", reason,
                          vips_image_get_typeof(image, VIPS_META_ICC_NAME) == 0
                              ? "not converted"
                              : "taken for what the embedded profile says");
        break;
    }
}

/* Whether a gray picture that a decoder made three channels of has a profile for gray. */
static bool is_spread(const VipsImage *image, const loom_header *header)
{
    const void *profile;
    size_t size;

    return header->gray && vips_image_get_bands(image) >= 3 &&
           get_profile(image, &profile, &size) && loom_icc_space_of(profile, size) == LOOM_ICC_GRAY;
}

bool loom_vips_settle_colour(VipsImage **image, const loom_header *header, loom_outcome *outcome)
{
    const bool embedded = vips_image_get_typeof(*image, VIPS_META_ICC_NAME) != 0;

    if (!embedded && header->profile.data != NULL)
        vips_image_set_blob_copy(*image, VIPS_META_ICC_NAME, header->profile.data,
                                 header->profile.size);
    if (header->has_jpeg && header->jpeg.profile != LOOM_JPEG_PROFILE_NONE && !embedded)
        loom_outcome_warn(outcome, LOOM_VIPS_BROKEN_PROFILE); /* a part of it is missing */
    if (is_spread(*image, header) && !first_channel(image))
        return false;
    check_profile(*image, outcome);
    if (header->colour.kind != LOOM_COLOUR_NONE && (!embedded || header->colour.first))
        set_profile(*image, &header->colour, outcome);
    return true;
}

/*
 * A pure power of gray, by a table. lcms would go through one of 33 points, which is far off in the
 * darkest values where the power is low. Alpha stays.
 */
static bool apply_gray_power(VipsImage **image, double gamma)
{
    const bool deep = is_deep(*image);
    const int count = deep ? 65536 : 256;
    VipsImage *table = NULL, *made = NULL;
    uint16_t *values = g_try_new(uint16_t, (gsize)count);

    if (values == NULL)
        return false;
    for (int i = 0; i < count; i++) {
        const double light = pow((double)i / (count - 1), gamma);
        const double v =
            light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055; /* sRGB */
        const unsigned rounded = (unsigned)(v * (count - 1) + 0.5);
        if (deep)
            values[i] = (uint16_t)rounded;
        else
            ((unsigned char *)values)[i] = (unsigned char)rounded;
    }
    table = vips_image_new_from_memory_copy(values, (size_t)count * (deep ? 2 : 1), count, 1, 1,
                                            deep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
    g_free(values);
    const int failed =
        table == NULL ||
        vips_maplut(*image, &made, table, "band", vips_image_get_bands(*image) > 1 ? 0 : -1, NULL);
    if (table != NULL)
        g_object_unref(table);
    return loom_vips_step(image, &made, failed);
}

/* Applies the embedded profile, if there is one that says anything new. */
static bool apply_profile(VipsImage **image, bool deep, loom_outcome *outcome)
{
    const void *profile;
    size_t size;
    VipsImage *made = NULL;

    if (!get_profile(*image, &profile, &size))
        return !is_cmyk(*image) || loom_vips_cmyk_to_srgb(image);
    if (loom_icc_is_srgb(profile, size))
        return true;
    const bool gray = is_gray(*image);
    const double gamma = gray ? loom_icc_gray_gamma(profile, size) : 0;
    if (gamma > 0)
        return apply_gray_power(image, gamma);
    if (vips_icc_transform(*image, &made, "srgb", "embedded", TRUE, "intent",
                           VIPS_INTENT_PERCEPTUAL, "depth", deep && is_deep(*image) ? 16 : 8,
                           NULL)) {
        vips_error_clear();
        loom_outcome_warn(outcome, LOOM_VIPS_BROKEN_PROFILE);
        return !is_cmyk(*image) || loom_vips_cmyk_to_srgb(image);
    }
    (void)loom_vips_step(image, &made, 0);
    return !gray || vips_image_get_bands(*image) < 3 || first_channel(image);
}

bool loom_vips_keeps_profile(const loom_recipe *recipe, bool input_cmyk, loom_format format)
{
    return recipe->icc == LOOM_ICC_KEEP && recipe->grayscale == LOOM_GRAYSCALE_NONE &&
           format != LOOM_FORMAT_GIF && /* which holds none */
           (!input_cmyk || format == LOOM_FORMAT_JPEG || format == LOOM_FORMAT_TIFF);
}

static bool convert(VipsImage **image, VipsInterpretation wanted, VipsBandFormat format)
{
    VipsImage *made = NULL;

    if (vips_image_guess_interpretation(*image) != wanted &&
        !loom_vips_step(image, &made, vips_colourspace(*image, &made, wanted, NULL)))
        return false;
    if (vips_image_get_format(*image) != format &&
        !loom_vips_step(image, &made, vips_cast(*image, &made, format, "shift", TRUE, NULL)))
        return false;
    const int bands = vips_image_get_bands(*image);
    return bands <= 4 ||
           loom_vips_step(image, &made, vips_extract_band(*image, &made, 0, "n", 4, NULL));
}

bool loom_vips_convert_colour(VipsImage **image, const loom_recipe *recipe, loom_format format,
                              loom_outcome *outcome)
{
    const bool cmyk = is_cmyk(*image), keeps = loom_vips_keeps_profile(recipe, cmyk, format);
    bool deep = loom_format_get(format)->deep;

    if (keeps && cmyk)
        return convert(image, VIPS_INTERPRETATION_CMYK, VIPS_FORMAT_UCHAR);
    if (!keeps && !apply_profile(image, deep, outcome))
        return false;
    deep = deep && is_deep(*image);
    if (is_gray(*image))
        return convert(image, deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W,
                       deep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
    return convert(image, deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB,
                   deep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
}
