#include "support/make_psd.h"

#include <string.h>

static unsigned version_of(const psd *p)
{
    return p->version > 0 ? p->version : 1;
}

static unsigned depth_of(const psd *p)
{
    return p->depth > 0 ? p->depth : 8;
}

static void put_resource(raster_file *f, unsigned id, const void *data, size_t size)
{
    raster_put_text(f, "8BIM");
    raster_put_be(f, id, 2);
    raster_put(f, "\3odd", 4); /* a name, of an even size with its length */
    raster_put_be(f, (uint32_t)size, 4);
    raster_put(f, data, size);
    if (size % 2 == 1)
        raster_put_be(f, 0, 1);
}

static void put_resources(raster_file *f, const psd *p)
{
    raster_file r = {.size = 0};

    put_resource(&r, 1005, "0123456789abcdef", 15);
    if (p->profile != NULL)
        put_resource(&r, 1039, p->profile, p->profile_size);
    if (p->transparent > 0)
        put_resource(&r, 1047, (unsigned char[]){0, (unsigned char)(p->transparent - 1)}, 2);
    if (p->merged != 0)
        put_resource(&r, 1057, (unsigned char[]){0, 0, 0, 1, p->merged > 0, 0, 0, 0, 0}, 9);
    raster_put_be(f, (uint32_t)r.size, 4);
    raster_put(f, r.bytes, r.size);
}

static void put_length(raster_file *f, const psd *p, size_t length)
{
    if (version_of(p) == 2)
        raster_put_be(f, 0, 4);
    raster_put_be(f, (uint32_t)length, 4);
}

static void put_block(raster_file *f, const psd *p, const char *key, const void *data, size_t size)
{
    raster_put_text(f, "8BIM");
    raster_put_text(f, key);
    put_length(f, p, size);
    raster_put(f, data, size);
    while (size++ % 4 != 0)
        raster_put_be(f, 0, 1);
}

static void put_layers(raster_file *f, const psd *p)
{
    raster_file r = {.size = 0};
    const unsigned char count[2] = {(unsigned char)((unsigned)p->layers >> 8),
                                    (unsigned char)p->layers};

    put_length(&r, p, p->layers != 0 && !p->layers_behind ? 2 : 0);
    if (!p->layers_behind && p->layers != 0)
        raster_put(&r, count, 2);
    raster_put_be(&r, 0, 4);
    if (p->layers_behind) {
        put_block(&r, p, "Lr16", "\0\0\0", 0);
        put_block(&r, p, "Lr16", count, 2);
    }
    if (p->marked)
        put_block(&r, p, "Mt16", "", 0);
    put_length(f, p, r.size);
    raster_put(f, r.bytes, r.size);
}

unsigned char psd_alpha(unsigned pixel)
{
    return (unsigned char)(40 * (pixel + 1));
}

/* The sample as the file has it; where it has 16 bits, the higher byte is the sample of 8. */
static unsigned sample_of(const psd *p, unsigned pixel, unsigned channel)
{
    if (p->samples != NULL)
        return p->samples[pixel * p->channels + channel];
    return channel < 3 ? raster_rgb[3 * pixel + channel] : psd_alpha(pixel);
}

static void put_row(raster_file *f, const psd *p, unsigned channel, unsigned y)
{
    if (depth_of(p) == 1) {
        raster_put_be(f, y == 0 ? 0xBF : 0x40, 1);
        return;
    }
    for (unsigned x = 0; x < 3; x++) {
        const unsigned value = sample_of(p, 3 * y + x, channel);
        raster_put_be(f, depth_of(p) == 16 ? value * 257 : value, depth_of(p) / 8);
    }
}

/* The first byte twice by a run, which costs as much, nothing, and the rest as it is. */
static void pack_row(raster_file *f, const raster_file *row)
{
    if (row->size == 1) {
        raster_put(f, (unsigned char[]){0, row->bytes[0]}, 2);
        return;
    }
    raster_put(f, (unsigned char[]){0, row->bytes[0], 128}, 3);
    raster_put(f, (unsigned char[]){0, row->bytes[1]}, 2);
    raster_put_be(f, (uint32_t)row->size - 3, 1);
    raster_put(f, row->bytes + 2, row->size - 2);
}

static void put_pixels(raster_file *f, const psd *p)
{
    raster_file packed = {.size = 0};

    for (unsigned i = 0; i < 2 * p->channels; i++) {
        raster_file row = {.size = 0};
        const size_t before = packed.size;
        put_row(&row, p, i / 2, i % 2);
        if (p->coding == 1)
            pack_row(&packed, &row);
        else
            raster_put(&packed, row.bytes, row.size);
        if (p->coding == 1)
            raster_put_be(f, (uint32_t)(packed.size - before), version_of(p) == 2 ? 4 : 2);
    }
    raster_put(f, packed.bytes, packed.size);
}

void psd_put(raster_file *f, const psd *p)
{
    raster_put_text(f, "8BPS");
    raster_put_be(f, version_of(p), 2);
    raster_put_be(f, 0, 4);
    raster_put_be(f, 0, 2);
    raster_put_be(f, p->channels, 2);
    raster_put_be(f, 2, 4);
    raster_put_be(f, 3, 4);
    raster_put_be(f, depth_of(p), 2);
    raster_put_be(f, p->mode, 2);
    raster_put_be(f, p->mode == INDEXED ? 768 : 0, 4);
    for (unsigned i = 0; p->mode == INDEXED && i < 768; i++)
        raster_put_be(f, (i % 256 * (i / 256 + 1)) & 255, 1);
    put_resources(f, p);
    put_layers(f, p);
    raster_put_be(f, p->coding, 2);
    put_pixels(f, p);
}
