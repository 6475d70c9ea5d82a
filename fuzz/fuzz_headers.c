/* Every container, and every other parser of image files that is our own. */
#include "format/container.h"
#include "format/exif.h"
#include "format/icc.h"
#include "format/jpeg_edit.h"
#include "format/raster.h"
#include "format/raw.h"
#include "format/tiff.h"
#include "format/webp.h"
#include "fuzz.h"

static bool is_within(loom_bytes block, loom_bytes file)
{
    return block.size == 0 || (block.data >= file.data && block.size <= file.size &&
                               block.data <= file.data + file.size - block.size);
}

/* A plain file's metadata lie in it. */
static void read_plain(const loom_container *container, loom_bytes file)
{
    loom_meta_source source;

    if (container->plain != NULL && container->plain(file, &source))
        FUZZ_CHECK(is_within(source.exif, file) && is_within(source.xmp, file) &&
                   is_within(source.iptc, file) && is_within(source.profile, file));
}

/* What one container makes of the bytes, be they of its format or not. */
static void read_as(loom_format format, loom_bytes file)
{
    const size_t needed = loom_format_header_size(format, file);
    char reason[LOOM_UNSUPPORTED_REASON] = "", day[LOOM_EXIF_DAY];
    loom_header header;
    loom_traits traits;
    loom_bytes missing, exif = {NULL, 0};

    FUZZ_CHECK(loom_format_unsupported(format, file, reason) == (reason[0] != '\0'));
    if (loom_format_header(format, file, &header))
        FUZZ_CHECK(header.width >= 1 && header.height >= 1);
    (void)loom_format_check(file, &header, &missing);
    FUZZ_CHECK(missing.size <= 12);
    loom_format_traits(format, file, &traits);
    FUZZ_CHECK(traits.bits <= LOOM_SAMPLE_BITS_MAX && traits.alpha <= LOOM_PRESENCE_PRESENT);
    FUZZ_CHECK(header.format == format && header.frames >= 1 && header.orientation >= 1 &&
               header.orientation <= 8);
    read_plain(loom_container_of(format), file);
    if (loom_container_of(format)->exif != NULL)
        exif = loom_container_of(format)->exif(file);
    FUZZ_CHECK(exif.size <= file.size);
    if (loom_exif_day(exif.data, exif.size, day))
        FUZZ_CHECK(strlen(day) == LOOM_EXIF_DAY - 1 && strspn(day, "0123456789-") == strlen(day));
    if (header.has_jpeg)
        FUZZ_CHECK(needed <= file.size && header.jpeg.count >= 1 &&
                   header.jpeg.count <= LOOM_JPEG_COMPONENTS && header.scans <= LOOM_SCANS_COUNTED);
}

static void read_tiff(loom_bytes file)
{
    loom_tiff_samples samples;
    loom_tiff_directory t;
    loom_tiff_pieces pieces;

    if (loom_tiff_samples_of(file, &samples))
        FUZZ_CHECK(samples.count >= samples.colours && samples.alpha < (int)samples.count);
    if (!loom_tiff_first(&t, file) || !loom_tiff_pieces_of(&t, &pieces))
        return;
    for (uint64_t i = 0; i < pieces.offsets.count; i++)
        FUZZ_CHECK(loom_tiff_piece(&pieces, i).size <= file.size);
}

/* A preview lies in the file, and becomes a JPEG that says as much, and is as large. */
static void read_raw(loom_bytes file)
{
    loom_strbuf made = LOOM_STRBUF_INIT, exif = LOOM_STRBUF_INIT;
    loom_raw_preview found;
    loom_header header;

    (void)loom_raw_kind_of(file);
    loom_raw_find_preview(file, &found);
    FUZZ_CHECK(is_within(found.jpeg, file));
    if (found.jpeg.data != NULL && loom_raw_add_preview(&made, file, &found)) {
        const loom_bytes jpeg = {(const unsigned char *)made.data, made.size};
        FUZZ_CHECK(loom_format_header(LOOM_FORMAT_JPEG, jpeg, &header) &&
                   header.width == found.width && header.height == found.height);
    }
    loom_raw_add_exif(&exif, file, true);
    FUZZ_CHECK(exif.size <= 1 << 16);
    loom_strbuf_release(&exif);
    loom_strbuf_release(&made);
}

static void read_only(const uint8_t *data, size_t size)
{
    unsigned char *copy = fuzz_copy(data, size);
    const loom_bytes file = {copy, size};

    FUZZ_CHECK(loom_exif_orientation(copy, size) >= 1);
    (void)loom_icc_is_srgb(copy, size);
    (void)loom_icc_is_plausible(copy, size);
    (void)loom_format_detect(file, "input.tga");
    (void)loom_tiff_compression(file);
    for (int f = 0; f < LOOM_FORMAT_COUNT; f++)
        read_as((loom_format)f, file);
    read_tiff(file);
    read_raw(file);
    free(copy);
}

/* Those that take something out: what remains is no larger, and is there. */
static void change(const uint8_t *data, size_t size, int which)
{
    static const loom_jpeg_need needs[LOOM_JPEG_COMPONENTS] = {LOOM_JPEG_DC, LOOM_JPEG_NOTHING,
                                                               LOOM_JPEG_ALL, LOOM_JPEG_DC};
    unsigned char *copy = fuzz_copy(data, size);
    loom_edits edits = {0};
    size_t left = size;

    (void)loom_format_choose_page(LOOM_FORMAT_TIFF, copy, size, size > 0 ? data[size - 1] + 1u : 1,
                                  &edits, NULL);
    (void)loom_format_mend(LOOM_FORMAT_JPEG, copy, size, &edits);
    (void)loom_format_mend(LOOM_FORMAT_TIFF, copy, size, &edits);
    FUZZ_CHECK(which != 0 || (loom_edits_undo(&edits) && memcmp(copy, data, size) == 0));
    switch (which) {
    case 0:
        left = loom_photoshop_drop_thumbnails(copy, size);
        break;
    case 1:
        left = loom_webp_drop_metadata(copy, size);
        break;
    default:
        free(loom_jpeg_without_scans((loom_bytes){copy, size}, needs, &left));
        break;
    }
    FUZZ_CHECK(left <= size);
    loom_edits_release(&edits);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_only(data, size);
    for (int i = 0; i < 3; i++)
        change(data, size, i);
    return 0;
}
