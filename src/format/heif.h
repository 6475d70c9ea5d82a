/*
 * HEIF and AVIF (ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12): the parts of what is known of their
 * files. Any bytes are allowed.
 */
#ifndef LOOM_FORMAT_HEIF_H
#define LOOM_FORMAT_HEIF_H

#include "base/bytes.h"
#include "format/box.h"
#include "format/metadata.h"

/* ---- the primary picture ------------------------------------------------- */

/* What the boxes say of it: how it is coded, and what its samples mean. */

/* All zero but where it is said. */
typedef struct loom_heif_picture {
    bool found;         /* there is a primary item, and it has a type */
    uint32_t derived;   /* its type where it is made of other items, as "grid"; else 0 */
    uint32_t coding;    /* the type of the items that are coded, as "av01"; 0: not told */
    bool mixed;         /* those are not all of one type */
    bool premultiplied; /* by the alpha of another item */
    bool has_icc;
    bool has_codes; /* the following four, of ITU-T H.273 */
    unsigned primaries, transfer, matrix;
    bool full_range;
    bool gray;      /* coded without chroma */
    unsigned bits;  /* a sample; 0: not told */
    bool mirrored;  /* by the container */
    uint32_t turns; /* a hash of how it is turned, mirrored and cropped, in order; 0: it is not */
    bool has_alpha, alpha_apart; /* alpha of another item; it is turned otherwise */
} loom_heif_picture;

/*
 * `meta` is the content of that box, behind its version and flags, in the file. Where no box says
 * what the colours are, an AV1 bitstream may.
 */
void loom_heif_picture_read(loom_bytes file, loom_bytes meta, loom_heif_picture *picture);

/* ---- AV1 ----------------------------------------------------------------- */

/* What a bitstream says of its colours (AV1 Bitstream & Decoding Process, 5.5). */

typedef struct loom_av1_colour {
    unsigned primaries, transfer, matrix; /* ITU-T H.273 */
    bool full_range;
} loom_av1_colour;

/* By the first sequence header of these OBUs; false: there is none. Any bytes are allowed. */
bool loom_av1_colour_read(loom_bytes obus, loom_av1_colour *colour);

/* ---- where the items lie ------------------------------------------------- */

/* 14496-12, 8.11.3 ("iloc"). */

/* A walk through the extents of all items. */
typedef struct loom_heif_iloc {
    loom_numbers numbers;
    unsigned version, offset, length, base, index, id; /* bytes of its numbers */
    uint64_t items, extents;                           /* that are still to come */
    uint64_t from;                                     /* the item's base offset */
    uint32_t item;
    unsigned method; /* 0: the file's offsets, 1: those of "idat", 2: those of another item */
    bool elsewhere;  /* in another file */
    bool first;      /* the last extent was its item's first */
} loom_heif_iloc;

typedef struct loom_heif_extent {
    uint64_t at, length; /* `at` with the item's base */
    bool overflows;      /* at + length are no number */
} loom_heif_extent;

/* Of the box's content, version and flags first. False: damaged, or newer than version 2. */
bool loom_heif_iloc_begin(loom_heif_iloc *walk, loom_bytes iloc);

/*
 * The next extent, of walk->item. False: there is none, or the box ends. Extents without any number
 * of their own are one.
 */
bool loom_heif_iloc_next(loom_heif_iloc *walk, loom_heif_extent *extent);

/* ---- the items of a file that an encoder just wrote ---------------------- */

enum { LOOM_HEIF_ITEMS = 64, LOOM_HEIF_BOX = 8, LOOM_HEIF_FULL_BOX = 12 }; /* bytes of headers */

typedef struct loom_heif_item {
    uint32_t id;
    bool listed, goes; /* in iinf; it is metadata */
    bool inside;       /* its data lie within the meta box, in idat */
    size_t from, size; /* of the file, or of idat */
} loom_heif_item;

typedef struct loom_heif {
    loom_bytes file;
    loom_box meta;
    size_t meta_from; /* where in the file it begins */
    uint32_t primary;
    loom_heif_item items[LOOM_HEIF_ITEMS];
    size_t count;
    bool has_refs;
} loom_heif;

/*
 * Reads h->file. False where it is not plain: items in pieces that lie apart, in other files, or
 * built of others; boxes of 64-bit sizes or without one; data that lie elsewhere than in mdat, or
 * belong to what goes and to what stays.
 */
bool loom_heif_read(loom_heif *h);

/* NULL: there is none of that id. */
loom_heif_item *loom_heif_find_item(loom_heif *h, uint32_t id);

/* As loom_box_next, but only such as say their size in 32 bits; false: the first is none. */
bool loom_heif_next_box(loom_bytes *rest, loom_box *box);

/* What follows the version and flags of a full box; nothing, where it is too short. */
loom_bytes loom_heif_content(const loom_box *box);

/* The id that an infe box of version 2 is about; *metadata: it is no picture. */
bool loom_heif_read_entry(const loom_box *box, uint32_t *id, bool *metadata);

/* ---- metadata in such a file --------------------------------------------- */

/*
 * Appends to `out` a file with these EXIF and XMP instead of its own: their items come last, their
 * data behind everything else, and all that stays is found where it is then. Data of items that go
 * are zero. The profile is no item, and stays. The file is one that an encoder just wrote: what is
 * not plain about it (items built of others, in pieces, or in other files) is refused. False: so it
 * is, or no memory.
 */
bool loom_heif_put_metadata(loom_bytes file, const loom_meta *meta, loom_strbuf *out);

#endif
