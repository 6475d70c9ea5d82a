/*
 * A HEIF or AVIF file taken to pieces and put together again, so that a test can say anything in it
 * (ISO/IEC 14496-12, 8.11). What is read is what libheif writes; what is written need make no
 * sense.
 */
#ifndef TESTS_SUPPORT_HEIF_FILE_H
#define TESTS_SUPPORT_HEIF_FILE_H

#include "base/strbuf.h"
#include <stdint.h>

enum { HEIF_ITEMS = 8, HEIF_PROPERTIES = 24, HEIF_REFERENCES = 8 };

typedef struct heif_item {
    char type[5];
    loom_strbuf data;
    unsigned properties[HEIF_PROPERTIES]; /* numbers, from 1 on */
    unsigned count;
} heif_item;

typedef struct heif_reference {
    char type[5];
    unsigned from, to[HEIF_ITEMS], count;
} heif_reference;

/* Items are numbered from 1 on, as they stand. */
typedef struct heif_file {
    char brand[5];
    unsigned primary; /* 0: no "pitm" */
    heif_item items[HEIF_ITEMS];
    unsigned item_count;
    loom_strbuf properties[HEIF_PROPERTIES]; /* whole boxes */
    unsigned property_count;
    heif_reference references[HEIF_REFERENCES];
    unsigned reference_count;
} heif_file;

void heif_file_read(heif_file *file, const char *path);
void heif_file_write(const heif_file *file, const char *path);
void heif_file_release(heif_file *file);

/* The number of a new item, without data or properties. */
unsigned heif_file_add_item(heif_file *file, const char *type);

/* Adds a property to an item: a box of this type and content. */
void heif_file_add_property(heif_file *file, unsigned item, const char *type, const void *content,
                            size_t size);

/* Takes all properties of a type away from an item. */
void heif_file_drop_property(heif_file *file, unsigned item, const char *type);

/* The content of an item's property of this type, to be changed in place; NULL: it has none. */
unsigned char *heif_file_property(heif_file *file, unsigned item, const char *type);

void heif_file_add_reference(heif_file *file, const char *type, unsigned from, unsigned to);

/* In the place of what the item says of its colours: code points of ITU-T H.273. */
void heif_file_set_codes(heif_file *file, unsigned item, unsigned primaries, unsigned transfer,
                         unsigned matrix, bool full_range);

#endif
