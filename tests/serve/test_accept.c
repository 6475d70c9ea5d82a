/* Accept. */
#include "serve/accept.h"
#include "support/suite.h"

START_TEST(qualities)
{
    static const struct {
        const char *accept, *type;
        int quality;
    } rows[] = {
        {NULL, "image/webp", 1000},
        {"", "image/webp", 1000},
        {" , ,", "image/webp", 1000},
        {"*/*", "image/webp", 1000},
        {"image/*", "image/webp", 1000},
        {"image/*", "application/json", 0},
        {"image/webp", "image/webp", 1000},
        {"IMAGE/WebP", "image/webp", 1000},
        {"image/webpx", "image/webp", 0},
        {"image/web", "image/webp", 0},
        {"image/webp;q=0.5", "image/webp", 500},
        {"image/webp;q=0.123", "image/webp", 123},
        {"image/webp ; Q=0.5 ", "image/webp", 500},
        {"image/webp;a=b;q=0.25", "image/webp", 250},
        {"image/webp;q=0", "image/webp", 0},
        {"image/webp;q=0.000", "image/webp", 0},
        {"image/webp;q=1.000", "image/webp", 1000},
        {"image/webp;q=1.001", "image/webp", 0},
        {"image/webp;q=2", "image/webp", 0},
        {"image/webp;q=", "image/webp", 0},
        {"image/webp;q=0.1234", "image/webp", 0},
        {"image/webp;q=-1", "image/webp", 0},
        {"image/webp;q=0,5", "image/webp", 0},
        {"*/*;q=0.1, image/*;q=0.2, image/webp;q=0.3", "image/webp", 300},
        {"image/webp;q=0, image/*, */*", "image/webp", 0},
        {"image/*;q=0.2, */*", "image/webp", 200},
        {"text/html, */*;q=0.8", "image/webp", 800},
        {"image/avif,image/webp,*/*;q=0.8", "image/avif", 1000},
        {"text/html", "image/webp", 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(serve_accept_quality(rows[i].accept, rows[i].type) == rows[i].quality,
                      "%s of %s: %d", rows[i].type, rows[i].accept,
                      serve_accept_quality(rows[i].accept, rows[i].type));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("accept");
    TCase *tests = tcase_create("accept");

    tcase_add_test(tests, qualities);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
