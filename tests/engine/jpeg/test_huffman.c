/* Huffman tables: a code for each symbol, none too long, none of ones alone, and as short as can
 * be. */
#include "engine/baseline/huffman.h"
#include "support/random.h"
#include "support/suite.h"

#include <string.h>

static uint64_t seed = 7;

/* Asserts what a table must be; returns the bits that the counts need with it. */
static uint64_t check(const uint64_t counts[LOOM_HUFFMAN_SYMBOLS], const loom_huffman *table)
{
    bool seen[LOOM_HUFFMAN_SYMBOLS] = {false};
    uint64_t used = 0, sum = 0; /* used: of 2^16 codes of 16 bits */
    size_t at = 0, wanted = 0;

    ck_assert_uint_eq(table->lengths[0], 0);
    for (unsigned bits = 1; bits <= LOOM_HUFFMAN_LONGEST; bits++)
        for (unsigned i = 0; i < table->lengths[bits]; i++) {
            const unsigned symbol = table->symbols[at++];
            ck_assert(!seen[symbol]);
            seen[symbol] = true;
            ck_assert_uint_gt(counts[symbol], 0);
            used += UINT64_C(1) << (LOOM_HUFFMAN_LONGEST - bits);
            sum += bits * counts[symbol];
        }
    for (unsigned i = 0; i < LOOM_HUFFMAN_SYMBOLS; i++)
        wanted += counts[i] > 0;
    ck_assert_uint_eq(at, wanted);
    ck_assert_uint_lt(used, UINT64_C(1) << LOOM_HUFFMAN_LONGEST); /* the ones are left */
    return sum;
}

START_TEST(nothing_makes_an_empty_table)
{
    const uint64_t counts[LOOM_HUFFMAN_SYMBOLS] = {0};
    loom_huffman table;

    memset(&table, 1, sizeof table);
    loom_huffman_make(counts, &table);
    ck_assert_uint_eq(check(counts, &table), 0);
}
END_TEST

START_TEST(one_symbol_has_one_bit)
{
    uint64_t counts[LOOM_HUFFMAN_SYMBOLS] = {[255] = 3};
    loom_huffman table;

    loom_huffman_make(counts, &table);
    ck_assert_uint_eq(check(counts, &table), 3);
    ck_assert_uint_eq(table.lengths[1], 1);
}
END_TEST

/* Counts 1, 1, 2, 4 and the one that is always added: lengths 4 3 2 1, by hand. */
START_TEST(frequent_symbols_are_short)
{
    uint64_t counts[LOOM_HUFFMAN_SYMBOLS] = {[9] = 1, [5] = 1, [7] = 2, [200] = 4};
    loom_huffman table;

    loom_huffman_make(counts, &table);
    ck_assert_uint_eq(check(counts, &table), 1 * 4 + 1 * 3 + 2 * 2 + 4);
    ck_assert_uint_eq(table.symbols[0], 200);
    ck_assert_uint_eq(table.symbols[1], 7);
}
END_TEST

/* All equal: 257 leaves, so codes of 8 and 9 bits. */
START_TEST(all_symbols_fit)
{
    uint64_t counts[LOOM_HUFFMAN_SYMBOLS];
    loom_huffman table;

    for (unsigned i = 0; i < LOOM_HUFFMAN_SYMBOLS; i++)
        counts[i] = 1000;
    loom_huffman_make(counts, &table);
    check(counts, &table);
    ck_assert_uint_eq(table.lengths[8], 255);
    ck_assert_uint_eq(table.lengths[9], 1);
}
END_TEST

/* Fibonacci's numbers make the longest codes that there are: 16 bits must do. */
START_TEST(long_codes_are_shortened)
{
    uint64_t counts[LOOM_HUFFMAN_SYMBOLS] = {0};
    loom_huffman table;
    uint64_t a = 1, b = 1;

    for (unsigned i = 0; i < 75; i++) {
        counts[3 * i] = a;
        const uint64_t sum = a + b;
        a = b, b = sum;
    }
    loom_huffman_make(counts, &table);
    check(counts, &table);
    ck_assert_uint_gt(table.lengths[LOOM_HUFFMAN_LONGEST], 0);
}
END_TEST

/* Random counts: no worse than Shannon's code, which has ceil(log2(total / count)) bits. */
START_TEST(random_counts_are_coded_well)
{
    uint64_t counts[LOOM_HUFFMAN_SYMBOLS];
    loom_huffman table;

    for (int round = 0; round < 300; round++) {
        uint64_t total = 1, shannon = 0;
        for (unsigned i = 0; i < LOOM_HUFFMAN_SYMBOLS; i++) {
            counts[i] = random_next(&seed) % 3 == 0
                            ? 1 + random_next(&seed) % (1 + random_next(&seed) % 5000)
                            : 0;
            total += counts[i];
        }
        for (unsigned i = 0; i < LOOM_HUFFMAN_SYMBOLS; i++)
            for (uint64_t bits = 0; counts[i] > 0; bits++)
                if (counts[i] << bits >= total) {
                    shannon += bits * counts[i];
                    break;
                }
        loom_huffman_make(counts, &table);
        /* What Shannon would give the code of ones is not in his sum. */
        ck_assert_uint_le(check(counts, &table), shannon + 24);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("huffman");
    TCase *all = tcase_create("tables");

    tcase_add_test(all, nothing_makes_an_empty_table);
    tcase_add_test(all, one_symbol_has_one_bit);
    tcase_add_test(all, frequent_symbols_are_short);
    tcase_add_test(all, all_symbols_fit);
    tcase_add_test(all, long_codes_are_shortened);
    tcase_add_test(all, random_counts_are_coded_well);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
