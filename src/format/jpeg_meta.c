#include "format/jpeg_meta.h"

#include "format/jpeg.h"

enum { SEGMENT_MAX = 65533, PIECES_MAX = 255, PROFILE_HEAD = 14, JOINED_MAX = 8000000 };

/* With the literal's own NUL, if the name ends in a second NUL. */
static const char exif_name[] = "Exif\0";
static const char xmp_name[] = "http://ns.adobe.com/xap/1.0/";
static const char more_name[] = "http://ns.adobe.com/xmp/extension/";
static const char profile_name[] = "ICC_PROFILE";
static const char photoshop_name[] = "Photoshop 3.0";

/* ---- reading ------------------------------------------------------------- */

typedef struct reading {
    loom_jpeg_meta *meta;
    loom_bytes pieces[PIECES_MAX]; /* of the profile, by their numbers from 1; size 0: missing */
    unsigned count;                /* the number of pieces expected */
    bool broken;
} reading;

static loom_bytes behind(loom_bytes segment, size_t name_size)
{
    return loom_bytes_from(segment, name_size);
}

#define IS(segment, name) loom_bytes_equal(segment, 0, name, sizeof(name))

/* The first block counts. */
static void store(reading *r, loom_bytes *as, loom_bytes block)
{
    if (as->data == NULL)
        *as = block;
    else
        r->meta->source.further = true;
}

/* ICC.1:2010, B.4: number and count, from 1. */
static void store_piece(reading *r, loom_bytes segment)
{
    if (segment.size < PROFILE_HEAD) {
        r->broken = true;
        return;
    }
    const unsigned number = segment.data[12], count = segment.data[13];
    if (r->count == 0)
        r->count = count;
    if (number == 0 || number > count || count != r->count || r->pieces[number - 1].size > 0)
        r->broken = true;
    else
        r->pieces[number - 1] = behind(segment, PROFILE_HEAD);
}

/* Resources that exceed a segment continue in the next one. */
static void store_resources(reading *r, loom_bytes resources)
{
    loom_jpeg_meta *meta = r->meta;

    if (meta->source.iptc.data == NULL) {
        meta->source.iptc = resources;
        return;
    }
    if (meta->iptc.size == 0)
        loom_strbuf_add(&meta->iptc, meta->source.iptc.data, meta->source.iptc.size);
    if (meta->iptc.size < JOINED_MAX)
        loom_strbuf_add(&meta->iptc, resources.data, resources.size);
    meta->source.iptc = loom_meta_bytes(&meta->iptc);
}

static void read_segment(reading *r, unsigned marker, loom_bytes segment)
{
    loom_meta_source *source = &r->meta->source;

    if (marker == LOOM_JPEG_APP1 && IS(segment, exif_name))
        store(r, &source->exif, behind(segment, sizeof exif_name));
    else if (marker == LOOM_JPEG_APP1 && IS(segment, xmp_name))
        store(r, &source->xmp, behind(segment, sizeof xmp_name));
    else if (marker == LOOM_JPEG_APP1 && IS(segment, more_name))
        r->meta->source.further = true;
    else if (marker == LOOM_JPEG_APP2 && IS(segment, profile_name))
        store_piece(r, segment);
    else if (marker == LOOM_JPEG_APP13 && IS(segment, photoshop_name))
        store_resources(r, behind(segment, sizeof photoshop_name));
}

static void join_profile(reading *r)
{
    loom_jpeg_meta *meta = r->meta;

    if (r->broken || r->count == 0)
        return;
    if (r->count == 1) {
        meta->source.profile = r->pieces[0];
        return;
    }
    for (unsigned i = 0; i < r->count; i++) {
        if (r->pieces[i].size == 0 || meta->profile.size > JOINED_MAX) {
            loom_strbuf_clear(&meta->profile);
            return;
        }
        loom_strbuf_add(&meta->profile, r->pieces[i].data, r->pieces[i].size);
    }
    meta->source.profile = loom_meta_bytes(&meta->profile);
}

bool loom_jpeg_meta_read(loom_jpeg_meta *meta, loom_bytes file)
{
    reading r = {.meta = meta};
    loom_bytes segment;

    *meta = (loom_jpeg_meta){.profile = LOOM_STRBUF_INIT};
    for (size_t at = 2;;) {
        const unsigned marker = loom_jpeg_walk(file, &at, &segment);
        if (marker == 0 || marker == LOOM_JPEG_SOS || marker == LOOM_JPEG_EOI ||
            marker == LOOM_JPEG_SOI)
            break;
        read_segment(&r, marker, segment);
    }
    join_profile(&r);
    return !meta->profile.failed && !meta->iptc.failed;
}

void loom_jpeg_meta_release(loom_jpeg_meta *meta)
{
    loom_strbuf_release(&meta->profile);
    loom_strbuf_release(&meta->iptc);
    *meta = (loom_jpeg_meta){.profile = LOOM_STRBUF_INIT};
}

/* ---- plain files --------------------------------------------------------- */

/* JFIF 1.02: version, units, densities, and the size of a thumbnail, which must be none. */
static bool is_plain_jfif(loom_bytes segment)
{
    static const char name[] = "JFIF";

    return segment.size == 14 && IS(segment, name) && segment.data[12] == 0 &&
           segment.data[13] == 0;
}

/* Whether nothing but pixels and the blocks that are read is in a segment. */
static bool is_known_segment(unsigned marker, loom_bytes segment)
{
    static const char adobe_name[] = {'A', 'd', 'o', 'b', 'e'};

    switch (marker) {
    case LOOM_JPEG_SOF0:
    case LOOM_JPEG_SOF1:
    case LOOM_JPEG_SOF2:
    case LOOM_JPEG_DHT:
    case LOOM_JPEG_DQT:
    case LOOM_JPEG_DRI:
    case LOOM_JPEG_SOS:
        return true;
    case LOOM_JPEG_APP0:
        return is_plain_jfif(segment);
    case LOOM_JPEG_APP1:
        return IS(segment, exif_name) || IS(segment, xmp_name);
    case LOOM_JPEG_APP2:
        return IS(segment, profile_name);
    case LOOM_JPEG_APP13:
        return IS(segment, photoshop_name);
    case LOOM_JPEG_APP14:
        return segment.size == 12 && loom_bytes_equal(segment, 0, adobe_name, sizeof adobe_name);
    default:
        return false;
    }
}

bool loom_jpeg_is_plain(loom_bytes file, loom_meta_source *source)
{
    loom_jpeg_meta meta = {.profile = LOOM_STRBUF_INIT};
    reading r = {.meta = &meta};
    loom_jpeg_header header;
    loom_bytes segment;
    size_t at = 2;
    unsigned marker;

    if (!loom_jpeg_header_read(file, &header) || !loom_jpeg_is_ordinary(&header) ||
        (header.count != 1 && (header.count != 3 || !loom_jpeg_is_ycc(&header))) ||
        loom_jpeg_is_adobe_rgb(&header))
        return false;
    while ((marker = loom_jpeg_walk(file, &at, &segment)) != LOOM_JPEG_EOI) {
        if (marker == 0 || !is_known_segment(marker, segment))
            return false;
        read_segment(&r, marker, segment);
    }
    join_profile(&r);
    *source = meta.source;
    const bool in_pieces = r.broken || r.count > 1 || meta.iptc.size > 0 || meta.source.further;
    loom_jpeg_meta_release(&meta);
    return at == file.size && !in_pieces;
}

/* ---- writing ------------------------------------------------------------- */

static void add_segment(loom_strbuf *out, unsigned marker, loom_bytes name, loom_bytes data)
{
    const size_t size = 2 + name.size + data.size;
    const unsigned char head[] = {0xFF, (unsigned char)marker, (unsigned char)(size >> 8),
                                  (unsigned char)size};

    loom_strbuf_add(out, head, sizeof head);
    loom_strbuf_add(out, name.data, name.size);
    loom_strbuf_add(out, data.data, data.size);
}

static loom_bytes name_of(const char *name, size_t size)
{
    return (loom_bytes){(const unsigned char *)name, size};
}

static void add_profile(loom_strbuf *out, loom_bytes profile)
{
    enum { PIECE = SEGMENT_MAX - PROFILE_HEAD };
    const size_t count = (profile.size + PIECE - 1) / PIECE;

    for (size_t i = 0; i < count; i++) {
        const size_t from = i * PIECE, left = profile.size - from;
        unsigned char head[PROFILE_HEAD] = "ICC_PROFILE";
        head[12] = (unsigned char)(i + 1);
        head[13] = (unsigned char)count;
        add_segment(out, LOOM_JPEG_APP2, (loom_bytes){head, sizeof head},
                    (loom_bytes){profile.data + from, left < PIECE ? left : PIECE});
    }
}

static void add_resources(loom_strbuf *out, loom_bytes resources)
{
    const size_t piece = SEGMENT_MAX - sizeof photoshop_name;

    for (size_t from = 0; from < resources.size; from += piece) {
        const size_t left = resources.size - from;
        add_segment(out, LOOM_JPEG_APP13, name_of(photoshop_name, sizeof photoshop_name),
                    (loom_bytes){resources.data + from, left < piece ? left : piece});
    }
}

bool loom_jpeg_meta_add(const loom_meta *meta, loom_strbuf *out)
{
    if (meta->exif.size > 0)
        add_segment(out, LOOM_JPEG_APP1, name_of(exif_name, sizeof exif_name),
                    loom_meta_bytes(&meta->exif));
    if (meta->xmp.size > 0)
        add_segment(out, LOOM_JPEG_APP1, name_of(xmp_name, sizeof xmp_name),
                    loom_meta_bytes(&meta->xmp));
    if (meta->profile.size > 0)
        add_profile(out, meta->profile);
    add_resources(out, loom_meta_bytes(&meta->iptc));
    return !out->failed;
}

bool loom_jpeg_meta_insert(loom_bytes file, const loom_meta *meta, loom_strbuf *out)
{
    loom_bytes segment;
    size_t at = 2;

    if (!LOOM_BYTES_HAVE(file, 0, "\xFF\xD8\xFF"))
        return false;
    if (loom_jpeg_walk(file, &at, &segment) != LOOM_JPEG_APP0)
        at = 2;
    loom_strbuf_add(out, file.data, at);
    (void)loom_jpeg_meta_add(meta, out);
    loom_strbuf_add(out, file.data + at, file.size - at);
    return !out->failed;
}
