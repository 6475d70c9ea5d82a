#include "format/colour_words.h"

#include "base/array.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- what code points mean ------------------------------------------------ */

typedef struct space {
    double xy[4][2];     /* red, green, blue, white */
    double gamma;        /* 0: `curve`, or sRGB's where that is NULL */
    const double *curve; /* g, a, b, c, d as in ICC's parametric curve of type 3 */
} space;

#define WHITE_C                                                                                    \
    {                                                                                              \
        0.310, 0.316                                                                               \
    }
#define WHITE_D65                                                                                  \
    {                                                                                              \
        0.3127, 0.3290                                                                             \
    }

enum { P_709 = 1 };

/* H.273, table 2. Rows without a white point are reserved. */
static const double primaries[][4][2] = {
    [P_709] = {{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}, WHITE_D65},
    [4] = {{0.67, 0.33}, {0.21, 0.71}, {0.14, 0.08}, WHITE_C},
    [5] = {{0.64, 0.33}, {0.29, 0.60}, {0.15, 0.06}, WHITE_D65},
    [6] = {{0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}, WHITE_D65},
    [7] = {{0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}, WHITE_D65},
    [8] = {{0.681, 0.319}, {0.243, 0.692}, {0.145, 0.049}, WHITE_C},
    [9] = {{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}, WHITE_D65},
    [11] = {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, {0.314, 0.351}},
    [12] = {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, WHITE_D65},
    [22] = {{0.630, 0.340}, {0.295, 0.605}, {0.155, 0.077}, WHITE_D65},
};

/* IEC 61966-2-1, and the inverse of SMPTE 240M: light = (v + 0.1115) / 1.1115 to the power 1 /
 * 0.45. */
static const double srgb_curve[5] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
static const double smpte_240m[5] = {1 / 0.45, 1 / 1.1115, 0.1115 / 1.1115, 1 / 4.0, 4 * 0.0228};

static bool refuse(char reason[LOOM_COLOUR_REASON], const char *aspect, unsigned number)
{
    (void)snprintf(reason, LOOM_COLOUR_REASON, "with unknown %s (number %u)", aspect, number);
    return false;
}

const char *loom_colour_hdr_name(unsigned transfer)
{
    return transfer == LOOM_COLOUR_PQ ? "PQ" : transfer == LOOM_COLOUR_HLG ? "HLG" : NULL;
}

/*
 * H.273, table 3. All viewers show the curves of cameras (1, 6, 14 and 15, which are equal, and 11
 * and 12, which extend them) with that of sRGB.
 */
static bool read_transfer(unsigned transfer, space *s, char reason[LOOM_COLOUR_REASON])
{
    switch (transfer) {
    case 1:
    case LOOM_COLOUR_UNSAID:
    case 6:
    case 11:
    case 12:
    case 13:
    case 14:
    case 15:
        return true;
    case 4:
        s->gamma = 2.2;
        return true;
    case 5:
        s->gamma = 2.8;
        return true;
    case 7:
        s->curve = smpte_240m;
        return true;
    case 8:
        s->gamma = 1;
        return true;
    case LOOM_COLOUR_PQ:
    case LOOM_COLOUR_HLG:
        (void)snprintf(reason, LOOM_COLOUR_REASON, "as %s (HDR)", loom_colour_hdr_name(transfer));
        return false;
    default:
        return refuse(reason, "transfer characteristics", transfer);
    }
}

static bool read_codes(const loom_colour_words *w, space *s, char reason[LOOM_COLOUR_REASON])
{
    const unsigned p = w->primaries == LOOM_COLOUR_UNSAID ? P_709 : w->primaries;

    if (!read_transfer(w->transfer, s, reason))
        return false;
    if (p >= LOOM_COUNT(primaries) || primaries[p][3][1] == 0)
        return refuse(reason, "primaries", w->primaries);
    memcpy(s->xy, primaries[p], sizeof s->xy);
    if (w->matrix != 0)
        return refuse(reason, "matrix coefficients", w->matrix);
    if (w->narrow)
        (void)snprintf(reason, LOOM_COLOUR_REASON, "as RGB of narrow range");
    return !w->narrow;
}

/* Values outside these bounds are implausible. */
static bool read_measures(const loom_colour_words *w, space *s, char reason[LOOM_COLOUR_REASON])
{
    s->gamma = w->gamma;
    memcpy(s->xy, w->has_xy ? w->xy : primaries[P_709], sizeof s->xy);
    if (w->gamma == 0 || (w->gamma > 0.1 && w->gamma < 10))
        return true;
    (void)snprintf(reason, LOOM_COLOUR_REASON, "with an implausible gamma (%g)", w->gamma);
    return false;
}

/* ---- whether it is sRGB --------------------------------------------------- */

static bool is_srgb_xy(const space *s)
{
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 2; k++)
            if (fabs(s->xy[i][k] - primaries[P_709][i][k]) > 0.0015)
                return false;
    return true;
}

/* A gamma of 1 / 2.2 or 0.45 means sRGB in PNG, for readers without the sRGB chunk. */
static bool is_srgb_curve(const loom_colour_words *w, const space *s)
{
    return s->curve == NULL &&
           (s->gamma == 0 || (w->kind == LOOM_COLOUR_MEASURES && fabs(s->gamma - 2.2) < 0.03));
}

/* ---- colorants ------------------------------------------------------------ */

static void multiply(const double a[9], const double b[9], double made[9])
{
    double product[9];

    for (int i = 0; i < 9; i++) {
        const double *row = a + 3 * (i / 3), *column = b + i % 3;
        product[i] = row[0] * column[0] + row[1] * column[3] + row[2] * column[6];
    }
    memcpy(made, product, sizeof product);
}

static void apply(const double a[9], const double v[3], double made[3])
{
    for (int i = 0; i < 3; i++)
        made[i] = a[3 * i] * v[0] + a[3 * i + 1] * v[1] + a[3 * i + 2] * v[2];
}

static bool invert(const double a[9], double made[9])
{
    const double determinant = a[0] * (a[4] * a[8] - a[5] * a[7]) -
                               a[1] * (a[3] * a[8] - a[5] * a[6]) +
                               a[2] * (a[3] * a[7] - a[4] * a[6]);

    if (!(fabs(determinant) > 1e-6))
        return false;
    for (int i = 0; i < 9; i++) {
        const int r1 = (i % 3 + 1) % 3, r2 = (i % 3 + 2) % 3;
        const int c1 = (i / 3 + 1) % 3, c2 = (i / 3 + 2) % 3;
        made[i] = (a[3 * r1 + c1] * a[3 * r2 + c2] - a[3 * r1 + c2] * a[3 * r2 + c1]) / determinant;
    }
    return true;
}

/* X, Y, Z at full luminance. */
static void xyz_of(const double xy[2], double xyz[3])
{
    xyz[0] = xy[0] / xy[1];
    xyz[1] = 1;
    xyz[2] = (1 - xy[0] - xy[1]) / xy[1];
}

/* The Bradford transform from `white` to D50 (ICC.1:2010, Annex E). */
static bool make_adaptation(const double white[3], double adapt[9])
{
    static const double cone[9] = {0.8951, 0.2664, -0.1614, -0.7502, 1.7135,
                                   0.0367, 0.0389, -0.0685, 1.0296};
    double from[3], to[3], back[9], scale[9] = {0};

    apply(cone, white, from);
    apply(cone, loom_icc_d50, to);
    for (int i = 0; i < 3; i++) {
        if (!(from[i] > 0.01))
            return false;
        scale[4 * i] = to[i] / from[i];
    }
    multiply(scale, cone, scale);
    if (!invert(cone, back))
        return false;
    multiply(back, scale, adapt);
    return true;
}

/* The columns of `m` become the colorants, adapted to D50. False: such colours are impossible. */
static bool make_colorants(const space *s, double m[9], double adapt[9])
{
    double white[3], sums[3], solve[9];

    for (int i = 0; i < 4; i++)
        if (!(s->xy[i][1] > 1e-4) || !(s->xy[i][0] >= 0) || s->xy[i][0] + s->xy[i][1] > 1.0001)
            return false;
    for (int i = 0; i < 3; i++) {
        double xyz[3];
        xyz_of(s->xy[i], xyz);
        for (int k = 0; k < 3; k++)
            m[3 * k + i] = xyz[k];
    }
    xyz_of(s->xy[3], white);
    if (!invert(m, solve))
        return false;
    apply(solve, white, sums);
    for (int i = 0; i < 9; i++) {
        if (!(sums[i % 3] > 0))
            return false;
        m[i] *= sums[i % 3];
    }
    if (!make_adaptation(white, adapt))
        return false;
    multiply(adapt, m, m);
    return true;
}

/* ---- the verdict ---------------------------------------------------------- */

static loom_colour_verdict write_profile(const space *s, bool gray,
                                         unsigned char profile[LOOM_ICC_WRITE_MAX], size_t *size,
                                         char reason[LOOM_COLOUR_REASON])
{
    loom_icc_display display = {.gray = gray};

    if (!make_colorants(s, display.colorants, display.adaptation)) {
        (void)snprintf(reason, LOOM_COLOUR_REASON, "with impossible primaries");
        return LOOM_COLOUR_UNKNOWN;
    }
    display.gamma = s->gamma;
    memcpy(display.curve, s->curve != NULL ? s->curve : srgb_curve, sizeof display.curve);
    *size = loom_icc_write(&display, profile);
    return LOOM_COLOUR_PROFILE;
}

loom_colour_verdict loom_colour_words_read(const loom_colour_words *words, bool gray,
                                           unsigned char profile[LOOM_ICC_WRITE_MAX], size_t *size,
                                           char reason[LOOM_COLOUR_REASON])
{
    space s = {.gamma = 0};

    if (words->kind == LOOM_COLOUR_NONE)
        return LOOM_COLOUR_SRGB;
    if (words->kind == LOOM_COLOUR_CODES ? !read_codes(words, &s, reason)
                                         : !read_measures(words, &s, reason))
        return LOOM_COLOUR_UNKNOWN;
    if (is_srgb_curve(words, &s) && (gray || is_srgb_xy(&s)))
        return LOOM_COLOUR_SRGB;
    return write_profile(&s, gray, profile, size, reason);
}
