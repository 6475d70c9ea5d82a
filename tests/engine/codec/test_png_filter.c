/* The row filters of PNG: both ways, against the standard's own formulas. */
#include "engine/codec/png_parts.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 4096, GUARD = 0xA5 };

/* PNG, third edition, table 9.2 "Paeth": p = a + b - c; the nearest of a, b, c, in that order. */
static int paeth(int a, int b, int c)
{
    const int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);

    if (pa <= pb && pa <= pc)
        return a;
    return pb <= pc ? b : c;
}

static int expected(int type, int a, int b, int c)
{
    const int all[] = {0, a, b, (a + b) / 2, paeth(a, b, c)};

    return all[type];
}

/* Adds (sign 1) or takes away (-1) what the filter lets expect of each byte. */
static void by_the_book(int type, int sign, const unsigned char *from, const unsigned char *row,
                        const unsigned char *above, size_t size, size_t pixel, unsigned char *to)
{
    for (size_t i = 0; i < size; i++) {
        const bool first = i < pixel;
        to[i] = (unsigned char)(from[i] + sign * expected(type, first ? 0 : row[i - pixel],
                                                          above[i], first ? 0 : above[i - pixel]));
    }
}

static void fill(unsigned char *bytes, size_t size, unsigned seed)
{
    for (size_t i = 0; i < size; i++) {
        seed = seed * 1664525u + 1013904223u;
        bytes[i] = (unsigned char)(seed >> (seed % 7 == 0 ? 24 : 28)); /* mostly small steps */
    }
}

/* Every order of filters, so that each stands beside each, in rows of every kind of pixel. */
START_TEST(unfiltering_is_what_the_standard_says)
{
    enum { ROWS = 27 };
    static const size_t widths[] = {1, 2, 3, 5, 16, 67};
    const size_t pixel = (size_t)_i;

    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        const size_t size = widths[w] * pixel, stride = size + LOOM_PNG_SLACK + 1;
        unsigned char *filtered = malloc(ROWS * (size + 1) + LOOM_PNG_SLACK);
        unsigned char *rows = malloc(ROWS * stride), *book = malloc((ROWS + 1) * size);
        unsigned char *above = calloc(1, size + LOOM_PNG_SLACK);
        ck_assert(filtered != NULL && rows != NULL && book != NULL && above != NULL);
        fill(filtered, ROWS * (size + 1), (unsigned)(w * 9 + pixel));
        fill(above, size, 77);
        memcpy(book, above, size);
        memset(rows, GUARD, ROWS * stride);
        for (size_t y = 0; y < ROWS; y++) {
            const int type = (int)((y * y + y / 5) % 5);
            unsigned char *row = book + (y + 1) * size;
            filtered[y * (size + 1)] = (unsigned char)type;
            for (size_t i = 0; i < size; i++) /* each byte from those before it */
                by_the_book(type, 1, filtered + y * (size + 1) + 1, row, book + y * size, i + 1,
                            pixel, row);
        }
        ck_assert(loom_png_unfilter(filtered, ROWS, above, size, pixel, rows, stride));
        for (size_t y = 0; y < ROWS; y++) {
            ck_assert_mem_eq(rows + y * stride, book + (y + 1) * size, size);
            ck_assert_int_eq(rows[y * stride + size + LOOM_PNG_SLACK], GUARD);
        }
        free(filtered);
        free(rows);
        free(book);
        free(above);
    }
}
END_TEST

START_TEST(a_filter_that_is_none_is_refused)
{
    enum { ROWS = 3, SIZE = 6 };
    unsigned char filtered[ROWS * (SIZE + 1) + LOOM_PNG_SLACK] = {0};
    unsigned char above[SIZE + LOOM_PNG_SLACK] = {0}, rows[ROWS * (SIZE + LOOM_PNG_SLACK)];

    memset(rows, GUARD, sizeof rows);
    for (size_t y = 0; y < ROWS; y++)
        for (int type = 5; type < 256; type += 50) {
            filtered[y * (SIZE + 1)] = (unsigned char)type;
            ck_assert(
                !loom_png_unfilter(filtered, ROWS, above, SIZE, 3, rows, SIZE + LOOM_PNG_SLACK));
            for (size_t i = 0; i < sizeof rows; i++)
                ck_assert_int_eq(rows[i], GUARD);
            filtered[y * (SIZE + 1)] = 0;
        }
}
END_TEST

static unsigned long weight(const unsigned char *bytes, size_t size)
{
    unsigned long sum = 0;

    for (size_t i = 0; i < size; i++)
        sum += bytes[i] < 128 ? bytes[i] : 256u - bytes[i];
    return sum;
}

/* What comes out is one of the filters, by the formula, and none of the others is smaller. */
START_TEST(filtering_takes_the_filter_with_the_smallest_sum)
{
    static const size_t pixels[] = {1, 2, 3, 4, 6, 8};
    unsigned char row[MOST], above[MOST], scratch[MOST], filtered[MOST + 1], book[MOST];
    unsigned taken = 0;

    for (size_t p = 0; p < sizeof pixels / sizeof *pixels; p++)
        for (unsigned seed = 0; seed < 40; seed++) {
            const size_t pixel = pixels[p], size = pixel * (1 + seed * 7 % 120);
            fill(row, size, seed);
            fill(above, size, seed / 2 * 3 + 1);
            for (size_t i = pixel; i < size; i++) { /* so that each filter has its turn */
                row[i] = (unsigned char)(row[i] + (seed % 4 == 0   ? row[i - pixel]
                                                   : seed % 4 == 1 ? above[i]
                                                   : seed % 4 == 2 ? (row[i - pixel] + above[i]) / 2
                                                                   : paeth(row[i - pixel], above[i],
                                                                           above[i - pixel])));
            }
            loom_png_filter(row, above, size, pixel, scratch, filtered);
            ck_assert_int_ge(filtered[0], 1);
            ck_assert_int_le(filtered[0], 4);
            taken |= 1u << filtered[0];
            by_the_book(filtered[0], -1, row, row, above, size, pixel, book);
            ck_assert_mem_eq(filtered + 1, book, size);
            for (int type = 1; type <= 4; type++) {
                by_the_book(type, -1, row, row, above, size, pixel, book);
                ck_assert_uint_le(weight(filtered + 1, size), weight(book, size));
            }
        }
    ck_assert_uint_eq(taken, 0x1E);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("png filters");
    TCase *tests = tcase_create("filters");

    tcase_add_loop_test(tests, unfiltering_is_what_the_standard_says, 1, 9);
    tcase_add_test(tests, a_filter_that_is_none_is_refused);
    tcase_add_test(tests, filtering_takes_the_filter_with_the_smallest_sum);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
