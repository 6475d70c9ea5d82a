/* GIF89a: the screen, the control extension and the descriptor of the first frame. */
#include "mutate/mutate.h"

/* 4x4 px of indices 0, 1, 2, 3 in turn; code size 2, a clear code before every second pixel. */
static void put_codes(mutate_file *f, unsigned code_size, unsigned pixels)
{
    const unsigned width = code_size + 1, clear = 1u << code_size;
    unsigned bits = 0, held = 0;
    mutate_file packed = {.size = 0};

    for (unsigned i = 0; i <= pixels + pixels / 2; i++) {
        const unsigned pixel = i - i / 3 - 1;
        const unsigned code = i == pixels + pixels / 2 ? clear + 1
                              : i % 3 == 0             ? clear
                                                       : pixel % (clear < 4 ? clear : 4);
        held |= code << bits;
        for (bits += width; bits >= 8; bits -= 8, held >>= 8)
            mutate_put_byte(&packed, held & 255);
    }
    if (bits > 0)
        mutate_put_byte(&packed, held & 255);
    mutate_put_byte(f, code_size);
    for (size_t at = 0; at < packed.size; at += 255) {
        const size_t length = packed.size - at < 255 ? packed.size - at : 255;
        mutate_put_byte(f, (unsigned)length);
        mutate_put(f, packed.bytes + at, length);
    }
    mutate_put_byte(f, 0);
}

typedef struct frame {
    unsigned screen_width, screen_height, background, disposal, transparent, left, top, width,
        height, flags, code_size, colours;
} frame;

static const frame base = {8, 8, 1, 0, 256, 2, 2, 4, 4, 0, 2, 4};

static void write_gif(const char *field, unsigned value, const frame *g)
{
    static mutate_file f;

    f.size = 0;
    mutate_put(&f, "GIF89a", 6);
    mutate_put_le(&f, g->screen_width, 2);
    mutate_put_le(&f, g->screen_height, 2);
    mutate_put_byte(&f, g->colours == 2 ? 0x80 : 0x81);
    mutate_put_byte(&f, g->background);
    mutate_put_byte(&f, 0);
    mutate_put(&f, "\xDC\x1E\x1E\x1E\xC8\x28\x28\x32\xD2\xE6\xD2\x3C", (size_t)g->colours * 3);
    for (unsigned i = 0; i < 2; i++) { /* the second frame lies elsewhere */
        mutate_put(&f, "\x21\xF9\4", 3);
        mutate_put_byte(&f, g->disposal << 2 | (g->transparent < 256));
        mutate_put_le(&f, 10, 2);
        mutate_put_byte(&f, g->transparent & 255);
        mutate_put_byte(&f, 0);
        mutate_put_byte(&f, 0x2C);
        mutate_put_le(&f, i == 0 ? g->left : 0, 2);
        mutate_put_le(&f, i == 0 ? g->top : 0, 2);
        mutate_put_le(&f, g->width, 2);
        mutate_put_le(&f, g->height, 2);
        mutate_put_byte(&f, g->flags);
        put_codes(&f, g->code_size, g->width * g->height);
    }
    mutate_put_byte(&f, 0x3B);
    mutate_write(&f, "gif-%s-%u.gif", field, value);
}

#define TRY(field, ...)                                                                            \
    do {                                                                                           \
        static const unsigned values[] = {__VA_ARGS__};                                            \
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {                              \
            frame changed = base;                                                                  \
            changed.field = values[v];                                                             \
            write_gif(#field, values[v], &changed);                                                \
        }                                                                                          \
    } while (0)

void mutate_gif(void)
{
    TRY(screen_width, 0, 1, 4, 6, 8, 16);
    TRY(screen_height, 0, 1, 4, 6, 8, 16);
    TRY(background, 0, 1, 3, 4, 255);
    TRY(disposal, 0, 1, 2, 3, 4, 5, 6, 7);
    TRY(transparent, 0, 1, 3, 4, 255);
    TRY(left, 0, 3, 4, 5, 7, 8, 60000);
    TRY(top, 0, 3, 4, 5, 7, 8, 60000);
    TRY(width, 0, 1, 2, 8, 12);
    TRY(height, 0, 1, 2, 8, 12);
    TRY(flags, 0, 0x20, 0x40);
    TRY(code_size, 1, 2, 3, 4, 7, 8, 9, 11);
    TRY(colours, 2, 4);
}
