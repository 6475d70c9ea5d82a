#include "files.h"

#include <stdio.h>

#include "canvas.h"
#include "encode.h"

static void put_scene(sink *to, const char *path, uint32_t width, uint32_t height, unsigned scene,
                      const jpeg_options *options)
{
    canvas picture = canvas_scene(width, height, scene);
    loom_strbuf file = LOOM_STRBUF_INIT;

    encode_jpeg(&file, &picture, options);
    sink_put(to, path, &file, EXACT);
    canvas_release(&picture);
}

void make_photos(sink *to)
{
    static const jpeg_options usual = {.quality = 85};
    static const jpeg_options progressive = {.quality = 80, .progressive = true};
    static const jpeg_options fine = {.quality = 88, .full_chroma = true};
    loom_strbuf file = LOOM_STRBUF_INIT;
    canvas scene = canvas_scene(600, 400, 1), grey = canvas_luma(&scene), cmyk;

    put_scene(to, "photos/scene-1.jpg", 1200, 800, 0, &usual);
    put_scene(to, "photos/scene-2.jpg", 800, 1200, 1, &usual);
    put_scene(to, "photos/scene-3.jpg", 640, 480, 2, &progressive);
    put_scene(to, "photos/scene-4.jpg", 1001, 667, 3, &fine);
    encode_jpeg(&file, &grey, &usual);
    sink_put(to, "photos/gray.jpg", &file, EXACT);
    canvas_release(&scene);
    canvas_release(&grey);

    scene = canvas_scene(300, 200, 3);
    cmyk = canvas_cmyk(&scene);
    encode_jpeg(&file, &cmyk, &usual);
    sink_put(to, "photos/cmyk.jpg", &file, EXACT);
    canvas_release(&scene);
    canvas_release(&cmyk);
}

void make_orientation(sink *to)
{
    canvas upright = canvas_quadrants(240, 160), stored;
    loom_strbuf file = LOOM_STRBUF_INIT;

    for (int orientation = 1; orientation <= 8; orientation++) {
        const jpeg_options options = {.quality = 90, .orientation = orientation};
        char path[64];

        (void)snprintf(path, sizeof path, "orientation/landscape-%d.jpg", orientation);
        stored = canvas_stored(&upright, orientation);
        encode_jpeg(&file, &stored, &options);
        sink_put(to, path, &file, EXACT);
        canvas_release(&stored);
    }
    stored = canvas_stored(&upright, 6);
    encode_png(&file, &stored, 6);
    sink_put(to, "orientation/landscape-6.png", &file, EXACT);
    canvas_release(&stored);
    canvas_release(&upright);
}

static void make_png(sink *to, const canvas *quadrants, const canvas *alpha, const canvas *deep)
{
    canvas grey = canvas_luma_alpha(quadrants);
    loom_strbuf file = LOOM_STRBUF_INIT;

    encode_png(&file, quadrants, 0);
    sink_put(to, "formats/quadrants.png", &file, EXACT);
    encode_png(&file, alpha, 0);
    sink_put(to, "formats/quadrants-alpha.png", &file, EXACT);
    encode_png_palette(&file, quadrants);
    sink_put(to, "formats/palette.png", &file, EXACT);
    encode_png(&file, deep, 0);
    sink_put(to, "formats/deep16.png", &file, EXACT);
    encode_png(&file, &grey, 0);
    sink_put(to, "formats/graya.png", &file, EXACT);
    canvas_release(&grey);
}

static void make_plain(sink *to, const canvas *quadrants)
{
    canvas grey = canvas_luma(quadrants);
    loom_strbuf file = LOOM_STRBUF_INIT;

    encode_bmp(&file, quadrants);
    sink_put(to, "formats/quadrants.bmp", &file, EXACT);
    encode_tga(&file, quadrants);
    sink_put(to, "formats/quadrants.tga", &file, EXACT);
    encode_psd(&file, quadrants);
    sink_put(to, "formats/quadrants.psd", &file, EXACT);
    encode_pnm(&file, quadrants);
    sink_put(to, "formats/quadrants.ppm", &file, EXACT);
    encode_pnm(&file, &grey);
    sink_put(to, "formats/quadrants.pgm", &file, EXACT);
    encode_hdr(&file, quadrants);
    sink_put(to, "formats/quadrants.hdr", &file, EXACT);
    canvas_release(&grey);
}

static void make_modern(sink *to, const canvas *quadrants, const canvas *alpha, const canvas *deep)
{
    canvas frames[3] = {*quadrants, canvas_stored(quadrants, 3), canvas_stored(quadrants, 2)};
    canvas stack = canvas_stack(frames, 3);
    loom_strbuf file = LOOM_STRBUF_INIT;

    encode_webp(&file, quadrants, false);
    sink_put(to, "formats/quadrants.webp", &file, SAME_SHAPE);
    encode_webp(&file, alpha, true);
    sink_put(to, "formats/quadrants-alpha.webp", &file, SAME_SHAPE);
    encode_gif(&file, quadrants, 1);
    sink_put(to, "formats/quadrants.gif", &file, SAME_SHAPE);
    encode_gif(&file, &stack, 3);
    sink_put(to, "formats/animated.gif", &file, SAME_SHAPE);
    encode_tiff(&file, quadrants);
    sink_put(to, "formats/quadrants.tif", &file, SAME_SHAPE);
    encode_tiff(&file, deep);
    sink_put(to, "formats/deep16.tif", &file, SAME_SHAPE);
    encode_avif(&file, quadrants);
    sink_put(to, "formats/quadrants.avif", &file, SAME_SHAPE);
    canvas_release(&frames[1]);
    canvas_release(&frames[2]);
    canvas_release(&stack);
}

void make_formats(sink *to)
{
    canvas quadrants = canvas_quadrants(120, 80);
    canvas alpha = canvas_quadrants_alpha(120, 80, 10);
    canvas deep = canvas_deep(120, 80);

    make_png(to, &quadrants, &alpha, &deep);
    make_modern(to, &quadrants, &alpha, &deep);
    make_plain(to, &quadrants);
    canvas_release(&quadrants);
    canvas_release(&alpha);
    canvas_release(&deep);
}

void make_tiny(sink *to)
{
    static const jpeg_options usual = {.quality = 85};
    canvas point = canvas_quadrants(1, 1); /* white */
    canvas wide = canvas_quadrants(2000, 3), tall = canvas_quadrants(3, 2000);
    loom_strbuf file = LOOM_STRBUF_INIT;

    encode_png(&file, &point, 0);
    sink_put(to, "tiny/1x1.png", &file, EXACT);
    encode_jpeg(&file, &point, &usual);
    sink_put(to, "tiny/1x1.jpg", &file, EXACT);
    encode_png(&file, &wide, 0);
    sink_put(to, "tiny/wide-2000x3.png", &file, EXACT);
    encode_png(&file, &tall, 0);
    sink_put(to, "tiny/tall-3x2000.png", &file, EXACT);
    put_scene(to, "tiny/photo-333x222.jpg", 333, 222, 0, &usual);
    canvas_release(&point);
    canvas_release(&wide);
    canvas_release(&tall);
}
