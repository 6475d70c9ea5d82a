/* Codes, and their HTTP statuses: our faults are 5xx, those of pictures and requests 4xx. */
#include "serve/fault.h"
#include "support/suite.h"

START_TEST(codes_of_reports)
{
    static const struct {
        loom_status code;
        unsigned status;
    } rows[] = {
        {LOOM_ERR_USAGE, 400},      {LOOM_ERR_EMPTY, 400},
        {LOOM_ERR_PERMISSION, 403}, {LOOM_ERR_NOT_FOUND, 404},
        {LOOM_ERR_NOT_A_FILE, 404}, {LOOM_ERR_UNSAFE_PATH, 404},
        {LOOM_ERR_TOO_LARGE, 413},  {LOOM_ERR_UNSUPPORTED, 415},
        {LOOM_ERR_CORRUPT, 422},    {LOOM_ERR_TRUNCATED, 422},
        {LOOM_ERR_IO, 500},         {LOOM_ERR_INTERNAL, 500},
        {LOOM_ERR_CRASHED, 500},    {LOOM_ERR_OUT_OF_MEMORY, 503},
        {LOOM_ERR_CANCELLED, 503},  {LOOM_ERR_TIMEOUT, 504},
        {LOOM_ERR_NO_SPACE, 507},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        serve_fault fault = SERVE_FAULT_INIT;
        ck_assert(!serve_refuse_as(&fault, rows[i].code, "why %d", 5));
        ck_assert_msg(serve_fault_status(&fault) == rows[i].status, "%s", serve_fault_code(&fault));
        ck_assert_str_eq(serve_fault_code(&fault), loom_status_name(rows[i].code));
        ck_assert_str_eq(fault.error.message, "why 5");
    }
}
END_TEST

START_TEST(codes_of_the_service)
{
    static const struct {
        serve_code code;
        unsigned status;
        const char *name;
    } rows[] = {
        {SERVE_BAD_REQUEST, 400, "bad-request"}, {SERVE_UNAUTHORIZED, 401, "unauthorized"},
        {SERVE_FORBIDDEN, 403, "forbidden"},     {SERVE_NO_ENDPOINT, 404, "no-endpoint"},
        {SERVE_METHOD, 405, "method"},           {SERVE_WRONG_HOST, 421, "wrong-host"},
        {SERVE_OVERLOADED, 503, "overloaded"},   {SERVE_DRAINING, 503, "draining"},
        {SERVE_CLIENT_GONE, 499, "client-gone"},
    };

    ck_assert_uint_eq(COUNT(rows), SERVE_CODES - SERVE_BAD_REQUEST);
    for (size_t i = 0; i < COUNT(rows); i++) {
        serve_fault fault = SERVE_FAULT_INIT;
        ck_assert(!serve_refuse(&fault, rows[i].code, "why"));
        ck_assert_uint_eq(serve_fault_status(&fault), rows[i].status);
        ck_assert_str_eq(serve_fault_code(&fault), rows[i].name);
    }
}
END_TEST

START_TEST(the_first_wins)
{
    serve_fault fault = SERVE_FAULT_INIT;
    const loom_error error = {.code = LOOM_ERR_CORRUPT, .message = "later"};

    ck_assert_uint_eq(serve_fault_status(&fault), 200);
    ck_assert_ptr_null(serve_fault_code(&fault));
    ck_assert(!serve_refuse(&fault, SERVE_METHOD, "first"));
    ck_assert(!serve_refuse_error(&fault, &error));
    ck_assert(!serve_refuse_as(&fault, LOOM_ERR_IO, "later"));
    ck_assert(!serve_refuse(&fault, SERVE_DRAINING, "later"));
    ck_assert_uint_eq(serve_fault_status(&fault), 405);
    ck_assert_str_eq(fault.error.message, "first");
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("fault");
    TCase *tests = tcase_create("fault");

    tcase_add_test(tests, codes_of_reports);
    tcase_add_test(tests, codes_of_the_service);
    tcase_add_test(tests, the_first_wins);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
