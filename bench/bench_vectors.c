/*
 * Times the inner loops that have a variant for each kind of CPU: inverse DCTs in ns a block, for
 * k = 1 to 8, and resizing, in ns for a sample of the source (the rows, by six weights for each
 * sample) and a sample that is made (across, by 16 weights). The best of many rounds, in CPU time
 * of the thread, with all data in the nearest cache.
 *
 *   bench_vectors
 */
#include "base/cpu.h"
#include "engine/codec/resize_sums.h"
#include "engine/jpeg/idct_variants.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BLOCKS = 64, ROWS = 12, SAMPLES = 1024, MADE = 800, ROUNDS = 40, TIMES = 300 };

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double best_of(void (*run)(const void *data), const void *data)
{
    double best = 1e18;

    for (int round = 0; round < ROUNDS; round++) {
        const double start = now();
        for (int i = 0; i < TIMES; i++)
            run(data);
        const double took = (now() - start) / TIMES;
        best = took < best ? took : best;
    }
    return best;
}

/* ---- inverse DCTs -------------------------------------------------------------------------- */

static int16_t blocks[BLOCKS][LOOM_IDCT_BLOCK];

typedef struct idct_run {
    const loom_idct_variant *variant;
    int k;
    loom_idct_table table;
} idct_run;

static void run_idct(const void *data)
{
    static uint8_t to[8 * 8 * BLOCKS];
    const idct_run *r = data;
    const int16_t *pointers[BLOCKS];

    for (int i = 0; i < BLOCKS; i++)
        pointers[i] = blocks[i];
    loom_idct_by(r->variant, r->k, pointers, BLOCKS, &r->table, to, 8 * BLOCKS);
}

static void time_idct(unsigned features)
{
    const loom_idct_variant *variants[LOOM_IDCT_VARIANTS_MAX];
    const size_t count = loom_idct_variants(features, variants);
    uint16_t quant[LOOM_IDCT_BLOCK];
    idct_run r;

    for (int i = 0; i < LOOM_IDCT_BLOCK; i++) {
        quant[i] = (uint16_t)(1 + i / 4);
        for (int b = 0; b < BLOCKS; b++)
            blocks[b][i] = (int16_t)((rand() % 200 - 100) / (i + 1));
    }
    loom_idct_table_make(quant, &r.table);
    for (size_t v = 0; v < count; v++) {
        r.variant = variants[v];
        printf("idct %-8s", r.variant->name);
        for (r.k = 1; r.k <= 8; r.k++)
            printf(" %7.2f", best_of(run_idct, &r) / BLOCKS);
        putchar('\n');
    }
}

/* ---- resizing ------------------------------------------------------------------------------ */

static int16_t sums[SAMPLES], weights[MADE * LOOM_SUMS_TAPS];

static void run_rows(const void *data)
{
    static uint8_t rows[ROWS][SAMPLES];
    const loom_sums *by = data;
    const uint8_t *pointers[ROWS];

    for (int i = 0; i < ROWS; i++)
        pointers[i] = rows[i];
    by->rows(pointers, weights, ROWS, SAMPLES, NULL, NULL, sums);
}

static void run_samples(const void *data)
{
    static uint32_t firsts[MADE];
    static uint8_t to[MADE];
    const loom_sums *by = data;

    by->samples(sums, firsts, weights, 1, MADE, to);
}

static void time_resize(const loom_sums *by)
{
    const double rows = best_of(run_rows, by) / (ROWS * SAMPLES) * 6;

    printf("resize %-8s %7.2f %7.2f\n", by->name, rows, best_of(run_samples, by) / MADE);
}

int main(void)
{
    const unsigned features = loom_cpu_features();

    time_idct(features);
    time_resize(loom_sums_for(features));
    if ((features & LOOM_CPU_AVX2) != 0)
        time_resize(loom_sums_for(features & ~(unsigned)LOOM_CPU_AVX2));
    if (features != 0)
        time_resize(&loom_sums_plain);
    return EXIT_SUCCESS;
}
