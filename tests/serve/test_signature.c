/* Keys and signatures. */
#include "serve/signature.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <string.h>

#define DIGITS "000102030405060708090a0b0c0d0e0f"

static GPtrArray *keys;

static void setup(void)
{
    tmpdir_enter();
    tmpdir_write_text("keys", "# of today\r\n\n \told\t" DIGITS
                              " \r\nNEW-1._ 0B0B0B0B0B0B0B0B0b0b0b0b0b0b0b0b0b0b0b0b");
    keys = serve_keys_read("keys", NULL);
    ck_assert_ptr_nonnull(keys);
}

static void teardown(void)
{
    g_ptr_array_free(keys, TRUE);
    tmpdir_leave();
}

static const serve_key *key_at(guint i)
{
    return g_ptr_array_index(keys, i);
}

START_TEST(a_key_file)
{
    ck_assert_uint_eq(keys->len, 2);
    ck_assert_str_eq(key_at(0)->id, "old");
    ck_assert_uint_eq(key_at(0)->size, 16);
    for (guchar i = 0; i < 16; i++)
        ck_assert_uint_eq(key_at(0)->secret[i], i);
    ck_assert_str_eq(key_at(1)->id, "NEW-1._");
    ck_assert_uint_eq(key_at(1)->size, 20);
    ck_assert_uint_eq(key_at(1)->secret[19], 0x0B);
}
END_TEST

START_TEST(what_is_no_key_file)
{
    static const char *const texts[] = {
        "",
        "# nothing\n",
        "id\n",
        DIGITS "\n",
        "id 00\n",
        "id " DIGITS "0\n",
        "id 0x" DIGITS "\n",
        "id " DIGITS " " DIGITS "\n",
        "i/d " DIGITS "\n",
        "\xC3\xA4 " DIGITS "\n",
        "good " DIGITS "\nid 000102030405060708090a0b0c0d0eg\n",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa " DIGITS "\n",
    };

    for (size_t i = 0; i < COUNT(texts); i++) {
        loom_error error = LOOM_ERROR_INIT;
        tmpdir_write_text("bad", texts[i]);
        ck_assert_msg(serve_keys_read("bad", &error) == NULL, "%s", texts[i]);
        ck_assert_int_eq(error.code, LOOM_ERR_USAGE);
        ck_assert_ptr_nonnull(strstr(error.message, "--key-file"));
        ck_assert_ptr_null(strstr(error.message, "0001")); /* it says no secret */
    }
    loom_error error = LOOM_ERROR_INIT;
    ck_assert_ptr_null(serve_keys_read("nowhere", &error));
    ck_assert_int_eq(error.code, LOOM_ERR_USAGE);
}
END_TEST

/* RFC 4231 sections 4.2 to 4.7: keys shorter and longer than a block. */
START_TEST(known_signatures)
{
    static guchar short_key[] = "Jefe", middle[20], longer[131];
    static const char digest_1[] = "sDRMYdjbOFNcqK_OrwvxK4gdwgDJgz2nJuk3bC4yz_c";
    static const char digest_2[] = "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM";
    static const char digest_6[] = "YOQxWR7gtn8Niiaqy_W3f44LxiE3KMUUBUYEDw7jf1Q";
    const struct {
        serve_key key;
        const char *text, *digest;
    } rows[] = {
        {{(char[]){"a"}, middle, sizeof middle}, "Hi There", digest_1},
        {{(char[]){"b"}, short_key, 4}, "what do ya want for nothing?", digest_2},
        {{(char[]){"c"}, longer, sizeof longer},
         "Test Using Larger Than Block-Size Key - Hash Key First",
         digest_6},
    };

    memset(middle, 0x0B, sizeof middle);
    memset(longer, 0xAA, sizeof longer);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *made = serve_sign(&rows[i].key, rows[i].text);
        char *right = g_strconcat("/s/", rows[i].key.id, "/", rows[i].digest, rows[i].text, NULL);
        ck_assert_str_eq(made, right);
        g_free(right);
        g_free(made);
    }
}
END_TEST

static serve_signed check(const char *target)
{
    const char *rest = NULL;
    const serve_signed how = serve_signature_check(keys, target, &rest);

    ck_assert(rest >= target && rest <= target + strlen(target));
    return how;
}

START_TEST(each_byte_counts)
{
    const char *rest;
    char *target = serve_sign(key_at(1), "/image/r/a%20b.jpg?width=9&expires=5");

    ck_assert_int_eq(serve_signature_check(keys, target, &rest), SERVE_SIGNED);
    ck_assert_str_eq(rest, "/image/r/a%20b.jpg?width=9&expires=5");
    for (size_t i = 0; target[i] != '\0'; i++)
        for (int bit = 0; bit < 8; bit++) {
            target[i] = (char)(target[i] ^ (1 << bit));
            ck_assert_msg(check(target) != SERVE_SIGNED, "byte %zu: %s", i, target);
            target[i] = (char)(target[i] ^ (1 << bit));
        }
    ck_assert_int_eq(check(target), SERVE_SIGNED);
    for (size_t size = strlen(target); size > 0; size--) {
        char *cut = g_strndup(target, size - 1);
        ck_assert_msg(check(cut) != SERVE_SIGNED, "%s", cut);
        g_free(cut);
    }
    g_free(target);
}
END_TEST

START_TEST(other_forms)
{
    static const char *const unsigned_ones[] = {"", "/", "/s", "/S/old/x/y", "/image/s/a", "s/old"};
    static const char *const forged[] = {"/s/",     "/s//",     "/s/old",
                                         "/s/old/", "/s/old/x", "/s/old/x/y"};
    char *signed_once = serve_sign(key_at(0), "/health");
    char *signed_twice = serve_sign(key_at(0), signed_once);
    const char *rest;

    for (size_t i = 0; i < COUNT(unsigned_ones); i++)
        ck_assert_int_eq(check(unsigned_ones[i]), SERVE_UNSIGNED);
    for (size_t i = 0; i < COUNT(forged); i++)
        ck_assert_int_eq(check(forged[i]), SERVE_FORGED);
    ck_assert_int_eq(serve_signature_check(NULL, signed_once, &rest), SERVE_FORGED);
    ck_assert_int_eq(serve_signature_check(keys, signed_twice, &rest), SERVE_SIGNED);
    ck_assert_str_eq(rest, signed_once); /* one is taken off */

    /* Of the other key, and by one of which the name is the beginning of another's. */
    memcpy(signed_twice, "/s/ol/", 6);
    ck_assert_int_eq(check(signed_twice), SERVE_FORGED);
    char *other = g_strconcat("/s/NEW-1._", signed_once + strlen("/s/old"), NULL);
    ck_assert_int_eq(check(other), SERVE_FORGED);
    g_free(other);
    g_free(signed_twice);
    g_free(signed_once);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("signature");
    TCase *tests = tcase_create("signature");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_key_file);
    tcase_add_test(tests, what_is_no_key_file);
    tcase_add_test(tests, known_signatures);
    tcase_add_test(tests, each_byte_counts);
    tcase_add_test(tests, other_forms);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
