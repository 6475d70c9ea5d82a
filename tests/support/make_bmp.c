#include "support/make_bmp.h"

static void pad_to(raster_file *f, size_t size)
{
    while (f->size < size)
        raster_put_le(f, 0, 1);
}

void bmp_put(raster_file *f, const bmp *b)
{
    const bool core = b->header == CORE, masked = b->coding == 3 || b->coding == 6;
    const uint32_t behind = masked && b->header == INFO ? (b->coding == 6 ? 16 : 12) : 0;
    const uint32_t palette = b->colours * (core ? 3 : 4),
                   pixels = 14 + b->header + behind + palette + b->gap;

    raster_put_text(f, "BM");
    raster_put_le(f, 0, 4); /* the file's size: nobody looks */
    raster_put_le(f, 0, 4);
    raster_put_le(f, b->offset != 0 ? b->offset - 1 : pixels, 4);
    raster_put_le(f, b->header, 4);
    raster_put_le(f, b->width, core ? 2 : 4);
    raster_put_le(f, (uint32_t)b->height, core ? 2 : 4);
    raster_put_le(f, b->planes, 2);
    raster_put_le(f, b->bits, 2);
    if (b->header >= 20)
        raster_put_le(f, b->coding, 4);
    if (b->header >= INFO) {
        pad_to(f, 14 + 32);
        raster_put_le(f, b->used, 4);
    }
    pad_to(f, 14 + (b->header < INFO ? b->header : INFO));
    if (masked || b->header == V2 || b->header >= V3)
        for (unsigned i = 0; i < 4 && f->size < 14 + (size_t)b->header + behind; i++)
            raster_put_le(f, b->masks[i], 4);
    if (b->header >= V4) {
        raster_put_le(f, b->space, 4);
    }
    if (b->header >= V5) {
        pad_to(f, 14 + 112);
        raster_put_le(f, b->profile_at, 4);
        raster_put_le(f, b->profile_size, 4);
    }
    pad_to(f, 14 + b->header + behind);
    for (uint32_t i = 0; i < b->colours; i++)
        raster_put_le(f, (i & 255) << 16 | (2 * i & 255) << 8 | ((3 * i + 1) & 255), core ? 3 : 4);
    pad_to(f, pixels);
}

const bmp bmp_usual = {
    .header = INFO, .width = 2, .height = 2, .planes = 1, .bits = 8, .colours = 4};

const unsigned char bmp_shown[12] = {1, 2, 4, 0, 0, 1, 3, 6, 10, 1, 2, 4};

void bmp_put_rows(raster_file *f)
{
    raster_put_le(f, 3 | 1 << 8, 4); /* the lower row first */
    raster_put_le(f, 1 | 0 << 8, 4);
}
