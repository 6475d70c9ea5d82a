#include "engine/vips/cmyk.h"

#include "engine/vips/ops.h"
#include <pthread.h>

enum { BANDS_MAX = 5 }; /* red, green, blue, and what is behind them */

/* By the profile, in linear light. The engine's compensation, so that it is in every version. */
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

/* Found out once a process. */
static struct line {
    bool known;
    double a[BANDS_MAX], b[BANDS_MAX];
} line;

/*
 * A straight line for each channel that leaves white where it is and makes black 0, be that the
 * black ink alone or all inks. An engine's own compensation goes by the darkest neutral colour, and
 * leaves what black ink has of blue.
 */
static void make_line(void)
{
    double black[3], all[3];

    line.known = measure(black, all);
    for (int i = 0; i < BANDS_MAX && line.known; i++) {
        const double low = i >= 3 ? 0 : black[i] > all[i] ? black[i] : all[i];
        line.a[i] = low < 0.5 ? 1 / (1 - low) : 1;
        line.b[i] = low < 0.5 ? -low / (1 - low) : 0;
    }
}

bool loom_vips_cmyk_to_srgb(VipsImage **image)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    VipsImage *made = NULL;

    (void)pthread_once(&once, make_line);
    if (!line.known || !to_linear(image))
        return false;
    const int bands = vips_image_get_bands(*image);
    return bands <= BANDS_MAX &&
           loom_vips_step(image, &made, vips_linear(*image, &made, line.a, line.b, bands, NULL)) &&
           loom_vips_step(image, &made,
                          vips_colourspace(*image, &made, VIPS_INTERPRETATION_sRGB, NULL));
}
