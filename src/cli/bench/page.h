/*
 * The template of a benchmark's page, made from src/cli/bench/html/ by cmake/EmbedPage.cmake: what
 * stands before and behind its JSON. Not NUL-terminated.
 */
#ifndef CLI_BENCH_PAGE_H
#define CLI_BENCH_PAGE_H

#include <stddef.h>

extern const char loom_html_bench_head[], loom_html_bench_tail[];
extern const size_t loom_html_bench_head_size, loom_html_bench_tail_size;

#endif
