/* JPEG as a container: its header, the kinds that are read (T.81, table B.1 and B.2.2), and its
 * end. */
#include "format/container.h"
#include "format/exif.h"
#include "format/jpeg_edit.h"
#include "format/jpeg_meta.h"

static bool sniff(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "\xFF\xD8\xFF");
}

/* Adobe RGB (1998) Color Image Encoding, 4.3.1 and 4.3.4. */
static const loom_colour_words adobe_rgb = {
    .kind = LOOM_COLOUR_MEASURES,
    .gamma = 563.0 / 256,
    .has_xy = true,
    .xy = {{0.64, 0.33}, {0.21, 0.71}, {0.15, 0.06}, {0.3127, 0.3290}}};

/* For ordinary JPEGs; libvips handles the others. */
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
    header->whole = loom_jpeg_is_progressive(header->jpeg.frame);
    return true;
}

/* To the end of the first scan's header, or to where there will be none. */
static size_t header_size(loom_bytes start)
{
    loom_bytes segment;
    size_t at = 2;

    for (;;) {
        const size_t here = loom_jpeg_next_marker(start, at);
        const unsigned marker = loom_jpeg_walk(start, &at, &segment);
        if (marker == LOOM_JPEG_SOS || marker == LOOM_JPEG_EOI || marker == LOOM_JPEG_SOI)
            return at;
        if (marker != 0)
            continue;
        if (start.size < 4 || here > start.size - 4) /* a marker and a length */
            return start.size + 1;
        return here + 2 + loom_be16(start.data + here + 2); /* cut; or damaged and behind us */
    }
}

/* JFIF 1.02: units and density follow the version. */
static uint32_t read_density(loom_bytes segment)
{
    enum { INCH = 1, CENTIMETRE = 2 };

    if (segment.size < 14 || !LOOM_BYTES_HAVE(segment, 0, "JFIF\0"))
        return 0;
    const uint32_t density = loom_be16(segment.data + 8);
    const unsigned unit = segment.data[7];
    return unit == INCH ? density * 1000 : unit == CENTIMETRE ? density * 2540 : 0;
}

/* The resolution in JFIF comes before that in EXIF. */
static void read_traits(loom_bytes file, loom_traits *traits)
{
    uint32_t jfif = 0, exif = 0;
    loom_bytes segment;
    loom_jpeg_frame frame;
    size_t at = 2;

    for (;;) {
        const unsigned marker = loom_jpeg_walk(file, &at, &segment);
        if (marker == 0 || marker == LOOM_JPEG_SOS || marker == LOOM_JPEG_EOI)
            break;
        if (loom_jpeg_is_frame(marker) && loom_jpeg_frame_read(marker, segment, &frame))
            *traits = (loom_traits){LOOM_PRESENCE_ABSENT, frame.precision, 1, 0};
        else if (marker == LOOM_JPEG_APP0 && jfif == 0)
            jfif = read_density(segment);
        else if (marker == LOOM_JPEG_APP1 && exif == 0 && LOOM_BYTES_HAVE(segment, 0, "Exif\0\0"))
            exif = loom_exif_block_dpi(segment);
    }
    traits->dpi = jfif > 0 ? jfif : exif;
}

/* In the JFIF segment, which is the first of all, or is put there: it is for gray and Y'CbCr alone.
 */
static bool put_dpi(loom_bytes file, uint32_t dpi, loom_strbuf *out)
{
    const uint32_t density = (dpi + 500) / 1000;
    unsigned char jfif[] = {
        0xFF, LOOM_JPEG_APP0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 1, 0, 0, 0, 0, 0, 0};
    const bool has = LOOM_BYTES_HAVE(file, 2, "\xFF\xE0") && LOOM_BYTES_HAVE(file, 6, "JFIF\0");
    loom_jpeg_header header;

    if (density == 0 || density > UINT16_MAX || file.size < 2 + sizeof jfif ||
        !loom_jpeg_header_read(file, &header) || !(header.count == 1 || loom_jpeg_is_ycc(&header)))
        return false;
    loom_put16(jfif + 12, true, density);
    loom_put16(jfif + 14, true, density);
    loom_strbuf_add(out, file.data, 2);
    loom_strbuf_add(out, jfif, sizeof jfif);
    loom_strbuf_add(out, file.data + 2 + (has ? sizeof jfif : 0),
                    file.size - 2 - (has ? sizeof jfif : 0));
    return !out->failed;
}

/* ---- kinds --------------------------------------------------------------- */

static const char process[] = "process", bits[] = "bits a sample", components[] = "components",
                  height[] = "height", sampling[] = "sampling";

enum { JPEG_LS = 0xF7 }; /* its frame header's marker: ITU-T T.87, C.2.1 */

/* The values of those two aspects. */
enum { HEIGHT_TOLD = 0, HEIGHT_FOLLOWS = 1 };
enum { WHOLE_FACTORS = 0, FRACTIONS = 1 };

static const loom_kind kinds[] = {
    {process, 0xC0, true, "baseline"},
    {process, 0xC1, true, "extended sequential"},
    {process, 0xC2, true, "progressive"},
    {process, 0xC9, true, "sequential, arithmetic coding"},
    {process, 0xCA, true, "progressive, arithmetic coding"},
    {process, 0xC3, false, "lossless"},
    {process, 0xC5, false, "hierarchical, sequential"},
    {process, 0xC6, false, "hierarchical, progressive"},
    {process, 0xC7, false, "hierarchical, lossless"},
    {process, 0xCB, false, "lossless, arithmetic coding"},
    {process, 0xCD, false, "hierarchical, sequential, arithmetic coding"},
    {process, 0xCE, false, "hierarchical, progressive, arithmetic coding"},
    {process, 0xCF, false, "hierarchical, lossless, arithmetic coding"},
    {process, JPEG_LS, false, "JPEG-LS"},
    {bits, 8, true, "8"},
    {bits, 12, false, "12"},
    {components, 1, true, "1 (gray)"},
    {components, 3, true, "3 (Y'CbCr or RGB)"},
    {components, 4, true, "4 (CMYK or YCCK)"},
    {components, 2, false, "2"},
    {height, HEIGHT_TOLD, true, "in the frame header"},
    {height, HEIGHT_FOLLOWS, false, "after the first scan (DNL)"},
    {sampling, WHOLE_FACTORS, true, "components whose sizes have integer ratios"},
    {sampling, FRACTIONS, false, "components whose sizes have other ratios"},
    {NULL, 0, false, NULL}};

/* libjpeg upscales components by integer factors only. */
static bool has_fractions(const loom_jpeg_frame *frame)
{
    unsigned max_h = 1, max_v = 1;

    for (unsigned i = 0; i < frame->count; i++) {
        const loom_jpeg_component c = loom_jpeg_frame_component(frame, i);
        if (c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4)
            return false; /* damaged */
        max_h = c.h > max_h ? c.h : max_h;
        max_v = c.v > max_v ? c.v : max_v;
    }
    for (unsigned i = 0; i < frame->count; i++) {
        const loom_jpeg_component c = loom_jpeg_frame_component(frame, i);
        if (max_h % c.h != 0 || max_v % c.v != 0)
            return true;
    }
    return false;
}

/* A frame with invalid values is damaged, which the decoder reports. */
static bool refuse_frame(unsigned marker, loom_bytes segment, char reason[LOOM_UNSUPPORTED_REASON])
{
    loom_jpeg_frame frame;

    if (loom_kind_refuse(kinds, process, marker, reason))
        return true;
    if (!loom_jpeg_frame_read(marker, segment, &frame) || !frame.exact || frame.count == 0 ||
        frame.width == 0 || (frame.precision != 8 && frame.precision != 12))
        return false;
    return loom_kind_refuse(kinds, bits, frame.precision, reason) ||
           loom_kind_refuse(kinds, height, frame.height == 0 ? HEIGHT_FOLLOWS : HEIGHT_TOLD,
                            reason) ||
           loom_kind_refuse(kinds, components, frame.count, reason) ||
           loom_kind_refuse(kinds, sampling, has_fractions(&frame) ? FRACTIONS : WHOLE_FACTORS,
                            reason);
}

/* The first frame decides. */
static bool is_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    loom_bytes segment;

    for (size_t at = 2; at < file.size;) {
        const unsigned marker = loom_jpeg_walk(file, &at, &segment);
        if (loom_jpeg_is_frame(marker) || marker == JPEG_LS)
            return refuse_frame(marker, segment, reason);
        if (marker == 0 || marker == LOOM_JPEG_SOS || marker == LOOM_JPEG_EOI)
            return false;
    }
    return false;
}

/* ---- whether it is all there --------------------------------------------- */

/* The known bits of each coefficient of each component: 0 none, else 1 + lowest bit received. */
typedef struct progress {
    unsigned char ids[LOOM_JPEG_COMPONENTS];
    unsigned components;
    bool progressive;
    /* Min bytes of the pixels: a bit for each block of the largest component. */
    uint64_t min_size;
    unsigned char known[LOOM_JPEG_COMPONENTS][LOOM_JPEG_COEFFICIENTS];
} progress;

static void begin_frame(progress *p, unsigned marker, loom_bytes segment)
{
    loom_jpeg_frame frame;

    if (!loom_jpeg_frame_read(marker, segment, &frame) || frame.count > LOOM_JPEG_COMPONENTS)
        return;
    p->progressive = loom_jpeg_is_progressive(marker);
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

/* Whether the scans that have begun complete the picture. */
static bool is_complete(const progress *p)
{
    for (unsigned i = 0; i < p->components; i++)
        for (unsigned k = 0; k < LOOM_JPEG_COEFFICIENTS; k++)
            if (p->known[i][k] != 1)
                return false;
    return p->components > 0;
}

/* Walks marker by marker, up to the end, or until the rest does not matter. */
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
            return LOOM_INTEGRITY_WHOLE; /* bytes after the end do not count */
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
            return LOOM_INTEGRITY_WHOLE; /* nearly every file: its scans need no walk */
    }
}

/* The exact number does not matter beyond the limit: a small file can have millions. */
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

/* A decoder warns if there is no end marker, so it gets one, even after a truncation. */
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

/* Tenths of a byte a px: see loom_memory. */
static unsigned encoder_memory(const loom_recipe *recipe, unsigned bytes, bool alpha)
{
    (void)bytes;
    (void)alpha;
    /* Coefficients of all, for the best Huffman tables. */
    return recipe->chroma == LOOM_CHROMA_444 ? 70 : 40;
}

static loom_bytes find_exif(loom_bytes start)
{
    loom_bytes segment;
    unsigned marker;

    for (size_t at = 2; (marker = loom_jpeg_walk(start, &at, &segment)) != 0;) {
        if (marker == LOOM_JPEG_APP1 && LOOM_BYTES_HAVE(segment, 0, "Exif\0\0"))
            return loom_bytes_from(segment, 6);
        if (marker == LOOM_JPEG_SOS || marker == LOOM_JPEG_EOI)
            break;
    }
    return (loom_bytes){NULL, 0};
}

const loom_container loom_container_jpeg = {
    .info = {.format = LOOM_FORMAT_JPEG,
             .name = "jpeg",
             .extensions = {"jpg", "jpeg", "jpe", "jfif"},
             .same_as = LOOM_FORMAT_JPEG,
             .writable = true,
             .choices = LOOM_CHOICE_QUALITY | LOOM_CHOICE_PROGRESSIVE | LOOM_CHOICE_CHROMA,
             .quality = 80,
             .max_side = LOOM_JPEG_SIDE_MAX},
    .sniff = sniff,
    .header = read_header,
    .traits = read_traits,
    .put_dpi = put_dpi,
    .header_size = header_size,
    .unsupported = is_unsupported,
    .check = check,
    .mend = loom_jpeg_mend,
    .needs_mending = loom_jpeg_needs_mending,
    .plain = loom_jpeg_is_plain,
    .exif = find_exif,
    .kinds = kinds,
    .side_max = LOOM_JPEG_SIDE_MAX,
    .shrinks = true,
    /* A segment has 65533 bytes; "Exif" and XMP's namespace precede the block. */
    .held = {.exif = true,
             .xmp = true,
             .iptc = true,
             .exif_max = 65533 - 6,
             .xmp_max = 65533 - 29,
             .orientation = true,
             .profile = true,
             .cmyk = true,
             .media_type = "image/jpeg"},
    /* Whole: 16-bit coefficients of three components. */
    .memory = {.in_strips = true, .whole = 60, .encoder = encoder_memory}};
