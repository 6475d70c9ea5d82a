/* Checksums of TIFFs that are compressed by deflate: each counts, whatever is read of its strip. */
#include "support/engine_run.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <string.h>
#include <zlib.h>

enum { WIDTH = 20, ROWS = 10, STRIPS = 2, PADDING = 3 };

static unsigned char pixel_at(uint32_t x, uint32_t y)
{
    return (unsigned char)(x * 11 + y * 7);
}

/* A strip, and rows behind it that no pixel of the picture is of; appends its stream. */
static size_t add_strip(loom_strbuf *out, uint32_t first, uint32_t rows)
{
    unsigned char raw[WIDTH * (ROWS + PADDING)], packed[1000];
    uLongf size = sizeof packed;

    for (uint32_t y = 0; y < rows; y++)
        for (uint32_t x = 0; x < WIDTH; x++)
            raw[y * WIDTH + x] = pixel_at(x, first + y);
    ck_assert_int_eq(compress2(packed, &size, raw, (uLong)WIDTH * rows, 0), Z_OK);
    loom_strbuf_add(out, (char *)packed, size);
    return size;
}

static void add_entry(loom_strbuf *out, unsigned tag, size_t count, size_t value)
{
    sample_le16(out, tag);
    sample_le16(out, 4); /* LONG */
    sample_le32(out, (uint32_t)count);
    sample_le32(out, (uint32_t)value);
}

/*
 * Gray; the last strip has `padding` rows too many. `damage`: so many bytes from the end of the
 * last stream one is another; 0: none.
 */
static void write_tiff(const char *path, unsigned compression, uint32_t padding, size_t damage)
{
    loom_strbuf out = LOOM_STRBUF_INIT, strips = LOOM_STRBUF_INIT;
    const size_t first = add_strip(&strips, 0, ROWS);
    const size_t second = add_strip(&strips, ROWS, ROWS + padding);

    if (damage > 0)
        strips.data[strips.size - damage] ^= 1;
    if (strips.size % 2 == 1)
        loom_strbuf_add(&strips, "", 1);
    const size_t arrays = 8 + strips.size;
    loom_strbuf_add(&out, "II*\0", 4);
    sample_le32(&out, (uint32_t)arrays + 16);
    loom_strbuf_add(&out, strips.data, strips.size);
    sample_le32(&out, 8);
    sample_le32(&out, 8 + (uint32_t)first);
    sample_le32(&out, (uint32_t)first);
    sample_le32(&out, (uint32_t)second);
    sample_le16(&out, 9);
    add_entry(&out, 256, 1, WIDTH);
    add_entry(&out, 257, 1, ROWS * STRIPS);
    add_entry(&out, 258, 1, 8);
    add_entry(&out, 259, 1, compression);
    add_entry(&out, 262, 1, 1); /* 0 is black */
    add_entry(&out, 273, STRIPS, arrays);
    add_entry(&out, 277, 1, 1);
    add_entry(&out, 278, 1, ROWS);
    add_entry(&out, 279, STRIPS, arrays + 8);
    sample_le32(&out, 0);
    sample_write(path, &out);
    loom_strbuf_release(&strips);
}

static void assert_picture(const engine_request *request)
{
    loom_outcome outcome = engine_run_written(request, "sums.tif", "out.png", LOOM_RESULT_OK);
    oracle_image made = oracle_read("out.png");

    for (uint32_t y = 0; y < ROWS * STRIPS; y++)
        for (uint32_t x = 0; x < WIDTH; x++)
            ck_assert_uint_eq(oracle_at(&made, x, y, 0), pixel_at(x, y));
    oracle_release(&made);
    loom_outcome_release(&outcome);
}

static const unsigned compressions[] = {8, 32946};

START_TEST(a_wrong_checksum_is_damage)
{
    const engine_request request = engine_request_default();

    write_tiff("sums.tif", compressions[_i], 0, 0);
    assert_picture(&request);
    for (uint32_t padding = 0; padding <= PADDING; padding += PADDING) {
        for (size_t damage = 1; damage <= 4; damage++) {
            write_tiff("sums.tif", compressions[_i], padding, damage);
            engine_assert_error(&request, "sums.tif", LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE);
        }
        /* a pixel, of data that are not packed */
        write_tiff("sums.tif", compressions[_i], padding, 4 + WIDTH * (padding + 2));
        engine_assert_error(&request, "sums.tif", LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE);
    }
}
END_TEST

/* Where libtiff does not look at it. */
START_TEST(a_wrong_checksum_that_is_let_through_is_told)
{
    engine_request request = engine_request_default();

    request.settings.fail_on = LOOM_FAIL_ON_TRUNCATED;
    write_tiff("sums.tif", compressions[_i], PADDING, 1);
    loom_outcome outcome = engine_run_written(&request, "sums.tif", "out.png", LOOM_RESULT_WARNING);
    ck_assert_str_eq(outcome.warnings[0], "the picture data is damaged");
    loom_outcome_release(&outcome);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("tiff_sums");
    TCase *tests = engine_case("sums");

    tcase_add_loop_test(tests, a_wrong_checksum_is_damage, 0, 2);
    tcase_add_loop_test(tests, a_wrong_checksum_that_is_let_through_is_told, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
