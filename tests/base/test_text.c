#include "support/suite.h"

#include "base/strbuf.h"
#include "base/text.h"
#include <stdint.h>
#include <string.h>

#define FFFD "\xEF\xBF\xBD"

static const struct {
    const char *bytes;
    size_t length; /* decoded, 0: not UTF-8 */
    uint32_t code;
} utf8_cases[] = {
    {"A", 1, 0x41},
    {"\x7F", 1, 0x7F},
    {"\xC2\x80", 2, 0x80},
    {"\xDF\xBF", 2, 0x7FF},
    {"\xE0\xA0\x80", 3, 0x800},
    {"\xED\x9F\xBF", 3, 0xD7FF},
    {"\xEE\x80\x80", 3, 0xE000},
    {"\xEF\xBF\xBF", 3, 0xFFFF},
    {"\xF0\x90\x80\x80", 4, 0x10000},
    {"\xF4\x8F\xBF\xBF", 4, 0x10FFFF},
    {"\x80", 0, 0},             /* a continuation alone */
    {"\xC0\x80", 0, 0},         /* overlong */
    {"\xC1\xBF", 0, 0},         /* overlong */
    {"\xE0\x9F\xBF", 0, 0},     /* overlong */
    {"\xF0\x8F\xBF\xBF", 0, 0}, /* overlong */
    {"\xED\xA0\x80", 0, 0},     /* surrogate */
    {"\xED\xBF\xBF", 0, 0},     /* surrogate */
    {"\xF4\x90\x80\x80", 0, 0}, /* beyond U+10FFFF */
    {"\xF5\x80\x80\x80", 0, 0},
    {"\xFF", 0, 0},
    {"\xE2\x82", 0, 0}, /* cut short */
    {"\xE2\x82(", 0, 0},
};

START_TEST(utf8_decodes)
{
    const char *bytes = utf8_cases[_i].bytes;
    size_t size = strlen(bytes);
    uint32_t code = 0;

    ck_assert_uint_eq(loom_utf8_decode(bytes, size, &code), utf8_cases[_i].length);
    ck_assert_uint_eq(code, utf8_cases[_i].code);
    ck_assert_int_eq(loom_utf8_valid(bytes, size), utf8_cases[_i].length == size);
}
END_TEST

START_TEST(utf8_replaces_bytes)
{
    loom_strbuf out = LOOM_STRBUF_INIT;
    char small[8];

    loom_utf8_append_valid(&out, "a\xFF\xC3\xA9\xE2\x82", 6);
    ck_assert_str_eq(loom_strbuf_str(&out), "a" FFFD "\xC3\xA9" FFFD FFFD);
    loom_strbuf_release(&out);

    ck_assert_uint_eq(loom_utf8_copy_valid(small, sizeof small, "abcdefg", 7), 7);
    ck_assert_str_eq(small, "abcdefg");
    ck_assert_uint_eq(loom_utf8_copy_valid(small, sizeof small, "abcdef\xC3\xA9", 8), 6);
    ck_assert_str_eq(small, "abcdef");
    ck_assert_uint_eq(loom_utf8_copy_valid(small, sizeof small, "\xFF\xFF\xFF", 3), 2);
    ck_assert_str_eq(small, FFFD FFFD);
    ck_assert_uint_eq(loom_utf8_copy_valid(small, 1, "a", 1), 0);
    ck_assert_str_eq(small, "");
}
END_TEST

START_TEST(utf8_cuts_at_a_character)
{
    const char text[] = "a\xE2\x82\xAC"
                        "b"; /* a, euro, b */

    ck_assert_uint_eq(loom_utf8_cut(text, 5, 9), 5);
    ck_assert_uint_eq(loom_utf8_cut(text, 5, 5), 5);
    ck_assert_uint_eq(loom_utf8_cut(text, 5, 4), 4);
    ck_assert_uint_eq(loom_utf8_cut(text, 5, 3), 1);
    ck_assert_uint_eq(loom_utf8_cut(text, 5, 2), 1);
    ck_assert_uint_eq(loom_utf8_cut(text, 5, 0), 0);
    ck_assert_uint_eq(loom_utf8_cut("\x80\x80\x80\x80\x80\x80", 6, 5), 5);
}
END_TEST

START_TEST(text_shows_words)
{
    char shown[LOOM_SHOWN_SIZE], word[400], expected[LOOM_SHOWN_SIZE];

    ck_assert_str_eq(loom_text_show(shown, "800*600"), "800*600");
    ck_assert_str_eq(loom_text_show(shown, ""), "");
    ck_assert_str_eq(loom_text_show(shown, "a\nb\x1B[31m\x7F\xC3\xA9\xC2\x85\xFF"),
                     "a?b?[31m?\xC3\xA9??" FFFD);
    memset(word, 'w', 127);
    word[127] = '\0';
    ck_assert_str_eq(loom_text_show(shown, word), word); /* just fits */
    memset(word, 'w', 128);
    word[128] = '\0';
    memset(expected, 'w', 124);
    memcpy(expected + 124, "...", 4);
    ck_assert_str_eq(loom_text_show(shown, word), expected);
    memcpy(word + 123, "\xC3\xA9z", 4); /* the cut would fall into the character */
    memset(word + 126, 'z', 100);
    word[226] = '\0';
    memcpy(expected + 123, "...", 4);
    ck_assert_str_eq(loom_text_show(shown, word), expected);
    memset(word, 0xFF, 60); /* short, but long once replaced */
    word[60] = '\0';
    loom_text_show(shown, word);
    ck_assert_str_eq(shown + strlen(shown) - 6, FFFD "...");
    ck_assert(loom_utf8_valid(shown, strlen(shown)));
}
END_TEST

START_TEST(text_compares_ascii)
{
    ck_assert_int_eq(loom_ascii_casecmp("GiF", "gIf"), 0);
    ck_assert_int_lt(loom_ascii_casecmp("gi", "GIF"), 0);
    ck_assert_int_gt(loom_ascii_casecmp("gif", "GI"), 0);
    ck_assert_int_lt(loom_ascii_casecmp("Abc", "abd"), 0);
    ck_assert_int_ne(loom_ascii_casecmp("[", "{"), 0); /* 0x20 apart, but no letters */
    ck_assert_int_ne(loom_ascii_casecmp("@", "`"), 0);
    ck_assert_int_gt(loom_ascii_casecmp("\xE9", "z"), 0);
}
END_TEST

START_TEST(words_are_found_and_listed)
{
    static const char *const words[] = {"cover", "contain", "fill"};
    size_t index = 9;
    loom_error err = LOOM_ERROR_INIT;
    loom_strbuf out = LOOM_STRBUF_INIT;

    ck_assert_int_eq(loom_word_find("FILL", words, 3), 2);
    ck_assert_int_eq(loom_word_find("fil", words, 3), -1);
    ck_assert_int_eq(loom_word_find("", words, 3), -1);
    loom_words_join(&out, words, 1);
    ck_assert_str_eq(loom_strbuf_str(&out), "cover");
    loom_strbuf_clear(&out);
    loom_words_join(&out, words, 2);
    ck_assert_str_eq(loom_strbuf_str(&out), "cover or contain");
    loom_strbuf_release(&out);

    ck_assert_int_eq(loom_word_parse("contain", "a fit", words, 3, &index, &err), LOOM_OK);
    ck_assert_uint_eq(index, 1);
    ck_assert_int_eq(loom_word_parse("con\ntain", "a fit", words, 3, &index, &err), LOOM_ERR_USAGE);
    ck_assert_uint_eq(index, 1);
    ck_assert_str_eq(err.message,
                     "'con?tain' is not a fit: cover, contain or fill; did you mean contain?");
    loom_error_clear(&err);
    ck_assert_int_eq(loom_word_parse("none", "a fit", words, 3, &index, &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, "'none' is not a fit: cover, contain or fill");
    ck_assert_int_eq(loom_word_parse("x", "a fit", words, 3, &index, NULL), LOOM_ERR_USAGE);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("text");
    TCase *text = tcase_create("text");

    tcase_add_loop_test(text, utf8_decodes, 0, sizeof utf8_cases / sizeof *utf8_cases);
    tcase_add_test(text, utf8_replaces_bytes);
    tcase_add_test(text, utf8_cuts_at_a_character);
    tcase_add_test(text, text_shows_words);
    tcase_add_test(text, text_compares_ascii);
    tcase_add_test(text, words_are_found_and_listed);
    suite_add_tcase(suite, text);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
