/* Profiles are built here, tag by tag (ICC.1:2010); nothing of a third party's profile is used. */
#include "format/icc.h"
#include "support/suite.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { HEADER = 128, TAGS = 6, TABLE = HEADER + 4 + 12 * (TAGS + 1), XYZ_SIZE = 20 };
enum { PARA_SIZE = 32, SAMPLES = 1024, CURV_SIZE = 12 + 2 * SAMPLES };

typedef struct profile {
    unsigned char bytes[TABLE + 3 * XYZ_SIZE + CURV_SIZE + 64];
    size_t size;
    uint32_t tags;
} profile;

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

/* A header without tags. */
static void begin(profile *p)
{
    memset(p, 0, sizeof *p);
    memcpy(p->bytes + 12, "mntrRGB XYZ ", 12);
    memcpy(p->bytes + 36, "acsp", 4);
    p->size = TABLE;
}

static unsigned char *entry(profile *p, uint32_t index)
{
    return p->bytes + HEADER + 4 + 12 * index;
}

/* A tag for data that stands there already. */
static void add_shared(profile *p, const char *signature, size_t offset, size_t size)
{
    unsigned char *e = entry(p, p->tags++);

    memcpy(e, signature, 4);
    put32(e + 4, (uint32_t)offset);
    put32(e + 8, (uint32_t)size);
    put32(p->bytes + HEADER, p->tags);
}

/* A tag with room for its data, which begins with `type`. */
static unsigned char *add(profile *p, const char *signature, const char *type, size_t size)
{
    unsigned char *data = p->bytes + p->size;

    ck_assert_uint_le(p->size + size, sizeof p->bytes);
    add_shared(p, signature, p->size, size);
    p->size += size;
    memcpy(data, type, 4);
    return data;
}

static void add_colorant(profile *p, const char *signature, double x, double y, double z)
{
    unsigned char *data = add(p, signature, "XYZ ", XYZ_SIZE);

    put_fixed(data + 8, x);
    put_fixed(data + 12, y);
    put_fixed(data + 16, z);
}

/* sRGB's primaries, D50-adapted. */
static void add_srgb_colorants(profile *p)
{
    add_colorant(p, "rXYZ", 0.43607, 0.22249, 0.01392);
    add_colorant(p, "gXYZ", 0.38515, 0.71687, 0.09708);
    add_colorant(p, "bXYZ", 0.14307, 0.06061, 0.71410);
}

static double srgb_linear(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double gamma_22(double v)
{
    return pow(v, 2.2);
}

/* One curve for all three channels, as most profiles have it. */
static void share_curve(profile *p, size_t offset, size_t size)
{
    add_shared(p, "gTRC", offset, size);
    add_shared(p, "bTRC", offset, size);
}

static void add_para(profile *p, unsigned kind, double a)
{
    const size_t at = p->size;
    unsigned char *data = add(p, "rTRC", "para", PARA_SIZE);

    put16(data + 8, kind);
    put_fixed(data + 12, 2.4);
    put_fixed(data + 16, a);
    put_fixed(data + 20, 0.055 / 1.055);
    put_fixed(data + 24, 1 / 12.92);
    put_fixed(data + 28, 0.04045);
    share_curve(p, at, PARA_SIZE);
}

static void add_curv(profile *p, double (*curve)(double), unsigned samples)
{
    const size_t at = p->size, size = 12 + 2 * (size_t)samples;
    unsigned char *data = add(p, "rTRC", "curv", size);

    put32(data + 8, samples);
    for (unsigned i = 0; i < samples; i++)
        put16(data + 12 + 2 * i, samples == 1
                                     ? 0x0233 /* u8Fixed8: 2.2 */
                                     : (unsigned)lround(65535 * curve(i / (double)(samples - 1))));
    share_curve(p, at, size);
}

static void make_srgb(profile *p)
{
    begin(p);
    add_srgb_colorants(p);
    add_para(p, 3, 1 / 1.055);
}

static void make_sampled(profile *p, double (*curve)(double), unsigned samples)
{
    begin(p);
    add_srgb_colorants(p);
    add_curv(p, curve, samples);
}

static bool is_srgb(const profile *p)
{
    return loom_icc_is_srgb(p->bytes, p->size);
}

/* The same from a copy of exactly that size, so that a sanitizer sees a byte too many. */
static bool cut_is_srgb(const profile *p, size_t size)
{
    unsigned char *copy = malloc(size > 0 ? size : 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, p->bytes, size);
    bool result = loom_icc_is_srgb(copy, size);
    free(copy);
    return result;
}

START_TEST(srgb_by_formula)
{
    profile p;

    make_srgb(&p);
    ck_assert(is_srgb(&p));
}
END_TEST

START_TEST(srgb_by_samples)
{
    profile p;

    make_sampled(&p, srgb_linear, SAMPLES);
    ck_assert(is_srgb(&p));
}
END_TEST

START_TEST(another_tone_curve)
{
    profile p;

    make_sampled(&p, gamma_22, SAMPLES);
    ck_assert(!is_srgb(&p));

    make_sampled(&p, gamma_22, 1); /* plain gamma */
    ck_assert(!is_srgb(&p));

    make_sampled(&p, gamma_22, 0); /* identity */
    ck_assert(!is_srgb(&p));

    begin(&p);
    add_srgb_colorants(&p);
    add_para(&p, 3, 1.0);
    ck_assert(!is_srgb(&p));
}
END_TEST

START_TEST(other_kinds_of_curve)
{
    profile p;

    for (unsigned kind = 0; kind < 7; kind++) {
        begin(&p);
        add_srgb_colorants(&p);
        add_para(&p, kind, 1 / 1.055);
        ck_assert_int_eq(is_srgb(&p), kind == 3);
    }
    memcpy(p.bytes + TABLE + 3 * XYZ_SIZE, "text", 4);
    ck_assert(!is_srgb(&p));
}
END_TEST

START_TEST(one_channel_differs)
{
    profile p;

    make_srgb(&p);
    unsigned char *data = p.bytes + p.size;
    p.size += 12;
    memcpy(data, "curv\0\0\0\0\0\0\0", 12); /* identity */
    put32(entry(&p, 5) + 4, (uint32_t)(p.size - 12));
    put32(entry(&p, 5) + 8, 12);
    ck_assert(!is_srgb(&p));
}
END_TEST

/* Display P3 and Adobe RGB (1998), D50-adapted. */
START_TEST(other_primaries)
{
    profile p;

    begin(&p);
    add_colorant(&p, "rXYZ", 0.51512, 0.24120, -0.00105);
    add_colorant(&p, "gXYZ", 0.29198, 0.69225, 0.04189);
    add_colorant(&p, "bXYZ", 0.15710, 0.06657, 0.78407);
    add_para(&p, 3, 1 / 1.055);
    ck_assert(!is_srgb(&p));

    begin(&p);
    add_colorant(&p, "rXYZ", 0.60974, 0.31111, 0.01947);
    add_colorant(&p, "gXYZ", 0.20528, 0.62567, 0.06087);
    add_colorant(&p, "bXYZ", 0.14919, 0.06322, 0.74457);
    add_para(&p, 3, 1 / 1.055);
    ck_assert(!is_srgb(&p));
}
END_TEST

/* Each of the nine numbers counts. */
START_TEST(each_primary_counts)
{
    for (uint32_t tag = 0; tag < 3; tag++)
        for (size_t i = 0; i < 3; i++) {
            profile p;
            make_srgb(&p);
            p.bytes[TABLE + tag * XYZ_SIZE + 8 + 4 * i + 2] ^= 0x08; /* by 0.03 */
            ck_assert(!is_srgb(&p));
        }
}
END_TEST

START_TEST(look_up_tables_are_never_taken)
{
    profile p;

    make_srgb(&p);
    add_shared(&p, "A2B0", TABLE, XYZ_SIZE);
    ck_assert(!is_srgb(&p));
    put32(entry(&p, TAGS) + 4, 0x7FFFFFFF); /* nor when they are beyond the end */
    ck_assert(!is_srgb(&p));
}
END_TEST

START_TEST(other_classes_and_spaces)
{
    static const struct {
        size_t at;
        const char *is;
    } changes[] = {{12, "scnr"}, {12, "prtr"}, {16, "GRAY"}, {16, "CMYK"}, {20, "Lab "}};

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        profile p;
        make_srgb(&p);
        memcpy(p.bytes + changes[i].at, changes[i].is, 4);
        ck_assert(!is_srgb(&p));
    }
}
END_TEST

START_TEST(a_missing_tag)
{
    for (uint32_t tag = 0; tag < TAGS; tag++) {
        profile p;
        make_srgb(&p);
        memcpy(entry(&p, tag), "none", 4);
        ck_assert(!is_srgb(&p));
    }
}
END_TEST

START_TEST(cut_anywhere)
{
    profile p;

    for (int sampled = 0; sampled < 2; sampled++) {
        if (sampled)
            make_sampled(&p, srgb_linear, SAMPLES);
        else
            make_srgb(&p);
        for (size_t size = 0; size < p.size; size++)
            ck_assert(!cut_is_srgb(&p, size));
        ck_assert(cut_is_srgb(&p, p.size));
    }
}
END_TEST

/* Offsets and sizes at and beyond every border, sums that overflow 32 bits among them. */
START_TEST(tags_beyond_the_end)
{
    static const uint32_t values[] = {0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF};

    for (uint32_t tag = 0; tag < TAGS; tag++)
        for (size_t i = 0; i < sizeof values / sizeof *values; i++)
            for (size_t field = 4; field <= 8; field += 4) {
                profile p;
                make_srgb(&p);
                put32(entry(&p, tag) + field, values[i]);
                ck_assert(!cut_is_srgb(&p, p.size));
                put32(entry(&p, tag) + field, (uint32_t)p.size + 1);
                ck_assert(!cut_is_srgb(&p, p.size));
            }
}
END_TEST

/* Data that begins within the profile and is too short for what it claims to be. */
START_TEST(tags_too_short)
{
    for (uint32_t tag = 0; tag < TAGS; tag++) {
        const uint32_t full = tag < 3 ? XYZ_SIZE : PARA_SIZE;
        for (uint32_t size = 0; size < full; size++) {
            profile p;
            make_srgb(&p);
            put32(entry(&p, tag) + 4, (uint32_t)p.size - size);
            put32(entry(&p, tag) + 8, size);
            memcpy(p.bytes + p.size - size, tag < 3 ? "XYZ " : "para", size < 4 ? size : 4);
            ck_assert(!cut_is_srgb(&p, p.size));
        }
    }
}
END_TEST

START_TEST(counts_that_lie)
{
    static const uint32_t counts[] = {SAMPLES + 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
    profile p;

    make_sampled(&p, srgb_linear, SAMPLES);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        put32(p.bytes + TABLE + 3 * XYZ_SIZE + 8, counts[i]);
        ck_assert(!cut_is_srgb(&p, p.size));
    }
    make_srgb(&p);
    put32(p.bytes + HEADER, 0xFFFFFFFF); /* number of tags */
    ck_assert(!cut_is_srgb(&p, p.size));
}
END_TEST

/* No result is asked for; under a sanitizer it must end well. */
START_TEST(damage_at_random)
{
    uint32_t random = 1;

    for (int round = 0; round < 20000; round++) {
        profile p;
        if (round % 2 == 0)
            make_srgb(&p);
        else
            make_sampled(&p, srgb_linear, 64);
        for (int i = 0; i < 3; i++) {
            random = random * 1664525u + 1013904223u;
            p.bytes[HEADER + (random >> 8) % (p.size - HEADER)] = (unsigned char)(random >> 24);
        }
        (void)cut_is_srgb(&p, p.size);
    }
}
END_TEST

/* Red, green and blue together are white, or nobody can have meant it. */
START_TEST(colorants_that_cannot_be_meant)
{
    static const double red[][3] = {{0.4361, 0.2225, 0.0139}, /* adapted to D50 */
                                    {0.4271, 0.2225, 0.2780}, /* to D65: white is 0.95 1 1.09 */
                                    {0, 0, 0},
                                    {0.4361, 1.2225, 0.0139},
                                    {4.361, 0.2225, 0.0139},
                                    {0.4361, 0.2225, -0.5}};

    for (size_t i = 0; i < sizeof red / sizeof *red; i++) {
        profile p;
        begin(&p);
        add_colorant(&p, "rXYZ", red[i][0], red[i][1], red[i][2]);
        add_colorant(&p, "gXYZ", 0.3851, 0.7169, 0.0971);
        ck_assert(!loom_icc_is_plausible(p.bytes, p.size));
        add_colorant(&p, "bXYZ", 0.1431, 0.0606, 0.7139);
        ck_assert_int_eq(loom_icc_is_plausible(p.bytes, p.size), i < 2);
        ck_assert(!loom_icc_is_plausible(p.bytes, HEADER));
        memcpy(p.bytes + 16, "GRAY", 4); /* they have no say there */
        ck_assert(loom_icc_is_plausible(p.bytes, p.size));
    }
}
END_TEST

/* Each of these is right for pixels of its own kind alone. */
START_TEST(a_profile_suits_such_pixels_or_not)
{
    static const struct {
        const char *space;
        loom_icc_space pixels;
    } rows[] = {{"GRAY", LOOM_ICC_GRAY}, {"RGB ", LOOM_ICC_RGB}, {"CMYK", LOOM_ICC_CMYK}};
    profile p;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int pixels = LOOM_ICC_GRAY; pixels <= LOOM_ICC_OTHER; pixels++) {
            begin(&p);
            memcpy(p.bytes + 16, rows[i].space, 4);
            ck_assert_int_eq(loom_icc_judge(p.bytes, p.size, (loom_icc_space)pixels),
                             pixels == (int)rows[i].pixels ? LOOM_ICC_SUITS : LOOM_ICC_MISPLACED);
            put32(p.bytes + HEADER, 1000); /* tags, for which there is no room */
            ck_assert_int_eq(loom_icc_judge(p.bytes, p.size, (loom_icc_space)pixels),
                             pixels == (int)rows[i].pixels ? LOOM_ICC_DAMAGED : LOOM_ICC_MISPLACED);
            ck_assert_int_eq(loom_icc_judge(p.bytes, HEADER - 1, (loom_icc_space)pixels),
                             LOOM_ICC_DAMAGED);
        }
    memcpy(p.bytes + 16, "Lab ", 4);
    ck_assert_int_eq(loom_icc_judge(p.bytes, p.size, LOOM_ICC_OTHER), LOOM_ICC_MISPLACED);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("icc");
    TCase *tests = tcase_create("icc");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, srgb_by_formula);
    tcase_add_test(tests, srgb_by_samples);
    tcase_add_test(tests, another_tone_curve);
    tcase_add_test(tests, other_kinds_of_curve);
    tcase_add_test(tests, one_channel_differs);
    tcase_add_test(tests, other_primaries);
    tcase_add_test(tests, each_primary_counts);
    tcase_add_test(tests, look_up_tables_are_never_taken);
    tcase_add_test(tests, other_classes_and_spaces);
    tcase_add_test(tests, a_missing_tag);
    tcase_add_test(tests, cut_anywhere);
    tcase_add_test(tests, tags_beyond_the_end);
    tcase_add_test(tests, tags_too_short);
    tcase_add_test(tests, counts_that_lie);
    tcase_add_test(tests, colorants_that_cannot_be_meant);
    tcase_add_test(tests, a_profile_suits_such_pixels_or_not);
    tcase_add_test(tests, damage_at_random);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
