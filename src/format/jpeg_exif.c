#include "format/jpeg_exif.h"

#include "format/jpeg_marker.h"
#include <string.h>

size_t loom_jpeg_drop_exif(unsigned char *data, size_t size)
{
    static const char exif[] = "Exif\0"; /* and the NUL that ends it */
    const unsigned char *segment;
    size_t from = 2, length; /* behind SOI */

    for (;;) {
        size_t behind = from;
        const unsigned marker = loom_jpeg_walk(data, size, &behind, &segment, &length);
        if (marker == 0 || marker == LOOM_JPEG_SOS)
            return size;
        if (marker == LOOM_JPEG_APP1 && length >= sizeof exif &&
            memcmp(segment, exif, sizeof exif) == 0) {
            memmove(data + from, data + behind, size - behind);
            size -= behind - from;
        } else {
            from = behind;
        }
    }
}
