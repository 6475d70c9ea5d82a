#include "report/json.h"

#include "base/clock.h"
#include "base/text.h"
#include <string.h>
#include <time.h>

enum { MAX_DIGITS = 20 }; /* of UINT64_MAX */

static void before_value(loom_json *json)
{
    if (json->comma)
        loom_strbuf_add_char(json->out, ',');
    json->comma = true;
}

void loom_json_begin(loom_json *json, char bracket)
{
    before_value(json);
    loom_strbuf_add_char(json->out, bracket);
    json->comma = false;
}

void loom_json_end(loom_json *json, char bracket)
{
    loom_strbuf_add_char(json->out, bracket);
    json->comma = true;
}

void loom_json_key(loom_json *json, const char *key)
{
    before_value(json);
    loom_strbuf_add_char(json->out, '"');
    loom_strbuf_add_str(json->out, key);
    loom_strbuf_add(json->out, "\":", 2);
    json->comma = false;
}

void loom_json_text(loom_json *json, const char *json_text)
{
    before_value(json);
    loom_strbuf_add_str(json->out, json_text);
}

void loom_json_null(loom_json *json)
{
    loom_json_text(json, "null");
}

void loom_json_bool(loom_json *json, bool value)
{
    loom_json_text(json, value ? "true" : "false");
}

/* Adds at least `digits` digits, with leading zeros. */
static void add_digits(loom_strbuf *out, uint64_t value, size_t digits)
{
    char text[MAX_DIGITS];
    size_t start = sizeof text;

    while (value > 0 || sizeof text - start < digits) {
        text[--start] = (char)('0' + value % 10);
        value /= 10;
    }
    loom_strbuf_add(out, text + start, sizeof text - start);
}

/* Writes the sign of `value`, and returns its magnitude. */
static uint64_t add_sign(loom_strbuf *out, int64_t value)
{
    if (value >= 0)
        return (uint64_t)value;
    loom_strbuf_add_char(out, '-');
    return -(uint64_t)value;
}

void loom_json_uint(loom_json *json, uint64_t value)
{
    before_value(json);
    add_digits(json->out, value, 1);
}

void loom_json_thousandths(loom_json *json, int64_t value)
{
    before_value(json);
    uint64_t magnitude = add_sign(json->out, value);
    add_digits(json->out, magnitude / 1000, 1);
    loom_strbuf_add_char(json->out, '.');
    add_digits(json->out, magnitude % 1000, 3);
}

void loom_json_millionths(loom_json *json, uint64_t value)
{
    uint64_t digits = 6, rest = value % 1000000;

    before_value(json);
    add_digits(json->out, value / 1000000, 1);
    for (; digits > 0 && rest % 10 == 0; digits--)
        rest /= 10;
    if (digits == 0)
        return;
    loom_strbuf_add_char(json->out, '.');
    add_digits(json->out, rest, digits);
}

void loom_json_ms(loom_json *json, int64_t ns)
{
    int64_t us = ns / 1000, rest = ns % 1000;

    loom_json_thousandths(json, us + (rest >= 500) - (rest <= -500));
}

/* The characters that RFC 8259, section 7, requires to be escaped: the quote, the backslash and
 * U+0000 to U+001F. */
static void add_escaped(loom_strbuf *out, char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *found = strchr(plain, c);

    loom_strbuf_add_char(out, '\\');
    if (found != NULL && c != '\0') {
        loom_strbuf_add_char(out, letters[found - plain]);
    } else {
        loom_strbuf_add(out, "u00", 3);
        loom_strbuf_add_char(out, hex[(unsigned char)c >> 4]);
        loom_strbuf_add_char(out, hex[c & 15]);
    }
}

void loom_json_string(loom_json *json, const char *text)
{
    if (text == NULL) {
        loom_json_null(json);
        return;
    }
    before_value(json);
    size_t size = strlen(text), i = 0, kept = 0; /* text[kept..i) remains to be copied unchanged */
    loom_strbuf_add_char(json->out, '"');
    while (i < size) {
        unsigned char c = (unsigned char)text[i];
        uint32_t code;
        size_t length = c < 0x80 ? 1 : loom_utf8_decode(text + i, size - i, &code);

        if (length > 0 && c >= 0x20 && c != '"' && c != '\\') {
            i += length;
            continue;
        }
        loom_strbuf_add(json->out, text + kept, i - kept);
        if (length == 0)
            loom_strbuf_add_str(json->out, "\xEF\xBF\xBD");
        else
            add_escaped(json->out, text[i]);
        kept = ++i;
    }
    loom_strbuf_add(json->out, text + kept, i - kept);
    loom_strbuf_add_char(json->out, '"');
}

void loom_json_base64(loom_json *json, const char *bytes, size_t size)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = (const unsigned char *)bytes;

    before_value(json);
    loom_strbuf_add_char(json->out, '"');
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t group = (uint32_t)in[i] << 16;
        if (left > 1)
            group |= (uint32_t)in[i + 1] << 8;
        if (left > 2)
            group |= in[i + 2];
        char text[4] = {alphabet[group >> 18], alphabet[group >> 12 & 63],
                        left > 1 ? alphabet[group >> 6 & 63] : '=',
                        left > 2 ? alphabet[group & 63] : '='};
        loom_strbuf_add(json->out, text, sizeof text);
    }
    loom_strbuf_add_char(json->out, '"');
}

/* The six bits of a character; -1: it has none. */
static int bits_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool loom_json_base64_decode(loom_strbuf *out, const char *text, size_t size)
{
    size_t padding = 0;

    if (size % 4 != 0)
        return false;
    while (padding < 2 && padding < size && text[size - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < size; i += 4) {
        const size_t used = i + 4 == size ? 4 - padding : 4;
        uint32_t group = 0;
        for (size_t n = 0; n < 4; n++) {
            const int bits = n < used ? bits_of(text[i + n]) : 0;
            if (bits < 0)
                return false;
            group = group << 6 | (uint32_t)bits;
        }
        const char bytes[3] = {(char)(group >> 16), (char)(group >> 8), (char)group};
        if ((group & ((UINT32_C(1) << (8 * (4 - used))) - 1)) != 0)
            return false;
        loom_strbuf_add(out, bytes, used - 1);
    }
    return true;
}

void loom_json_instant(loom_json *json, int64_t wall_ns)
{
    int64_t seconds = wall_ns / LOOM_NS_PER_SECOND, ns = wall_ns % LOOM_NS_PER_SECOND;
    struct tm utc;

    if (ns < 0) {
        ns += LOOM_NS_PER_SECOND;
        seconds--;
    }
    time_t when = (time_t)seconds;
    if (gmtime_r(&when, &utc) == NULL) {
        loom_json_null(json);
        return;
    }
    before_value(json);
    loom_strbuf_add_format(json->out, "\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\"", utc.tm_year + 1900,
                           utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                           (int)(ns / LOOM_NS_PER_MS));
}
