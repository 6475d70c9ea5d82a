#include "support/suite.h"

#include "base/edits.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include <errno.h>
#include <imgloom/error.h>
#include <imgloom/parse.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define FFFD "\xEF\xBF\xBD"

/* ---- strbuf -------------------------------------------------------------- */

START_TEST(strbuf_builds_and_hands_over)
{
    loom_strbuf buf = LOOM_STRBUF_INIT;

    ck_assert_str_eq(loom_strbuf_str(&buf), "");
    loom_strbuf_add_str(&buf, "abc");
    loom_strbuf_add(&buf, "d\0e", 3);
    loom_strbuf_add_char(&buf, 'f');
    ck_assert_uint_eq(buf.size, 7);
    ck_assert_mem_eq(buf.data, "abcd\0ef", 8);
    loom_strbuf_truncate(&buf, 2);
    loom_strbuf_truncate(&buf, 5); /* never grows */
    loom_strbuf_add_format(&buf, "-%d-%s", 42, "x");
    ck_assert_str_eq(loom_strbuf_str(&buf), "ab-42-x");
    char *text = loom_strbuf_take(&buf);
    ck_assert_str_eq(text, "ab-42-x");
    ck_assert_ptr_null(buf.data);
    free(text);
    text = loom_strbuf_take(&buf); /* of an empty one: an empty string */
    ck_assert_str_eq(text, "");
    free(text);
    loom_strbuf_clear(&buf);
    loom_strbuf_release(&buf);
}
END_TEST

START_TEST(strbuf_grows)
{
    loom_strbuf buf = LOOM_STRBUF_INIT;

    for (int i = 0; i < 10000; i++)
        loom_strbuf_add_format(&buf, "%04d", i);
    ck_assert(!buf.failed);
    ck_assert_uint_eq(buf.size, 40000);
    ck_assert_uint_gt(buf.capacity, buf.size);
    ck_assert_int_eq(memcmp(buf.data + 4 * 1234, "1234", 4), 0);
    loom_strbuf_release(&buf);
    ck_assert_uint_eq(buf.size, 0);
}
END_TEST

START_TEST(strbuf_failure_sticks)
{
    loom_strbuf buf = LOOM_STRBUF_INIT;

    loom_strbuf_add_str(&buf, "abc");
    loom_strbuf_add(&buf, "x", SIZE_MAX - 3); /* with the NUL beyond size_t */
    ck_assert(buf.failed);
    loom_strbuf_add_str(&buf, "def");
    ck_assert_uint_eq(buf.size, 3);
    ck_assert_str_eq(loom_strbuf_str(&buf), "");
    ck_assert_ptr_null(loom_strbuf_take(&buf));
    ck_assert(!buf.failed);
}
END_TEST

/* ---- memory -------------------------------------------------------------- */

START_TEST(memory_checks_overflow)
{
    void *items = NULL;
    size_t capacity = 0, result = 7;

    ck_assert(!loom_size_mul(SIZE_MAX / 2, 3, &result));
    ck_assert(!loom_size_add(SIZE_MAX, 1, &result));
    ck_assert(loom_size_mul(6, 7, &result));
    ck_assert_uint_eq(result, 42);
    ck_assert_ptr_null(loom_alloc_array(SIZE_MAX / 4, 8));
    ck_assert(!loom_grow(&items, &capacity, SIZE_MAX / 4, 8));
    ck_assert_ptr_null(items);
    ck_assert_uint_eq(capacity, 0);
}
END_TEST

START_TEST(aligned_memory_is_zeroed)
{
    static const size_t aligns[] = {1, 8, 32, 4096}, sizes[] = {1, 31, 32, 33, 100000};

    for (size_t a = 0; a < COUNT(aligns); a++)
        for (size_t s = 0; s < COUNT(sizes); s++) {
            unsigned char *memory = loom_alloc_aligned(aligns[a], sizes[s]);
            ck_assert_ptr_nonnull(memory);
            ck_assert_uint_eq((uintptr_t)memory % aligns[a], 0);
            for (size_t i = 0; i < sizes[s]; i++)
                ck_assert_uint_eq(memory[i], 0);
            memset(memory, 1, sizes[s]); /* what the next one may get */
            free(memory);
        }
    ck_assert_ptr_null(loom_alloc_aligned(64, SIZE_MAX - 62));
}
END_TEST

START_TEST(memory_grows_by_half)
{
    void *items = NULL;
    size_t capacity = 0;

    ck_assert(loom_grow(&items, &capacity, 1, sizeof(int)));
    ck_assert_uint_eq(capacity, 16);
    ((int *)items)[15] = 15;
    ck_assert(loom_grow(&items, &capacity, 17, sizeof(int)));
    ck_assert_uint_eq(capacity, 24);
    ck_assert_int_eq(((int *)items)[15], 15);
    ck_assert(loom_grow(&items, &capacity, 24, sizeof(int)));
    ck_assert_uint_eq(capacity, 24);
    ck_assert(loom_grow(&items, &capacity, 1000, sizeof(int)));
    ck_assert_uint_eq(capacity, 1000);
    free(items);
}
END_TEST

START_TEST(no_memory_says_for_what)
{
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_no_memory(&err, LOOM_STAGE_PLAN, NULL), LOOM_ERR_OUT_OF_MEMORY);
    ck_assert_int_eq(err.code, LOOM_ERR_OUT_OF_MEMORY);
    ck_assert_int_eq(err.stage, LOOM_STAGE_PLAN);
    ck_assert_str_eq(err.message, "out of memory");
    loom_error_clear(&err);
    loom_no_memory(&err, LOOM_STAGE_NONE, "to read it");
    ck_assert_str_eq(err.message, "not enough memory to read it");
    ck_assert_int_eq(loom_no_memory(NULL, LOOM_STAGE_PLAN, NULL), LOOM_ERR_OUT_OF_MEMORY);
}
END_TEST

START_TEST(arena_fills_its_block_past_a_large_item)
{
    loom_arena arena = {NULL};
    char *first = loom_arena_copy(&arena, "ab", 2);

    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_nonnull(loom_arena_alloc(&arena, 100000));
    ck_assert_ptr_eq(loom_arena_copy(&arena, "cd", 2), first + 3);
    loom_arena_release(&arena);
}
END_TEST

START_TEST(arena_keeps_addresses)
{
    enum { COUNT = 20000, LARGE = 100000 };
    loom_arena arena = {NULL};
    char **strings = loom_alloc_array(COUNT, sizeof *strings);

    ck_assert_ptr_nonnull(strings);
    char *large = loom_arena_alloc(&arena, LARGE); /* before there is any block */
    ck_assert_ptr_nonnull(large);
    memset(large, 'L', LARGE);
    for (int i = 0; i < COUNT; i++) {
        char text[16];
        int length = snprintf(text, sizeof text, "%d", i);
        strings[i] = loom_arena_copy(&arena, text, (size_t)length);
        ck_assert_ptr_nonnull(strings[i]);
        if (i % 1000 == 0)
            ck_assert_ptr_nonnull(memset(loom_arena_alloc(&arena, LARGE), 'x', LARGE));
        if (i % 7 == 0) {
            void *aligned = loom_arena_alloc(&arena, 24);
            ck_assert_uint_eq((uintptr_t)aligned % _Alignof(max_align_t), 0);
            memset(aligned, 'y', 24);
        }
    }
    for (int i = 0; i < COUNT; i++)
        ck_assert_int_eq(atoi(strings[i]), i);
    ck_assert(large[0] == 'L' && large[LARGE - 1] == 'L');
    ck_assert_str_eq(loom_arena_copy(&arena, "ab\0cd", 5), "ab");
    ck_assert_str_eq(loom_arena_copy(&arena, NULL, 0), "");
    ck_assert_ptr_null(loom_arena_alloc(&arena, SIZE_MAX - 8));
    ck_assert_ptr_null(loom_arena_copy(&arena, "", SIZE_MAX));
    loom_arena_release(&arena);
    ck_assert_ptr_null(arena.blocks);
    free(strings);
}
END_TEST

/* ---- parse --------------------------------------------------------------- */

START_TEST(parse_count_takes_digits_only)
{
    static const char *const bad[] = {"",
                                      "-1",
                                      "+1",
                                      "4x",
                                      "1e3",
                                      " 1",
                                      "1 ",
                                      "0x",
                                      "1.0",
                                      "0",
                                      "101",
                                      "18446744073709551616",
                                      "99999999999999999999999"};
    uint64_t value = 7;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        loom_error err = LOOM_ERROR_INIT;
        char expected[100];
        snprintf(expected, sizeof expected, "'%s' is not a whole number from 1 to 100", bad[i]);
        ck_assert_int_eq(loom_parse_count(bad[i], 1, 100, &value, &err), LOOM_ERR_USAGE);
        ck_assert_str_eq(err.message, expected);
        ck_assert_int_eq(err.stage, LOOM_STAGE_NONE);
        ck_assert_uint_eq(value, 7);
    }
    ck_assert_int_eq(loom_parse_count("1", 1, 100, &value, NULL), LOOM_OK);
    ck_assert_uint_eq(value, 1);
    ck_assert_int_eq(loom_parse_count("00100", 1, 100, &value, NULL), LOOM_OK);
    ck_assert_uint_eq(value, 100);
    ck_assert_int_eq(loom_parse_count("18446744073709551615", 0, UINT64_MAX, &value, NULL),
                     LOOM_OK);
    ck_assert_uint_eq(value, UINT64_MAX);
}
END_TEST

START_TEST(parse_decimal_is_signed)
{
    static const struct {
        const char *word;
        double value;
    } good[] = {{"7.5", 7.5}, {"-90", -90},     {"+.5", 0.5},
                {"0", 0},     {"360.000", 360}, {"0.1234567899", 0.123456789}};
    static const char *const bad[] = {"",    ".",   "1.",  "-",   "--1",  "1e3",   "1,5",
                                      "nan", "inf", "0x1", "361", "-361", "1.5.2", " 1"};
    double value = 9;
    loom_error err = LOOM_ERROR_INIT;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_int_eq(loom_parse_decimal(bad[i], 360, &value, &err), LOOM_ERR_USAGE);
    ck_assert_double_eq(value, 9);
    ck_assert_str_eq(err.message, "'' is not a decimal number from -360 to 360");
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_int_eq(loom_parse_decimal(good[i].word, 360, &value, NULL), LOOM_OK);
        ck_assert_double_eq_tol(value, good[i].value, 1e-15);
    }
}
END_TEST

START_TEST(parse_seconds_to_ns)
{
    static const char *const bad[] = {
        "", "-1", "1x", "1.", "1000000000.000000001", "1000000001", "18446744073709551616"};
    int64_t ns = 9;
    loom_error err = LOOM_ERROR_INIT;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_int_eq(loom_parse_seconds(bad[i], &ns, &err), LOOM_ERR_USAGE);
    ck_assert_int_eq(ns, 9);
    ck_assert_str_eq(err.message,
                     "'' is not a time: seconds from 0 to 1000000000, or with ms, s, m or h");
    ck_assert_int_eq(loom_parse_seconds("0", &ns, NULL), LOOM_OK);
    ck_assert_int_eq(ns, 0);
    ck_assert_int_eq(loom_parse_seconds("2.5", &ns, NULL), LOOM_OK);
    ck_assert_int_eq(ns, INT64_C(2500000000));
    ck_assert_int_eq(loom_parse_seconds(".000000001", &ns, NULL), LOOM_OK);
    ck_assert_int_eq(ns, 1);
    ck_assert_int_eq(loom_parse_seconds("1.5h", &ns, NULL), LOOM_OK);
    ck_assert_int_eq(ns, 5400 * INT64_C(1000000000));
    ck_assert_int_eq(loom_parse_seconds("1000000000", &ns, NULL), LOOM_OK);
    ck_assert_int_eq(ns, INT64_C(1000000000000000000));
}
END_TEST

START_TEST(parse_bytes_with_units)
{
    static const struct {
        const char *word;
        uint64_t bytes;
    } good[] = {{"0", 0},
                {"512", 512},
                {"2K", 2000},
                {"3M", 3000000},
                {"4G", UINT64_C(4000000000)},
                {"2Ki", 2048},
                {"3Mi", 3145728},
                {"1Gi", 1073741824},
                {"17179869183Gi", UINT64_C(17179869183) << 30}};
    static const char *const bad[] = {"", "K", "-1", "1.5", "1kk", "1Kib", "17179869184Gi"};
    uint64_t bytes = 9;
    loom_error err = LOOM_ERROR_INIT;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_int_eq(loom_parse_bytes(bad[i], &bytes, &err), LOOM_ERR_USAGE);
    ck_assert_uint_eq(bytes, 9);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_int_eq(loom_parse_bytes(good[i].word, &bytes, NULL), LOOM_OK);
        ck_assert_uint_eq(bytes, good[i].bytes);
    }
}
END_TEST

START_TEST(digits_move_the_text)
{
    const char *text = "800x600";
    uint64_t value = 7;

    ck_assert(loom_read_digits(&text, &value));
    ck_assert_uint_eq(value, 800);
    ck_assert_str_eq(text, "x600");
    ck_assert(!loom_read_digits(&text, &value));
    ck_assert_uint_eq(value, 800);
    ck_assert_str_eq(text, "x600");
}
END_TEST

/* ---- error --------------------------------------------------------------- */

START_TEST(error_first_wins)
{
    loom_error err = LOOM_ERROR_INIT;

    errno = EINTR;
    ck_assert_int_eq(loom_error_set(&err, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE, "row %d", 7),
                     LOOM_ERR_CORRUPT);
    ck_assert_int_eq(loom_error_set(&err, LOOM_ERR_IO, LOOM_STAGE_WRITE, "later"), LOOM_ERR_IO);
    ck_assert_int_eq(loom_error_set_errno(&err, LOOM_STAGE_WRITE, EACCES, "later"),
                     LOOM_ERR_PERMISSION);
    ck_assert_int_eq(errno, EINTR);
    ck_assert_int_eq(err.code, LOOM_ERR_CORRUPT);
    ck_assert_int_eq(err.stage, LOOM_STAGE_DECODE);
    ck_assert_str_eq(err.message, "row 7");
    loom_error_clear(&err);
    ck_assert_int_eq(err.code, LOOM_OK);
    ck_assert_str_eq(err.message, "");
    loom_error_clear(NULL);
    ck_assert_int_eq(loom_error_set(NULL, LOOM_ERR_EMPTY, LOOM_STAGE_OPEN, "x"), LOOM_ERR_EMPTY);
}
END_TEST

START_TEST(error_is_handed_on)
{
    loom_error from = LOOM_ERROR_INIT, err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_error_copy(&err, &from), LOOM_OK);
    ck_assert_int_eq(err.code, LOOM_OK);
    (void)loom_error_set(&from, LOOM_ERR_IO, LOOM_STAGE_OPEN, "100%% sure");
    ck_assert_int_eq(loom_error_copy(&err, &from), LOOM_ERR_IO);
    ck_assert_int_eq(err.stage, LOOM_STAGE_OPEN);
    ck_assert_str_eq(err.message, "100% sure");
    ck_assert_int_eq(loom_error_copy(NULL, &from), LOOM_ERR_IO);
}
END_TEST

START_TEST(error_message_is_utf8)
{
    const size_t limit = sizeof((loom_error *)NULL)->message - 1;
    loom_error err = LOOM_ERROR_INIT;
    char text[600];

    loom_error_set(&err, LOOM_ERR_IO, LOOM_STAGE_OPEN, "a\xFFz%s", "\xC3");
    ck_assert_str_eq(err.message, "a" FFFD "z" FFFD);

    for (size_t before = limit - 4; before <= limit; before++) { /* where a character may be cut */
        memset(text, 'x', before);
        strcpy(text + before, "\xF0\x9F\x98\x80 and more that finds no room");
        loom_error_clear(&err);
        loom_error_set(&err, LOOM_ERR_IO, LOOM_STAGE_OPEN, "%s", text);
        ck_assert_uint_eq(strlen(err.message), before == limit - 4 ? limit : before);
        ck_assert_int_eq(strncmp(err.message, text, strlen(err.message)), 0);
    }
    loom_error_clear(&err);
    memset(text, 'x', 254);
    strcpy(text + 254, "\xC3\xA9");
    loom_error_set_errno(&err, LOOM_STAGE_OPEN, ENOENT, "%s", text);
    ck_assert(loom_utf8_valid(err.message, strlen(err.message)));
    ck_assert_str_eq(err.message + 254, ": No such file or directory (ENOENT)");
}
END_TEST

static const struct {
    int errnum;
    loom_status code;
} errno_cases[] = {
    {ENOENT, LOOM_ERR_NOT_FOUND},
    {ELOOP, LOOM_ERR_NOT_FOUND},
    {ENOTDIR, LOOM_ERR_NOT_FOUND},
    {EACCES, LOOM_ERR_PERMISSION},
    {EPERM, LOOM_ERR_PERMISSION},
    {EROFS, LOOM_ERR_PERMISSION},
    {EISDIR, LOOM_ERR_NOT_A_FILE},
    {ENXIO, LOOM_ERR_NOT_A_FILE},
    {ENAMETOOLONG, LOOM_ERR_UNSAFE_PATH},
    {ENOSPC, LOOM_ERR_NO_SPACE},
    {EDQUOT, LOOM_ERR_NO_SPACE},
    {EFBIG, LOOM_ERR_NO_SPACE},
    {ENOMEM, LOOM_ERR_OUT_OF_MEMORY},
    {EEXIST, LOOM_ERR_EXISTS},
    {EIO, LOOM_ERR_IO},
    {EMFILE, LOOM_ERR_IO},
    {EAGAIN, LOOM_ERR_IO},
    {99999, LOOM_ERR_IO},
};

START_TEST(error_of_errno)
{
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_error_set_errno(&err, LOOM_STAGE_OPEN, errno_cases[_i].errnum, "open"),
                     errno_cases[_i].code);
    ck_assert_int_eq(err.code, errno_cases[_i].code);
    ck_assert_int_eq(err.stage, LOOM_STAGE_OPEN);
    if (errno_cases[_i].errnum == EIO)
        ck_assert_str_eq(err.message, "open: Input/output error (EIO)");
    if (errno_cases[_i].errnum == 99999)
        ck_assert_str_eq(err.message, "open: unknown error (?)");
}
END_TEST

START_TEST(error_names_are_complete)
{
    for (unsigned i = 0; i < LOOM_STATUS_COUNT; i++) {
        ck_assert_ptr_nonnull(loom_status_name((loom_status)i));
        for (unsigned j = 0; j < i; j++)
            ck_assert_str_ne(loom_status_name((loom_status)i), loom_status_name((loom_status)j));
    }
    for (unsigned i = 0; i <= LOOM_STAGE_WORKER; i++)
        ck_assert_ptr_nonnull(loom_stage_name((loom_stage)i));
    ck_assert_str_eq(loom_status_name(LOOM_ERR_WOULD_OVERWRITE_INPUT), "would-overwrite-input");
    ck_assert_str_eq(loom_status_name(LOOM_ERR_USAGE), "usage");
    ck_assert_str_eq(loom_status_name((loom_status)LOOM_STATUS_COUNT), "internal");
    ck_assert_str_eq(loom_stage_name(LOOM_STAGE_NONE), "");
    ck_assert_str_eq(loom_stage_name(LOOM_STAGE_WORKER), "worker");
    ck_assert_str_eq(loom_stage_name((loom_stage)1000), "");
}
END_TEST

/* ---- edits --------------------------------------------------------------- */

START_TEST(edits_are_undone_in_reverse)
{
    unsigned char text[] = "0123456789";
    loom_edits edits = {0};

    loom_edit(&edits, text + 2, "ab", 2);
    loom_edit(&edits, text + 4, "c", 1); /* behind the last: one with it */
    loom_edit(&edits, text + 3, "xyz", 3);
    loom_edit(&edits, text, "", 0);
    loom_edit(&edits, text, "-", 1);
    ck_assert_str_eq((char *)text, "-1axyz6789");
    ck_assert(loom_edits_undo(&edits));
    ck_assert_str_eq((char *)text, "0123456789");
    ck_assert(loom_edits_undo(&edits)); /* there is nothing left to undo */
    loom_edit(&edits, text + 9, "!", 1);
    ck_assert(loom_edits_undo(&edits));
    ck_assert_str_eq((char *)text, "0123456789");
    loom_edits_release(&edits);
}
END_TEST

START_TEST(edits_that_find_no_memory_say_so)
{
    unsigned char text[] = "0123";
    loom_edits edits = {.old = {.failed = true}};

    loom_edit(&edits, text, "ab", 2);
    ck_assert_str_eq((char *)text, "ab23");
    ck_assert(!loom_edits_undo(&edits));
    ck_assert_str_eq((char *)text, "ab23");
    loom_edits_release(&edits);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("base");
    TCase *memory = tcase_create("memory");
    TCase *parse = tcase_create("parse"), *error = tcase_create("error");

    tcase_add_test(memory, strbuf_builds_and_hands_over);
    tcase_add_test(memory, strbuf_grows);
    tcase_add_test(memory, strbuf_failure_sticks);
    tcase_add_test(memory, memory_checks_overflow);
    tcase_add_test(memory, aligned_memory_is_zeroed);
    tcase_add_test(memory, memory_grows_by_half);
    tcase_add_test(memory, no_memory_says_for_what);
    tcase_add_test(memory, arena_keeps_addresses);
    tcase_add_test(memory, arena_fills_its_block_past_a_large_item);
    tcase_add_test(memory, edits_are_undone_in_reverse);
    tcase_add_test(memory, edits_that_find_no_memory_say_so);
    suite_add_tcase(suite, memory);

    tcase_add_test(parse, parse_count_takes_digits_only);
    tcase_add_test(parse, parse_decimal_is_signed);
    tcase_add_test(parse, parse_seconds_to_ns);
    tcase_add_test(parse, parse_bytes_with_units);
    tcase_add_test(parse, digits_move_the_text);
    suite_add_tcase(suite, parse);

    tcase_add_test(error, error_first_wins);
    tcase_add_test(error, error_is_handed_on);
    tcase_add_test(error, error_message_is_utf8);
    tcase_add_loop_test(error, error_of_errno, 0, sizeof errno_cases / sizeof *errno_cases);
    tcase_add_test(error, error_names_are_complete);
    suite_add_tcase(suite, error);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
