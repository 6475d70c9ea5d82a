/*
 * WebP: Google's WebP Container Specification; RFC 6386, 9.1 (VP8); WebP Lossless Bitstream
 * Specification, 3 (VP8L).
 */
#include "format/webp.h"

#include "format/container.h"
#include "format/exif.h"

enum { RIFF_HEADER = 12, CHUNK_HEADER = 8, VP8X_SIZE = 10 };
enum { FLAG_XMP = 0x04, FLAG_EXIF = 0x08, FLAG_ALPHA = 0x10, FLAG_PROFILE = 0x20 };

static bool sniff(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "RIFF") && LOOM_BYTES_HAVE(file, 8, "WEBP");
}

static bool is_chunk(const unsigned char *p, const char *name)
{
    return memcmp(p, name, 4) == 0;
}

/* The length of the chunk at `at`, with header and padding; 0: it does not lie within the file. */
static size_t chunk_length(loom_bytes file, size_t at)
{
    const size_t left = at < file.size ? file.size - at : 0;

    if (left < CHUNK_HEADER)
        return 0;
    const size_t data = loom_le32(file.data + at + 4), padded = data + data % 2;
    return padded <= left - CHUNK_HEADER ? CHUNK_HEADER + padded : 0;
}

/* The first chunk gives the size: of the canvas, or of the picture, whose max is small. */
static bool read_header(loom_bytes file, loom_header *header)
{
    if (file.size < 30)
        return false;
    const unsigned char *chunk = file.data + RIFF_HEADER, *p = chunk + CHUNK_HEADER;
    if (is_chunk(chunk, "VP8X")) {
        header->binding = true;
        header->width = 1 + (loom_le32(p + 4) & 0xFFFFFF);
        header->height = 1 + (loom_le32(p + 6) >> 8);
        return true;
    }
    if (is_chunk(chunk, "VP8L") && p[0] == 0x2F) {
        const uint32_t bits = loom_le32(p + 1);
        header->width = 1 + (bits & 0x3FFF);
        header->height = 1 + (bits >> 14 & 0x3FFF);
        return true;
    }
    if (is_chunk(chunk, "VP8 ") && p[3] == 0x9D && p[4] == 0x01 && p[5] == 0x2A) {
        header->width = loom_le16(p + 6) & 0x3FFFu;
        header->height = loom_le16(p + 8) & 0x3FFFu;
        return true;
    }
    return false;
}

/* Of an extended file: the frames of an animation, and the resolution in EXIF. */
static void read_chunks(loom_bytes file, loom_traits *traits)
{
    uint32_t count = 0;

    for (size_t at = RIFF_HEADER, length; (length = chunk_length(file, at)) > 0; at += length) {
        const unsigned char *chunk = file.data + at;
        count += is_chunk(chunk, "ANMF");
        if (is_chunk(chunk, "EXIF"))
            traits->dpi =
                loom_exif_block_dpi((loom_bytes){chunk + CHUNK_HEADER, loom_le32(chunk + 4)});
    }
    traits->frames = count > 0 ? count : 1;
}

static void read_traits(loom_bytes file, loom_traits *traits)
{
    const unsigned char *chunk = file.data + RIFF_HEADER, *p = chunk + CHUNK_HEADER;
    loom_header header;

    if (!read_header(file, &header))
        return;
    *traits = (loom_traits){LOOM_PRESENCE_ABSENT, 8, 1, 0};
    if (is_chunk(chunk, "VP8X")) {
        traits->alpha = loom_presence_of((p[0] & FLAG_ALPHA) != 0);
        read_chunks(file, traits);
    } else if (is_chunk(chunk, "VP8L")) {
        traits->alpha = loom_presence_of((p[4] & 0x10) != 0);
    }
}

/* ---- kinds --------------------------------------------------------------- */

static const char coding[] = "coding", lossless_version[] = "lossless version", frames[] = "frames";

enum { LOSSY = 0, LOSSLESS = 1 };
enum { SINGLE = 0, ANIMATION = 1 };

static const loom_kind kinds[] = {
    {coding, LOSSY, true, "lossy (VP8)"},      {coding, LOSSLESS, true, "lossless (VP8L)"},
    {lossless_version, 0, true, "0"},          {frames, SINGLE, true, "a single picture"},
    {frames, ANIMATION, true, "an animation"}, {NULL, 0, false, NULL}};

/* Examines the first picture; in an animation it is in a separate chunk, after 16 bytes. */
static bool is_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    const size_t frame_header = 16;

    for (size_t at = RIFF_HEADER, length; (length = chunk_length(file, at)) > 0; at += length) {
        const unsigned char *chunk = file.data + at, *p = chunk + CHUNK_HEADER;
        if (is_chunk(chunk, "VP8L") && length >= CHUNK_HEADER + 5 && p[0] == 0x2F)
            return loom_kind_refuse(kinds, lossless_version, p[4] >> 5, reason);
        if (is_chunk(chunk, "VP8 ") || is_chunk(chunk, "VP8L"))
            return false;
        if (is_chunk(chunk, "ANMF") && length > CHUNK_HEADER + frame_header)
            length = CHUNK_HEADER + frame_header; /* and into it */
    }
    return false;
}

/* ---- whether it is all there --------------------------------------------- */

/* The end of an animation's first frame; 0: not an animation, or truncated before it. */
static size_t first_frame_end(loom_bytes file)
{
    for (size_t at = RIFF_HEADER, length; (length = chunk_length(file, at)) > 0; at += length)
        if (is_chunk(file.data + at, "ANMF"))
            return at + length;
    return 0;
}

static loom_integrity check(loom_bytes file, loom_header *header, loom_bytes *missing_end)
{
    (void)missing_end; /* there is no end marker */
    if (file.size >= RIFF_HEADER && loom_le32(file.data + 4) <= file.size - 8)
        return LOOM_INTEGRITY_WHOLE;
    header->rest_broken = first_frame_end(file) > 0;
    return LOOM_INTEGRITY_CUT;
}

/* ---- plain files --------------------------------------------------------- */

/* The block that a chunk of metadata is stored as; NULL: it is another chunk. */
static loom_bytes *find_block(const unsigned char *chunk, loom_meta_source *source)
{
    if (is_chunk(chunk, "EXIF"))
        return &source->exif;
    if (is_chunk(chunk, "XMP "))
        return &source->xmp;
    return is_chunk(chunk, "ICCP") ? &source->profile : NULL;
}

/* An extended header announces an animation by a flag that is not among these. */
static bool is_plain_chunk(loom_bytes file, size_t at)
{
    const unsigned char *chunk = file.data + at;

    if (is_chunk(chunk, "VP8X"))
        return loom_le32(chunk + 4) == VP8X_SIZE &&
               (chunk[CHUNK_HEADER] & ~(FLAG_XMP | FLAG_EXIF | FLAG_ALPHA | FLAG_PROFILE)) == 0;
    return is_chunk(chunk, "VP8 ") || is_chunk(chunk, "VP8L") || is_chunk(chunk, "ALPH");
}

static bool is_plain(loom_bytes file, loom_meta_source *source)
{
    size_t at = RIFF_HEADER, length;

    *source = (loom_meta_source){.further = false};
    for (; (length = chunk_length(file, at)) > 0; at += length) {
        loom_bytes *block = find_block(file.data + at, source);
        if (block != NULL ? block->data != NULL : !is_plain_chunk(file, at))
            return false;
        if (block != NULL)
            *block = (loom_bytes){file.data + at + CHUNK_HEADER, loom_le32(file.data + at + 4)};
    }
    return at == file.size && loom_le32(file.data + 4) == file.size - 8;
}

size_t loom_webp_keep_first(unsigned char *data, size_t size, loom_edits *edits)
{
    const size_t end = first_frame_end((loom_bytes){data, size});
    unsigned char length[4];

    if (end == 0)
        return size;
    loom_put32(length, false, (uint32_t)(end - 8));
    loom_edit(edits, data + 4, length, sizeof length);
    return end;
}

/* Tenths of a byte a px: see loom_memory. */
static unsigned encoder_memory(const loom_recipe *recipe, unsigned bytes, bool alpha)
{
    (void)bytes;
    return recipe->lossless || recipe->near_lossless >= 0 || alpha
               ? 370
               : 90; /* alpha is always lossless */
}

enum { SIDE_MAX = 16383 }; /* px: 14 bits */

static loom_bytes find_exif(loom_bytes start)
{
    for (size_t at = RIFF_HEADER, length; (length = chunk_length(start, at)) > 0; at += length)
        if (is_chunk(start.data + at, "EXIF")) {
            const loom_bytes block = {start.data + at + CHUNK_HEADER,
                                      loom_le32(start.data + at + 4)};
            return LOOM_BYTES_HAVE(block, 0, "Exif\0\0") ? loom_bytes_from(block, 6) : block;
        }
    return (loom_bytes){NULL, 0};
}

const loom_container loom_container_webp = {
    .info = {.format = LOOM_FORMAT_WEBP,
             .name = "webp",
             .extensions = {"webp"},
             .same_as = LOOM_FORMAT_WEBP,
             .writable = true,
             .choices = LOOM_CHOICE_QUALITY | LOOM_CHOICE_LOSSLESS | LOOM_CHOICE_EFFORT |
                        LOOM_CHOICE_CHROMA | LOOM_CHOICE_NEAR_LOSSLESS,
             .alpha = true,
             .animation = true,
             .quality = 80,
             .max_side = SIDE_MAX},
    .sniff = sniff,
    .header = read_header,
    .traits = read_traits,
    .unsupported = is_unsupported,
    .check = check,
    .plain = is_plain,
    .exif = find_exif,
    .kinds = kinds,
    .held = {.exif = true,
             .xmp = true,
             .orientation = true,
             .profile = true,
             .media_type = "image/webp"},
    /* Of lossless files; lossy 30, with alpha 50. */
    .memory = {.plain = 70, .whole = 70, .encoder = encoder_memory}};

/* ---- metadata ------------------------------------------------------------ */

static bool is_well_formed(loom_bytes file)
{
    if (!sniff(file))
        return false;
    for (size_t at = RIFF_HEADER, length; at < file.size; at += length)
        if ((length = chunk_length(file, at)) == 0)
            return false;
    return true;
}

size_t loom_webp_drop_metadata(unsigned char *data, size_t size)
{
    const loom_bytes file = {data, size};
    size_t to = RIFF_HEADER;

    if (!is_well_formed(file))
        return size;
    for (size_t from = RIFF_HEADER, length; from < size; from += length) {
        length = chunk_length(file, from);
        if (is_chunk(data + from, "EXIF") || is_chunk(data + from, "XMP "))
            continue;
        if (is_chunk(data + from, "VP8X") && length > CHUNK_HEADER) {
            data[from + CHUNK_HEADER] &= (unsigned char)~(FLAG_XMP | FLAG_EXIF);
            if (data[from + CHUNK_HEADER] == 0)
                continue; /* no extended feature is left */
        }
        memmove(data + to, data + from, length);
        to += length;
    }
    loom_put32(data + 4, false, (uint32_t)(to - 8));
    return to;
}

/* The payload of the extended header that the file has, or would have. */
static bool extended_header(loom_bytes file, unsigned char payload[VP8X_SIZE])
{
    const unsigned char *first = file.data + RIFF_HEADER, *p = first + CHUNK_HEADER;
    loom_header header;

    memset(payload, 0, VP8X_SIZE);
    if (!read_header(file, &header) || header.width == 0 || header.height == 0)
        return false;
    if (is_chunk(first, "VP8X"))
        payload[0] = p[0] & (unsigned char)~(FLAG_XMP | FLAG_EXIF | FLAG_PROFILE);
    else if (is_chunk(first, "VP8L") && (p[4] & 0x10) != 0)
        payload[0] = FLAG_ALPHA;
    for (unsigned i = 0; i < 3; i++) {
        payload[4 + i] = (unsigned char)((header.width - 1) >> 8 * i);
        payload[7 + i] = (unsigned char)((header.height - 1) >> 8 * i);
    }
    return true;
}

static void add_chunk(loom_strbuf *out, const char *name, loom_bytes data)
{
    unsigned char size[4];

    if (data.size == 0)
        return;
    loom_put32(size, false, (uint32_t)data.size);
    loom_strbuf_add(out, name, 4);
    loom_strbuf_add(out, size, sizeof size);
    loom_strbuf_add(out, data.data, data.size);
    if (data.size % 2 == 1)
        loom_strbuf_add_char(out, 0);
}

bool loom_webp_put_metadata(loom_bytes file, const loom_meta *meta, loom_strbuf *out)
{
    static const char *const replaced[] = {"VP8X", "ICCP", "EXIF", "XMP "};
    const loom_bytes exif = loom_meta_bytes(&meta->exif), xmp = loom_meta_bytes(&meta->xmp);
    unsigned char extended[VP8X_SIZE];
    const size_t start = out->size;

    if (!is_well_formed(file) || !extended_header(file, extended))
        return false;
    extended[0] |= (unsigned char)((exif.size > 0 ? FLAG_EXIF : 0) | (xmp.size > 0 ? FLAG_XMP : 0) |
                                   (meta->profile.size > 0 ? FLAG_PROFILE : 0));
    loom_strbuf_add(out, file.data, RIFF_HEADER);
    add_chunk(out, "VP8X", (loom_bytes){extended, sizeof extended});
    add_chunk(out, "ICCP", meta->profile);
    for (size_t at = RIFF_HEADER, length; at < file.size; at += length) {
        bool is_replaced = false;
        for (size_t i = 0; i < 4; i++)
            is_replaced = is_replaced || is_chunk(file.data + at, replaced[i]);
        length = chunk_length(file, at);
        if (!is_replaced)
            loom_strbuf_add(out, file.data + at, length);
    }
    add_chunk(out, "EXIF", exif);
    add_chunk(out, "XMP ", xmp);
    if (out->failed || out->size - start > UINT32_MAX - 8)
        return false;
    loom_put32((unsigned char *)out->data + start + 4, false, (uint32_t)(out->size - start - 8));
    return true;
}
