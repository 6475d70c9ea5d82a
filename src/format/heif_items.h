/* The items of a HEIF or AVIF file that an encoder just wrote: ISO/IEC 14496-12, 8.11. */
#ifndef LOOM_FORMAT_HEIF_ITEMS_H
#define LOOM_FORMAT_HEIF_ITEMS_H

#include "base/bytes.h"

enum { LOOM_HEIF_ITEMS = 64, LOOM_HEIF_BOX = 8, LOOM_HEIF_FULL_BOX = 12 }; /* bytes of headers */

typedef struct loom_heif_item {
    uint32_t id;
    bool listed, goes; /* in iinf; it is metadata */
    bool inside;       /* its data lie within the meta box, in idat */
    size_t from, size; /* of the file, or of idat */
} loom_heif_item;

typedef struct loom_heif {
    loom_bytes file;
    size_t meta_from, meta_size;
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

typedef struct loom_heif_box {
    const unsigned char *start;
    size_t size; /* with its header */
} loom_heif_box;

/* The box at *at, behind which *at is then; only such as say their size in 32 bits. */
bool loom_heif_next_box(loom_bytes in, size_t *at, loom_heif_box *b);
bool loom_heif_box_is(const loom_heif_box *b, const char *type);

/* What follows a header of so many bytes. */
loom_bytes loom_heif_content(const loom_heif_box *b, size_t header);

/* The id that an infe box of version 2 is about; *metadata: it is no picture. */
bool loom_heif_read_entry(const loom_heif_box *b, uint32_t *id, bool *metadata);

#endif
