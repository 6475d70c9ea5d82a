/* Inverse DCTs beside their definition, in double precision. */
#include "base/cpu.h"
#include "engine/jpeg/idct.h"
#include "engine/jpeg/idct_variants.h"
#include "support/random.h"
#include "support/suite.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { BLOCK = LOOM_IDCT_BLOCK, LIMIT = 256, FILL = 0xA5 };

static uint64_t seed;
static size_t samples_checked, samples_off; /* by one */
static unsigned places[BLOCK];              /* of the coefficients in zigzag order, at 8 * v + u */
static double cosines[9][8][8];             /* a(u, n) of k points at [k][u][n] */

static void start(void)
{
    unsigned count = 0;

    seed = 11;
    for (int d = 0; d < 15; d++) /* along the diagonals, each the other way round */
        for (int i = 0; i <= d; i++) {
            const int v = d % 2 == 0 ? d - i : i, u = d - v;
            if (v < 8 && u < 8)
                places[8 * v + u] = count++;
        }
    ck_assert_uint_eq(count, BLOCK);
    for (int k = 1; k <= 8; k++)
        for (int u = 0; u < k; u++)
            for (int n = 0; n < k; n++)
                cosines[k][u][n] = u == 0 ? 1 : sqrt(2) * cos((2 * n + 1) * u * M_PI / (2 * k));
}

/* The exact samples, before they are rounded and clamped: k rows of k. */
static void refer(int k, const int16_t *block, const uint16_t quant[BLOCK], double *samples)
{
    double columns[BLOCK];

    for (int y = 0; y < k; y++)
        for (int u = 0; u < k; u++) {
            columns[y * k + u] = 0;
            for (int v = 0; v < k; v++) {
                const unsigned at = places[8 * v + u];
                columns[y * k + u] += (double)block[at] * quant[at] * cosines[k][v][y];
            }
        }
    for (int y = 0; y < k; y++)
        for (int x = 0; x < k; x++) {
            samples[y * k + x] = 128;
            for (int u = 0; u < k; u++)
                samples[y * k + x] += columns[y * k + u] * cosines[k][u][x] / 8;
        }
}

/* The coefficients of k rows of k samples, less 128, that are all within the k by k lowest. */
static void transform(int k, const double *samples, const uint16_t quant[BLOCK], int16_t *block)
{
    double rows[BLOCK];

    memset(block, 0, BLOCK * sizeof *block);
    for (int y = 0; y < k; y++)
        for (int u = 0; u < k; u++) {
            rows[y * k + u] = 0;
            for (int x = 0; x < k; x++)
                rows[y * k + u] += samples[y * k + x] * cosines[k][u][x] * 8 / (k * k);
        }
    for (int v = 0; v < k; v++)
        for (int u = 0; u < k; u++) {
            const unsigned at = places[8 * v + u];
            double sum = 0;
            for (int y = 0; y < k; y++)
                sum += rows[y * k + u] * cosines[k][v][y];
            block[at] = (int16_t)lround(sum / quant[at]);
        }
}

/* Asserts the samples of the blocks; returns how many of these were within the limits. */
static size_t check(int k, int16_t blocks[][BLOCK], size_t count, const uint16_t quant[BLOCK])
{
    const int16_t *pointers[LOOM_IDCT_LANES_MAX];
    uint8_t made[8 * 8 * LOOM_IDCT_LANES_MAX];
    double wanted[BLOCK];
    loom_idct_table table;
    size_t checked = 0;

    for (size_t i = 0; i < count; i++)
        pointers[i] = blocks[i];
    loom_idct_table_make(quant, &table);
    loom_idct(k, pointers, count, &table, made, count * (size_t)k);
    for (size_t i = 0; i < count; i++) {
        bool within = true;
        refer(k, blocks[i], quant, wanted);
        for (int n = 0; n < k * k; n++)
            within &= wanted[n] >= 128 - LIMIT && wanted[n] <= 127 + LIMIT;
        for (int n = 0; within && n < k * k; n++) {
            const size_t at = ((size_t)(n / k) * count + i) * (size_t)k + (size_t)(n % k);
            const double exact = fmin(fmax(floor(wanted[n] + 0.5 + 1e-9), 0), 255);
            samples_checked++;
            samples_off += exact != made[at];
            if (fabs(exact - made[at]) > 1) /* an assertion is slow even where it holds */
                ck_abort_msg("k %d: %d for %f", k, made[at], wanted[n]);
        }
        checked += within;
    }
    return checked;
}

START_TEST(sizes_are_those_of_the_zigzag)
{
    for (int k = 1; k <= 8; k++) {
        unsigned last = 0;
        for (int n = 0; n < k * k; n++) {
            const unsigned at = places[n / k * 8 + n % k];
            last = at > last ? at : last;
        }
        ck_assert_uint_eq(loom_idct_needed(k), last + 1);
        ck_assert_uint_ge(loom_idct_reach(k), last + 1);
        ck_assert_uint_le(loom_idct_reach(k), BLOCK);
    }
}
END_TEST

/* Samples of all kinds: noise, edges, a tint with a little noise; and quantisation of all kinds. */
START_TEST(samples_are_those_of_the_definition)
{
    const int k = _i;
    int16_t blocks[16][BLOCK];
    uint16_t quant[BLOCK];
    size_t checked = 0;

    for (int round = 0; round < 400; round++) {
        for (int i = 0; i < BLOCK; i++)
            quant[i] = (uint16_t)(1 + random_next(&seed) % (1 + (unsigned)round / 4));
        for (int i = 0; i < 16; i++) {
            double samples[BLOCK];
            const int tint = (int)(random_next(&seed) % 256) - 128;
            for (int n = 0; n < k * k; n++) {
                const int noise = (int)(random_next(&seed) % 256) - 128;
                samples[n] = i % 3 == 0   ? noise
                             : i % 3 == 1 ? (noise < 0 ? -128 : 127)
                                          : tint + noise / 16;
            }
            transform(k, samples, quant, blocks[i]);
        }
        checked += check(k, blocks, 1 + (unsigned)round % 16, quant);
    }
    ck_assert_uint_gt(checked, 1500);
    ck_assert_msg(samples_off <= samples_checked / 50, "k %d: %zu of %zu are off", k, samples_off,
                  samples_checked);
}
END_TEST

/*
 * Rows and columns that have every pattern of signs, as far out as the sums may be; but for one row
 * and one column, which are gray: what is wrong there is not hidden by black and white.
 */
START_TEST(samples_are_right_up_to_the_limit)
{
    const int k = _i;
    int16_t blocks[1][BLOCK];
    uint16_t quant[BLOCK];
    size_t checked = 0;

    for (int i = 0; i < BLOCK; i++)
        quant[i] = 1;
    for (int down = 0; down < 1 << k; down++)
        for (int across = 0; across < 1 << (k - 1); across++) {
            const int gray = random_next(&seed) % 64;
            double samples[BLOCK];
            for (int n = 0; n < k * k; n++) {
                const int x = n % k, y = n / k, sign = (down >> y ^ across >> x) & 1 ? 1 : -1;
                const bool quiet = gray % 8 == x || gray / 8 == y;
                samples[n] = sign * (quiet ? 40 : LIMIT - 2);
            }
            transform(k, samples, quant, blocks[0]);
            checked += check(k, blocks, 1, quant);
        }
    ck_assert_uint_gt(checked, (1u << (2 * k - 1)) * 9 / 10 - 1);
}
END_TEST

/* Coefficients and quantisation, any at all; every second time what a picture might have. */
static void make_wild(int16_t blocks[][BLOCK], size_t count, uint16_t quant[BLOCK])
{
    const unsigned kind = random_next(&seed) % 8;
    const bool calm = kind > 3;

    for (int i = 0; i < BLOCK; i++)
        quant[i] = (uint16_t)(kind == 0   ? random_next(&seed)
                              : kind == 1 ? random_next(&seed) % 256
                              : kind == 2 ? UINT16_MAX
                                          : random_next(&seed) % 8);
    for (size_t b = 0; b < count; b++)
        for (int i = 0; i < BLOCK; i++) {
            const unsigned shape = calm ? 4 : random_next(&seed) % 8, any = random_next(&seed);
            blocks[b][i] = (int16_t)(shape == 0   ? INT16_MIN
                                     : shape == 1 ? INT16_MAX
                                     : shape == 2 ? (int)(any & 0xFFFF) - 32768
                                     : shape == 3 ? (int)(any % 2048) - 1024
                                     : shape == 4 ? ((int)(any % 256) - 128) / (i / 4 + 1)
                                                  : 0);
        }
}

START_TEST(mean_is_exact)
{
    int16_t blocks[LOOM_IDCT_LANES_MAX][BLOCK];
    uint16_t quant[BLOCK];
    loom_idct_table table;

    for (int round = 0; round < 5000; round++) {
        uint8_t made;
        make_wild(blocks, 1, quant);
        const int16_t *pointer = blocks[0];
        const int64_t sum = 128 * 8 + 4 + (int64_t)blocks[0][0] * quant[0];
        const int64_t wanted = sum < 0 ? 0 : sum / 8 > 255 ? 255 : sum / 8;
        loom_idct_table_make(quant, &table);
        loom_idct(1, &pointer, 1, &table, &made, 1);
        ck_assert_int_eq(made, wanted);
    }
}
END_TEST

/* A mean beyond black or white is black or white, be it as far as it will. */
START_TEST(far_means_are_black_and_white)
{
    static const int16_t means[] = {INT16_MIN, -4096, -1025, 1017, 4096, INT16_MAX};
    uint16_t quant[BLOCK] = {1};
    loom_idct_table table;

    for (unsigned q = 1; q <= UINT16_MAX; q = q * 3 / 2 + 1)
        for (unsigned i = 0; i < COUNT(means); i++) {
            int16_t block[BLOCK] = {means[i]};
            const int16_t *pointer = block;
            uint8_t made[BLOCK];
            quant[0] = (uint16_t)q;
            loom_idct_table_make(quant, &table);
            loom_idct(_i, &pointer, 1, &table, made, (size_t)_i);
            for (int n = 0; n < _i * _i; n++)
                ck_assert_uint_eq(made[n], means[i] < 0 ? 0 : 255);
        }
}
END_TEST

/* What stands behind the coefficients that are needed does not matter; and nothing is written
 * beside. */
START_TEST(only_what_is_named_is_read_and_written)
{
    enum { COUNT_MAX = 37, STRIDE = COUNT_MAX * 8 + 5 };
    static int16_t blocks[COUNT_MAX][BLOCK];
    static uint8_t made[2][9 * STRIDE];
    const int16_t *pointers[COUNT_MAX];
    const int k = _i;
    uint16_t quant[BLOCK];
    loom_idct_table table;

    make_wild(blocks, COUNT_MAX, quant);
    loom_idct_table_make(quant, &table);
    for (size_t count = 0; count <= COUNT_MAX; count++) {
        for (int way = 0; way < 2; way++) {
            memset(made[way], FILL, sizeof made[way]);
            for (size_t i = 0; i < count; i++) {
                pointers[i] = blocks[i];
                for (unsigned n = loom_idct_needed(k); n < BLOCK; n++)
                    blocks[i][n] = (int16_t)(way == 0 ? INT16_MAX : -77);
            }
            loom_idct(k, pointers, count, &table, made[way], STRIDE);
        }
        ck_assert_mem_eq(made[0], made[1], sizeof made[0]);
        for (size_t i = 0; i < sizeof made[0]; i++)
            if ((i / STRIDE >= (size_t)k || i % STRIDE >= count * (size_t)k) && made[0][i] != FILL)
                ck_abort_msg("k %d: written at %zu", k, i);
    }
}
END_TEST

/* FNV-1a */
static uint64_t hash_more(uint64_t hash, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001B3);
    return hash;
}

/*
 * Any coefficients, also where sums saturate: all variants that this CPU has make the same samples,
 * which are those of every other CPU, too, by their hash.
 */
START_TEST(all_variants_make_the_same)
{
    enum { COUNT_MAX = 35, STRIDE = COUNT_MAX * 8 };
    static const uint64_t hashes[9] = {0,
                                       0xA77E11CF587C179E,
                                       0xF3D4A9733182856E,
                                       0x23F118BB591AF4D1,
                                       0x8B35E1B28E5E0EE5,
                                       0x33949C96A50A98D9,
                                       0xD55281F52EE1775B,
                                       0x1F15FDFFAC6F86FD,
                                       0x1EE1E84819066139};
    static int16_t blocks[COUNT_MAX][BLOCK];
    static uint8_t made[2][8 * STRIDE];
    const int16_t *pointers[COUNT_MAX];
    const int k = _i;
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    const loom_idct_variant *variants[LOOM_IDCT_VARIANTS_MAX];
    const size_t count = loom_idct_variants(loom_cpu_features(), variants);
    uint16_t quant[BLOCK];
    loom_idct_table table;

    for (size_t i = 0; i < COUNT_MAX; i++)
        pointers[i] = blocks[i];
    for (int round = 0; round < 2000; round++) {
        const size_t blocks_now = 1 + random_next(&seed) % COUNT_MAX;
        make_wild(blocks, COUNT_MAX, quant);
        loom_idct_table_make(quant, &table);
        memset(made, 0, sizeof made);
        loom_idct_by(&loom_idct_plain, k, pointers, blocks_now, &table, made[0], STRIDE);
        hash = hash_more(hash, made[0], sizeof made[0]);
        for (size_t v = 0; v < count; v++) {
            loom_idct_by(variants[v], k, pointers, blocks_now, &table, made[1], STRIDE);
            if (memcmp(made[0], made[1], sizeof made[0]) != 0)
                ck_abort_msg("k %d: %s differs", k, variants[v]->name);
        }
    }
    ck_assert_msg(hash == hashes[k], "k %d: 0x%016" PRIX64, k, hash);
}
END_TEST

START_TEST(simd_none_leaves_plain_c_alone)
{
    const loom_idct_variant *variants[LOOM_IDCT_VARIANTS_MAX];

    ck_assert_uint_eq(loom_idct_variants(0, variants), 1);
    ck_assert_ptr_eq(variants[0], &loom_idct_plain);
    if (getenv("IMGLOOM_SIMD") != NULL)
        ck_assert_uint_eq(loom_cpu_features(), 0);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("idct");
    TCase *all = tcase_create("samples");

    tcase_add_test(all, sizes_are_those_of_the_zigzag);
    tcase_add_loop_test(all, samples_are_those_of_the_definition, 1, 9);
    tcase_add_loop_test(all, samples_are_right_up_to_the_limit, 1, 9);
    tcase_add_test(all, mean_is_exact);
    tcase_add_loop_test(all, far_means_are_black_and_white, 1, 9);
    tcase_add_loop_test(all, only_what_is_named_is_read_and_written, 1, 9);
    tcase_add_loop_test(all, all_variants_make_the_same, 1, 9);
    tcase_add_test(all, simd_none_leaves_plain_c_alone);
    tcase_add_checked_fixture(all, start, NULL);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
