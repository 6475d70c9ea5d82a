#include "image/exif.h"

#include "base/bytes.h"
#include <string.h>

enum { HEADER = 8, ENTRY = 12, TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3, TYPE_LONG = 4 };

/* The value of an entry; 0 where it is no single number. */
static uint32_t value_of(const unsigned char *entry, bool big_endian)
{
    if (loom_get32(entry + 4, big_endian) != 1)
        return 0;
    switch (loom_get16(entry + 2, big_endian)) {
    case TYPE_SHORT:
        return loom_get16(entry + 8, big_endian);
    case TYPE_LONG:
        return loom_get32(entry + 8, big_endian);
    default:
        return 0;
    }
}

int loom_exif_orientation(const unsigned char *tiff, size_t size)
{
    if (size < HEADER || (memcmp(tiff, "II*", 4) != 0 && memcmp(tiff, "MM\0*", 4) != 0))
        return 1;
    const bool big_endian = tiff[0] == 'M';
    const size_t directory = loom_get32(tiff + 4, big_endian);
    if (directory > size || size - directory < 2)
        return 1;
    const size_t count = loom_get16(tiff + directory, big_endian);
    const size_t room = (size - directory - 2) / ENTRY;

    for (size_t i = 0; i < count && i < room; i++) {
        const unsigned char *entry = tiff + directory + 2 + i * ENTRY;
        if (loom_get16(entry, big_endian) != TAG_ORIENTATION)
            continue;
        const uint32_t value = value_of(entry, big_endian);
        return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}
