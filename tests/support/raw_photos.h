/* JPEGs of the test data, and raw files around them. A checked fixture reads and frees them. */
#ifndef TESTS_SUPPORT_RAW_PHOTOS_H
#define TESTS_SUPPORT_RAW_PHOTOS_H

#include "base/bytes.h"
#include "support/check.h"
#include "support/raw_file.h"
#include "support/tmpdir.h"
#include <stdio.h>
#include <stdlib.h>

enum { FIRST = 4 }; /* where the place of the first directory stands */

static char *photo, *small, *turned; /* turned has EXIF */
static size_t photo_size, small_size, turned_size;

static inline char *read_testdata(const char *name, size_t *size)
{
    char path[512];
    const char *folder = getenv("TESTDATA");

    ck_assert_ptr_nonnull(folder);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return tmpdir_read(path, size);
}

static inline void setup(void)
{
    photo = read_testdata("photos/scene-1.jpg", &photo_size);
    small = read_testdata("tiny/photo-333x222.jpg", &small_size);
    turned = read_testdata("orientation/landscape-6.jpg", &turned_size);
}

static inline void teardown(void)
{
    free(photo);
    free(small);
    free(turned);
}

static inline raw_spec spec_of(raw_maker maker)
{
    return (raw_spec){.maker = maker,
                      .jpeg = photo,
                      .jpeg_size = photo_size,
                      .thumbnail = small,
                      .thumbnail_size = small_size,
                      .orientation = 8,
                      .names = true,
                      .place = true};
}

static inline loom_bytes bytes_of(const loom_strbuf *file)
{
    return (loom_bytes){(const unsigned char *)loom_strbuf_str(file), file->size};
}

#endif
