/* Forms, and their cuts. */
#include "serve/form.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

#define PART(name) "Content-Disposition: form-data; name=\"" name "\"\r\n\r\n"

static serve_form form;
static serve_fault fault;

/* Parses a copy of exactly that size, so that a read beyond it is seen. */
static bool parse(const char *body, size_t size)
{
    static unsigned char *image; /* that of the form, until the next is parsed */
    unsigned char *copy = malloc(size > 0 ? size : 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, body, size);
    fault = (serve_fault)SERVE_FAULT_INIT;
    const bool good = serve_form_parse(&form, copy, size, "b", &fault);
    ck_assert(good == (fault.code == SERVE_FINE));
    if (form.image != NULL) {
        ck_assert(form.image >= copy && form.image + form.size <= copy + size);
        g_free(image);
        form.image = image = g_memdup2(form.image, form.size);
    }
    free(copy);
    return good;
}

static bool parse_text(const char *body)
{
    return parse(body, strlen(body));
}

static void assert_refused(const char *body, serve_code code)
{
    ck_assert_msg(!parse_text(body), "%s", body);
    ck_assert_msg(fault.code == code, "%s: %s", body, fault.error.message);
    serve_form_release(&form);
}

START_TEST(a_picture_and_fields)
{
    ck_assert(parse_text("preamble\r\n--b \t\r\nX-Y: z\r\n" PART(
        "width") "80\r\n--b\r\n"
                 "content-type: image/x-tga\r\n" PART("image") "\r\n--x\r\n-\r\n--b\r\n" PART(
                     "recipe") "{}\r\n--b\r\n" PART("empty") "\r\n--b--\r\nepilogue"));
    ck_assert_uint_eq(form.size, 8);
    ck_assert_mem_eq(form.image, "\r\n--x\r\n-", 8);
    ck_assert_str_eq(form.type, "image/x-tga");
    ck_assert_str_eq(form.recipe, "{}");
    ck_assert_uint_eq(form.fields->len, 2);
    ck_assert_str_eq(serve_pairs_get(form.fields, "width"), "80");
    ck_assert_str_eq(serve_pairs_get(form.fields, "empty"), "");
    serve_form_release(&form);
}
END_TEST

START_TEST(names_of_the_picture)
{
    static const char *const heads[] = {
        "Content-Disposition: form-data; name=image",
        "CONTENT-DISPOSITION: Form-Data; filename=\"a;b\\\"c=d\"; NAME=\"file\"",
        "Content-Disposition: form-data; x=y; name=\"file\"; filename=x.jpg"};

    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        char *body = g_strconcat("--b\r\n", heads[i], "\r\n\r\nPIC\r\n--b--", NULL);
        ck_assert_msg(parse_text(body), "%s: %s", heads[i], fault.error.message);
        ck_assert_uint_eq(form.size, 3);
        serve_form_release(&form);
        g_free(body);
    }
}
END_TEST

START_TEST(what_is_no_form)
{
    assert_refused("", SERVE_BAD_REQUEST);
    assert_refused("--", SERVE_BAD_REQUEST);
    assert_refused("--c\r\n" PART("image") "x\r\n--c--", SERVE_BAD_REQUEST);
    assert_refused("--b\r\nname: image\r\n\r\nx\r\n--b--", SERVE_BAD_REQUEST);
    assert_refused("--b\r\nno colon\r\n\r\nx\r\n--b--", SERVE_BAD_REQUEST);
    assert_refused("--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", SERVE_BAD_REQUEST);
    assert_refused("--b\r\nContent-Disposition: attachment; name=image\r\n\r\nx\r\n--b--",
                   SERVE_BAD_REQUEST);
    assert_refused("--b\r\nContent-Disposition: form-data; name=\"image\r\n\r\nx\r\n--b--",
                   SERVE_BAD_REQUEST);
    assert_refused("--b\r\n" PART("image") "x\r\n--bc--", SERVE_BAD_REQUEST);
    assert_refused("--b--", SERVE_LIBRARY);
    assert_refused("--b\r\n" PART("width") "1\r\n--b--", SERVE_LIBRARY);
    assert_refused("--b\r\n" PART("image") "1\r\n--b\r\n" PART("image") "1\r\n--b--",
                   SERVE_LIBRARY);
    assert_refused("--b\r\n" PART("recipe") "1\r\n--b\r\n" PART("recipe") "1\r\n--b--",
                   SERVE_LIBRARY);
    assert_refused("--b\r\n" PART("width") "\xFF\r\n--b--", SERVE_LIBRARY);
}
END_TEST

START_TEST(every_cut_is_refused)
{
    static const char whole[] =
        "--b\r\n" PART("image") "PICTURE\r\n--b\r\n" PART("width") "80\r\n--b--";

    for (size_t size = 0; size < sizeof whole - 1; size++) {
        ck_assert_msg(!parse(whole, size), "%zu", size);
        serve_form_release(&form);
    }
    ck_assert(parse(whole, sizeof whole - 1));
    serve_form_release(&form);
}
END_TEST

START_TEST(limits)
{
    GString *body = g_string_new("--b\r\n" PART("image") "x");
    char *field = g_strnfill(SERVE_FIELD_MAX, '1');

    for (int i = 1; i < SERVE_PARTS_MAX; i++)
        g_string_append_printf(body, "\r\n--b\r\n" PART("a") "%s", field);
    char *most = g_strconcat(body->str, "\r\n--b--", NULL);
    char *more = g_strconcat(body->str, "\r\n--b\r\n" PART("a") "\r\n--b--", NULL);
    char *longer = g_strconcat("--b\r\n" PART("a"), field, "1\r\n--b--", NULL);
    char *head = g_strconcat("--b\r\nX: ", field, "\r\n" PART("a") "\r\n--b--", NULL);
    ck_assert_msg(parse_text(most), "%s", fault.error.message);
    ck_assert_uint_eq(form.fields->len, SERVE_PARTS_MAX - 1);
    serve_form_release(&form);
    assert_refused(more, SERVE_BAD_REQUEST);
    assert_refused(longer, SERVE_BAD_REQUEST);
    assert_refused(head, SERVE_BAD_REQUEST);
    g_free(most);
    g_free(more);
    g_free(longer);
    g_free(head);
    g_free(field);
    g_string_free(body, TRUE);
}
END_TEST

START_TEST(boundaries)
{
    static const struct {
        const char *type, *boundary;
        bool wrong;
    } rows[] = {
        {NULL, NULL, false},
        {"image/jpeg", NULL, false},
        {"multipart/form-datax; boundary=b", NULL, false},
        {"multipart/form-data; boundary=abc", "abc", false},
        {"Multipart/Form-Data; charset=x; Boundary=\"a b:c\"", "a b:c", false},
        {"multipart/form-data", NULL, true},
        {"multipart/form-data; boundary=", NULL, true},
        {"multipart/form-data; boundary=\"a", NULL, true},
        {"multipart/form-data; boundary=\"a \"", NULL, true},
        {"multipart/form-data; boundary=a\"b", NULL, true},
        {"multipart/form-data; boundary="
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         NULL, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fault = (serve_fault)SERVE_FAULT_INIT;
        char *boundary = serve_form_boundary(rows[i].type, &fault);
        ck_assert_pstr_eq(boundary, rows[i].boundary);
        ck_assert_int_eq(fault.code, rows[i].wrong ? SERVE_BAD_REQUEST : SERVE_FINE);
        g_free(boundary);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("form");
    TCase *tests = tcase_create("form");

    tcase_add_test(tests, a_picture_and_fields);
    tcase_add_test(tests, names_of_the_picture);
    tcase_add_test(tests, what_is_no_form);
    tcase_add_test(tests, every_cut_is_refused);
    tcase_add_test(tests, limits);
    tcase_add_test(tests, boundaries);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
