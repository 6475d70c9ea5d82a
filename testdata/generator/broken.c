/* Files that must fail, or be warned of, each in one way only. */
#include <string.h>

#include "canvas.h"
#include "encode.h"
#include "files.h"

/* What is left of a file whose transfer stopped at 60 %. */
static void cut(loom_strbuf *file)
{
    loom_strbuf_truncate(file, file->size / 10 * 6);
}

static size_t jpeg_u16(const loom_strbuf *file, size_t at)
{
    return (size_t)(uint8_t)file->data[at] << 8 | (uint8_t)file->data[at + 1];
}

/* Offset of the segment with marker `low` to `high` (0xFF excluded); 0: none. JPEG, T.81 B.1. */
static size_t find_segment(const loom_strbuf *file, uint8_t low, uint8_t high)
{
    size_t at = 2;

    while (!file->failed && at + 4 <= file->size) {
        uint8_t marker = (uint8_t)file->data[at + 1];

        if (marker >= low && marker <= high)
            return at;
        at += 2 + jpeg_u16(file, at + 2);
    }
    return 0;
}

/* Where the first scan's entropy-coded data begin. */
static size_t scan_start(const loom_strbuf *file)
{
    size_t segment = find_segment(file, 0xda, 0xda);

    return segment == 0 ? 0 : segment + 2 + jpeg_u16(file, segment + 2);
}

/* A run of ones, stuffed: no Huffman code consists of ones alone, so that no decoder can pass. */
static void spoil_scan(loom_strbuf *file)
{
    size_t at = scan_start(file);

    if (at == 0) {
        file->failed = true;
        return;
    }
    at += (file->size - at) / 2;
    for (size_t i = 0; i < 64 && at + i < file->size - 2; i++)
        file->data[at + i] = i % 2 == 0 ? '\xff' : '\0';
}

/* Header of the frame says 65500 x 65500, the largest that libjpeg takes. */
static void claim_huge(loom_strbuf *file)
{
    size_t frame = find_segment(file, 0xc0, 0xc2);

    if (frame == 0) {
        file->failed = true;
        return;
    }
    for (size_t i = 5; i < 9; i += 2) {
        file->data[frame + i] = '\xff';
        file->data[frame + i + 1] = '\xdc';
    }
}

static void make_broken_jpeg(sink *to, const canvas *scene)
{
    static const jpeg_options usual = {.quality = 80};
    static const jpeg_options progressive = {.quality = 80, .progressive = true};
    loom_strbuf file = LOOM_STRBUF_INIT;

    encode_jpeg(&file, scene, &usual);
    cut(&file);
    sink_put(to, "broken/truncated.jpg", &file, EXACT);

    encode_jpeg(&file, scene, &progressive);
    cut(&file);
    sink_put(to, "broken/truncated-progressive.jpg", &file, EXACT);

    encode_jpeg(&file, scene, &usual);
    spoil_scan(&file);
    sink_put(to, "broken/corrupt.jpg", &file, EXACT);

    encode_jpeg(&file, scene, &usual);
    loom_strbuf_truncate(&file, file.size - 2);
    sink_put(to, "broken/no-end.jpg", &file, EXACT);

    encode_jpeg(&file, scene, &usual);
    loom_strbuf_truncate(&file, scan_start(&file));
    sink_put(to, "broken/header-only.jpg", &file, EXACT);

    encode_jpeg(&file, scene, &usual);
    claim_huge(&file);
    cut(&file);
    sink_put(to, "broken/huge-claim.jpg", &file, EXACT);
}

static void make_broken_png(sink *to, const canvas *scene)
{
    loom_strbuf file = LOOM_STRBUF_INIT;
    enum { end_chunk = 12 };

    encode_png(&file, scene, 0);
    cut(&file);
    sink_put(to, "broken/truncated.png", &file, EXACT);

    encode_png(&file, scene, 0);
    if (!file.failed)
        file.data[file.size - end_chunk - 1] ^= 1; /* last byte of IDAT's checksum */
    sink_put(to, "broken/corrupt.png", &file, EXACT);

    encode_png(&file, scene, 0);
    png_claim_size(&file, 65500, 65500);
    loom_strbuf_truncate(&file, 2000);
    sink_put(to, "broken/huge-claim.png", &file, EXACT);

    encode_png(&file, scene, 0);
    sink_put(to, "broken/png-named.jpg", &file, EXACT);
}

void make_broken(sink *to)
{
    canvas scene = canvas_scene(200, 133, 0);
    loom_strbuf file = LOOM_STRBUF_INIT;

    sink_put(to, "broken/empty.jpg", &file, EXACT);
    loom_strbuf_add_str(&file, "This is a text, whatever its name says.\n");
    sink_put(to, "broken/text.jpg", &file, EXACT);
    make_broken_jpeg(to, &scene);
    make_broken_png(to, &scene);

    encode_webp(&file, &scene, false);
    cut(&file);
    sink_put(to, "broken/truncated.webp", &file, EXISTS);
    encode_gif(&file, &scene, 1);
    cut(&file);
    sink_put(to, "broken/truncated.gif", &file, EXISTS);
    encode_tiff(&file, &scene);
    cut(&file);
    sink_put(to, "broken/truncated.tif", &file, EXISTS);
    encode_avif(&file, &scene);
    cut(&file);
    sink_put(to, "broken/truncated.avif", &file, EXISTS);
    canvas_release(&scene);
}
