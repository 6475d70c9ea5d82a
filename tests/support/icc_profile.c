#include "support/icc_profile.h"

#include "support/check.h"
#include <math.h>
#include <string.h>

static const double d50[3] = {0.9642, 1, 0.8249};

#define D65                                                                                        \
    {                                                                                              \
        0.3127, 0.3290                                                                             \
    }

const icc_space icc_srgb = {{{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}}, D65, 0};
const icc_space icc_display_p3 = {{{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}}, D65, 0};
const icc_space icc_adobe_rgb = {{{0.64, 0.33}, {0.21, 0.71}, {0.15, 0.06}}, D65, 563 / 256.0};
const icc_space icc_prophoto = {
    {{0.7347, 0.2653}, {0.1596, 0.8404}, {0.0366, 0.0001}}, {0.3457, 0.3585}, 1.8};

/* ---- arithmetic ---------------------------------------------------------- */

typedef struct matrix {
    double m[3][3];
} matrix;

static void apply(const matrix *a, const double v[3], double to[3])
{
    for (int i = 0; i < 3; i++)
        to[i] = a->m[i][0] * v[0] + a->m[i][1] * v[1] + a->m[i][2] * v[2];
}

static matrix product(const matrix *a, const matrix *b)
{
    matrix made = {{{0}}};

    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 3; k++)
                made.m[i][j] += a->m[i][k] * b->m[k][j];
    return made;
}

static matrix inverse(const matrix *a)
{
    matrix made;
    double determinant = 0;

    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            const int r1 = (j + 1) % 3, r2 = (j + 2) % 3, c1 = (i + 1) % 3, c2 = (i + 2) % 3;
            made.m[i][j] = a->m[r1][c1] * a->m[r2][c2] - a->m[r1][c2] * a->m[r2][c1];
        }
    for (int j = 0; j < 3; j++)
        determinant += a->m[0][j] * made.m[j][0];
    for (int i = 0; i < 9; i++)
        made.m[i / 3][i % 3] /= determinant;
    return made;
}

static void from_xy(const double xy[2], double xyz[3])
{
    xyz[0] = xy[0] / xy[1];
    xyz[1] = 1;
    xyz[2] = (1 - xy[0] - xy[1]) / xy[1];
}

/* From `white` to D50 (Bradford; ICC.1:2010, Annex E). */
static matrix adaptation(const double white[3])
{
    static const matrix bradford = {
        {{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}}};
    const matrix back = inverse(&bradford);
    double from[3], to[3];
    matrix scale = {{{0}}};

    apply(&bradford, white, from);
    apply(&bradford, d50, to);
    for (int i = 0; i < 3; i++)
        scale.m[i][i] = to[i] / from[i];
    const matrix scaled = product(&scale, &bradford);
    return product(&back, &scaled);
}

/* Linear r, g, b to X, Y, Z of D50: its columns are the colorants. */
static matrix to_xyz(const icc_space *space)
{
    double white[3], sums[3];
    matrix columns;

    for (int i = 0; i < 3; i++) {
        double xyz[3];
        from_xy(space->primaries[i], xyz);
        for (int k = 0; k < 3; k++)
            columns.m[k][i] = xyz[k];
    }
    from_xy(space->white, white);
    const matrix solve = inverse(&columns), adapt = adaptation(white);
    apply(&solve, white, sums);
    for (int i = 0; i < 9; i++)
        columns.m[i / 3][i % 3] *= sums[i % 3];
    return product(&adapt, &columns);
}

double icc_srgb_decode(double encoded)
{
    return encoded <= 0.04045 ? encoded / 12.92 : pow((encoded + 0.055) / 1.055, 2.4);
}

double icc_srgb_encode(double linear)
{
    const double v = fmin(fmax(linear, 0), 1);

    return v <= 0.0031308 ? v * 12.92 : 1.055 * pow(v, 1 / 2.4) - 0.055;
}

static void xyz_to_srgb(const double xyz[3], double to[3])
{
    const matrix srgb = to_xyz(&icc_srgb), back = inverse(&srgb);

    apply(&back, xyz, to);
    for (int i = 0; i < 3; i++)
        to[i] = icc_srgb_encode(to[i]);
}

void icc_rgb_to_srgb(const icc_space *space, const double from[3], double to[3])
{
    const matrix forward = to_xyz(space);
    double linear[3], xyz[3];

    for (int i = 0; i < 3; i++)
        linear[i] = space->gamma > 0 ? pow(from[i], space->gamma) : icc_srgb_decode(from[i]);
    apply(&forward, linear, xyz);
    xyz_to_srgb(xyz, to);
}

double icc_gray_to_srgb(double gamma, double from)
{
    return icc_srgb_encode(pow(from, gamma));
}

/* CIE 15, 8.2.1. */
static double cube(double f)
{
    return f > 6.0 / 29 ? f * f * f : 3 * (6.0 / 29) * (6.0 / 29) * (f - 4.0 / 29);
}

void icc_lab_to_srgb(const double lab[3], double black, double to[3])
{
    const double fy = (lab[0] + 16) / 116, y = cube((black + 16) / 116);
    double xyz[3] = {d50[0] * cube(fy + lab[1] / 500), cube(fy), d50[2] * cube(fy - lab[2] / 200)};

    for (int i = 0; i < 3; i++)
        xyz[i] = (xyz[i] - y * d50[i]) / (1 - y);
    xyz_to_srgb(xyz, to);
}

/* ---- profiles ------------------------------------------------------------ */

enum { HEADER = 128, SAMPLES = 256 };

static void put16(unsigned char *p, unsigned v)
{
    p[0] = (unsigned char)(v >> 8);
    p[1] = (unsigned char)v;
}

static void put32(unsigned char *p, uint32_t v)
{
    put16(p, v >> 16);
    put16(p + 2, v & 0xFFFF);
}

static void put_fixed(unsigned char *p, double v)
{
    put32(p, (uint32_t)(int32_t)lround(v * 65536));
}

/* The header and a table for `tags` tags. `kind`: class, colour space, connection space. */
static void begin(icc_profile *p, const char *kind, uint32_t tags)
{
    memset(p, 0, sizeof *p);
    put32(p->bytes + 8, 0x02100000);
    memcpy(p->bytes + 12, kind, 12);
    put16(p->bytes + 24, 2020), put16(p->bytes + 26, 1), put16(p->bytes + 28, 1);
    memcpy(p->bytes + 36, "acsp", 4);
    for (int i = 0; i < 3; i++)
        put_fixed(p->bytes + 68 + 4 * i, d50[i]);
    p->size = HEADER + 4 + 12 * tags;
    put32(p->bytes, (uint32_t)p->size);
}

static unsigned char *add(icc_profile *p, const char *signature, const char *type, size_t size)
{
    const uint32_t count = (uint32_t)p->bytes[HEADER + 3];
    unsigned char *entry = p->bytes + HEADER + 4 + 12 * count, *data = p->bytes + p->size;

    ck_assert_uint_le(p->size + size + 4, sizeof p->bytes);
    memcpy(entry, signature, 4);
    put32(entry + 4, (uint32_t)p->size);
    put32(entry + 8, (uint32_t)size);
    memcpy(data, type, 4);
    put32(p->bytes + HEADER, count + 1);
    p->size += (size + 3) / 4 * 4;
    put32(p->bytes, (uint32_t)p->size);
    return data;
}

static void add_xyz(icc_profile *p, const char *signature, double x, double y, double z)
{
    unsigned char *data = add(p, signature, "XYZ ", 20);

    put_fixed(data + 8, x);
    put_fixed(data + 12, y);
    put_fixed(data + 16, z);
}

/* A power as u8Fixed8, or sRGB's curve in samples. */
static void add_curve(icc_profile *p, const char *signature, double gamma)
{
    const unsigned samples = gamma > 0 ? 1 : SAMPLES;
    unsigned char *data = add(p, signature, "curv", 12 + 2 * samples);

    put32(data + 8, samples);
    if (gamma > 0)
        put16(data + 12, (unsigned)lround(gamma * 256));
    for (unsigned i = 0; gamma <= 0 && i < samples; i++)
        put16(data + 12 + 2 * (size_t)i,
              (unsigned)lround(65535 * icc_srgb_decode(i / (samples - 1.0))));
}

void icc_make_rgb(icc_profile *p, const icc_space *space)
{
    static const char *const colorants[] = {"rXYZ", "gXYZ", "bXYZ"};
    static const char *const curves[] = {"rTRC", "gTRC", "bTRC"};
    const matrix m = to_xyz(space);

    begin(p, "mntrRGB XYZ ", 7);
    add_xyz(p, "wtpt", d50[0], d50[1], d50[2]);
    for (int i = 0; i < 3; i++) {
        add_xyz(p, colorants[i], m.m[0][i], m.m[1][i], m.m[2][i]);
        add_curve(p, curves[i], space->gamma);
    }
}

void icc_make_gray(icc_profile *p, double gamma)
{
    begin(p, "mntrGRAYXYZ ", 2);
    add_xyz(p, "wtpt", d50[0], d50[1], d50[2]);
    add_curve(p, "kTRC", gamma);
}

/* lut8Type (ICC.1:2001-04, 6.5.8). */
void icc_make_cmyk(icc_profile *p, const int8_t lab[16][3])
{
    enum { INKS = 4, GRID = 2, HEAD = 48 };

    begin(p, "prtrCMYKLab ", 2);
    add_xyz(p, "wtpt", d50[0], d50[1], d50[2]);
    unsigned char *data = add(p, "A2B0", "mft1", HEAD + 256 * INKS + 16 * 3 + 256 * 3),
                  *to = data + HEAD;
    data[8] = INKS, data[9] = 3, data[10] = GRID;
    for (int i = 0; i < 3; i++)
        put_fixed(data + 12 + 16 * i, 1);
    for (int i = 0; i < 256 * INKS; i++)
        *to++ = (unsigned char)i;
    for (int i = 0; i < 16; i++) {
        *to++ = (unsigned char)lround(lab[i][0] * 2.55);
        *to++ = (unsigned char)(lab[i][1] + 128);
        *to++ = (unsigned char)(lab[i][2] + 128);
    }
    for (int i = 0; i < 256 * 3; i++)
        *to++ = (unsigned char)i;
}
