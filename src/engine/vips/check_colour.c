/* The check of outputs, where colours are converted: the small picture is, too. */
#include "engine/check.h"
#include "engine/metadata.h"
#include "engine/vips/colour.h"
#include "engine/vips/ops.h"
#include "engine/vips/parts.h"
#include "format/icc.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = LOOM_SMALL_SIDE, INKS_MAX = 4 };

/* Px below the small picture: all corners of the colours' cube, and the middles of all pairs. */
enum { CORNERS_MAX = 1 << INKS_MAX, ROWS = SIDE + 3 };

_Static_assert(CORNERS_MAX + CORNERS_MAX * (CORNERS_MAX - 1) / 2 <= 3 * SIDE, "there is room");

/*
 * The mean of converted colours is not the converted mean, unless the conversion is linear. By how
 * much it is not is added to what outputs may differ by; beyond this the source says too little.
 */
static const double bend_max = 40;

/* ---- which colours ------------------------------------------------------- */

bool loom_vips_check_colours(const loom_lane_job *job, VipsImage *image, bool *converted)
{
    const loom_bytes profile = loom_vips_block(image, VIPS_META_ICC_NAME);
    const bool cmyk = vips_image_guess_interpretation(image) == VIPS_INTERPRETATION_CMYK;
    const bool same =
        !cmyk && (profile.data == NULL || loom_icc_is_srgb(profile.data, profile.size));
    size_t kept = 0;

    for (size_t i = 0; i < job->count; i++)
        kept += loom_lane_keeps_profile(job->job->recipe, job->outputs[i].task->format, cmyk);
    if (converted != NULL)
        *converted = !same && kept == 0;
    return same || kept == 0 || kept == job->count;
}

/* ---- how linear a conversion is ------------------------------------------ */

static void set_corner(unsigned char *pixel, unsigned corner, unsigned colours)
{
    for (unsigned c = 0; c < colours; c++)
        pixel[c] = corner >> c & 1 ? 255 : 0;
}

/* The place of the middle of a pair of corners, counted behind all corners. */
static size_t middle_of(unsigned a, unsigned b, unsigned corners)
{
    return corners + (size_t)b * (b - 1) / 2 + a;
}

static void set_patches(unsigned char *pixels, unsigned channels, unsigned colours)
{
    const unsigned corners = 1U << colours;

    for (unsigned b = 0; b < corners; b++) {
        set_corner(pixels + (size_t)b * channels, b, colours);
        for (unsigned a = 0; a < b; a++)
            for (unsigned c = 0; c < colours; c++)
                pixels[middle_of(a, b, corners) * channels + c] =
                    (unsigned char)(((a >> c & 1) + (b >> c & 1)) * 255 / 2);
    }
}

/* By how much a middle, converted, is off the middle of what its corners became, at most. */
static double find_bend(const unsigned char *pixels, unsigned channels, unsigned colours,
                        unsigned corners)
{
    double bend = 0;

    for (unsigned b = 0; b < corners; b++)
        for (unsigned a = 0; a < b; a++)
            for (unsigned c = 0; c < colours; c++) {
                const double between =
                    (pixels[(size_t)a * channels + c] + pixels[(size_t)b * channels + c]) / 2.0;
                bend = fmax(bend, fabs(pixels[middle_of(a, b, corners) * channels + c] - between));
            }
    return bend;
}

/* ---- converting ---------------------------------------------------------- */

static bool has_alpha(const loom_picture *picture)
{
    return loom_picture_has_alpha(picture);
}

/* *picture as an image like the other one, converted as that is. */
static bool convert(const loom_lane_job *job, VipsImage *like, const loom_picture *picture,
                    loom_picture *made)
{
    VipsImage *image = loom_vips_wrap(picture);
    loom_outcome own; /* what there is to say was said */

    if (image == NULL)
        return false;
    loom_outcome_init(&own);
    loom_vips_copy_block(like, VIPS_META_ICC_NAME, image);
    const bool ok = loom_vips_convert_colour(&image, job->job->recipe, LOOM_FORMAT_UNKNOWN, &own) &&
                    loom_vips_to_picture(image, made);
    loom_outcome_release(&own);
    g_object_unref(image);
    return ok && made->depth == 1 && !made->cmyk && has_alpha(made) == has_alpha(picture);
}

/* False: the source is of no use. */
static bool recolour(const loom_lane_job *job, VipsImage *like, loom_small *small, double *bend)
{
    unsigned char pixels[SIDE * ROWS * INKS_MAX];
    const loom_picture picture = {.width = SIDE,
                                  .height = ROWS,
                                  .channels = small->channels,
                                  .depth = 1,
                                  .cmyk = small->cmyk,
                                  .data = pixels};
    const unsigned channels = picture.channels, colours = channels - has_alpha(&picture);
    const size_t patches = (size_t)SIDE * SIDE;
    loom_picture made = {.data = NULL};

    memset(pixels, 255, sizeof pixels);
    loom_small_show(small, pixels);
    set_patches(pixels + patches * channels, channels, colours);
    const bool ok = convert(job, like, &picture, &made);
    if (ok) {
        *bend = find_bend(made.data + patches * made.channels, made.channels,
                          made.channels - has_alpha(&made), 1U << colours);
        loom_small_recolour(small, &made);
    }
    loom_picture_release(&made);
    return ok && *bend <= bend_max;
}

void loom_vips_check_end(const loom_lane_job *job, VipsImage *image)
{
    loom_small *small = loom_check_source_begun(job);
    bool converted = false;
    double bend = 0;

    if (small == NULL)
        return;
    (void)loom_vips_check_colours(job, image, &converted);
    if (converted && !recolour(job, image, small, &bend)) {
        vips_error_clear();
        return;
    }
    loom_check_source_end(job, bend);
}
