/* Metadata made true of an output, and put into files. The first byte says what the rest is. */
#include "format/exif.h"
#include "format/heif.h"
#include "format/jpeg_meta.h"
#include "format/webp.h"
#include "format/xmp.h"
#include "fuzz.h"

static loom_truth truth_for(unsigned choice)
{
    return (loom_truth){.format = choice & 1 ? LOOM_FORMAT_JPEG : LOOM_FORMAT_AVIF,
                        .width = choice & 2 ? 70000 : 40,
                        .height = 30,
                        .was_width = 4000,
                        .was_height = 3000,
                        .orientation = choice & 4 ? 6 : 1,
                        .same_view = (choice & 8) != 0,
                        .converted = (choice & 16) != 0};
}

static bool is_same(loom_bytes a, loom_bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* What was made true once is true. */
static void fuzz_exif(loom_bytes block, const loom_truth *truth)
{
    unsigned char *once = fuzz_copy(block.data, block.size);
    size_t size = block.size;

    if (loom_exif_refresh(once, &size, truth)) {
        unsigned char *twice = fuzz_copy(once, size);
        size_t again = size;
        FUZZ_CHECK(size <= block.size);
        FUZZ_CHECK(loom_exif_orientation(once, size) == truth->orientation);
        FUZZ_CHECK(loom_exif_refresh(twice, &again, truth));
        FUZZ_CHECK(is_same((loom_bytes){once, size}, (loom_bytes){twice, again}));
        free(twice);
    }
    free(once);
}

static void fuzz_xmp(loom_bytes packet, const loom_truth *truth)
{
    loom_strbuf once = LOOM_STRBUF_INIT, twice = LOOM_STRBUF_INIT;
    loom_truth now = *truth;
    unsigned gone;

    now.was_width = truth->width;
    now.was_height = truth->height;
    if (loom_xmp_refresh(packet, truth, &once, &gone)) {
        FUZZ_CHECK(loom_xmp_refresh(loom_meta_bytes(&once), &now, &twice, &gone));
        FUZZ_CHECK(is_same(loom_meta_bytes(&once), loom_meta_bytes(&twice)));
    }
    loom_strbuf_release(&once);
    loom_strbuf_release(&twice);
}

/* What is read out of a JPEG, and written, is read again. */
static void fuzz_jpeg(loom_bytes file, const loom_truth *truth)
{
    loom_jpeg_meta input, output;
    loom_meta meta;
    loom_strbuf out = LOOM_STRBUF_INIT;

    FUZZ_CHECK(loom_jpeg_meta_read(&input, file));
    FUZZ_CHECK(loom_meta_make(&meta, &input.source, LOOM_METADATA_ALL, true, truth));
    if (truth->format == LOOM_FORMAT_JPEG && loom_jpeg_meta_insert(file, &meta, &out)) {
        FUZZ_CHECK(loom_jpeg_meta_read(&output, loom_meta_bytes(&out)));
        if (meta.exif.size > 0)
            FUZZ_CHECK(is_same(output.source.exif, loom_meta_bytes(&meta.exif)));
        if (meta.xmp.size > 0)
            FUZZ_CHECK(is_same(output.source.xmp, loom_meta_bytes(&meta.xmp)));
        loom_jpeg_meta_release(&output);
    }
    loom_strbuf_release(&out);
    loom_meta_release(&meta);
    loom_jpeg_meta_release(&input);
}

/* The same metadata, put there again, change nothing. */
static void fuzz_put(loom_bytes file, bool (*put)(loom_bytes, const loom_meta *, loom_strbuf *))
{
    static const unsigned char profile[] = "profile";
    loom_meta meta = {.profile = {profile, sizeof profile}};
    loom_strbuf once = LOOM_STRBUF_INIT, twice = LOOM_STRBUF_INIT;

    loom_strbuf_add_str(&meta.exif, "II*");
    loom_strbuf_add_str(&meta.xmp, "<xmp/>");
    if (put(file, &meta, &once)) {
        FUZZ_CHECK(put(loom_meta_bytes(&once), &meta, &twice));
        if (put == loom_webp_put_metadata)
            FUZZ_CHECK(is_same(loom_meta_bytes(&once), loom_meta_bytes(&twice)));
    }
    loom_strbuf_release(&once);
    loom_strbuf_release(&twice);
    loom_meta_release(&meta);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    unsigned char *copy = fuzz_copy(data + 1, size - 1);
    const loom_bytes rest = {copy, size - 1};
    const loom_truth truth = truth_for(data[0] >> 3);

    switch (data[0] & 7) {
    case 0:
        fuzz_exif(rest, &truth);
        break;
    case 1:
        fuzz_xmp(rest, &truth);
        break;
    case 2:
        fuzz_jpeg(rest, &truth);
        break;
    case 3:
        fuzz_put(rest, loom_webp_put_metadata);
        break;
    default:
        fuzz_put(rest, loom_heif_put_metadata);
        break;
    }
    free(copy);
    return 0;
}
