/* Sizes as words: 800x600, 800x, x600, 50%, and as ImageMagick and vipsthumbnail write them. */
#include "picture/recipe_fields.h"

#include "base/text.h"
#include <stdio.h>
#include <string.h>

/* What the word of a size says beside the size. */
typedef enum manner {
    MANNER_NONE = 0,
    MANNER_INSIDE, /* 800: inside 800x800 */
    MANNER_SHRINK, /* 800x600>, 800>: inside, never enlarged */
    MANNER_FILL    /* 800x600!: stretched */
} manner;

static bool ends_item(char c)
{
    return c == '\0' || c == ',';
}

static bool read_side(const char **text, uint64_t limit, uint32_t *side)
{
    uint64_t value;

    if (!loom_read_digits(text, &value) || value == 0 || value > limit)
        return false;
    *side = (uint32_t)value;
    return true;
}

/* What follows a box. */
static bool read_manner(const char **text, const loom_size *size, manner *said)
{
    *said = **text == '>' ? MANNER_SHRINK : **text == '!' ? MANNER_FILL : MANNER_NONE;
    *text += *said != MANNER_NONE;
    return *said != MANNER_FILL || (size->width > 0 && size->height > 0);
}

/* [W]x[H], N or P%, up to a comma or the end, where *text is left. */
static bool parse_size(const char **text, loom_size *size, manner *said)
{
    const char *p = *text;
    uint32_t first = 0;
    const bool first_given = *p != 'x' && *p != 'X';

    *size = (loom_size){0, 0, 0};
    *said = MANNER_NONE;
    if (first_given && !read_side(&p, LOOM_SIDE_MAX, &first))
        return false;
    if (first_given && *p == '%') {
        *size = (loom_size){.percent = first};
        *text = p + 1;
        return first <= LOOM_PERCENT_MAX;
    }
    if (first_given && (ends_item(*p) || *p == '>')) {
        *size = (loom_size){.width = first, .height = first};
        *said = *p == '>' ? MANNER_SHRINK : MANNER_INSIDE;
        *text = p + (*p == '>');
        return true;
    }
    if (*p != 'x' && *p != 'X')
        return false;
    p++;
    size->width = first;
    if ((!first_given || strspn(p, "0123456789") > 0) &&
        !read_side(&p, LOOM_SIDE_MAX, &size->height))
        return false;
    if (!read_manner(&p, size, said))
        return false;
    *text = p;
    return true;
}

static loom_status refuse_size(const char *item, loom_error *err)
{
    const size_t length = strcspn(item, ",");
    char word[LOOM_SHOWN_SIZE + 1], shown[LOOM_SHOWN_SIZE];

    (void)snprintf(word, sizeof word, "%.*s", (int)(length < sizeof word ? length : sizeof word),
                   item);
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                          "'%s' is not a size: WxH, Wx, xH, N or P%%, each side from 1 to %u, "
                          "the percentage from 1 to %u",
                          loom_text_show(shown, word), LOOM_SIDE_MAX, LOOM_PERCENT_MAX);
}

typedef struct sizes {
    loom_size list[LOOM_SIZES_MAX];
    unsigned count;
    manner said;
} sizes;

static loom_status parse_sizes(const char *word, sizes *to, loom_error *err)
{
    *to = (sizes){.count = 0};
    for (const char *p = word, *item = word;; item = ++p) {
        loom_size size;
        manner said;
        if (!parse_size(&p, &size, &said) || !ends_item(*p))
            return refuse_size(item, err);
        if (to->count == LOOM_SIZES_MAX)
            return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                  "more than %u sizes are given", LOOM_SIZES_MAX);
        if (to->count > 0 && said != to->said)
            return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                  "all sizes need the same fit: write each as WxH");
        to->said = said;
        to->list[to->count++] = size;
        if (*p == '\0')
            return LOOM_OK;
    }
}

loom_status loom_sizes_set(loom_recipe *recipe, const char *word, loom_error *err)
{
    sizes parsed;

    if (parse_sizes(word, &parsed, err) != LOOM_OK)
        return LOOM_ERR_USAGE;
    memcpy(recipe->sizes, parsed.list, sizeof recipe->sizes);
    recipe->size_count = parsed.count;
    if (parsed.said != MANNER_NONE)
        recipe->fit = parsed.said == MANNER_FILL ? LOOM_FIT_FILL : LOOM_FIT_INSIDE;
    if (parsed.said == MANNER_SHRINK)
        recipe->no_upscale = true;
    return LOOM_OK;
}

bool loom_sizes_say_fit(const char *word, loom_fit *fit)
{
    sizes parsed;

    if (parse_sizes(word, &parsed, NULL) != LOOM_OK || parsed.said == MANNER_NONE)
        return false;
    *fit = parsed.said == MANNER_FILL ? LOOM_FIT_FILL : LOOM_FIT_INSIDE;
    return true;
}
