/* Each code has its status, and each fault its code. */
#include "serve/fault.h"

#include "support/suite.h"
#include <string.h>

static const struct {
    loom_status code;
    unsigned status;
} of_library[] = {
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

static const struct {
    serve_code code;
    const char *name;
    unsigned status;
} of_service[] = {
    {SERVE_BAD_REQUEST, "bad-request", 400},
    {SERVE_HEAD_TOO_LARGE, "head-too-large", 431},
    {SERVE_TARGET_TOO_LONG, "head-too-large", 414},
    {SERVE_UNAUTHORIZED, "unauthorized", 401},
    {SERVE_FORBIDDEN, "forbidden", 403},
    {SERVE_NO_ENDPOINT, "no-endpoint", 404},
    {SERVE_METHOD, "method", 405},
    {SERVE_WRONG_HOST, "wrong-host", 421},
    {SERVE_OVERLOADED, "overloaded", 503},
    {SERVE_DRAINING, "draining", 503},
    {SERVE_CLIENT_GONE, "client-gone", 499},
};

START_TEST(codes_of_the_library)
{
    serve_fault fault = SERVE_FAULT_INIT;

    ck_assert(!serve_refuse_as(&fault, of_library[_i].code, "a sentence with a %d", 7));
    ck_assert_uint_eq(serve_fault_status(&fault), of_library[_i].status);
    ck_assert_str_eq(serve_fault_code(&fault), loom_status_name(of_library[_i].code));
    ck_assert_str_eq(fault.error.message, "a sentence with a 7");
}
END_TEST

START_TEST(codes_of_the_service)
{
    serve_fault fault = SERVE_FAULT_INIT;

    ck_assert_int_eq(SERVE_CODES, (int)(sizeof of_service / sizeof of_service[0]) + 2);
    ck_assert(!serve_refuse(&fault, of_service[_i].code, "why"));
    ck_assert_uint_eq(serve_fault_status(&fault), of_service[_i].status);
    ck_assert_str_eq(serve_fault_code(&fault), of_service[_i].name);
}
END_TEST

START_TEST(the_first_one_stays)
{
    serve_fault fault = SERVE_FAULT_INIT;
    loom_error error = LOOM_ERROR_INIT;

    ck_assert_uint_eq(serve_fault_status(&fault), 200);
    ck_assert_ptr_null(serve_fault_code(&fault));
    (void)loom_error_set(&error, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE, "first");
    ck_assert(!serve_refuse_error(&fault, &error));
    ck_assert(!serve_refuse(&fault, SERVE_OVERLOADED, "second"));
    ck_assert(!serve_refuse_as(&fault, LOOM_ERR_IO, "third"));
    ck_assert_str_eq(serve_fault_code(&fault), "corrupt");
    ck_assert_str_eq(fault.error.message, "first");
    ck_assert_int_eq(fault.error.stage, LOOM_STAGE_DECODE);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("fault");
    TCase *codes = tcase_create("codes");

    tcase_add_loop_test(codes, codes_of_the_library, 0,
                        (int)(sizeof of_library / sizeof of_library[0]));
    tcase_add_loop_test(codes, codes_of_the_service, 0,
                        (int)(sizeof of_service / sizeof of_service[0]));
    tcase_add_test(codes, the_first_one_stays);
    suite_add_tcase(suite, codes);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
