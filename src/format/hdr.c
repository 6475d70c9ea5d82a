/* Radiance HDR: G. Ward, "Real Pixels". */
#include "format/container.h"

static bool sniff_hdr(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "#?RADIANCE\n") || LOOM_BYTES_HAVE(file, 0, "#?RGBE\n");
}

static bool is_unsupported_hdr(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    static const char format[] = "FORMAT=32-bit_rle_xyze\n", up[] = "+Y ", right[] = "+X ",
                      left[] = "-X ";
    const unsigned char *line = file.data, *const end = file.data + file.size, *next;

    for (; (next = memchr(line, '\n', (size_t)(end - line))) != NULL; line = next) {
        next++;
        if (next - line == sizeof format - 1 && memcmp(line, format, sizeof format - 1) == 0)
            return loom_unsupported_set(reason, "one of the colours XYZ");
        if (next - line > 1)
            continue;
        /* Behind the empty line stands how rows and columns go: as in "-Y 768 +X 1024". */
        return end - next >= 3 &&
               (memcmp(next, up, 3) == 0 || memcmp(next, right, 3) == 0 ||
                memcmp(next, left, 3) == 0) &&
               loom_unsupported_set(reason, "one whose rows do not go down");
    }
    return false;
}

const loom_container loom_container_hdr = {.sniff = sniff_hdr, .unsupported = is_unsupported_hdr};
