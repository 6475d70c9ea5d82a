/*
 * Plain raster formats, which stb_image reads: BMP, TGA, PSD, PNM and Radiance HDR. For most
 * unsupported kinds stb_image reports the error itself.
 */
#include "base/array.h"
#include "format/container.h"

/* ---- BMP, TGA, PNM ------------------------------------------------------- */

/* "BM" alone starts many a text: the size of the header that follows must be one that exists. */
static bool sniff_bmp(loom_bytes file)
{
    if (!LOOM_BYTES_HAVE(file, 0, "BM") || file.size < 18)
        return false;
    const uint32_t header = loom_le32(file.data + 14);
    return header == 12 || (header >= 16 && header <= 124);
}

static bool sniff_pnm(loom_bytes file)
{
    if (file.size < 3 || file.data[0] != 'P' || file.data[1] < '1' || file.data[1] > '6')
        return false;
    const unsigned char behind = file.data[2];
    return behind == ' ' || (behind >= '\t' && behind <= '\r') || behind == '#';
}

const loom_container loom_container_bmp = {.sniff = sniff_bmp};
const loom_container loom_container_tga = {.sniff = NULL};
const loom_container loom_container_pnm = {.sniff = sniff_pnm};

/* ---- PSD: Adobe's Photoshop File Formats Specification ------------------- */

static bool sniff_psd(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "8BPS");
}

static bool is_unsupported_psd(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    static const char *const modes[] = {
        "a bitmap", "a grey one", "one with a palette", NULL /* RGB */, "a CMYK one",
        NULL,       NULL,         "a multichannel one", "a duotone",    "one of L*a*b*"};

    if (file.size < 26)
        return false;
    const unsigned version = loom_be16(file.data + 4), channels = loom_be16(file.data + 12);
    const unsigned depth = loom_be16(file.data + 22), mode = loom_be16(file.data + 24);
    if (version == 2)
        return loom_unsupported_set(reason, "a large one (PSB)");
    if (version != 1 || channels < 1 || channels > 56)
        return false; /* damaged */
    if (channels > 16)
        return loom_unsupported_set(reason, "one of more than 16 channels");
    if (mode < LOOM_COUNT(modes) && modes[mode] != NULL)
        return loom_unsupported_set(reason, modes[mode]);
    return (depth == 1 || depth == 32) &&
           loom_unsupported_set(reason, "one that is not of 8 or 16 bits");
}

const loom_container loom_container_psd = {.sniff = sniff_psd, .unsupported = is_unsupported_psd};

/* ---- HDR: G. Ward, "Real Pixels" ----------------------------------------- */

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
