#include "format/jpeg.h"

#include "format/container.h"
#include "format/exif.h"
#include "format/icc.h"
#include "format/jpeg_edit.h"
#include "format/jpeg_kinds.h"

/* ---- markers ------------------------------------------------------------- */

size_t loom_jpeg_next_marker(loom_bytes file, size_t at)
{
    while (at + 1 < file.size) {
        const unsigned char *ff = memchr(file.data + at, 0xFF, file.size - 1 - at);
        if (ff == NULL)
            return file.size;
        at = (size_t)(ff - file.data);
        const unsigned code = ff[1];
        if (code != 0 && code != 0xFF && (code & 0xF8) != LOOM_JPEG_RST0 && code != LOOM_JPEG_TEM)
            return at;
        at += code == 0xFF ? 1 : 2;
    }
    return file.size;
}

unsigned loom_jpeg_walk(loom_bytes file, size_t *at, loom_bytes *segment)
{
    size_t here = loom_jpeg_next_marker(file, *at);

    if (here == file.size)
        return 0;
    const unsigned marker = file.data[here + 1];
    here += 2;
    *segment = (loom_bytes){file.data + here, 0};
    if (marker != LOOM_JPEG_EOI && marker != LOOM_JPEG_SOI) {
        const loom_bytes rest = loom_bytes_from(file, here);
        if (rest.size < 2 || loom_be16(rest.data) < 2 || loom_be16(rest.data) > rest.size)
            return 0;
        *segment = (loom_bytes){rest.data + 2, (size_t)loom_be16(rest.data) - 2};
        here += 2 + segment->size;
    }
    *at = here;
    return marker;
}

/* ---- the frame header ---------------------------------------------------- */

bool loom_jpeg_frame_read(unsigned marker, loom_bytes segment, loom_jpeg_frame *frame)
{
    const unsigned char *p = segment.data;

    if (segment.size < 6 || segment.size < 6 + (size_t)p[5] * 3)
        return false;
    *frame = (loom_jpeg_frame){.marker = marker,
                               .precision = p[0],
                               .height = loom_be16(p + 1),
                               .width = loom_be16(p + 3),
                               .count = p[5],
                               .exact = segment.size == 6 + (size_t)p[5] * 3,
                               .components = {p + 6, (size_t)p[5] * 3}};
    return true;
}

loom_jpeg_component loom_jpeg_frame_component(const loom_jpeg_frame *frame, unsigned i)
{
    const unsigned char *p = frame->components.data + (size_t)i * 3;

    return (loom_jpeg_component){p[0], p[1] >> 4, p[1] & 15u};
}

static bool is_progressive(unsigned marker)
{
    return marker % 4 == 2; /* SOF2, 6, 10, 14 */
}

/* ---- the header ---------------------------------------------------------- */

static bool parse_frame(loom_jpeg_header *header, unsigned marker, loom_bytes segment)
{
    loom_jpeg_frame frame;

    if (header->frame != 0 || !loom_jpeg_frame_read(marker, segment, &frame) || !frame.exact ||
        frame.width == 0 || frame.height == 0 || frame.count == 0 ||
        frame.count > LOOM_JPEG_COMPONENTS)
        return false;
    header->frame = marker;
    header->precision = frame.precision;
    header->width = frame.width;
    header->height = frame.height;
    header->count = frame.count;
    for (unsigned i = 0; i < frame.count; i++) {
        const loom_jpeg_component c = loom_jpeg_frame_component(&frame, i);
        if (c.h - 1 > 3 || c.v - 1 > 3)
            return false;
        header->components[i] = c;
    }
    return true;
}

/* APP1: EXIF or XMP. The orientation is the first EXIF block's. */
static void parse_app1(loom_jpeg_header *header, loom_bytes segment)
{
    header->metadata = true;
    if (LOOM_BYTES_HAVE(segment, 0, "Exif\0\0") && !header->has_exif) {
        header->orientation = loom_exif_orientation(segment.data + 6, segment.size - 6);
        header->adobe_rgb = loom_exif_is_adobe_rgb(segment.data + 6, segment.size - 6);
        header->has_exif = true;
    }
}

/* APP2: a part of an ICC profile (ICC.1:2010, B.4): its number and their count, from 1. */
static void parse_app2(loom_jpeg_header *header, loom_bytes segment)
{
    const unsigned char *p = segment.data;

    if (!LOOM_BYTES_HAVE(segment, 0, "ICC_PROFILE\0"))
        return;
    const bool whole =
        header->profile == LOOM_JPEG_PROFILE_NONE && segment.size > 14 && p[12] == 1 && p[13] == 1;
    header->profile = whole && loom_icc_is_srgb(p + 14, segment.size - 14)
                          ? LOOM_JPEG_PROFILE_SRGB
                          : LOOM_JPEG_PROFILE_OTHER;
}

static bool parse_segment(loom_jpeg_header *header, unsigned marker, loom_bytes segment)
{
    switch (marker) {
    case LOOM_JPEG_SOI:
        return false; /* a second one */
    case LOOM_JPEG_APP0:
        header->jfif =
            header->jfif || (segment.size >= 14 && LOOM_BYTES_HAVE(segment, 0, "JFIF\0"));
        return true;
    case LOOM_JPEG_APP1:
        parse_app1(header, segment);
        return true;
    case LOOM_JPEG_APP2:
        parse_app2(header, segment);
        return true;
    case LOOM_JPEG_APP13:
        header->metadata = true;
        return true;
    case LOOM_JPEG_APP14:
        if (segment.size >= 12 && LOOM_BYTES_HAVE(segment, 0, "Adobe"))
            header->adobe = segment.data[11];
        return true;
    default:
        return !loom_jpeg_is_frame(marker) || parse_frame(header, marker, segment);
    }
}

bool loom_jpeg_header_read(loom_bytes file, loom_jpeg_header *header)
{
    loom_bytes segment;
    size_t at = 2;

    *header = (loom_jpeg_header){.adobe = -1, .orientation = 1};
    if (!LOOM_BYTES_HAVE(file, 0, "\xFF\xD8"))
        return false;
    for (;;) {
        const unsigned marker = loom_jpeg_walk(file, &at, &segment);
        if (marker == 0 || marker == LOOM_JPEG_EOI)
            return false;
        if (marker == LOOM_JPEG_SOS)
            break;
        if (!parse_segment(header, marker, segment))
            return false;
    }
    header->scan_count = segment.size > 0 ? segment.data[0] : 0;
    return header->frame != 0 && header->scan_count >= 1 && header->scan_count <= header->count;
}

bool loom_jpeg_is_ordinary(const loom_jpeg_header *header)
{
    return header->frame >= LOOM_JPEG_SOF0 && header->frame <= LOOM_JPEG_SOF2 &&
           header->precision == 8;
}

bool loom_jpeg_is_ycc(const loom_jpeg_header *header)
{
    const loom_jpeg_component *c = header->components;

    if (header->count != 3)
        return false;
    if (header->jfif)
        return true;
    if (header->adobe >= 0)
        return header->adobe == 1;
    return c[0].id == 1 && c[1].id == 2 && c[2].id == 3;
}

static bool sniff(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "\xFF\xD8\xFF");
}

bool loom_jpeg_is_adobe_rgb(const loom_jpeg_header *header)
{
    return header->adobe_rgb && header->count == 3 && header->profile == LOOM_JPEG_PROFILE_NONE;
}

/* Adobe RGB (1998) Color Image Encoding, 4.3.1 and 4.3.4. */
static const loom_colour_words adobe_rgb = {
    .kind = LOOM_COLOUR_MEASURES,
    .gamma = 563.0 / 256,
    .has_xy = true,
    .xy = {{0.64, 0.33}, {0.21, 0.71}, {0.15, 0.06}, {0.3127, 0.3290}}};

/* Of an ordinary JPEG; others are for libvips to explain. */
static bool read_header(loom_bytes file, loom_header *header)
{
    if (!loom_jpeg_header_read(file, &header->jpeg) || !loom_jpeg_is_ordinary(&header->jpeg))
        return false;
    header->has_jpeg = true;
    header->binding = true;
    header->width = header->jpeg.width;
    header->height = header->jpeg.height;
    header->orientation = header->jpeg.orientation;
    if (loom_jpeg_is_adobe_rgb(&header->jpeg))
        header->colour = adobe_rgb;
    header->whole = is_progressive(header->jpeg.frame);
    return true;
}

/* ---- whether it is all there --------------------------------------------- */

/* How far each coefficient of each component is known: 0 not at all, else 1 + lowest bit sent. */
typedef struct progress {
    unsigned char ids[LOOM_JPEG_COMPONENTS];
    unsigned components;
    bool progressive;
    /* Bytes that the pixels take: a bit for each block of the largest component. */
    uint64_t min_size;
    unsigned char known[LOOM_JPEG_COMPONENTS][LOOM_JPEG_COEFFICIENTS];
} progress;

static void begin_frame(progress *p, unsigned marker, loom_bytes segment)
{
    loom_jpeg_frame frame;

    if (!loom_jpeg_frame_read(marker, segment, &frame) || frame.count > LOOM_JPEG_COMPONENTS)
        return;
    p->progressive = is_progressive(marker);
    p->components = frame.count;
    if (marker <= LOOM_JPEG_SOF2) /* Huffman-coded */
        p->min_size = ((frame.height + UINT64_C(7)) / 8) * ((frame.width + UINT64_C(7)) / 8) / 8;
    for (unsigned i = 0; i < frame.count; i++)
        p->ids[i] = (unsigned char)loom_jpeg_frame_component(&frame, i).id;
}

static void add_scan(progress *p, loom_bytes segment)
{
    const unsigned char *s = segment.data;

    if (segment.size < 1 || s[0] > LOOM_JPEG_COMPONENTS || segment.size < 4 + (size_t)s[0] * 2)
        return;
    const unsigned char *rest = s + 1 + (size_t)s[0] * 2;
    unsigned from = rest[0], to = rest[1], low = rest[2] & 15u;
    if (!p->progressive)
        from = 0, to = LOOM_JPEG_COEFFICIENTS - 1, low = 0;

    for (unsigned n = 0; n < s[0]; n++)
        for (unsigned i = 0; i < p->components; i++)
            if (p->ids[i] == s[1 + n * 2])
                for (unsigned k = from; k <= to && k < LOOM_JPEG_COEFFICIENTS; k++)
                    p->known[i][k] = (unsigned char)(1 + low);
}

/* Whether the scans that began would make the whole picture. */
static bool is_complete(const progress *p)
{
    for (unsigned i = 0; i < p->components; i++)
        for (unsigned k = 0; k < LOOM_JPEG_COEFFICIENTS; k++)
            if (p->known[i][k] != 1)
                return false;
    return p->components > 0;
}

/* Marker by marker up to the end, or to where the rest does not matter. */
static loom_integrity walk_all(loom_bytes file)
{
    progress p = {.components = 0};

    for (size_t at = 2;;) {
        at = loom_jpeg_next_marker(file, at);
        if (at == file.size)
            return is_complete(&p) ? LOOM_INTEGRITY_NO_END : LOOM_INTEGRITY_CUT;
        const unsigned marker = file.data[at + 1];
        at += 2;
        if (marker == LOOM_JPEG_EOI)
            return LOOM_INTEGRITY_WHOLE; /* bytes after the end are nothing */
        if (marker == LOOM_JPEG_SOI)
            continue;
        const loom_bytes rest = loom_bytes_from(file, at);
        if (rest.size < 2 || loom_be16(rest.data) > rest.size)
            return LOOM_INTEGRITY_CUT;
        const size_t length = loom_be16(rest.data);
        if (length < 2)
            return LOOM_INTEGRITY_WHOLE; /* damaged, not cut */
        const loom_bytes segment = {rest.data + 2, length - 2};
        if (loom_jpeg_is_frame(marker))
            begin_frame(&p, marker, segment);
        if (marker == LOOM_JPEG_SOS)
            add_scan(&p, segment);
        if (marker == LOOM_JPEG_SOS && p.min_size > file.size)
            return LOOM_INTEGRITY_CUT;
        at += length;
        if (marker == LOOM_JPEG_SOS && file.size - at >= 2 &&
            LOOM_BYTES_HAVE(file, file.size - 2, "\xFF\xD9"))
            return LOOM_INTEGRITY_WHOLE; /* nearly every file: no need to walk its scans */
    }
}

/* Beyond the limit it does not matter how many there are: a small file can hold millions. */
static unsigned count_scans(loom_bytes file)
{
    loom_bytes segment;
    unsigned scans = 0;

    for (size_t at = 2; scans < LOOM_SCANS_COUNTED;) {
        const unsigned marker = loom_jpeg_walk(file, &at, &segment);
        if (marker == 0 || marker == LOOM_JPEG_EOI)
            break;
        scans += marker == LOOM_JPEG_SOS;
    }
    return scans;
}

/* A decoder that finds no end marker warns of it, so it gets one, even behind a cut. */
static loom_integrity check(loom_bytes file, loom_header *header, loom_bytes *missing_end)
{
    /* A lone FF before it is a fill byte. */
    static const unsigned char end[] = {0xFF, LOOM_JPEG_EOI};
    const loom_integrity integrity = walk_all(file);

    if (header->has_jpeg && (header->whole || header->jpeg.scan_count < header->jpeg.count))
        header->scans = count_scans(file);
    if (integrity != LOOM_INTEGRITY_WHOLE)
        *missing_end = (loom_bytes){end, sizeof end};
    return integrity;
}

const loom_container loom_container_jpeg = {.sniff = sniff,
                                            .header = read_header,
                                            .unsupported = loom_jpeg_is_unsupported,
                                            .check = check,
                                            .mend = loom_jpeg_mend,
                                            .needs_mending = loom_jpeg_needs_mending,
                                            .kinds = loom_jpeg_kinds};
