/* Where the items of a HEIF or AVIF file lie: ISO/IEC 14496-12, 8.11.3 ("iloc"). */
#ifndef LOOM_FORMAT_HEIF_ILOC_H
#define LOOM_FORMAT_HEIF_ILOC_H

#include "format/box.h"

/* A walk through the extents of all items. */
typedef struct loom_heif_iloc {
    loom_numbers numbers;
    unsigned version, offset, length, base, index, id; /* bytes of its numbers */
    uint64_t items, extents;                           /* that are still to come */
    uint64_t from;                                     /* the item's base offset */
    uint32_t item;
    unsigned method; /* 0: the file's offsets, 1: those of "idat", 2: those of another item */
    bool elsewhere;  /* in another file */
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

#endif
