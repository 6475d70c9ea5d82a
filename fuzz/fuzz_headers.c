/* The sniffer, and every parser of image files that is our own. */
#include "format/exif.h"
#include "format/header.h"
#include "format/icc.h"
#include "format/integrity.h"
#include "format/jpeg_exif.h"
#include "format/jpeg_header.h"
#include "format/jpeg_scans.h"
#include "format/photoshop.h"
#include "format/webp.h"
#include "fuzz.h"

static void read_only(const uint8_t *data, size_t size)
{
    unsigned char *copy = fuzz_copy(data, size);
    loom_jpeg_header header;
    uint32_t width, height;
    size_t missing;

    (void)loom_format_sniff(copy, size);
    FUZZ_CHECK(loom_exif_orientation(copy, size) >= 1);
    (void)loom_icc_is_srgb(copy, size);
    if (loom_jpeg_header_read(copy, size, &header))
        FUZZ_CHECK(header.width >= 1 && header.count <= LOOM_JPEG_COMPONENTS &&
                   header.orientation >= 1 && header.orientation <= 8);
    for (int f = 0; f < LOOM_FORMAT_COUNT; f++) {
        const loom_format format = (loom_format)f;
        (void)loom_integrity_check(format, copy, size);
        (void)loom_integrity_cut_in_header(format, copy, size);
        (void)loom_integrity_end(format, copy, size, &missing);
        FUZZ_CHECK(missing <= 12);
        if (loom_header_size(format, copy, size, &width, &height))
            FUZZ_CHECK(width >= 1 && height >= 1);
    }
    free(copy);
}

/* Those that take something out: what remains is no larger, and is there. */
static void change(const uint8_t *data, size_t size, int which)
{
    static const loom_jpeg_need needs[LOOM_JPEG_COMPONENTS] = {LOOM_JPEG_DC, LOOM_JPEG_NOTHING,
                                                               LOOM_JPEG_ALL, LOOM_JPEG_DC};
    unsigned char *copy = fuzz_copy(data, size);
    size_t left = size;

    switch (which) {
    case 0:
        left = loom_photoshop_drop_thumbnails(copy, size);
        break;
    case 1:
        left = loom_webp_drop_metadata(copy, size);
        break;
    case 2:
        left = loom_jpeg_drop_exif(copy, size);
        break;
    default:
        left = loom_jpeg_drop_scans(copy, size, needs);
        break;
    }
    FUZZ_CHECK(left <= size);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_only(data, size);
    for (int i = 0; i < 4; i++)
        change(data, size, i);
    return 0;
}
