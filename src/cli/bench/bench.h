/*
 * The measurements of `imgloom bench`: settings (a number of threads and an isolation mode), each
 * run several times as a separate process, and the cost of those runs. Main thread only.
 */
#ifndef CLI_BENCH_BENCH_H
#define CLI_BENCH_BENCH_H

#include "cli/bench/measure.h"
#include "cli/run/options.h"
#include <jansson.h>

#define BENCH_MAX_THREADS 64 /* max numbers of threads to compare */
#define BENCH_ISOLATIONS  3

/* Buckets of latencies: bucket n holds those up to 2^((n - 8) / 2) ms; the last one holds the rest.
 */
#define BENCH_BUCKETS 48

/* The name template that distinguishes the outputs of one input with several sizes. */
#define BENCH_NAME_OF_SIZES "{dir}/{stem}-{width}x{height}.{ext}"

typedef struct bench_options {
    run_options run;                     /* set by the shared rows */
    unsigned threads[BENCH_MAX_THREADS]; /* rising */
    size_t thread_count;                 /* 0: powers of two up to the CPUs, and those */
    loom_isolate isolations[BENCH_ISOLATIONS];
    size_t isolation_count; /* 0: auto */
    unsigned runs, warmup;
    const char *json, *svg, *html; /* NULL: none */
    bool schema;                   /* print that of the JSON, and measure nothing */
} bench_options;

extern const options_group bench_groups[];

/* The figures of one run. Times in ms, memory in bytes. */
typedef enum bench_figure {
    BENCH_RATE = 0,   /* images a second of the batch */
    BENCH_MEGAPIXELS, /* of the inputs, per second of the batch */
    BENCH_SPEED_UP,   /* relative to the base setting of the same round */
    BENCH_EFFICIENCY, /* 1: the speed-up equals the number of threads */
    BENCH_ELAPSED,    /* the batch: from its first image to its last */
    BENCH_WALL,       /* the program */
    BENCH_START_UP,   /* the rest of it: loading, scanning, planning, ending */
    BENCH_CPU,        /* of all processes */
    BENCH_CPU_USE,    /* CPUs busy on average */
    BENCH_OTHERS,     /* CPUs that other programs kept busy meanwhile; 0: unknown */
    BENCH_PRESSURE,   /* 0..1: the time in which a task of any program waited for a CPU */
    BENCH_RSS,        /* see cli_measured */
    BENCH_OWN,
    BENCH_MEAN, /* time of an image on its thread */
    BENCH_P50,
    BENCH_P95,
    BENCH_P99,
    BENCH_MAX,
    BENCH_FIGURES
} bench_figure;

typedef struct bench_sample {
    unsigned order;         /* 1, 2, 3 … in the order of the runs, without warm-up */
    uint64_t images;        /* inputs that a thread had */
    uint64_t failed;        /* rows in error */
    uint64_t bytes, pixels; /* of the inputs */
    double cpu_ms;          /* of all CPUs together, busy or not, during the run; 0: unknown */
    double figures[BENCH_FIGURES];
} bench_sample;

typedef struct bench_setting {
    unsigned threads;
    loom_isolate isolation;
    size_t base; /* the setting to compare with: the same isolation mode, fewest threads */
    bench_sample *samples;             /* one for each round */
    uint64_t histogram[BENCH_BUCKETS]; /* of the latencies in all rounds */
} bench_setting;

typedef struct bench {
    bench_options options;
    options_line line;
    cli_terminal terminal;
    bench_setting *settings; /* by isolation, then by threads */
    size_t setting_count;
    char *folder;  /* temporary; NULL until it is made */
    json_t *about; /* tool, recipe and machine, from the report of the first run */
    int64_t started_ns;
    sigset_t mask; /* before signals were blocked */
    int interrupt; /* the signal that ended the benchmark; 0: none */
} bench;

/* ---- one run (run.c) ----------------------------------------------------- */

/*
 * Runs a setting once. *sample receives its figures, except speed-up and efficiency; `histogram`,
 * which may be NULL, its latencies. Returns CLI_EXIT_OK, even if images failed; otherwise the exit
 * status, after a message. b->interrupt is set if a signal came.
 */
int bench_run_once(bench *b, const bench_setting *setting, bench_sample *sample,
                   uint64_t *histogram);

/* Removes the contents of the temporary folder, from `below` on ("" is the folder itself). */
void bench_clear_folder(const bench *b, const char *below);

/* ---- figures (stats.c) --------------------------------------------------- */

typedef struct bench_spread {
    double median, low, high;
} bench_spread;

/* The names in the JSON: "imagesPerSecond" …. */
const char *bench_figure_name(bench_figure figure);

/* Sets speed-up and efficiency, after all rounds. */
void bench_compare(bench *b);

bench_spread bench_over(const bench *b, const bench_setting *setting, bench_figure figure);

/* The smallest of `count` rising values that at least `part` (0..1) of them do not exceed; 0 if
 * there are none. */
double bench_percentile(const double *rising, size_t count, double part);
void bench_sort(double *values, size_t count);

/* The bucket of a latency; and the upper limit of a bucket, in ms. */
size_t bench_bucket(double ms);
double bench_bucket_max(size_t bucket);

/*
 * The share of the CPUs that other programs had during all runs, 0..1; 0 if it is unknown, or the
 * runs were too short to tell whether it is much.
 */
double bench_others(const bench *b);

/*
 * The recommended setting: the fewest threads whose rate is at least 95 % of the best. NULL: the
 * machine was busy, so the figures say little.
 */
const bench_setting *bench_recommended(const bench *b);
char *bench_verdict(const bench *b); /* what to do, in a sentence; g_free */

/* ---- what is said of them ------------------------------------------------ */

/* Texts that end in a newline; the caller frees them. NULL: out of memory. `max_columns` 0: no
 * limit. */
char *bench_table_text(const bench *b, size_t max_columns);
char *bench_svg_text(const bench *b);
char *bench_page_text(const bench *b);

void bench_print_schema(void); /* of the JSON, on standard output */
char *bench_json_text(const bench *b);

#endif
