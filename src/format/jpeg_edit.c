#include "format/jpeg_edit.h"

#include "format/container.h"
#include "format/exif.h"
#include "format/photoshop.h"
#include <stdlib.h>

enum {
    SEGMENT_MAX = 65533,
    PROFILE_NAME = 12
}; /* bytes in a segment; of "ICC_PROFILE" and its NUL */

static const char exif_name[] = "Exif\0"; /* with the NUL that ends the literal */

/* ---- mending -------------------------------------------------------------- */

/* What of the header decides how a later part of it is mended. */
typedef struct mending {
    unsigned components;
    bool sequential;
} mending;

static void mend_segment(mending *m, unsigned marker, unsigned char *p, size_t size)
{
    const loom_bytes segment = {p, size};
    loom_jpeg_frame frame;

    if (marker == LOOM_JPEG_APP0 && size >= 14 && LOOM_BYTES_HAVE(segment, 0, "JFIF\0")) {
        p[5] = 1;
    } else if (loom_jpeg_is_frame(marker) && loom_jpeg_frame_read(marker, segment, &frame)) {
        m->components = frame.count;
        m->sequential = marker == LOOM_JPEG_SOF0 || marker == LOOM_JPEG_SOF1;
    } else if (marker == LOOM_JPEG_SOS && m->sequential && size >= 1 &&
               size == 4 + (size_t)p[0] * 2) {
        unsigned char *parameters = p + 1 + (size_t)p[0] * 2;
        parameters[0] = 0;
        parameters[1] = LOOM_JPEG_COEFFICIENTS - 1;
        parameters[2] = 0;
    }
}

/* The Adobe segment stands before the frame or behind it, so it is looked for by itself. */
static void mend_adobe(unsigned char *p, unsigned components)
{
    if (components == 3 && p[11] > 1)
        p[11] = 1;
    else if (components == 4 && p[11] != 0 && p[11] != 2)
        p[11] = 2;
}

const char *loom_jpeg_mend(unsigned char *data, size_t size)
{
    const loom_bytes file = {data, size};
    mending m = {0, false};
    unsigned char *adobe = NULL;
    bool in_header = true, strays = false;
    unsigned scans = 0;
    loom_bytes segment;

    for (size_t at = 2; scans < LOOM_SCANS_COUNTED;) {
        const size_t before = at, marked = loom_jpeg_next_marker(file, at);
        const unsigned marker = loom_jpeg_walk(file, &at, &segment);
        if (marker == 0 || marker == LOOM_JPEG_EOI || marker == LOOM_JPEG_SOI)
            break;
        if (in_header) {
            for (size_t i = before; i < marked; i++)
                strays = strays || data[i] != 0xFF;
            memset(data + before, 0xFF, marked - before);
        }
        unsigned char *p = data + (segment.data - file.data);
        mend_segment(&m, marker, p, segment.size);
        if (marker == LOOM_JPEG_APP14 && segment.size >= 12 && LOOM_BYTES_HAVE(segment, 0, "Adobe"))
            adobe = p;
        if (marker == LOOM_JPEG_SOS && in_header && segment.size > 0 &&
            segment.data[0] >= m.components)
            break; /* the only scan */
        scans += marker == LOOM_JPEG_SOS;
        in_header = scans == 0;
        if (!in_header && !m.sequential)
            break;
    }
    if (adobe != NULL)
        mend_adobe(adobe, m.components);
    return strays ? "bytes between the segments of the JPEG's header were passed over" : NULL;
}

/* ---- leaving scans out --------------------------------------------------- */

typedef struct frame {
    unsigned char ids[LOOM_JPEG_COMPONENTS];
    unsigned count;
    const loom_jpeg_need *needs;
} frame;

/* The file's only one. */
static bool parse_frame(frame *f, unsigned marker, loom_bytes segment)
{
    loom_jpeg_frame read;

    if (f->count != 0 || !loom_jpeg_frame_read(marker, segment, &read) || !read.exact ||
        read.count == 0 || read.count > LOOM_JPEG_COMPONENTS)
        return false;
    f->count = read.count;
    for (unsigned i = 0; i < read.count; i++)
        f->ids[i] = (unsigned char)loom_jpeg_frame_component(&read, i).id;
    return true;
}

/* The need of the component with this id; an unknown one is the decoder's matter. */
static loom_jpeg_need need_of(const frame *f, unsigned id)
{
    for (unsigned i = 0; i < f->count; i++)
        if (f->ids[i] == id)
            return f->needs[i];
    return LOOM_JPEG_ALL;
}

/* Whether a scan, whose header is p (T.81, B.2.3), holds something that is needed. */
static bool is_needed(const frame *f, const unsigned char *p)
{
    const unsigned count = p[0], from = p[1 + count * 2];

    for (unsigned i = 0; i < count; i++) {
        const loom_jpeg_need need = need_of(f, p[1 + i * 2]);
        if (need == LOOM_JPEG_ALL || (need == LOOM_JPEG_DC && from == 0))
            return true;
    }
    return false;
}

/*
 * Walks the file. With `to` NULL only checks it and tells by *drops whether there is something to
 * leave out; else moves what stays to `to`, which is the file itself. Returns the size of what
 * stays; 0: not well-formed.
 */
static size_t walk(loom_bytes file, frame *f, unsigned char *to, bool *drops)
{
    loom_bytes segment;
    size_t at = 2, kept_from = 0, made = 0;

    *drops = false;
    f->count = 0;
    for (;;) {
        const size_t start = loom_jpeg_next_marker(file, at);
        const unsigned marker = loom_jpeg_walk(file, &at, &segment);
        if (marker == 0 || marker == LOOM_JPEG_SOI)
            return 0;
        if (loom_jpeg_is_frame(marker) && !parse_frame(f, marker, segment))
            return 0;
        const bool scan = marker == LOOM_JPEG_SOS;
        if (scan &&
            (segment.size < 1 || segment.size != 4 + (size_t)segment.data[0] * 2 || f->count == 0))
            return 0;
        const bool drop = scan && !is_needed(f, segment.data);
        if (scan)
            at = loom_jpeg_next_marker(file, at);
        if (!drop && marker != LOOM_JPEG_EOI)
            continue;
        const size_t end = drop ? start : at;
        if (to != NULL)
            memmove(to + made, file.data + kept_from, end - kept_from);
        made += end - kept_from;
        kept_from = at;
        *drops = *drops || drop;
        if (marker == LOOM_JPEG_EOI)
            return made;
    }
}

size_t loom_jpeg_drop_scans(unsigned char *data, size_t size,
                            const loom_jpeg_need needs[LOOM_JPEG_COMPONENTS])
{
    const loom_bytes file = {data, size};
    frame f = {.needs = needs};
    bool drops;

    if (size < 2 || walk(file, &f, NULL, &drops) == 0 || !drops)
        return size;
    return walk(file, &f, data, &drops);
}

/* ---- metadata ------------------------------------------------------------ */

size_t loom_jpeg_drop_exif(unsigned char *data, size_t size)
{
    loom_bytes segment;
    size_t from = 2; /* behind SOI */

    for (;;) {
        size_t behind = from;
        const unsigned marker = loom_jpeg_walk((loom_bytes){data, size}, &behind, &segment);
        if (marker == 0 || marker == LOOM_JPEG_SOS)
            return size;
        if (marker == LOOM_JPEG_APP1 && loom_bytes_equal(segment, 0, exif_name, sizeof exif_name)) {
            memmove(data + from, data + behind, size - behind);
            size -= behind - from;
        } else {
            from = behind;
        }
    }
}

/* ICC.1:2010, 7.2: the colour space is at 16, the signature at 36, behind number and count. */
bool loom_jpeg_meta_suits(const loom_jpeg_meta *meta, unsigned components)
{
    const size_t before = PROFILE_NAME + 2;

    if (meta->profile.data == NULL || meta->profile.size < before + 128)
        return false;
    const unsigned char *profile = meta->profile.data + before;
    if (profile[-2] != 1 || profile[-1] != 1)
        return false;
    return memcmp(profile + 16, components == 1 ? "GRAY" : "RGB ", 4) == 0 &&
           memcmp(profile + 36, "acsp", 4) == 0;
}

static bool add_segment(loom_strbuf *out, unsigned marker, const void *data, size_t size)
{
    const unsigned char head[] = {0xFF, (unsigned char)marker, (unsigned char)((size + 2) >> 8),
                                  (unsigned char)((size + 2) & 255)};

    if (size > SEGMENT_MAX)
        return false;
    loom_strbuf_add(out, head, sizeof head);
    loom_strbuf_add(out, data, size);
    return !out->failed;
}

static unsigned char *copy_of(const loom_bytes *block)
{
    unsigned char *copy = malloc(block->size);

    if (copy != NULL)
        memcpy(copy, block->data, block->size);
    return copy;
}

static bool add_exif(const loom_bytes *block, int orientation, uint32_t width, uint32_t height,
                     loom_strbuf *out)
{
    unsigned char *copy = copy_of(block);
    size_t size = block->size - sizeof exif_name;

    const bool made =
        copy != NULL &&
        loom_exif_refresh(copy + sizeof exif_name, &size, orientation, width, height) &&
        add_segment(out, LOOM_JPEG_APP1, copy, sizeof exif_name + size);
    free(copy);
    return made;
}

static bool add_names(const loom_bytes *block, bool names, int orientation, loom_strbuf *out)
{
    const unsigned char *tiff =
        names && block->data != NULL ? block->data + sizeof exif_name : NULL;
    const size_t size = tiff != NULL ? block->size - sizeof exif_name : 0;
    loom_strbuf exif = LOOM_STRBUF_INIT;

    if (orientation == 1 && !loom_exif_has_names(tiff, size))
        return true;
    loom_strbuf_add(&exif, exif_name, sizeof exif_name);
    loom_exif_add_names(&exif, tiff, size, orientation);
    const bool made =
        !exif.failed && add_segment(out, LOOM_JPEG_APP1, loom_strbuf_str(&exif), exif.size);
    loom_strbuf_release(&exif);
    return made;
}

static bool add_iptc(const loom_bytes *block, loom_strbuf *out)
{
    unsigned char *copy = copy_of(block);

    const bool made =
        copy != NULL &&
        add_segment(out, LOOM_JPEG_APP13, copy, loom_photoshop_drop_thumbnails(copy, block->size));
    free(copy);
    return made;
}

bool loom_jpeg_meta_add(const loom_jpeg_meta *meta, loom_metadata kept, bool with_profile,
                        int orientation, uint32_t width, uint32_t height, loom_strbuf *out)
{
    const bool all = kept == LOOM_METADATA_ALL;

    if (all && meta->exif.data != NULL) {
        if (!add_exif(&meta->exif, orientation, width, height, out))
            return false;
    } else if (!add_names(&meta->exif, kept == LOOM_METADATA_COPYRIGHT, orientation, out)) {
        return false;
    }
    if (all && meta->xmp.data != NULL &&
        !add_segment(out, LOOM_JPEG_APP1, meta->xmp.data, meta->xmp.size))
        return false;
    if (with_profile && meta->profile.data != NULL &&
        !add_segment(out, LOOM_JPEG_APP2, meta->profile.data, meta->profile.size))
        return false;
    return !all || meta->iptc.data == NULL || add_iptc(&meta->iptc, out);
}
