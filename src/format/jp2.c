/*
 * JPEG 2000 (ISO/IEC 15444-1): a bare codestream, or one in boxes (Annex I). libvips is known to
 * read plain pictures correctly; with others it reads beyond the end of its memory.
 */
#include "format/box.h"
#include "format/container.h"
#include <stdio.h>

static bool sniff(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "\xFF\x4F\xFF\x51") ||
           LOOM_BYTES_HAVE(file, 0, "\0\0\0\x0CjP  \r\n\x87\n");
}

/* The boxes before the codestream; NULL: missing. */
typedef struct parts {
    bool boxed;
    loom_bytes colours, palette, channels; /* "colr", "pclr", "cdef" */
    loom_bytes stream;
} parts;

static void keep(const loom_box *box, const char *type, loom_bytes *content)
{
    if (box->type == LOOM_FOURCC(type) && content->data == NULL)
        *content = box->content;
}

/* The box may extend beyond the end of the file: only its beginning is needed. */
static loom_bytes find_stream(loom_bytes rest)
{
    loom_box box;

    while (loom_box_next(&rest, &box) == LOOM_BOX_FOUND)
        if (box.type == LOOM_FOURCC("jp2c"))
            return box.content;
    if (!LOOM_BYTES_HAVE(rest, 4, "jp2c"))
        return (loom_bytes){NULL, 0};
    const size_t head = loom_be32(rest.data) == 1 ? 16 : 8;
    return rest.size >= head ? loom_bytes_from(rest, head) : (loom_bytes){NULL, 0};
}

static parts find_parts(loom_bytes file)
{
    parts p = {.stream = file};
    loom_bytes header;
    loom_box box;

    p.boxed = file.size > 0 && file.data[0] == 0;
    if (!p.boxed)
        return p;
    p.stream = find_stream(file);
    (void)loom_box_find(file, "jp2h", &header);
    while (loom_box_next(&header, &box) == LOOM_BOX_FOUND) {
        keep(&box, "colr", &p.colours);
        keep(&box, "pclr", &p.palette);
        keep(&box, "cdef", &p.channels);
    }
    return p;
}

/* libvips 8.14 ignores a profile (I.5.3.3). A decoder must find out the size. */
static bool read_header(loom_bytes file, loom_header *header)
{
    const parts p = find_parts(file);

    if (p.colours.size > 3 && p.colours.data[0] == 2)
        header->profile = loom_bytes_from(p.colours, 3);
    return false;
}

/* ---- kinds ---------------------------------------------------------------- */

static const loom_kind kinds[] = {
    {"channels", 1, true, "gray"},
    {"channels", 2, true, "gray with declared alpha"},
    {"channels", 3, true, "RGB"},
    {"channels", 4, true, "RGB with declared alpha"},
    {"bits a sample", 8, true, "8"},
    {"bits a sample", 16, true, "16"},
    {"colours", 12, false, "CMYK"},
    {"colours", 14, false, "CIE L*a*b*"},
    {"colours", 16, true, "sRGB"},
    {"colours", 17, true, "gray"},
    {"colours", 18, false, "sYCC"},
    {"colour specification", 1, true, "an enumerated colour space"},
    {"colour specification", 2, true, "a profile"},
    {"colour specification", 3, false, "an unrestricted profile"},
    {"colour specification", 4, false, "a vendor's method"},
    {NULL, 0, false, NULL},
};

/* SIZ (A.5.1), after its marker. */
typedef struct size_marker {
    unsigned capabilities;
    bool offset;  /* the picture or its tiles do not start at 0, 0 */
    bool sampled; /* a component is subsampled */
    bool alike;   /* all components have samples of one type */
    bool is_signed;
    unsigned bits, channels;
} size_marker;

static bool read_size(loom_bytes stream, size_marker *size)
{
    loom_numbers n = {stream, false};

    *size = (size_marker){.alike = true};
    if (!LOOM_BYTES_HAVE(stream, 0, "\xFF\x4F\xFF\x51"))
        return false;
    (void)loom_numbers_next(&n, 6); /* markers, and the length of the second */
    size->capabilities = (unsigned)loom_numbers_next(&n, 2);
    (void)loom_numbers_next(&n, 8); /* sides */
    size->offset = loom_numbers_next(&n, 8) != 0;
    (void)loom_numbers_next(&n, 8); /* of tiles */
    size->offset = loom_numbers_next(&n, 8) != 0 || size->offset;
    size->channels = (unsigned)loom_numbers_next(&n, 2);
    for (unsigned i = 0; i < size->channels && !n.past_end; i++) {
        const unsigned sample = (unsigned)loom_numbers_next(&n, 1);
        const unsigned bits = (sample & 127u) + 1;
        size->alike = size->alike &&
                      (i == 0 || (bits == size->bits && size->is_signed == (sample >> 7 == 1)));
        size->bits = bits;
        size->is_signed = sample >> 7 == 1;
        size->sampled = loom_numbers_next(&n, 2) != 0x0101 || size->sampled;
    }
    return !n.past_end;
}

/* I.5.3.6: the colours in order, optionally followed by an alpha channel for the whole picture. */
static const char *unknown_channels(loom_bytes channels, unsigned count)
{
    const bool alpha = count == 2 || count == 4;
    loom_numbers n = {channels, false};

    if (channels.data == NULL)
        return alpha ? "a channel of no known meaning" : NULL;
    const uint64_t entries = loom_numbers_next(&n, 2);
    if (entries != count)
        return "channels without exactly one meaning each";
    for (uint64_t i = 0; i < entries; i++) {
        const uint64_t number = loom_numbers_next(&n, 2), type = loom_numbers_next(&n, 2);
        const uint64_t colour = loom_numbers_next(&n, 2);
        const bool is_alpha = alpha && i == count - 1;
        if (is_alpha && type == 2)
            return "premultiplied alpha";
        if (n.past_end || number != i || type != (is_alpha ? 1 : 0) ||
            colour != (is_alpha ? 0 : i + 1))
            return "channels in another order, or of no known meaning";
    }
    return NULL;
}

static bool refuse_colours(const parts *p, const size_marker *size,
                           char reason[LOOM_UNSUPPORTED_REASON])
{
    loom_numbers n = {p->colours, false};
    const unsigned method = (unsigned)loom_numbers_next(&n, 1);

    (void)loom_numbers_next(&n, 2);
    const unsigned number = method == 1 ? (unsigned)loom_numbers_next(&n, 4) : 0;
    if (n.past_end)
        return false; /* damaged */
    if (loom_kind_refuse(kinds, "colour specification", method, reason) ||
        (method == 1 && loom_kind_refuse(kinds, "colours", number, reason)))
        return true;
    return method == 1 && (number == 17) != (size->channels <= 2) &&
           loom_unsupported_set(reason, "colours for another number of channels");
}

/*
 * Whether the parts of a tile (A.4.2) are not all adjacent. libvips reads tile by tile, and takes
 * that for damage.
 */
static bool has_scattered_tiles(loom_bytes stream)
{
    enum { SOT = 0xFF90, SOT_SIZE = 12 };
    uint64_t tile = 0, highest = 0;
    size_t at = 2;

    while (stream.size - at >= 4 && loom_be16(stream.data + at) != SOT) { /* the main header */
        const size_t length = 2 + (size_t)loom_be16(stream.data + at + 2);
        if (length < 4 || length > stream.size - at)
            return false;
        at += length;
    }
    for (bool first = true; stream.size - at >= SOT_SIZE; first = false) {
        const unsigned char *part = stream.data + at;
        const uint64_t number = loom_be16(part + 4), length = loom_be32(part + 6);
        if (loom_be16(part) != SOT)
            return false;
        if (!first && number != tile && number <= highest)
            return true;
        tile = number;
        highest = number > highest ? number : highest;
        if (length < SOT_SIZE || length > stream.size - at) /* 0: the last one */
            return false;
        at += (size_t)length;
    }
    return false;
}

static bool is_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    const parts p = find_parts(file);
    size_marker size;

    if (p.palette.data != NULL)
        return loom_unsupported_set(reason, "a palette");
    if (!read_size(p.stream, &size))
        return false;
    if (size.capabilities & 0xC000)
        return loom_unsupported_set(reason, "features beyond Part 1 of the standard");
    if (size.offset)
        return loom_unsupported_set(reason,
                                    "a picture that does not start at the origin of its grid");
    if (loom_kind_refuse(kinds, "channels", size.channels, reason))
        return true;
    if (size.sampled)
        return loom_unsupported_set(reason, "subsampled channels");
    if (!size.alike)
        return loom_unsupported_set(reason, "channels that differ in type");
    if (size.is_signed)
        return loom_unsupported_set(reason, "signed samples");
    if (loom_kind_refuse(kinds, "bits a sample", size.bits, reason))
        return true;
    if (has_scattered_tiles(p.stream))
        return loom_unsupported_set(reason, "tiles whose parts are not adjacent");
    const char *channels = unknown_channels(p.channels, size.channels);
    if (channels != NULL)
        return loom_unsupported_set(reason, channels);
    return p.boxed && refuse_colours(&p, &size, reason);
}

static void read_traits(loom_bytes file, loom_traits *traits)
{
    const parts p = find_parts(file);
    size_marker size;

    if (read_size(p.stream, &size) && p.palette.data == NULL)
        *traits = (loom_traits){loom_presence_of(size.channels == 2 || size.channels == 4),
                                size.bits, 1, 0};
}

const loom_container loom_container_jp2 = {.info = {.format = LOOM_FORMAT_JP2,
                                                    .name = "jp2",
                                                    .extensions = {"jp2", "j2k", "jpc"},
                                                    .same_as = LOOM_UNWRITTEN_AS,
                                                    .untrusted = true},
                                           .sniff = sniff,
                                           .header = read_header,
                                           .traits = read_traits,
                                           .unsupported = is_unsupported,
                                           .kinds = kinds,
                                           /* A tile that holds the whole picture. */
                                           .memory = {.plain = 200, .whole = 200}};
