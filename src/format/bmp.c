/* Bitmaps of Windows and OS/2. */
#include "format/container.h"

/* "BM" alone starts many a text: the size of the header that follows must be one that exists. */
static bool sniff_bmp(loom_bytes file)
{
    if (!LOOM_BYTES_HAVE(file, 0, "BM") || file.size < 18)
        return false;
    const uint32_t header = loom_le32(file.data + 14);
    return header == 12 || (header >= 16 && header <= 124);
}

const loom_container loom_container_bmp = {.sniff = sniff_bmp};
