/*
 * HEIF and AVIF (ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12): the parts that several files use. Any
 * bytes are allowed.
 */
#ifndef LOOM_FORMAT_HEIF_H
#define LOOM_FORMAT_HEIF_H

#include "base/bytes.h"
#include "format/box.h"
#include "format/metadata.h"

/* ---- the primary picture ------------------------------------------------- */

/* What the boxes say of it: how it is coded, and what its samples mean. */

/* All zero unless a box says otherwise. */
typedef struct loom_heif_picture {
    bool found;         /* there is a primary item with a type */
    uint32_t derived;   /* its type if it is derived from other items, such as "grid"; else 0 */
    uint32_t coding;    /* the type of the coded items, such as "av01"; 0: unknown */
    bool mixed;         /* the coded items differ in type */
    bool premultiplied; /* by the alpha of another item */
    bool has_icc;
    bool has_codes; /* the following four, of ITU-T H.273 */
    unsigned primaries, transfer, matrix;
    bool full_range;
    bool gray;                   /* coded without chroma */
    unsigned bits;               /* a sample; 0: unknown */
    bool mirrored;               /* by the container */
    uint32_t turns;              /* a hash of its rotations, mirrors and crops, in order; 0: none */
    bool has_alpha, alpha_apart; /* alpha is another item; that item is turned differently */
} loom_heif_picture;

/*
 * `meta` is the content of that box, after its version and flags, in the file. If no box describes
 * the colours, an AV1 bitstream may.
 */
void loom_heif_picture_read(loom_bytes file, loom_bytes meta, loom_heif_picture *picture);

/* ---- AV1 ----------------------------------------------------------------- */

/* The colour description of a bitstream (AV1 Bitstream & Decoding Process, 5.5). */

typedef struct loom_av1_colour {
    unsigned primaries, transfer, matrix; /* ITU-T H.273 */
    bool full_range;
} loom_av1_colour;

/* Reads the first sequence header of these OBUs; false: there is none. Any bytes are allowed. */
bool loom_av1_colour_read(loom_bytes obus, loom_av1_colour *colour);

/* ---- where the items lie ------------------------------------------------- */

/* 14496-12, 8.11.3 ("iloc"). */

/* A walk through the extents of all items. */
typedef struct loom_heif_iloc {
    loom_numbers numbers;
    unsigned version, offset, length, base, index, id; /* bytes of its numbers */
    uint64_t items, extents;                           /* not read yet */
    uint64_t from;                                     /* the item's base offset */
    uint32_t item;
    unsigned method; /* 0: file offsets, 1: offsets in "idat", 2: offsets in another item */
    bool elsewhere;  /* in another file */
    bool first;      /* the last extent was the first of its item */
} loom_heif_iloc;

typedef struct loom_heif_extent {
    uint64_t at, length; /* `at` includes the item's base */
    bool overflows;      /* at + length overflow */
} loom_heif_extent;

/* Starts with the box's content, from version and flags on. False: damaged, or newer than version
 * 2. */
bool loom_heif_iloc_begin(loom_heif_iloc *walk, loom_bytes iloc);

/*
 * Reads the next extent, of walk->item. False: there is none, or the box ends. Extents without
 * numbers count as one.
 */
bool loom_heif_iloc_next(loom_heif_iloc *walk, loom_heif_extent *extent);

/*
 * The EXIF of a file, of which `start` is the beginning: from the TIFF header on; data NULL: none,
 * or it is in pieces, or not in `start`.
 */
loom_bytes loom_heif_exif(loom_bytes start);

/* ---- the items of a file that an encoder just wrote ---------------------- */

enum { LOOM_HEIF_ITEMS = 64, LOOM_HEIF_BOX = 8, LOOM_HEIF_FULL_BOX = 12 }; /* bytes of headers */

typedef struct loom_heif_item {
    uint32_t id;
    bool listed, goes; /* in iinf; it is metadata to remove */
    bool inside;       /* its data is in idat, within the meta box */
    size_t from, size; /* in the file, or in idat */
} loom_heif_item;

typedef struct loom_heif {
    loom_bytes file;
    loom_box meta;
    size_t meta_from; /* its position in the file */
    uint32_t primary;
    loom_heif_item items[LOOM_HEIF_ITEMS];
    size_t count;
    bool has_refs;
} loom_heif;

/*
 * Reads h->file. False if it is not simple: items in separate pieces, in other files, or derived
 * from others; boxes with 64-bit sizes or without a size; data outside mdat, or shared by items to
 * remove and to keep.
 */
bool loom_heif_read(loom_heif *h);

/* NULL: no item has that id. */
loom_heif_item *loom_heif_find_item(loom_heif *h, uint32_t id);

/* As loom_box_next, for boxes with a 32-bit size only; false: the first is not one. */
bool loom_heif_next_box(loom_bytes *rest, loom_box *box);

/* The bytes after the version and flags of a full box; none if it is too short. */
loom_bytes loom_heif_content(const loom_box *box);

/* The id in an infe box of version 2; *metadata: it is not a picture. */
bool loom_heif_read_entry(const loom_box *box, uint32_t *id, bool *metadata);

/* ---- metadata in such a file --------------------------------------------- */

/*
 * Appends to `out` a copy of the file with these EXIF and XMP instead of its own. The new items
 * come last, their data after all other data, and the positions of the other items are updated. The
 * data of removed items becomes zero. The profile is not an item, and stays. The file must come
 * directly from an encoder; a file that is not simple (derived items, pieces, other files) is
 * refused. False: refused, or out of memory.
 */
bool loom_heif_put_metadata(loom_bytes file, const loom_meta *meta, loom_strbuf *out);

#endif
