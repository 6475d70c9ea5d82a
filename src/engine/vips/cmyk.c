#include "engine/vips/cmyk.h"

#include "engine/vips/ops.h"
#include <pthread.h>

enum { BANDS = 3 }; /* no CMYK with alpha is read */

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

/* Found out once a process, or at the next picture where there was no memory for it. */
static struct line {
    pthread_mutex_t lock;
    bool known;
    double a[BANDS], b[BANDS];
} line = {.lock = PTHREAD_MUTEX_INITIALIZER};

/*
 * A straight line for each channel that leaves white where it is and makes black 0, be that the
 * black ink alone or all inks. An engine's own compensation goes by the darkest neutral colour, and
 * leaves what black ink has of blue.
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

bool loom_vips_cmyk_to_srgb(VipsImage **image)
{
    VipsImage *made = NULL;

    return know_line() && to_linear(image) && vips_image_get_bands(*image) == BANDS &&
           loom_vips_step(image, &made, vips_linear(*image, &made, line.a, line.b, BANDS, NULL)) &&
           loom_vips_step(image, &made,
                          vips_colourspace(*image, &made, VIPS_INTERPRETATION_sRGB, NULL));
}
