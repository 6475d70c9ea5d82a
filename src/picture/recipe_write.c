/* A recipe to JSON. */
#include <imgloom/recipe.h>

#include "base/array.h"
#include "base/strbuf.h"
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_name(loom_strbuf *out, const char *name)
{
    loom_strbuf_add_format(out, "%s\"%s\":", out->size == 0 ? "{" : ",", name);
}

/* Names are of our tables, so there is nothing to escape. */
static void add_word(loom_strbuf *out, const char *name, const char *word)
{
    add_name(out, name);
    loom_strbuf_add_format(out, "\"%s\"", word);
}

static void add_flag(loom_strbuf *out, const char *name, bool flag)
{
    add_name(out, name);
    loom_strbuf_add_str(out, flag ? "true" : "false");
}

/* `none` stands for "not given". */
static void add_number(loom_strbuf *out, const char *name, int64_t number, int64_t none)
{
    add_name(out, name);
    if (number == none)
        loom_strbuf_add_str(out, "null");
    else
        loom_strbuf_add_format(out, "%" PRId64, number);
}

/* With the fewest digits that are read back as the same number, whatever the locale. */
static void add_rotation(loom_strbuf *out, double degrees)
{
    char text[40];
    int digits = 15;

    do
        (void)snprintf(text, sizeof text, "%.*g", digits, degrees);
    while (digits++ < 17 && (strtod(text, NULL) < degrees || strtod(text, NULL) > degrees));
    const char *point = localeconv()->decimal_point;
    char *found = strstr(text, point);

    add_name(out, "rotation");
    if (found == NULL) {
        loom_strbuf_add_str(out, text);
    } else {
        loom_strbuf_add(out, text, (size_t)(found - text));
        loom_strbuf_add_char(out, '.');
        loom_strbuf_add_str(out, found + strlen(point));
    }
}

/* As an array of what is given of each; one size is told by the fields before. */
static void add_sizes(loom_strbuf *out, const loom_recipe *recipe)
{
    const char *between = "[";

    add_name(out, "sizes");
    if (recipe->size_count == 1) {
        loom_strbuf_add_str(out, "null");
        return;
    }
    for (unsigned i = 0; i < recipe->size_count; i++) {
        const loom_size *size = &recipe->sizes[i];
        const struct {
            const char *name;
            uint32_t value;
        } parts[] = {{"width", size->width}, {"height", size->height}, {"percent", size->percent}};
        const char *comma = "";
        loom_strbuf_add_str(out, between);
        loom_strbuf_add_char(out, '{');
        for (size_t n = 0; n < LOOM_COUNT(parts); n++)
            if (parts[n].value > 0) {
                loom_strbuf_add_format(out, "%s\"%s\":%" PRIu32, comma, parts[n].name,
                                       parts[n].value);
                comma = ",";
            }
        loom_strbuf_add_char(out, '}');
        between = ",";
    }
    loom_strbuf_add_char(out, ']');
}

static void add_grayscale(loom_strbuf *out, loom_grayscale grayscale)
{
    if (grayscale <= LOOM_GRAYSCALE_LUMA)
        add_flag(out, "grayscale", grayscale == LOOM_GRAYSCALE_LUMA);
    else
        add_word(out, "grayscale", loom_grayscale_name(grayscale));
}

static void add_chroma(loom_strbuf *out, loom_chroma chroma)
{
    if (chroma != LOOM_CHROMA_DEFAULT) {
        add_word(out, "chroma", loom_chroma_name(chroma));
    } else {
        add_name(out, "chroma");
        loom_strbuf_add_str(out, "null");
    }
}

static void add_background(loom_strbuf *out, const loom_recipe *recipe)
{
    const loom_colour *colour = &recipe->background;

    add_name(out, "background");
    if (recipe->background_given)
        loom_strbuf_add_format(out, "\"#%02x%02x%02x%02x\"", colour->red, colour->green,
                               colour->blue, colour->alpha);
    else
        loom_strbuf_add_str(out, "null");
}

char *loom_recipe_to_json(const loom_recipe *recipe)
{
    static const loom_size own = {0, 0, 0};
    const loom_size *size = recipe->size_count == 1 ? &recipe->sizes[0] : &own;
    loom_strbuf out = LOOM_STRBUF_INIT;
    bool same = recipe->format == LOOM_FORMAT_SAME;

    add_number(&out, "width", size->width, 0);
    add_number(&out, "height", size->height, 0);
    add_number(&out, "percent", size->percent, 0);
    add_sizes(&out, recipe);
    add_word(&out, "fit", loom_fit_name(recipe->fit));
    add_word(&out, "position", loom_position_name(recipe->position));
    add_flag(&out, "noUpscale", recipe->no_upscale);
    add_word(&out, "kernel", loom_kernel_name(recipe->kernel));
    add_rotation(&out, recipe->rotation);
    add_flag(&out, "flip", recipe->flip);
    add_flag(&out, "flop", recipe->flop);
    add_flag(&out, "autoOrient", recipe->auto_orient);
    add_flag(&out, "animated", recipe->animated);
    add_grayscale(&out, recipe->grayscale);
    add_word(&out, "icc", loom_icc_name(recipe->icc));
    add_word(&out, "metadata", loom_metadata_name(recipe->metadata));
    add_word(&out, "format", same ? "same" : loom_format_get(recipe->format)->name);
    add_number(&out, "quality", recipe->quality, 0);
    add_number(&out, "effort", recipe->effort, -1);
    add_flag(&out, "lossless", recipe->lossless);
    add_flag(&out, "progressive", recipe->progressive);
    add_chroma(&out, recipe->chroma);
    add_number(&out, "maxBytes", (int64_t)recipe->max_bytes, 0);
    add_background(&out, recipe);
    loom_strbuf_add_char(&out, '}');
    return loom_strbuf_take(&out);
}
