/* A resolution that is put into an encoded file: the bytes are those of the standards. */
#include "format/container.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool put(loom_format format, loom_bytes file, uint32_t dpi, loom_strbuf *out)
{
    return loom_container_of(format)->put_dpi(file, dpi, out);
}

static loom_bytes picture(const char *name)
{
    static unsigned char *kept;
    char path[512];
    size_t size;

    (void)snprintf(path, sizeof path, "%s/%s", getenv("TESTDATA"), name);
    free(kept);
    kept = (unsigned char *)tmpdir_read(path, &size);
    return (loom_bytes){kept, size};
}

/* JFIF 1.02: marker, length 16, "JFIF\0", version, unit 1 (inch), X, Y, no thumbnail. */
START_TEST(jpeg)
{
    const loom_bytes file = picture("photos/scene-1.jpg");
    loom_strbuf out = LOOM_STRBUF_INIT, bare = LOOM_STRBUF_INIT;

    ck_assert(put(LOOM_FORMAT_JPEG, file, 299600, &out)); /* 300, rounded */
    ck_assert_uint_eq(out.size, file.size);
    ck_assert_mem_eq(out.data, "\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\1\1\1\x2C\1\x2C\0\0", 20);
    ck_assert_mem_eq(out.data + 20, file.data + 20, file.size - 20);
    /* The same without the segment, as libvips writes it. */
    loom_strbuf_add(&bare, file.data, 2);
    loom_strbuf_add(&bare, file.data + 20, file.size - 20);
    loom_strbuf_clear(&out);
    ck_assert(
        put(LOOM_FORMAT_JPEG, (loom_bytes){(unsigned char *)bare.data, bare.size}, 300000, &out));
    ck_assert_uint_eq(out.size, file.size);
    ck_assert_mem_eq(out.data + 2, "\xFF\xE0\0\x10JFIF\0\1\1\1\1\x2C\1\x2C\0\0", 18);
    loom_strbuf_clear(&out);
    ck_assert(!put(LOOM_FORMAT_JPEG, picture("photos/cmyk.jpg"), 300000, &out)); /* no JFIF */
    ck_assert(!put(LOOM_FORMAT_JPEG, picture("photos/scene-1.jpg"), 100, &out)); /* 0.1 */
    ck_assert(!put(LOOM_FORMAT_JPEG, (loom_bytes){file.data, 1}, 300000, &out));
    loom_strbuf_release(&out);
    loom_strbuf_release(&bare);
}
END_TEST

/* PNG (Third Edition), 11.3.4.3: px per metre; the CRC is that of a pHYs of 11811, as others write
 * it. */
START_TEST(png)
{
    static const char chunk[] = "\0\0\0\11pHYs\0\0\x2E\x23\0\0\x2E\x23\1\x78\xA5\x3F\x76";
    const loom_bytes file = picture("formats/quadrants.png");
    loom_strbuf out = LOOM_STRBUF_INIT;

    ck_assert(put(LOOM_FORMAT_PNG, file, 300000, &out));
    ck_assert_uint_eq(out.size, file.size + 21);
    ck_assert_mem_eq(out.data, file.data, 33);
    ck_assert_mem_eq(out.data + 33, chunk, 21);
    ck_assert_mem_eq(out.data + 54, file.data + 33, file.size - 33);
    loom_strbuf_release(&out);
}
END_TEST

START_TEST(tiff)
{
    const loom_bytes file = picture("formats/quadrants.tif");
    loom_strbuf out = LOOM_STRBUF_INIT;
    loom_traits traits;

    ck_assert(put(LOOM_FORMAT_TIFF, file, 150500, &out));
    ck_assert_uint_eq(out.size, file.size);
    loom_format_traits(LOOM_FORMAT_TIFF, (loom_bytes){(unsigned char *)out.data, out.size},
                       &traits);
    ck_assert_uint_eq(traits.dpi, 150500);
    ck_assert_ptr_null(loom_container_of(LOOM_FORMAT_WEBP)->put_dpi);
    loom_strbuf_release(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("density");
    TCase *tests = tcase_create("density");

    tcase_add_test(tests, jpeg);
    tcase_add_test(tests, png);
    tcase_add_test(tests, tiff);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
