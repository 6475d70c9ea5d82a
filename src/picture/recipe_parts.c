/*
 * What is said of a picture's sides as words: parts (10,20,300x200, 10%,10%,80%x80%), ratios (16:9,
 * 1.91:1), edges (10, 10,20, 10,20,30,40), borders (10, 10x20), lengths (12, 50%) and places
 * (southeast, north+10+5%).
 */
#include "picture/recipe_fields.h"

#include "base/array.h"
#include "base/error.h"
#include "base/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PERCENT_DECIMALS = 2, RATIO_DECIMALS = 3 };

/*
 * Reads digits, and a point with at most `decimals` more, in units of the last of them. False: it
 * is something else, or has more.
 */
static bool read_fixed(const char **text, unsigned decimals, bool *has_point, uint64_t *value)
{
    uint64_t whole;
    bool point = false;

    if (!loom_read_digits(text, &whole) || whole > UINT32_MAX)
        return false;
    if (**text == '.' && (*text)[1] >= '0' && (*text)[1] <= '9') {
        point = true;
        ++*text;
    }
    for (unsigned i = 0; i < decimals; i++) {
        const bool digit = point && **text >= '0' && **text <= '9';
        whole = whole * 10 + (digit ? (uint64_t)(**text - '0') : 0);
        *text += digit;
    }
    *has_point = point;
    *value = whole;
    return true;
}

/* ---- extract ------------------------------------------------------------- */

/* N or P%, up to `end`, which is skipped. */
static bool read_length(const char **text, char end, loom_length *length)
{
    uint64_t value, unit = 1;
    bool has_point;

    for (int i = 0; i < PERCENT_DECIMALS; i++)
        unit *= 10;
    if (!read_fixed(text, PERCENT_DECIMALS, &has_point, &value))
        return false;
    const bool percent = **text == '%';
    *text += percent;
    if (**text != end || (has_point && !percent))
        return false;
    *text += end != '\0';
    *length = (loom_length){(uint32_t)(percent ? value : value / unit), percent};
    return value / unit <= LOOM_EXTRACT_MAX;
}

static bool read_extract(const char *text, loom_extract *extract)
{
    return read_length(&text, ',', &extract->x) && read_length(&text, ',', &extract->y) &&
           read_length(&text, 'x', &extract->width) && read_length(&text, '\0', &extract->height);
}

static bool is_within(const loom_length *length, uint32_t low)
{
    return length->value >= low && length->percent <= 1 &&
           length->value <= (length->percent ? LOOM_LENGTH_WHOLE : LOOM_EXTRACT_MAX);
}

bool loom_extract_is_valid(const loom_extract *extract)
{
    return is_within(&extract->x, 0) && is_within(&extract->y, 0) &&
           is_within(&extract->width, 1) && is_within(&extract->height, 1);
}

loom_status loom_extract_parse(const char *word, loom_extract *extract, loom_error *err)
{
    loom_extract read = {.x = {0, 0}};
    char shown[LOOM_SHOWN_SIZE];

    if (!read_extract(word, &read) || !loom_extract_is_valid(&read))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' is not a part of a picture: X,Y,WxH, each in pixels, or with "
                              "%% from 0%% to 100%%; width and height above 0",
                              loom_text_show(shown, word));
    *extract = read;
    return LOOM_OK;
}

void loom_length_add(loom_strbuf *out, const loom_length *length)
{
    if (!length->percent)
        loom_strbuf_add_format(out, "%" PRIu32, length->value);
    else if (length->value % 100 == 0)
        loom_strbuf_add_format(out, "%" PRIu32 "%%", length->value / 100);
    else
        loom_strbuf_add_format(out, "%" PRIu32 ".%02" PRIu32 "%%", length->value / 100,
                               length->value % 100);
}

void loom_extract_add(loom_strbuf *out, const loom_extract *extract)
{
    loom_length_add(out, &extract->x);
    loom_strbuf_add_char(out, ',');
    loom_length_add(out, &extract->y);
    loom_strbuf_add_char(out, ',');
    loom_length_add(out, &extract->width);
    loom_strbuf_add_char(out, 'x');
    loom_length_add(out, &extract->height);
}

/* ---- ratios -------------------------------------------------------------- */

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
    return b == 0 ? a : common_divisor(b, a % b);
}

bool loom_ratio_is_valid(const loom_ratio *ratio)
{
    return ratio->width >= 1 && ratio->width <= LOOM_RATIO_MAX && ratio->height >= 1 &&
           ratio->height <= LOOM_RATIO_MAX && common_divisor(ratio->width, ratio->height) == 1;
}

loom_status loom_ratio_parse(const char *word, loom_ratio *ratio, loom_error *err)
{
    const char *p = word;
    uint64_t width = 0, height = 0;
    bool unused;
    char shown[LOOM_SHOWN_SIZE];

    const bool ok = read_fixed(&p, RATIO_DECIMALS, &unused, &width) && *p++ == ':' &&
                    read_fixed(&p, RATIO_DECIMALS, &unused, &height) && *p == '\0';
    const uint64_t divisor = common_divisor(width, height);
    if (!ok || width == 0 || height == 0 || width / divisor > LOOM_RATIO_MAX ||
        height / divisor > LOOM_RATIO_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' is not a ratio: W:H, such as 16:9 or 1.91:1, each above 0 with "
                              "at most 3 decimals",
                              loom_text_show(shown, word));
    *ratio = (loom_ratio){(uint32_t)(width / divisor), (uint32_t)(height / divisor)};
    return LOOM_OK;
}

void loom_ratio_add(loom_strbuf *out, const loom_ratio *ratio)
{
    loom_strbuf_add_format(out, "%" PRIu32 ":%" PRIu32, ratio->width, ratio->height);
}

/* ---- edges, borders, radii ------------------------------------------------ */

static bool read_edge(const char **text, uint32_t *edge)
{
    uint64_t value;

    if (!loom_read_digits(text, &value) || value > LOOM_EDGE_MAX)
        return false;
    *edge = (uint32_t)value;
    return true;
}

/* As CSS has it: all, vertical and horizontal, or each from the top clockwise. */
static bool read_edges(const char *text, loom_edges *edges)
{
    uint32_t n[4];
    size_t count = 0;

    do {
        if (count == 4 || !read_edge(&text, &n[count++]))
            return false;
    } while (*text++ == ',');
    if (text[-1] != '\0' || count == 3)
        return false;
    *edges = count == 1   ? (loom_edges){n[0], n[0], n[0], n[0]}
             : count == 2 ? (loom_edges){n[0], n[1], n[0], n[1]}
                          : (loom_edges){n[0], n[1], n[2], n[3]};
    return true;
}

bool loom_edges_are_valid(const loom_edges *e)
{
    return e->top <= LOOM_EDGE_MAX && e->right <= LOOM_EDGE_MAX && e->bottom <= LOOM_EDGE_MAX &&
           e->left <= LOOM_EDGE_MAX;
}

bool loom_border_is_valid(const loom_edges *b)
{
    return loom_edges_are_valid(b) && b->top == b->bottom && b->left == b->right;
}

loom_status loom_edges_parse(const char *word, loom_edges *edges, loom_error *err)
{
    char shown[LOOM_SHOWN_SIZE];

    if (read_edges(word, edges))
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                          "'%s' is not px for each side: N, V,H or T,R,B,L, each from 0 to %u",
                          loom_text_show(shown, word), LOOM_EDGE_MAX);
}

loom_status loom_border_parse(const char *word, loom_edges *border, loom_error *err)
{
    const char *p = word;
    uint32_t width, height;
    char shown[LOOM_SHOWN_SIZE];

    bool ok = read_edge(&p, &width);
    height = width;
    if (ok && (*p == 'x' || *p == 'X')) {
        p++;
        ok = read_edge(&p, &height);
    }
    if (!ok || *p != '\0')
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' is not a border: N or WxH, each from 0 to %u px",
                              loom_text_show(shown, word), LOOM_EDGE_MAX);
    *border = (loom_edges){height, width, height, width};
    return LOOM_OK;
}

bool loom_length_is_valid(const loom_recipe_field *field, const loom_length *length)
{
    return length->percent <= 1 &&
           length->value <= (length->percent ? (uint64_t)field->high : LOOM_EDGE_MAX);
}

loom_status loom_length_parse(const loom_recipe_field *field, const char *word, loom_length *length,
                              loom_error *err)
{
    const char *p = word;
    loom_length read = {0, 0};
    char shown[LOOM_SHOWN_SIZE];

    if (!read_length(&p, '\0', &read) || !loom_length_is_valid(field, &read))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' is not %s: %s",
                              loom_text_show(shown, word), field->noun, field->allowed);
    *length = read;
    return LOOM_OK;
}

/* ---- places --------------------------------------------------------------- */

static const char *const places[] = {
    [LOOM_POSITION_CENTRE] = "centre",       [LOOM_POSITION_NORTH] = "north",
    [LOOM_POSITION_NORTHEAST] = "northeast", [LOOM_POSITION_EAST] = "east",
    [LOOM_POSITION_SOUTHEAST] = "southeast", [LOOM_POSITION_SOUTH] = "south",
    [LOOM_POSITION_SOUTHWEST] = "southwest", [LOOM_POSITION_WEST] = "west",
    [LOOM_POSITION_NORTHWEST] = "northwest", [LOOM_PLACE_TILE] = "tile"};

static bool is_offset(const loom_length *length)
{
    return length->percent <= 1 &&
           length->value <= (length->percent ? LOOM_LENGTH_WHOLE : LOOM_EDGE_MAX);
}

bool loom_place_is_valid(const loom_place *place)
{
    return place->where < LOOM_COUNT(places) && place->offset_given <= 1 && is_offset(&place->x) &&
           is_offset(&place->y);
}

/* WHERE or WHERE+X+Y. */
static bool read_place(const char *text, loom_place *place)
{
    const size_t length = strcspn(text, "+");
    char where[16];

    if (length >= sizeof where)
        return false;
    (void)snprintf(where, sizeof where, "%.*s", (int)length, text);
    if (loom_ascii_casecmp(where, "center") == 0)
        memcpy(where, "centre", sizeof "centre");
    while (place->where < LOOM_COUNT(places) &&
           loom_ascii_casecmp(where, places[place->where]) != 0)
        place->where++;
    if (place->where == LOOM_COUNT(places) || text[length] == '\0')
        return place->where < LOOM_COUNT(places);
    text += length + 1;
    place->offset_given = 1;
    return read_length(&text, '+', &place->x) && read_length(&text, '\0', &place->y) &&
           loom_place_is_valid(place);
}

loom_status loom_place_parse(const char *word, loom_place *place, loom_error *err)
{
    loom_place read = {.where = 0};
    loom_strbuf all = LOOM_STRBUF_INIT;
    char shown[LOOM_SHOWN_SIZE];

    if (read_place(word, &read)) {
        *place = read;
        return LOOM_OK;
    }
    loom_words_join(&all, places, LOOM_COUNT(places));
    const loom_status status =
        loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                       "'%s' is not a place: %s, perhaps with +X+Y, each in pixels or with %%",
                       loom_text_show(shown, word), loom_strbuf_str(&all));
    loom_strbuf_release(&all);
    return status;
}

void loom_place_add(loom_strbuf *out, const loom_place *place)
{
    loom_strbuf_add_str(out, places[place->where]);
    if (!place->offset_given)
        return;
    loom_strbuf_add_char(out, '+');
    loom_length_add(out, &place->x);
    loom_strbuf_add_char(out, '+');
    loom_length_add(out, &place->y);
}

/* ---- edges, borders: as words ----------------------------------------------- */

void loom_edges_add(loom_strbuf *out, const loom_edges *e)
{
    loom_strbuf_add_format(out, "%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32, e->top, e->right,
                           e->bottom, e->left);
}

void loom_border_add(loom_strbuf *out, const loom_edges *border)
{
    loom_strbuf_add_format(out, "%" PRIu32 "x%" PRIu32, border->left, border->top);
}
