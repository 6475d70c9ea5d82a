#include "format/kind.h"

#include "base/array.h"
#include "base/bytes.h"
#include "format/jpeg_marker.h"
#include "format/tiff.h"
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static bool say(char words[LOOM_KIND_WORDS], const char *text)
{
    (void)snprintf(words, LOOM_KIND_WORDS, "%s", text);
    return true;
}

/* ---- JPEG: ITU-T T.81, table B.1 ----------------------------------------- */

/* The process that a frame's marker names, where libjpeg has none for it. */
static const char *unread_process(unsigned marker)
{
    switch (marker) {
    case 0xC3:
    case 0xCB: /* arithmetic */
        return "a lossless one";
    case 0xC5:
    case 0xC6:
    case 0xC7:
    case 0xCD:
    case 0xCE:
    case 0xCF:
        return "a hierarchical one";
    default:
        return NULL;
    }
}

/* libjpeg enlarges components by whole numbers alone. */
static bool has_fractions(const unsigned char *p, unsigned count)
{
    unsigned most_h = 1, most_v = 1;

    for (unsigned i = 0; i < count; i++) {
        const unsigned h = p[7 + i * 3] >> 4, v = p[7 + i * 3] & 15u;
        if (h < 1 || h > 4 || v < 1 || v > 4)
            return false; /* damaged */
        most_h = h > most_h ? h : most_h;
        most_v = v > most_v ? v : most_v;
    }
    for (unsigned i = 0; i < count; i++)
        if (most_h % (p[7 + i * 3] >> 4) != 0 || most_v % (p[7 + i * 3] & 15u) != 0)
            return true;
    return false;
}

/* The first frame header: precision, height, width, components with their sampling factors. */
static bool is_unread_frame(unsigned marker, const unsigned char *p, size_t size,
                            char words[LOOM_KIND_WORDS])
{
    const char *process = unread_process(marker);

    if (process != NULL)
        return say(words, process);
    if (size < 6 || p[5] == 0 || size != 6 + (size_t)p[5] * 3)
        return false;
    if (p[0] == 12)
        return say(words, "one of 12 bits a sample");
    if (loom_be16(p + 1) == 0 && loom_be16(p + 3) > 0)
        return say(words, "one whose height follows its pixels (DNL)");
    return has_fractions(p, p[5]) &&
           say(words, "one whose components differ in size by no whole number");
}

static bool is_unread_jpeg(const unsigned char *data, size_t size, char words[LOOM_KIND_WORDS])
{
    const unsigned char *segment;
    size_t length;

    for (size_t at = 2; at < size;) {
        const unsigned marker = loom_jpeg_walk(data, size, &at, &segment, &length);
        if (loom_jpeg_is_frame(marker))
            return is_unread_frame(marker, segment, length, words);
        if (marker == 0 || marker == LOOM_JPEG_SOS || marker == LOOM_JPEG_EOI)
            return false;
    }
    return false;
}

/* ---- TIFF ---------------------------------------------------------------- */

enum { PHOTOMETRIC_YCBCR = 6, COMPRESSION_JPEG = 7, FORMAT_UNSIGNED = 1, FORMAT_FLOAT = 3 };
enum { FORMAT_VOID = 4 };

/* What the directory says, where it says it. */
typedef struct tiff_tag {
    uint64_t value; /* the first one, or the default */
    bool alike;     /* all are the same */
} tiff_tag;

/* False: its values are cut off. */
static bool read_tag(const loom_tiff *t, unsigned tag, uint64_t otherwise, tiff_tag *read)
{
    loom_tiff_values values;

    *read = (tiff_tag){otherwise, true};
    if (!loom_tiff_find(t, tag, &values))
        return false;
    if (values.at == NULL || values.count == 0)
        return true;
    read->value = loom_tiff_value(t, &values, 0);
    for (uint64_t i = 1; i < values.count; i++)
        read->alike = read->alike && loom_tiff_value(t, &values, i) == read->value;
    return true;
}

/* Compressions that libtiff has no decoder for, whatever it was built with. */
static const char *unread_compression(uint64_t compression)
{
    switch (compression) {
    case 32908: /* PIXARFILM */
    case 32909: /* PIXARLOG wants more than pixels */
        return "one compressed as Pixar does";
    case 34712:
        return "one compressed as JPEG 2000";
    case 34892:
        return "one compressed as DNG's lossy JPEG";
    case 50002:
    case 52546:
        return "one compressed as JPEG XL";
    default:
        return NULL;
    }
}

/* Samples of fewer bits than a byte are read alone, and others of 8, 16 or 32. */
static bool reads_bits(uint64_t bits, uint64_t samples, uint64_t format)
{
    if (format == FORMAT_FLOAT)
        return bits == 32;
    return bits == 8 || bits == 16 || bits == 32 ||
           ((bits == 1 || bits == 2 || bits == 4) && samples == 1);
}

static bool is_unread_tiff(const unsigned char *data, size_t size, char words[LOOM_KIND_WORDS])
{
    tiff_tag compression, bits, samples, format, photometric, subsampling;
    loom_tiff t;

    if (!loom_tiff_open(&t, data, size) || !read_tag(&t, LOOM_TIFF_COMPRESSION, 1, &compression) ||
        !read_tag(&t, LOOM_TIFF_BITS, 1, &bits) || !read_tag(&t, LOOM_TIFF_SAMPLES, 1, &samples) ||
        !read_tag(&t, LOOM_TIFF_SAMPLE_FORMAT, FORMAT_UNSIGNED, &format) ||
        !read_tag(&t, LOOM_TIFF_PHOTOMETRIC, 0, &photometric) ||
        !read_tag(&t, LOOM_TIFF_SUBSAMPLING, 2, &subsampling))
        return false;
    const char *compressed = unread_compression(compression.value);
    if (compressed != NULL)
        return say(words, compressed);
    if (bits.value == 0 || bits.value > 64 || samples.value == 0)
        return false; /* damaged */
    if (!bits.alike || !format.alike)
        return say(words, "one whose samples are not all alike");
    if (format.value >= FORMAT_VOID)
        return say(words, "one of complex or unknown numbers");
    if (!reads_bits(bits.value, samples.value, format.value)) {
        (void)snprintf(words, LOOM_KIND_WORDS, "one of %" PRIu64 " samples of %" PRIu64 " bits%s",
                       samples.value, bits.value,
                       format.value == FORMAT_FLOAT ? ", floating point" : "");
        return true;
    }
    return photometric.value == PHOTOMETRIC_YCBCR && compression.value != COMPRESSION_JPEG &&
           (subsampling.value != 1 || !subsampling.alike) &&
           say(words, "one with smaller chroma that is not compressed as JPEG");
}

/* ---- PSD: Adobe's Photoshop file formats, the header --------------------- */

static bool is_unread_psd(const unsigned char *data, size_t size, char words[LOOM_KIND_WORDS])
{
    static const char *const modes[] = {
        "a bitmap", "a grey one", "one with a palette", NULL /* RGB */, "a CMYK one",
        NULL,       NULL,         "a multichannel one", "a duotone",    "one of L*a*b*"};

    if (size < 26)
        return false;
    const unsigned version = loom_be16(data + 4), channels = loom_be16(data + 12);
    const unsigned depth = loom_be16(data + 22), mode = loom_be16(data + 24);
    if (version == 2)
        return say(words, "a large one (PSB)");
    if (version != 1 || channels < 1 || channels > 56)
        return false; /* damaged */
    if (channels > 16)
        return say(words, "one of more than 16 channels");
    if (mode < LOOM_COUNT(modes) && modes[mode] != NULL)
        return say(words, modes[mode]);
    return (depth == 1 || depth == 32) && say(words, "one that is not of 8 or 16 bits");
}

/* ---- HDR: Radiance's pictures, G. Ward, "Real Pixels" -------------------- */

static bool is_unread_hdr(const unsigned char *data, size_t size, char words[LOOM_KIND_WORDS])
{
    static const char format[] = "FORMAT=32-bit_rle_xyze\n", up[] = "+Y ", right[] = "+X ",
                      left[] = "-X ";
    const unsigned char *line = data, *const end = data + size, *next;

    for (; (next = memchr(line, '\n', (size_t)(end - line))) != NULL; line = next) {
        next++;
        if (next - line == sizeof format - 1 && memcmp(line, format, sizeof format - 1) == 0)
            return say(words, "one of the colours XYZ");
        if (next - line > 1)
            continue;
        /* Behind the empty line stands how rows and columns go: as in "-Y 768 +X 1024". */
        return end - next >= 3 &&
               (memcmp(next, up, 3) == 0 || memcmp(next, right, 3) == 0 ||
                memcmp(next, left, 3) == 0) &&
               say(words, "one whose rows do not go down");
    }
    return false;
}

bool loom_kind_is_unread(loom_format format, const unsigned char *data, size_t size,
                         char words[LOOM_KIND_WORDS])
{
    switch (format) {
    case LOOM_FORMAT_JPEG:
        return is_unread_jpeg(data, size, words);
    case LOOM_FORMAT_TIFF:
        return is_unread_tiff(data, size, words);
    case LOOM_FORMAT_PSD:
        return is_unread_psd(data, size, words);
    case LOOM_FORMAT_HDR:
        return is_unread_hdr(data, size, words);
    default:
        return false;
    }
}
