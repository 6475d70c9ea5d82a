/* The forward DCT: beside its definition, and its variants beside each other. */
#include "engine/baseline/fdct_variants.h"
#include "support/random.h"
#include "support/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = LOOM_FDCT_SIDE, BLOCK = LOOM_FDCT_BLOCK, BATCH = LOOM_FDCT_BATCH, MAX = 3 * BATCH };

static uint64_t seed = 5;
static uint8_t samples[SIDE][SIDE * MAX];

/* Walks the zigzag of T.81, figure 5: diagonals, in turn up and down. */
static void place_of(unsigned k, unsigned *v, unsigned *u)
{
    *v = *u = 0;
    for (; k > 0; k--) {
        const bool up = (*v + *u) % 2 == 0;
        unsigned *ahead = up ? u : v, *back = up ? v : u;
        if (*ahead == SIDE - 1) {
            ++*back;
        } else {
            ++*ahead;
            if (*back > 0)
                --*back;
        }
    }
}

/* T.81, A.3.3. */
static double expected(size_t block, unsigned k)
{
    const double pi = 3.14159265358979323846;
    double sum = 0;
    unsigned v, u;

    place_of(k, &v, &u);
    for (unsigned y = 0; y < SIDE; y++)
        for (unsigned x = 0; x < SIDE; x++)
            sum += (samples[y][SIDE * block + x] - 128.0) * cos((2 * x + 1) * u * pi / 16) *
                   cos((2 * y + 1) * v * pi / 16);
    return sum / 4 * (u == 0 ? sqrt(0.5) : 1) * (v == 0 ? sqrt(0.5) : 1);
}

typedef enum texture { FLAT, NOISE, EXTREMES, WHITE, BLACK, WAVES, TEXTURES } texture;

/* WAVES: each block the signs of one of the 64 functions, by which its coefficient is largest. */
static uint8_t sample_of(texture t, unsigned x, unsigned y, unsigned round)
{
    unsigned v, u;

    switch (t) {
    case NOISE:
        return (uint8_t)random_next(&seed);
    case EXTREMES:
        return random_next(&seed) % 2 == 0 ? 0 : 255;
    case WHITE:
        return 255;
    case BLACK:
        return 0;
    case WAVES:
        place_of((x / SIDE + MAX * round) / 2 % BLOCK, &v, &u);
        return (cos((2 * (x % SIDE) + 1) * u * 0.19634954) * cos((2 * y + 1) * v * 0.19634954) >
                0) == ((x / SIDE) % 2 == 0)
                   ? 0
                   : 255;
    default:
        return (uint8_t)(x / SIDE * 5);
    }
}

static void paint(texture t, unsigned round)
{
    for (unsigned y = 0; y < SIDE; y++)
        for (unsigned x = 0; x < SIDE * MAX; x++)
            samples[y][x] = sample_of(t, x, y, round);
}

static void point(const uint8_t *rows[SIDE])
{
    for (unsigned y = 0; y < SIDE; y++)
        rows[y] = samples[y];
}

/* Two roundings of less than a unit's half, and a step's half: the quotient is off by less than 1.
 */
START_TEST(coefficients_are_near_their_definition)
{
    static _Alignas(32) loom_fdct_block blocks[MAX];
    uint8_t steps[BLOCK];
    loom_fdct_table table;
    const uint8_t *rows[SIDE];
    uint64_t set[MAX];

    point(rows);
    for (unsigned round = 0; round < 4; round++) {
        paint((texture)_i, round);
        for (unsigned k = 0; k < BLOCK; k++)
            steps[k] = (uint8_t)(round % 2 == 0 ? 1 : 1 + random_next(&seed) % 255);
        loom_fdct_table_make(steps, &table);
        loom_fdct(rows, MAX, &table, blocks, set);
        for (size_t i = 0; i < MAX; i++)
            for (unsigned k = 0; k < BLOCK; k++) {
                const double exact = expected(i, k) / steps[k];
                ck_assert_msg(fabs(exact - blocks[i].at[k]) <= 0.5 + 0.5 / steps[k],
                              "block %zu, coefficient %u: %d for %f", i, k, blocks[i].at[k], exact);
                ck_assert_int_eq((int)(set[i] >> k & 1), blocks[i].at[k] != 0);
            }
    }
}
END_TEST

/* Division, whatever the step: (size + half) / (8 * step) of flat blocks, whose mean is exact. */
START_TEST(quotients_are_rounded)
{
    static _Alignas(32) loom_fdct_block blocks[BATCH];
    uint8_t steps[BLOCK];
    loom_fdct_table table;
    const uint8_t *rows[SIDE];
    uint64_t set[BATCH];

    point(rows);
    for (unsigned step = 1; step <= 255; step++) {
        memset(steps, (int)step, sizeof steps);
        loom_fdct_table_make(steps, &table);
        for (unsigned value = 0; value < 256; value += BATCH) {
            for (unsigned y = 0; y < SIDE; y++)
                for (unsigned i = 0; i < BATCH; i++)
                    memset(samples[y] + (size_t)SIDE * i, (int)(value + i), SIDE);
            loom_fdct(rows, BATCH, &table, blocks, set);
            for (unsigned i = 0; i < BATCH; i++) {
                const int mean = 8 * ((int)(value + i) - 128);
                const int size = (abs(mean) + (int)step / 2) / (int)step;
                ck_assert_int_eq(blocks[i].at[0], mean < 0 ? -size : size);
                ck_assert_uint_eq(set[i] & ~UINT64_C(1), 0);
            }
        }
    }
}
END_TEST

/* Those that this CPU has, whatever the environment says. */
static size_t find_variants(loom_fdct_batch *variants[2])
{
    size_t count = 0;

#ifdef LOOM_LANES_128
    variants[count++] = loom_fdct_128;
#endif
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        variants[count++] = loom_fdct_avx2;
#endif
    return count;
}

START_TEST(variants_are_equal)
{
    static _Alignas(32) loom_fdct_block plain[BATCH], vectors[BATCH];
    uint64_t plain_set[BATCH], set[BATCH];
    uint8_t steps[BLOCK];
    loom_fdct_table table;
    const uint8_t *rows[SIDE];
    loom_fdct_batch *variants[2];
    const size_t count = find_variants(variants);

    point(rows);
    for (unsigned round = 0; round < 400; round++) {
        paint((texture)_i, round);
        for (unsigned k = 0; k < BLOCK; k++)
            steps[k] = (uint8_t)(1 + random_next(&seed) % (1 + random_next(&seed) % 255));
        loom_fdct_table_make(steps, &table);
        loom_fdct_plain(rows, &table, plain, plain_set);
        for (size_t i = 0; i < count; i++) {
            variants[i](rows, &table, vectors, set);
            ck_assert_mem_eq(plain, vectors, sizeof plain);
            ck_assert_mem_eq(plain_set, set, sizeof set);
        }
    }
}
END_TEST

/* Of lines that end where they end, for ASan. */
START_TEST(any_number_of_blocks)
{
    static _Alignas(32) loom_fdct_block all[MAX], some[MAX];
    uint64_t all_set[MAX], set[MAX];
    uint8_t steps[BLOCK];
    loom_fdct_table table;
    const uint8_t *rows[SIDE];
    uint8_t *copies[SIDE];

    paint(NOISE, 0);
    memset(steps, 3, sizeof steps);
    loom_fdct_table_make(steps, &table);
    point(rows);
    loom_fdct(rows, MAX, &table, all, all_set);
    for (size_t count = 0; count <= MAX; count++) {
        const size_t size = SIDE * count;
        for (unsigned y = 0; y < SIDE; y++) {
            rows[y] = copies[y] = malloc(size > 0 ? size : 1);
            ck_assert_ptr_nonnull(copies[y]);
            memcpy(copies[y], samples[y], size);
        }
        loom_fdct(rows, count, &table, some, set);
        ck_assert_int_eq(memcmp(some, all, count * sizeof *all), 0);
        ck_assert_int_eq(memcmp(set, all_set, count * sizeof *set), 0);
        for (unsigned y = 0; y < SIDE; y++)
            free(copies[y]);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("fdct");
    TCase *all = tcase_create("blocks");

    tcase_add_loop_test(all, coefficients_are_near_their_definition, 0, TEXTURES);
    tcase_add_test(all, quotients_are_rounded);
    tcase_add_loop_test(all, variants_are_equal, 0, TEXTURES);
    tcase_add_test(all, any_number_of_blocks);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
