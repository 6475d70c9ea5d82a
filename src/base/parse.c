#include <imgloom/parse.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include <inttypes.h>
#include <string.h>

loom_status loom_parse_count(const char *word, uint64_t low, uint64_t high, uint64_t *value,
                             loom_error *err)
{
    const char *p = word;
    uint64_t n;
    char shown[LOOM_SHOWN_SIZE];

    if (!loom_read_digits(&p, &n) || *p != '\0' || n < low || n > high)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' is not a whole number from %" PRIu64 " to %" PRIu64,
                              loom_text_show(shown, word), low, high);
    *value = n;
    return LOOM_OK;
}

/* digits[.digits] or .digits, without sign, as integer part and billionths. */
static bool read_decimal(const char **text, uint64_t *whole, uint64_t *billionths)
{
    const char *p = *text;
    bool digits = loom_read_digits(&p, whole);

    if (!digits && *p != '.')
        return false;
    if (!digits)
        *whole = 0;
    *billionths = 0;
    if (*p == '.') {
        uint64_t unit = 100000000;
        p++;
        if (*p < '0' || *p > '9')
            return false;
        for (; *p >= '0' && *p <= '9'; p++, unit /= 10)
            *billionths += unit * (uint64_t)(*p - '0');
    }
    *text = p;
    return true;
}

loom_status loom_parse_decimal(const char *word, double limit, double *value, loom_error *err)
{
    const char *p = word;
    uint64_t whole, billionths;
    bool negative = *p == '-';

    if (*p == '-' || *p == '+')
        p++;
    if (read_decimal(&p, &whole, &billionths) && *p == '\0') {
        double number = (double)whole + (double)billionths / 1e9;
        if (number <= limit) {
            *value = negative ? -number : number;
            return LOOM_OK;
        }
    }
    char shown[LOOM_SHOWN_SIZE];
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                          "'%s' is not a decimal number from -%.0f to %.0f",
                          loom_text_show(shown, word), limit, limit);
}

loom_status loom_parse_seconds(const char *word, int64_t *ns, loom_error *err)
{
    const uint64_t limit = 1000000000; /* about 31 years */
    const char *p = word;
    uint64_t whole, billionths;
    char shown[LOOM_SHOWN_SIZE];

    if (!read_decimal(&p, &whole, &billionths) || *p != '\0' || whole > limit ||
        (whole == limit && billionths > 0))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' is not a number of seconds from 0 to %" PRIu64,
                              loom_text_show(shown, word), limit);
    *ns = (int64_t)whole * LOOM_NS_PER_SECOND + (int64_t)billionths;
    return LOOM_OK;
}

loom_status loom_parse_bytes(const char *word, uint64_t *bytes, loom_error *err)
{
    static const struct {
        const char *name;
        uint64_t factor;
    } units[] = {
        {"", 1},
        {"K", 1000},
        {"M", 1000000},
        {"G", 1000000000},
        {"Ki", UINT64_C(1) << 10},
        {"Mi", UINT64_C(1) << 20},
        {"Gi", UINT64_C(1) << 30},
    };
    const char *p = word;
    uint64_t n;

    if (loom_read_digits(&p, &n))
        for (size_t i = 0; i < LOOM_COUNT(units); i++)
            if (strcmp(p, units[i].name) == 0 && !__builtin_mul_overflow(n, units[i].factor, &n)) {
                *bytes = n;
                return LOOM_OK;
            }
    char shown[LOOM_SHOWN_SIZE];
    return loom_error_set(
        err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
        "'%s' is not a size in bytes: digits, then nothing, K, M, G, Ki, Mi or Gi",
        loom_text_show(shown, word));
}
