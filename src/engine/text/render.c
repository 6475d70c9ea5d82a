/* Renders text by pango and cairo. */
#include "engine/text_module.h"
#include "fonts.h"

#include "base/error.h"
#include "base/text.h"
#include <imgloom/version.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OUTLINE = 12, PADDING = 4 }; /* parts of the font's size that they are */

/* A text that is laid out. */
typedef struct page {
    const loom_text_style *style;
    PangoLayout *layout;
    double line;            /* px that the outline is wide, on either side of a letter's edge */
    int pad;                /* px around the letters */
    int left, top;          /* of what is drawn, in px of the layout */
    uint32_t width, height; /* px of the layer */
} page;

/* ---- layout --------------------------------------------------------------- */

static PangoAlignment alignment_of(int align)
{
    return align < 0 ? PANGO_ALIGN_LEFT : align > 0 ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_CENTER;
}

/* Letters have the same form at each size: no hints, and places between px. */
static PangoLayout *make_layout(const text_font *font, const loom_text_style *style,
                                const char *text)
{
    PangoContext *context = pango_font_map_create_context(font->map);
    cairo_font_options_t *options = cairo_font_options_create();
    PangoLayout *layout;

    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    pango_context_set_round_glyph_positions(context, FALSE);
    layout = pango_layout_new(context);
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, alignment_of(style->align));
    cairo_font_options_destroy(options);
    g_object_unref(context);
    return layout;
}

/* Measures the text with a font of `size` px: all letters, and the lines they stand on. */
static void measure(page *p, const PangoFontDescription *of, uint32_t size)
{
    PangoFontDescription *description = pango_font_description_copy(of);
    PangoRectangle ink, logical;

    p->line = p->style->outline != NULL ? fmax((double)size / OUTLINE, 1) : 0;
    p->pad = (int)ceil(p->style->background != NULL ? (double)size / PADDING : p->line);
    const int room = (int)p->style->width - 2 * p->pad;
    pango_font_description_set_absolute_size(description, (double)size * PANGO_SCALE);
    pango_layout_set_font_description(p->layout, description);
    pango_layout_set_width(p->layout, (room > 1 ? room : 1) * PANGO_SCALE);
    pango_layout_get_pixel_extents(p->layout, &ink, &logical);
    const int left = MIN(ink.x, logical.x), top = MIN(ink.y, logical.y);
    const int right = MAX(ink.x + ink.width, logical.x + logical.width);
    const int bottom = MAX(ink.y + ink.height, logical.y + logical.height);
    p->left = left - p->pad;
    p->top = top - p->pad;
    p->width = (uint32_t)(right - left + 2 * p->pad);
    p->height = (uint32_t)(bottom - top + 2 * p->pad);
    pango_font_description_free(description);
}

static bool fits(const page *p)
{
    return p->width <= p->style->width && p->height <= p->style->height;
}

/* Takes a smaller font until the text fits. */
static loom_status lay_out(page *p, const text_font *font, loom_error *err)
{
    uint32_t size = p->style->size < p->style->height ? p->style->size : p->style->height;

    measure(p, font->description, size);
    while (!fits(p) && size > 1) {
        size = size * 9 / 10;
        measure(p, font->description, size > 0 ? size : 1);
    }
    if (!fits(p))
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_TRANSFORM,
                              "the text does not fit into %ux%u px", (unsigned)p->style->width,
                              (unsigned)p->style->height);
    return LOOM_OK;
}

/* ---- drawing -------------------------------------------------------------- */

static void set_colour(cairo_t *to, loom_colour c)
{
    cairo_set_source_rgba(to, c.red / 255.0, c.green / 255.0, c.blue / 255.0, c.alpha / 255.0);
}

static void draw(cairo_t *to, const page *p)
{
    const loom_text_style *style = p->style;

    if (style->background != NULL) {
        set_colour(to, *style->background);
        cairo_paint(to);
    }
    cairo_translate(to, -p->left, -p->top);
    if (style->outline != NULL) {
        set_colour(to, *style->outline);
        cairo_set_line_width(to, 2 * p->line);
        cairo_set_line_join(to, CAIRO_LINE_JOIN_ROUND);
        pango_cairo_layout_path(to, p->layout);
        cairo_stroke(to);
    }
    cairo_move_to(to, 0, 0);
    set_colour(to, style->colour);
    pango_cairo_show_layout(to, p->layout);
}

static uint8_t unpremultiplied(unsigned value, unsigned alpha)
{
    const unsigned full = (value * 255 + alpha / 2) / alpha;

    return (uint8_t)(full < 255 ? full : 255);
}

/* Cairo's px are native words of premultiplied ARGB. */
static void convert(const unsigned char *rows, int stride, loom_picture *layer)
{
    for (uint32_t y = 0; y < layer->height; y++)
        for (uint32_t x = 0; x < layer->width; x++) {
            uint32_t word;
            uint8_t *px = layer->data + 4 * ((size_t)y * layer->width + x);
            memcpy(&word, rows + (size_t)stride * y + 4 * (size_t)x, sizeof word);
            const unsigned alpha = word >> 24;
            px[3] = (uint8_t)alpha;
            for (unsigned i = 0; i < 3; i++)
                px[i] = alpha > 0 ? unpremultiplied(word >> (16 - 8 * i) & 255, alpha) : 0;
        }
}

static loom_status paint(const page *p, loom_picture *layer, loom_error *err)
{
    const size_t bytes = loom_picture_bytes(p->width, p->height, 4, 1);
    loom_picture made = {.width = p->width, .height = p->height, .channels = 4, .depth = 1};
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)p->width, (int)p->height);
    cairo_t *to = cairo_create(surface);

    draw(to, p);
    cairo_surface_flush(surface);
    const bool drawn = cairo_status(to) == CAIRO_STATUS_SUCCESS;
    made.data = drawn && bytes > 0 ? malloc(bytes) : NULL;
    if (made.data != NULL)
        convert(cairo_image_surface_get_data(surface), cairo_image_surface_get_stride(surface),
                &made);
    cairo_destroy(to);
    cairo_surface_destroy(surface);
    if (made.data == NULL)
        return loom_no_memory(err, LOOM_STAGE_TRANSFORM, "for the text");
    *layer = made;
    return LOOM_OK;
}

/* ---- the module ----------------------------------------------------------- */

static loom_status render_page(page *p, const text_font *font, const char *text,
                               loom_picture *layer, loom_error *err)
{
    char shown[LOOM_SHOWN_SIZE];
    const loom_status status = lay_out(p, font, err);

    if (status != LOOM_OK)
        return status;
    if (pango_layout_get_unknown_glyphs_count(p->layout) > 0)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_TRANSFORM,
                              "no font that is installed has all letters of the text '%s'",
                              loom_text_show(shown, text));
    return paint(p, layer, err);
}

static loom_status render(const loom_text_style *style, const char *text, loom_picture *layer,
                          loom_error *err)
{
    text_font *font;
    loom_status status = text_font_take(style->font, &font, err);

    if (status != LOOM_OK)
        return status;
    page p = {.style = style, .layout = make_layout(font, style, text)};
    status = render_page(&p, font, text, layer, err);
    g_object_unref(p.layout);
    text_font_return(font);
    return status;
}

__attribute__((visibility("default"))) const loom_text_module *imgloom_text(void);

const loom_text_module *imgloom_text(void)
{
    static const loom_text_module table = {
        .version = LOOM_VERSION, .render = render, .find_font = text_font_find};

    return &table;
}
