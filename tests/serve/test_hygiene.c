/* Heads that two programs might read differently. */
#include "serve/hygiene.h"
#include "support/suite.h"

#define LENGTH "Content-Length"
#define CODING "Transfer-Encoding"
#define HOST                                                                                       \
    {                                                                                              \
        "Host", "localhost"                                                                        \
    }
#define REFUSED (-2) /* in place of a length */

typedef struct row {
    const char *method, *version;
    serve_field fields[4]; /* until one without a name */
    int64_t length;
} row;

static const row rows[] = {
    {"GET", "HTTP/1.1", {HOST}, 0},
    {"GET", "HTTP/1.0", {{NULL, NULL}}, 0},
    {"BREW", "HTTP/1.1", {{"host", NULL}}, 0},
    {"POST", "HTTP/1.1", {HOST, {LENGTH, "10"}}, 10},
    {"POST", "HTTP/1.1", {HOST, {"content-length", "0010"}}, 10},
    {"POST", "HTTP/1.1", {HOST, {LENGTH, "999999999999999999"}}, 999999999999999999},
    {"POST", "HTTP/1.1", {HOST, {CODING, "Chunked"}}, -1},
    {"POST", "HTTP/1.1", {HOST, {"X-!#$%&'*+.^_`|~", "a\tb\xC3\xA4"}}, 0},
    {"POST", "HTTP/1.1", {HOST, {LENGTH, "1"}, {LENGTH, "1"}}, REFUSED},
    {"POST", "HTTP/1.1", {HOST, {LENGTH, "1"}, {"CONTENT-LENGTH", "1"}}, REFUSED},
    {"POST", "HTTP/1.1", {HOST, {CODING, "chunked"}, {CODING, "chunked"}}, REFUSED},
    {"POST", "HTTP/1.1", {HOST, {CODING, "chunked"}, {LENGTH, "0"}}, REFUSED},
    {"POST", "HTTP/1.1", {HOST, {CODING, "chunked, chunked"}}, REFUSED},
    {"POST", "HTTP/1.1", {HOST, {CODING, "gzip"}}, REFUSED},
    {"POST", "HTTP/1.1", {HOST, {CODING, ""}}, REFUSED},
    {"POST", "HTTP/1.1", {HOST, {CODING, "\"chunked\""}}, REFUSED},
    {"POST", "HTTP/1.0", {HOST, {CODING, "chunked"}}, REFUSED},
    {"POST", "HTTP/1.1", {HOST, {LENGTH, ""}}, REFUSED},
    {"POST", "HTTP/1.1", {HOST, {LENGTH, NULL}}, REFUSED},
    {"POST", "HTTP/1.1", {HOST, {LENGTH, "-1"}}, REFUSED},
    {"POST", "HTTP/1.1", {HOST, {LENGTH, "+1"}}, REFUSED},
    {"POST", "HTTP/1.1", {HOST, {LENGTH, "1 "}}, REFUSED},
    {"POST", "HTTP/1.1", {HOST, {LENGTH, "1,1"}}, REFUSED},
    {"POST", "HTTP/1.1", {HOST, {LENGTH, "0x1"}}, REFUSED},
    {"POST", "HTTP/1.1", {HOST, {LENGTH, "1000000000000000000"}}, REFUSED},
    {"GET", "HTTP/1.1", {{NULL, NULL}}, REFUSED}, /* no Host */
    {"GET", "HTTP/1.1", {HOST, HOST}, REFUSED},
    {"GET", "HTTP/1.0", {HOST, HOST}, REFUSED},
    {"GET", "HTTP/1.1", {HOST, {"a b", "c"}}, REFUSED},
    {"GET", "HTTP/1.1", {HOST, {"a\t", "c"}}, REFUSED},
    {"GET", "HTTP/1.1", {HOST, {"", "c"}}, REFUSED},
    {"GET", "HTTP/1.1", {HOST, {"a(", "c"}}, REFUSED},
    {"GET", "HTTP/1.1", {HOST, {"\xC3\xA4", "c"}}, REFUSED},
    {"GET", "HTTP/1.1", {HOST, {"a", "b\x01"}}, REFUSED},
    {"GET", "HTTP/1.1", {HOST, {"a", "b\r\nc: d"}}, REFUSED},
    {"GET", "HTTP/1.1", {HOST, {"a", "b\x7F"}}, REFUSED},
    {"get", "HTTP/1.1", {HOST}, REFUSED},
    {"", "HTTP/1.1", {HOST}, REFUSED},
    {"M-SEARCH", "HTTP/1.1", {HOST}, REFUSED},
    {"GET", "HTTP/1.2", {HOST}, REFUSED},
    {"GET", "HTTP/2.0", {HOST}, REFUSED},
    {"GET", "http/1.1", {HOST}, REFUSED},
    {"GET", "", {HOST}, REFUSED},
};

START_TEST(heads)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        serve_head head = {.method = rows[i].method,
                           .version = rows[i].version,
                           .fields = rows[i].fields,
                           .length = REFUSED};
        serve_fault fault = SERVE_FAULT_INIT;
        while (head.count < COUNT(rows[i].fields) && rows[i].fields[head.count].name != NULL)
            head.count++;
        const bool good = serve_hygiene_check(&head, &fault);
        ck_assert_msg(good == (rows[i].length != REFUSED), "row %zu: %s", i, fault.error.message);
        ck_assert_int_eq(fault.code, good ? SERVE_FINE : SERVE_BAD_REQUEST);
        if (good)
            ck_assert_msg(head.length == rows[i].length, "row %zu", i);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("hygiene");
    TCase *tests = tcase_create("hygiene");

    tcase_add_test(tests, heads);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
