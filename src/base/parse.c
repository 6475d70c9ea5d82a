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

/* ---- units ---------------------------------------------------------------- */

/*
 * Reads a decimal, perhaps a space, and a unit, of which `factor_of` returns the factor (0: there
 * is no such unit). The rest of a fraction is cut off. False: it is something else, or beyond
 * UINT64_MAX.
 */
static bool read_quantity(const char *word, uint64_t (*factor_of)(const char *unit),
                          uint64_t *value)
{
    const char *p = word;
    uint64_t whole, billionths, product;

    if (!read_decimal(&p, &whole, &billionths))
        return false;
    if (p[0] == ' ' && p[1] != '\0')
        p++;
    const uint64_t factor = factor_of(p);
    if (factor == 0 || (factor == 1 && billionths > 0))
        return false;
    return !__builtin_mul_overflow(whole, factor, &product) &&
           !__builtin_add_overflow(product, (uint64_t)((double)billionths * (double)factor / 1e9),
                                   value);
}

static uint64_t time_factor(const char *unit)
{
    if (*unit == '\0' || strcmp(unit, "s") == 0)
        return LOOM_NS_PER_SECOND;
    if (strcmp(unit, "ms") == 0)
        return LOOM_NS_PER_MS;
    if (strcmp(unit, "m") == 0)
        return 60 * LOOM_NS_PER_SECOND;
    return strcmp(unit, "h") == 0 ? 3600 * LOOM_NS_PER_SECOND : 0;
}

loom_status loom_parse_seconds(const char *word, int64_t *ns, loom_error *err)
{
    const uint64_t limit = 1000000000; /* s: about 31 years */
    uint64_t time;
    char shown[LOOM_SHOWN_SIZE];

    if (!read_quantity(word, time_factor, &time) || time > limit * LOOM_NS_PER_SECOND)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' is not a time: seconds from 0 to %" PRIu64
                              ", or with ms, s, m or h",
                              loom_text_show(shown, word), limit);
    *ns = (int64_t)time;
    return LOOM_OK;
}

/* B, K, kB, KB, Ki, KiB, and the same with M, G and T. */
static uint64_t bytes_factor(const char *unit)
{
    static const char prefixes[] = "KMGT";
    const char *prefix = strchr(prefixes, *unit == 'k' ? 'K' : *unit);
    uint64_t factor = 1;

    if (*unit != '\0' && prefix != NULL) {
        const uint64_t step = unit[1] == 'i' ? 1024 : 1000;
        for (const char *p = prefixes; p <= prefix; p++)
            factor *= step;
        unit += step == 1024 ? 2 : 1;
    }
    if (*unit == 'B')
        unit++;
    return *unit == '\0' ? factor : 0;
}

loom_status loom_parse_bytes(const char *word, uint64_t *bytes, loom_error *err)
{
    uint64_t value;
    char shown[LOOM_SHOWN_SIZE];

    if (!read_quantity(word, bytes_factor, &value))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' is not a size in bytes: a number, alone or with kB, MB, GB, "
                              "KiB, MiB or GiB",
                              loom_text_show(shown, word));
    *bytes = value;
    return LOOM_OK;
}
