/* Strips and tiles of a TIFF, which may be JPEGs (TIFF Technical Note 2). */
#include "format/jpeg_edit.h"
#include "format/tiff.h"

enum {
    /* Limits for the headers to walk and the pieces to mend, as multiples of the file size, because
     * several pieces may share the same bytes. */
    WALKED_TIMES = 16,
    SAMPLING_MAX = 2
};

/* ---- pieces --------------------------------------------------------------- */

static uint64_t times(uint32_t whole, uint32_t part)
{
    return ((uint64_t)whole + part - 1) / part;
}

bool loom_tiff_pieces_of(const loom_tiff_directory *t, loom_tiff_pieces *pieces)
{
    loom_tiff_pieces p = {.directory = *t};
    uint64_t i;

    p.tiled = loom_tiff_entry(t, LOOM_TIFF_TILE_OFFSETS, &i);
    if (!loom_tiff_number(t, LOOM_TIFF_WIDTH, 0, &p.width) ||
        !loom_tiff_number(t, LOOM_TIFF_HEIGHT, 0, &p.height) ||
        !loom_tiff_number(t, p.tiled ? LOOM_TIFF_TILE_WIDTH : LOOM_TIFF_WIDTH, 0, &p.piece_width) ||
        !loom_tiff_number(t, p.tiled ? LOOM_TIFF_TILE_HEIGHT : LOOM_TIFF_STRIP_ROWS, p.height,
                          &p.piece_height) ||
        !loom_tiff_find(t, p.tiled ? LOOM_TIFF_TILE_OFFSETS : LOOM_TIFF_STRIP_OFFSETS,
                        &p.offsets) ||
        !loom_tiff_find(t, p.tiled ? LOOM_TIFF_TILE_COUNTS : LOOM_TIFF_STRIP_COUNTS, &p.counts))
        return false;
    if (p.offsets.at == NULL || p.counts.at == NULL || p.offsets.count != p.counts.count ||
        p.piece_width == 0 || p.piece_height == 0 || p.height == 0)
        return false;
    if (!p.tiled && p.piece_height > p.height)
        p.piece_height = p.height;
    const uint64_t needed = times(p.width, p.piece_width) * times(p.height, p.piece_height);
    p.count = needed < p.offsets.count ? needed : p.offsets.count;
    *pieces = p;
    return true;
}

loom_bytes loom_tiff_piece(const loom_tiff_pieces *pieces, uint64_t i)
{
    const loom_tiff_directory *t = &pieces->directory;
    const uint64_t at = loom_tiff_value(t, &pieces->offsets, i);
    const uint64_t size = loom_tiff_value(t, &pieces->counts, i);

    if (!loom_tiff_inside(t, at, size))
        return (loom_bytes){NULL, 0};
    return (loom_bytes){t->file.data + at, (size_t)size};
}

/* ---- their frames --------------------------------------------------------- */

typedef struct wanted {
    unsigned components;
    bool ycc;
    unsigned h, v; /* sampling factors of the first piece; 0: none yet */
} wanted;

/* Walks to the frame; false if there is none. *walked grows by the bytes examined. */
static bool find_frame(loom_bytes piece, loom_jpeg_frame *frame, uint64_t *walked)
{
    size_t at = 0;
    loom_bytes segment;

    for (;;) {
        const unsigned marker = loom_jpeg_walk(piece, &at, &segment);
        *walked += marker != 0 ? 0 : piece.size;
        if (marker == 0 || marker == LOOM_JPEG_SOS || marker == LOOM_JPEG_EOI)
            break;
        if (loom_jpeg_is_frame(marker)) {
            *walked += at;
            return loom_jpeg_frame_read(marker, segment, frame) && frame->exact;
        }
    }
    *walked += at;
    return false;
}

/* The last strip may be as high as the others. */
static bool is_size(const loom_tiff_pieces *p, uint64_t i, const loom_jpeg_frame *frame)
{
    if (frame->width != p->piece_width)
        return false;
    if (p->tiled || i + 1 < times(p->height, p->piece_height))
        return frame->height == p->piece_height;
    return frame->height <= p->piece_height &&
           frame->height >= p->height - (uint32_t)i * p->piece_height;
}

/* One chroma sample per luma block, or all components alike; the same in all pieces. */
static bool is_sampling(const loom_jpeg_frame *frame, wanted *w)
{
    const loom_jpeg_component first = loom_jpeg_frame_component(frame, 0);
    const unsigned limit = w->ycc ? SAMPLING_MAX : 1;

    if (first.h < 1 || first.h > limit || first.v < 1 || first.v > limit)
        return false;
    for (unsigned c = 1; c < frame->count; c++) {
        const loom_jpeg_component other = loom_jpeg_frame_component(frame, c);
        if (other.h != 1 || other.v != 1)
            return false;
    }
    if (w->h == 0) {
        w->h = first.h;
        w->v = first.v;
    }
    return w->h == first.h && w->v == first.v;
}

static const char *unknown_frame(const loom_tiff_pieces *p, uint64_t i,
                                 const loom_jpeg_frame *frame, wanted *w)
{
    if (frame->marker != LOOM_JPEG_SOF0 && frame->marker != LOOM_JPEG_SOF1)
        return "JPEG that is lossless, progressive or arithmetic-coded";
    if (frame->precision != 8)
        return "JPEG of other than 8 bits a sample";
    if (frame->count != w->components)
        return "JPEG with more or fewer components than samples";
    if (!is_size(p, i, frame))
        return "JPEG of another size than its strip or tile";
    return is_sampling(frame, w) ? NULL : "JPEG of this chroma subsampling";
}

/* libvips 8.14 allocates so many bytes for a tile: twice its pixels. */
static bool is_too_long(const loom_tiff_pieces *p, loom_bytes piece, unsigned components)
{
    return p->tiled && piece.size > 2 * (uint64_t)p->piece_width * p->piece_height * components;
}

bool loom_tiff_jpeg_unsupported(const loom_tiff_directory *t, unsigned components, bool ycc,
                                char reason[LOOM_UNSUPPORTED_REASON])
{
    wanted w = {.components = components, .ycc = ycc};
    loom_tiff_pieces pieces;
    loom_jpeg_frame frame;
    uint64_t walked = 0;

    if (!loom_tiff_pieces_of(t, &pieces))
        return false;
    for (uint64_t i = 0; i < pieces.count; i++) {
        const loom_bytes piece = loom_tiff_piece(&pieces, i);
        if (walked / WALKED_TIMES > t->file.size)
            return loom_unsupported_set(reason, "nested JPEGs");
        if (piece.data == NULL || !find_frame(piece, &frame, &walked))
            continue; /* damaged */
        if (is_too_long(&pieces, piece, components))
            return loom_unsupported_set(reason, "JPEG tiles of more bytes than twice their pixels");
        const char *unknown = unknown_frame(&pieces, i, &frame, &w);
        if (unknown != NULL)
            return loom_unsupported_set(reason, unknown);
    }
    return false;
}

const char *loom_tiff_jpeg_mend(const loom_tiff_directory *t, unsigned char *data,
                                loom_edits *edits)
{
    const char *warning = NULL;
    loom_tiff_pieces pieces;
    uint64_t walked = 0;

    if (!loom_tiff_pieces_of(t, &pieces))
        return NULL;
    for (uint64_t i = 0; i < pieces.count && walked / WALKED_TIMES <= t->file.size; i++) {
        const loom_bytes piece = loom_tiff_piece(&pieces, i);
        if (piece.data == NULL)
            continue;
        walked += piece.size;
        const char *said = loom_jpeg_mend(data + (piece.data - t->file.data), piece.size, edits);
        warning = said != NULL ? said : warning;
    }
    return warning;
}
