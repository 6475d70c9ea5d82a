#include "engine/vips/colour.h"

#include "engine/metadata.h"
#include "engine/vips/messages.h"
#include "engine/vips/ops.h"
#include "format/icc.h"
#include <math.h>
#include <pthread.h>

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

/* The transform returns a gray picture as three equal channels: keeps one, and alpha. */
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

/* The profile space that fits such pixels. */
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
    const loom_bytes profile = loom_vips_block(image, VIPS_META_ICC_NAME);
    const loom_icc_space pixels = space_of(image);
    const char *hdr;

    if (profile.data == NULL)
        return;
    switch (loom_icc_judge(profile.data, profile.size, pixels)) {
    case LOOM_ICC_SUITS:
        hdr = loom_icc_hdr_name(profile.data, profile.size);
        if (hdr != NULL)
            loom_outcome_warn(
                outcome,
                "the colours are coded as %s (HDR) and were interpreted by the embedded profile",
                hdr);
        return;
    case LOOM_ICC_DAMAGED:
        loom_outcome_warn(outcome, LOOM_VIPS_BROKEN_PROFILE);
        break;
    case LOOM_ICC_MISPLACED:
        loom_outcome_warn(
            outcome, "the embedded colour profile is for %s pixels, not for %s, and was ignored",
            names[loom_icc_space_of(profile.data, profile.size)],
            pixels != LOOM_ICC_OTHER ? names[pixels] : "these");
        break;
    }
    (void)vips_image_remove(image, VIPS_META_ICC_NAME);
}

/* Turns another colour description into a profile, which is then applied or kept like any other. */
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
                              : "interpreted by the embedded profile");
        break;
    }
}

/* Whether a gray picture that a decoder returned with three channels has a gray profile. */
static bool is_spread(VipsImage *image, const loom_header *header)
{
    const loom_bytes profile = loom_vips_block(image, VIPS_META_ICC_NAME);

    return header->gray && vips_image_get_bands(image) >= 3 &&
           loom_icc_space_of(profile.data, profile.size) == LOOM_ICC_GRAY;
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

/* ---- CMYK that does not say what its inks are --------------------------------- */

enum { BANDS = 3 }; /* CMYK with alpha is never read */

/* Converts by the profile to linear light. The colour engine's black point compensation is on in
 * all versions. */
static bool to_linear(VipsImage **image)
{
    VipsImage *made = NULL;

    return loom_vips_step(image, &made,
                          vips_icc_transform(*image, &made, "srgb", "input_profile", "cmyk",
                                             "intent", VIPS_INTENT_PERCEPTUAL,
                                             "black_point_compensation", TRUE, "depth", 16,
                                             NULL)) &&
           loom_vips_step(image, &made,
                          vips_colourspace(*image, &made, VIPS_INTERPRETATION_scRGB, NULL));
}

/* The linear red, green and blue of black ink, and of all inks. */
static bool measure(double black[3], double all[3])
{
    static const unsigned char inks[8] = {0, 0, 0, 255, 255, 255, 255, 255};
    VipsImage *pixels = vips_image_new_from_memory(inks, sizeof inks, 2, 1, 4, VIPS_FORMAT_UCHAR);
    VipsImage *tagged = NULL;
    double *values[2] = {NULL, NULL};
    int count = 0;

    if (pixels == NULL)
        return false;
    const bool ok = loom_vips_step(&pixels, &tagged,
                                   vips_copy(pixels, &tagged, "interpretation",
                                             VIPS_INTERPRETATION_CMYK, NULL)) &&
                    to_linear(&pixels) && !vips_getpoint(pixels, &values[0], &count, 0, 0, NULL) &&
                    !vips_getpoint(pixels, &values[1], &count, 1, 0, NULL) && count == 3;
    for (int i = 0; i < 3 && ok; i++) {
        black[i] = values[0][i];
        all[i] = values[1][i];
    }
    g_free(values[0]);
    g_free(values[1]);
    g_object_unref(pixels);
    return ok;
}

/* Computed once per process; without memory, again at the next picture. */
static struct line {
    pthread_mutex_t lock;
    bool known;
    double a[BANDS], b[BANDS];
} line = {.lock = PTHREAD_MUTEX_INITIALIZER};

/*
 * A straight line for each channel that keeps white and makes black 0, both black ink alone and all
 * inks. The colour engine's own compensation uses the darkest neutral colour, and leaves the blue
 * of black ink.
 */
static bool know_line(void)
{
    double black[BANDS], all[BANDS];

    (void)pthread_mutex_lock(&line.lock);
    if (!line.known && measure(black, all)) {
        for (int i = 0; i < BANDS; i++) {
            const double low = black[i] > all[i] ? black[i] : all[i];
            line.a[i] = low < 0.5 ? 1 / (1 - low) : 1;
            line.b[i] = low < 0.5 ? -low / (1 - low) : 0;
        }
        line.known = true;
    }
    const bool known = line.known;
    (void)pthread_mutex_unlock(&line.lock);
    return known;
}

/*
 * Converts *image (whose reference is taken over and replaced), with CMYK and perhaps alpha, to
 * 8-bit sRGB: by libvips' own profile, perceptually, and then so that full black ink, and all inks
 * together, are black. False: libvips fails.
 */
static bool cmyk_to_srgb(VipsImage **image)
{
    VipsImage *made = NULL;

    return know_line() && to_linear(image) && vips_image_get_bands(*image) == BANDS &&
           loom_vips_step(image, &made, vips_linear(*image, &made, line.a, line.b, BANDS, NULL)) &&
           loom_vips_step(image, &made,
                          vips_colourspace(*image, &made, VIPS_INTERPRETATION_sRGB, NULL));
}

/* ---- converting -------------------------------------------------------------- */

/*
 * Applies a pure gamma to gray, by a table. lcms would use a table of 33 points, which is far off
 * in the darkest values if the gamma is low. Alpha stays.
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

/*
 * Rounds 16 bits to 8. The transform could do that for colours, but casts alpha without scaling it:
 * almost all of it would be opaque.
 */
static bool drop_depth(VipsImage **image)
{
    double scale[] = {1 / 257.0}, half[] = {0.5};
    VipsImage *made = NULL;

    return loom_vips_step(image, &made,
                          vips_linear(*image, &made, scale, half, 1, "uchar", TRUE, NULL)) &&
           loom_vips_step(
               image, &made,
               vips_copy(*image, &made, "interpretation", VIPS_INTERPRETATION_sRGB, NULL));
}

/* Applies the embedded profile, if it makes a difference. */
static bool apply_profile(VipsImage **image, bool deep, loom_outcome *outcome)
{
    const loom_bytes profile = loom_vips_block(*image, VIPS_META_ICC_NAME);
    VipsImage *made = NULL;

    if (profile.data == NULL)
        return !is_cmyk(*image) || cmyk_to_srgb(image);
    if (loom_icc_is_srgb(profile.data, profile.size))
        return true;
    const bool gray = is_gray(*image);
    const double gamma = gray ? loom_icc_gray_gamma(profile.data, profile.size) : 0;
    if (gamma > 0)
        return apply_gray_power(image, gamma);
    if (vips_icc_transform(*image, &made, "srgb", "embedded", TRUE, "intent",
                           VIPS_INTENT_PERCEPTUAL, "depth", is_deep(*image) ? 16 : 8, NULL)) {
        vips_error_clear();
        loom_outcome_warn(outcome, LOOM_VIPS_BROKEN_PROFILE);
        return !is_cmyk(*image) || cmyk_to_srgb(image);
    }
    (void)loom_vips_step(image, &made, 0);
    if (!deep && is_deep(*image) && !drop_depth(image))
        return false;
    return !gray || vips_image_get_bands(*image) < 3 || first_channel(image);
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
    const bool cmyk = is_cmyk(*image), keeps = loom_lane_keeps_profile(recipe, format, cmyk);
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
