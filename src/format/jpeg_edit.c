#include "format/jpeg_edit.h"

#include "format/container.h"
#include <stdlib.h>

/* ---- mending -------------------------------------------------------------- */

/* The parts of the header that decide how later parts are mended. */
typedef struct mending {
    unsigned components;
    bool sequential;
    loom_edits *edits; /* NULL: nothing is written */
    bool needed;       /* a byte was, or would be, changed */
} mending;

static void set(mending *m, unsigned char *p, unsigned char value)
{
    if (*p == value)
        return;
    m->needed = true;
    if (m->edits != NULL)
        loom_edit(m->edits, p, &value, 1);
}

static void mend_segment(mending *m, unsigned marker, unsigned char *p, size_t size)
{
    const loom_bytes segment = {p, size};
    loom_jpeg_frame frame;

    if (marker == LOOM_JPEG_APP0 && size >= 14 && LOOM_BYTES_HAVE(segment, 0, "JFIF\0")) {
        set(m, p + 5, 1);
    } else if (loom_jpeg_is_frame(marker) && loom_jpeg_frame_read(marker, segment, &frame)) {
        m->components = frame.count;
        m->sequential = marker == LOOM_JPEG_SOF0 || marker == LOOM_JPEG_SOF1;
    } else if (marker == LOOM_JPEG_SOS && m->sequential && size >= 1 &&
               size == 4 + (size_t)p[0] * 2) {
        unsigned char *parameters = p + 1 + (size_t)p[0] * 2;
        set(m, parameters, 0);
        set(m, parameters + 1, LOOM_JPEG_COEFFICIENTS - 1);
        set(m, parameters + 2, 0);
    }
}

/* The Adobe segment may be before or after the frame, so it is searched separately. */
static void mend_adobe(mending *m, unsigned char *p)
{
    if (m->components == 3 && p[11] > 1)
        set(m, p + 11, 1);
    else if (m->components == 4 && p[11] != 0 && p[11] != 2)
        set(m, p + 11, 2);
}

/* True: there were bytes between the segments. */
static bool mend(mending *m, unsigned char *data, size_t size)
{
    const loom_bytes file = {data, size};
    unsigned char *adobe = NULL;
    bool in_header = true, strays = false;
    unsigned scans = 0;
    loom_bytes segment;

    for (size_t at = 2; scans < LOOM_SCANS_COUNTED;) {
        const size_t before = at, marked = loom_jpeg_next_marker(file, at);
        const unsigned marker = loom_jpeg_walk(file, &at, &segment);
        if (marker == 0 || marker == LOOM_JPEG_EOI || marker == LOOM_JPEG_SOI)
            break;
        for (size_t i = before; in_header && i < marked; i++) {
            strays = strays || data[i] != 0xFF;
            set(m, data + i, 0xFF);
        }
        unsigned char *p = data + (segment.data - file.data);
        mend_segment(m, marker, p, segment.size);
        if (marker == LOOM_JPEG_APP14 && segment.size >= 12 && LOOM_BYTES_HAVE(segment, 0, "Adobe"))
            adobe = p;
        if (marker == LOOM_JPEG_SOS && in_header && segment.size > 0 &&
            segment.data[0] >= m->components)
            break; /* the only scan */
        scans += marker == LOOM_JPEG_SOS;
        in_header = scans == 0;
        if (!in_header && !m->sequential)
            break;
    }
    if (adobe != NULL)
        mend_adobe(m, adobe);
    return strays;
}

const char *loom_jpeg_mend(unsigned char *data, size_t size, loom_edits *edits)
{
    mending m = {.edits = edits};

    return mend(&m, data, size) ? "bytes between the segments of the JPEG header were skipped"
                                : NULL;
}

bool loom_jpeg_needs_mending(loom_bytes file)
{
    mending m = {.edits = NULL};

    (void)mend(&m, (unsigned char *)(uintptr_t)file.data, file.size);
    return m.needed;
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

/* The need of the component with this id; the decoder judges unknown ids. */
static loom_jpeg_need need_of(const frame *f, unsigned id)
{
    for (unsigned i = 0; i < f->count; i++)
        if (f->ids[i] == id)
            return f->needs[i];
    return LOOM_JPEG_ALL;
}

/* Whether a scan, whose header is p (T.81, B.2.3), contains anything that is needed. */
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
 * Walks the file. With `to` NULL it only checks the file, and *drops says whether there are scans
 * to leave out; otherwise it copies the rest to `to`. Returns the size of the rest; 0: malformed.
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
            memcpy(to + made, file.data + kept_from, end - kept_from);
        made += end - kept_from;
        kept_from = at;
        *drops = *drops || drop;
        if (marker == LOOM_JPEG_EOI)
            return made;
    }
}

unsigned char *loom_jpeg_without_scans(loom_bytes file,
                                       const loom_jpeg_need needs[LOOM_JPEG_COMPONENTS],
                                       size_t *size)
{
    frame f = {.needs = needs};
    bool drops;

    const size_t left = file.size < 2 ? 0 : walk(file, &f, NULL, &drops);
    unsigned char *made = left > 0 && drops ? malloc(left) : NULL;
    if (made == NULL)
        return NULL;
    *size = walk(file, &f, made, &drops);
    return made;
}
