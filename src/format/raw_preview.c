/* The JPEGs in raw files of cameras: where each maker puts them. */
#include "format/raw.h"

#include "format/exif_walk.h"
#include "format/jpeg.h"
#include "format/jpeg_meta.h"

enum {
    TAG_PANASONIC_JPEG = 0x2E, /* its values are the JPEG */
    TAG_JPEG = 0x201,          /* JPEGInterchangeFormat: TIFF 6.0, section 22 */
    TAG_JPEG_LENGTH = 0x202,
    TAG_MAKER_NOTE = 0x927C
};

typedef struct search {
    loom_bytes file;
    loom_raw_preview *best;
    bool adobe_rgb; /* what is considered has these colours */
} search;

/* ---- candidates ---------------------------------------------------------- */

/* Bytes in which a header ends; those of cameras have a few segments of up to 64 KB. Else many
 * candidates, each a file's rest without a marker, would take long. */
enum { HEADER_MAX = 1 << 20 };

static bool read_header(loom_bytes jpeg, loom_jpeg_header *header)
{
    const loom_bytes start = {jpeg.data, jpeg.size < HEADER_MAX ? jpeg.size : HEADER_MAX};

    return LOOM_BYTES_HAVE(start, 0, "\xFF\xD8\xFF") && loom_jpeg_header_read(start, header) &&
           loom_jpeg_is_ordinary(header);
}

/*
 * Looks at `length` bytes at `at` of the file. `certain`: the format puts a JPEG there, so that the
 * file is cut if it ends before.
 */
static void consider(search *s, uint64_t at, uint64_t length, bool certain)
{
    const uint64_t pixels = (uint64_t)s->best->width * s->best->height;
    loom_jpeg_header header;

    if (length == 0)
        return;
    const bool cut = at > s->file.size || length > s->file.size - at;
    s->best->cut = s->best->cut || (cut && certain);
    if (at >= s->file.size)
        return;
    const uint64_t left = s->file.size - at;
    const loom_bytes jpeg = {s->file.data + at, (size_t)(cut ? left : length)};
    if (!read_header(jpeg, &header) || (uint64_t)header.width * header.height <= pixels)
        return;
    s->best->jpeg = jpeg;
    s->best->width = header.width;
    s->best->height = header.height;
    s->best->adobe_rgb = s->adobe_rgb;
}

/* The only value of two tags: an offset, from `base` of the file, and a length. */
static void consider_pair(search *s, const loom_tiff_directory *t, unsigned offset, unsigned length,
                          uint64_t base, bool certain)
{
    uint32_t at, size;

    if (loom_tiff_number(t, offset, 0, &at) && loom_tiff_number(t, length, 0, &size) && at > 0)
        consider(s, base + at, size, certain);
}

/* A strip is a whole JPEG if it is the only one, and needs no tables from elsewhere. */
static void consider_strip(search *s, const loom_tiff_directory *t)
{
    enum { OLD_JPEG = 6 };
    loom_tiff_values places, sizes;
    uint32_t coding;
    uint64_t tables;

    if (!loom_tiff_number(t, LOOM_TIFF_COMPRESSION, 0, &coding) ||
        (coding != OLD_JPEG && coding != LOOM_TIFF_JPEG) ||
        loom_tiff_entry(t, LOOM_TIFF_JPEG_TABLES, &tables) ||
        !loom_tiff_find(t, LOOM_TIFF_STRIP_OFFSETS, &places) ||
        !loom_tiff_find(t, LOOM_TIFF_STRIP_COUNTS, &sizes) || places.at == NULL ||
        sizes.at == NULL || places.count != 1 || sizes.count != 1)
        return;
    consider(s, loom_tiff_value(t, &places, 0), loom_tiff_value(t, &sizes, 0), true);
}

/* DNG, PreviewColorSpace. False: the colours are others than those that are known. */
static bool read_colours(search *s, const loom_tiff_directory *t)
{
    enum { TAG_COLOURS = 50970, UNKNOWN = 0, SRGB = 2, ADOBE_RGB = 3 };
    uint32_t colours;

    if (!loom_tiff_number(t, TAG_COLOURS, UNKNOWN, &colours))
        return false;
    s->adobe_rgb = colours == ADOBE_RGB;
    return colours == UNKNOWN || colours == SRGB || colours == ADOBE_RGB;
}

static void consider_directory(search *s, const loom_tiff_directory *t)
{
    if (!read_colours(s, t))
        return;
    consider_pair(s, t, TAG_JPEG, TAG_JPEG_LENGTH, 0, true);
    if (!loom_raw_is_sensor(t))
        consider_strip(s, t);
}

/* ---- makers -------------------------------------------------------------- */

/* The values of a tag of bytes, at which the type is UNDEFINED, as far as they are there. */
static bool find_bytes(const loom_tiff_directory *t, unsigned tag, loom_bytes *bytes)
{
    loom_tiff_values values;

    if (!loom_tiff_find(t, tag, &values) || values.at == NULL || values.width != 1)
        return false;
    *bytes = (loom_bytes){values.at, (size_t)values.count};
    return true;
}

/* Panasonic (and Leica): in the first directory. */
static void consider_panasonic(search *s, const loom_tiff_directory *first)
{
    loom_bytes jpeg;
    uint64_t i;

    if (find_bytes(first, TAG_PANASONIC_JPEG, &jpeg))
        consider(s, (uint64_t)(jpeg.data - s->file.data), jpeg.size, true);
    else if (loom_tiff_entry(first, TAG_PANASONIC_JPEG, &i))
        s->best->cut = true; /* its values go beyond the end */
}

/* A directory below, whether the tag holds its place or, of type UNDEFINED, the directory. */
static bool enter_below(const loom_tiff_directory *t, unsigned tag, loom_tiff_directory *below)
{
    loom_tiff_values values;

    *below = *t;
    if (!loom_tiff_find(t, tag, &values) || values.at == NULL || values.count == 0)
        return false;
    return loom_tiff_enter(below, values.width == 1 ? (uint64_t)(values.at - t->file.data)
                                                    : loom_tiff_value(t, &values, 0));
}

/*
 * Olympus: CameraSettings of the maker note, PreviewImageStart and PreviewImageLength. Offsets
 * count from the note, in the oldest cameras from the start of the file.
 */
static void consider_olympus(search *s, loom_bytes note)
{
    enum { SETTINGS = 0x2020, START = 0x101, LENGTH = 0x102 };
    const bool old = LOOM_BYTES_HAVE(note, 0, "OLYMP\0");
    const bool newer = LOOM_BYTES_HAVE(note, 0, "OM SYSTEM\0");
    const size_t place = (size_t)(note.data - s->file.data), base = old ? 0 : place;
    const size_t first = old ? place + 8 : newer ? 16 : 12;
    loom_tiff_directory t = {.file = loom_bytes_from(s->file, base)}, settings;

    if (!old && !newer && !LOOM_BYTES_HAVE(note, 0, "OLYMPUS\0"))
        return;
    t.big_endian = LOOM_BYTES_HAVE(old ? s->file : note, old ? 0 : first - 4, "MM");
    if (loom_tiff_enter(&t, first) && enter_below(&t, SETTINGS, &settings))
        consider_pair(s, &settings, START, LENGTH, base, false);
}

/* Nikon: the maker note holds a TIFF, whose PreviewIFD has the tags of a thumbnail. */
static void consider_nikon(search *s, loom_bytes note)
{
    enum { PREVIEW = 0x11, HEADER = 10 };
    loom_tiff_directory t, preview;

    if (!LOOM_BYTES_HAVE(note, 0, "Nikon\0\2"))
        return;
    const size_t base = (size_t)(note.data - s->file.data) + HEADER;
    if (base <= s->file.size && loom_tiff_first(&t, loom_bytes_from(s->file, base)) &&
        enter_below(&t, PREVIEW, &preview))
        consider_pair(s, &preview, TAG_JPEG, TAG_JPEG_LENGTH, base, false);
}

static void consider_note(search *s, const loom_tiff_directory *first)
{
    loom_tiff_directory exif;
    loom_bytes note;

    if (!enter_below(first, LOOM_EXIF_TAG_EXIF, &exif) || !find_bytes(&exif, TAG_MAKER_NOTE, &note))
        return;
    consider_olympus(s, note);
    consider_nikon(s, note);
}

/* Fujifilm: offset and length in the header, always big-endian. */
static void consider_fujifilm(search *s)
{
    enum { OFFSET = 84, LENGTH = 88, HEADER = 92 };

    if (s->file.size < HEADER)
        s->best->cut = true;
    else
        consider(s, loom_be32(s->file.data + OFFSET), loom_be32(s->file.data + LENGTH), true);
}

void loom_raw_find_preview(loom_bytes file, loom_raw_preview *found)
{
    search s = {.file = file, .best = found};
    loom_raw_tree tree;

    *found = (loom_raw_preview){.cut = false};
    if (LOOM_BYTES_HAVE(file, 0, "FUJIFILM")) {
        consider_fujifilm(&s);
        return;
    }
    loom_raw_tree_read(&tree, file);
    for (unsigned i = 0; i < tree.count; i++)
        consider_directory(&s, &tree.at[i]);
    s.adobe_rgb = false;
    if (tree.count == 0)
        return;
    consider_note(&s, &tree.at[0]);
    if (LOOM_BYTES_HAVE(file, 0, "IIU\0"))
        consider_panasonic(&s, &tree.at[0]);
}

/* ---- the preview as a file ------------------------------------------------ */

/*
 * Whether the first directory says how the picture is to be turned, be it not at all. In EXIF as in
 * a raw file.
 */
static bool tells_orientation(loom_bytes tiff)
{
    enum { TAG_ORIENTATION = 0x112 };
    loom_raw_tree tree;
    uint64_t i;

    loom_raw_tree_read(&tree, tiff);
    return tree.count > 0 && loom_tiff_entry(&tree.at[0], TAG_ORIENTATION, &i);
}

/* The first EXIF segment, with its marker; *tiff is the structure in it. False: there is none. */
static bool find_segment(loom_bytes jpeg, size_t *from, size_t *to, loom_bytes *tiff)
{
    loom_bytes segment;
    size_t at = 2;

    for (unsigned marker = 1; marker != 0 && marker != LOOM_JPEG_SOS && marker != LOOM_JPEG_EOI;) {
        *from = loom_jpeg_next_marker(jpeg, at);
        marker = loom_jpeg_walk(jpeg, &at, &segment);
        *to = at;
        if (marker != LOOM_JPEG_APP1 || !LOOM_BYTES_HAVE(segment, 0, "Exif\0\0"))
            continue;
        *tiff = loom_bytes_from(segment, 6);
        return true;
    }
    return false;
}

/* Appends the JPEG, without the bytes from..to. */
static bool add_without(loom_strbuf *out, loom_bytes jpeg, size_t from, size_t to)
{
    loom_strbuf_add(out, jpeg.data, from);
    loom_strbuf_add(out, jpeg.data + to, jpeg.size - to);
    return !out->failed;
}

bool loom_raw_add_preview(loom_strbuf *out, loom_bytes file, const loom_raw_preview *preview)
{
    const loom_bytes jpeg = preview->jpeg;
    loom_strbuf without = LOOM_STRBUF_INIT;
    loom_meta meta = {.exif = LOOM_STRBUF_INIT};
    size_t from = 0, to = 0;
    loom_bytes own;
    bool done;

    const bool has_exif = find_segment(jpeg, &from, &to, &own);
    if (!has_exif || preview->adobe_rgb || (tells_orientation(file) && !tells_orientation(own)))
        loom_raw_add_exif(&meta.exif, file, preview->adobe_rgb);
    if (meta.exif.failed)
        return false;
    if (meta.exif.size == 0)
        done = add_without(out, jpeg, 0, 0);
    else if (!has_exif)
        done = loom_jpeg_meta_insert(jpeg, &meta, out);
    else
        done = add_without(&without, jpeg, from, to) &&
               loom_jpeg_meta_insert(loom_meta_bytes(&without), &meta, out);
    loom_strbuf_release(&without);
    loom_strbuf_release(&meta.exif);
    return done && !out->failed;
}
