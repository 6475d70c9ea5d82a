/* Records of several parts come out in the order of their numbers, whatever their sizes. */
#include "cli/report/spool.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdlib.h>

static report_spool *spool;
static loom_error err;

static void setup(void)
{
    tmpdir_enter();
    err = (loom_error)LOOM_ERROR_INIT;
    ck_assert_int_eq(report_spool_open(&spool, ".", &err), LOOM_OK);
}

static void teardown(void)
{
    report_spool_free(spool);
    tmpdir_leave();
}

/* The bytes of a record: as its number says. */
static size_t size_of(uint64_t number)
{
    return number % 101 == 3 ? 100000 : number % 7 == 0 ? 0 : number % 300;
}

static GString *text_of(uint64_t number)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < size_of(number); i++)
        g_string_append_c(text, (char)('a' + (number + i) % 26));
    return text;
}

static void add(uint64_t number)
{
    GString *text = text_of(number);

    ck_assert_int_eq(report_spool_add(spool, number, text->str, text->len, &err), LOOM_OK);
    g_string_free(text, TRUE);
}

typedef struct taken {
    const uint64_t *numbers; /* that are expected */
    size_t count, limit;     /* `limit`: fails there */
} taken;

static loom_status take(void *user, const char *data, size_t size, loom_error *error)
{
    taken *so_far = user;
    const uint64_t number = so_far->numbers[so_far->count];

    if (so_far->count == so_far->limit)
        return loom_error_set(error, LOOM_ERR_NO_SPACE, LOOM_STAGE_WRITE, "enough");
    GString *text = text_of(number);
    ck_assert_uint_eq(size, text->len);
    ck_assert_mem_eq(data, text->str, size + 1); /* with the NUL */
    g_string_free(text, TRUE);
    so_far->count++;
    return LOOM_OK;
}

static void check(const uint64_t *numbers, size_t count)
{
    taken so_far = {.numbers = numbers, .limit = SIZE_MAX};

    ck_assert_int_eq(report_spool_each(spool, take, &so_far, &err), LOOM_OK);
    ck_assert_uint_eq(so_far.count, count);
}

START_TEST(nothing)
{
    check(NULL, 0);
}
END_TEST

START_TEST(empty_parts)
{
    static const uint64_t numbers[] = {4, 5};

    report_spool_begin_part(spool);
    report_spool_begin_part(spool);
    add(5);
    report_spool_begin_part(spool);
    report_spool_begin_part(spool);
    add(4);
    report_spool_begin_part(spool);
    check(numbers, 2);
}
END_TEST

/* Neighbours by eights, dealt at random; more parts than their buffers are large for. */
START_TEST(many_parts)
{
    enum { PARTS = 500, NUMBERS = 8000 };
    static uint64_t numbers[NUMBERS];
    static int part_of[NUMBERS / 8]; /* of eight neighbours */

    srand(5);
    for (size_t i = 0; i < NUMBERS / 8; i++)
        part_of[i] = rand() % PARTS;
    for (int part = 0; part < PARTS; part++) {
        report_spool_begin_part(spool);
        for (size_t i = 0; i < NUMBERS; i++)
            if (part_of[i / 8] == part)
                add(i);
    }
    for (size_t i = 0; i < NUMBERS; i++)
        numbers[i] = i;
    check(numbers, NUMBERS);
}
END_TEST

/* What the taker says ends it. */
START_TEST(taker_fails)
{
    static const uint64_t numbers[] = {1, 2, 3};
    taken so_far = {.numbers = numbers, .limit = 2};

    report_spool_begin_part(spool);
    for (uint64_t number = 1; number <= 3; number++)
        add(number);
    ck_assert_int_eq(report_spool_each(spool, take, &so_far, &err), LOOM_ERR_NO_SPACE);
    ck_assert_str_eq(err.message, "enough");
    ck_assert_uint_eq(so_far.count, 2);
}
END_TEST

/* A folder that cannot hold it is no reason to fail; the file has no name. */
START_TEST(elsewhere)
{
    static const uint64_t numbers[] = {9};
    report_spool *other = spool;

    ck_assert_int_eq(report_spool_open(&spool, "no/such/folder", &err), LOOM_OK);
    report_spool_begin_part(spool);
    add(9);
    check(numbers, 1);
    report_spool_free(spool);
    spool = other;
    GDir *here = g_dir_open(".", 0, NULL);
    ck_assert_ptr_null(g_dir_read_name(here));
    g_dir_close(here);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("spool");
    TCase *tests = tcase_create("spool");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, nothing);
    tcase_add_test(tests, empty_parts);
    tcase_add_test(tests, many_parts);
    tcase_add_test(tests, taker_fails);
    tcase_add_test(tests, elsewhere);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
