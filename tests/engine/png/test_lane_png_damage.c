/* Damage, wherever it is: the png lane's verdict, messages and pictures are the vips lane's. */
#include "support/make_png.h"
#include "support/png_lanes.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <string.h>

/* Plain, deep with alpha, a palette with tRNS, interlaced. */
static const png_plan plans[] = {
    {.width = 9, .height = 12, .depth = 8, .colour = 2},
    {.width = 7, .height = 6, .depth = 16, .colour = 6},
    {.width = 9,
     .height = 12,
     .depth = 4,
     .colour = 3,
     .colours = 16,
     .trns = "\0\x80",
     .trns_size = 2},
    {.width = 9, .height = 12, .depth = 8, .colour = 0, .interlaced = true},
};

/* With chunks beside the pixels, before and behind. */
static void make(loom_strbuf *out, const png_plan *plan)
{
    loom_strbuf file = LOOM_STRBUF_INIT;

    png_make(&file, plan);
    const size_t pixels = png_find(&file, "IDAT") - 8, end = png_find(&file, "IEND") - 8;
    loom_strbuf_add(out, file.data, pixels);
    png_chunk(out, "gAMA", "\0\0\xB1\x8F", 4);
    png_chunk(out, "tEXt", "a\0b", 3);
    loom_strbuf_add(out, file.data + pixels, end - pixels);
    png_chunk(out, "tIME", "\x07\xEA\x0B\x1D\x0C\0\0", 7);
    loom_strbuf_add(out, file.data + end, file.size - end);
    loom_strbuf_release(&file);
}

/* In the short form at one level, the next each time. */
static void assert_agree(const void *bytes, size_t size)
{
    static unsigned long nth;
    engine_request request = engine_request_box(5, 0, LOOM_FIT_COVER);

    tmpdir_write("in.png", bytes, size);
    for (int level = LOOM_FAIL_ON_NONE; level <= LOOM_FAIL_ON_WARNING; level++) {
        request.settings.fail_on = (loom_fail_on)level;
        if (!suite_takes(nth + (unsigned long)level, LOOM_FAIL_ON_WARNING + 1))
            continue;
        png_lanes_assert_agree(&request, "in.png");
    }
    nth++;
}

START_TEST(a_file_cut_anywhere)
{
    loom_strbuf file = LOOM_STRBUF_INIT;

    make(&file, &plans[_i]);
    for (size_t size = 1; size <= file.size; size++)
        assert_agree(file.data, size);
    loom_strbuf_release(&file);
}
END_TEST

START_TEST(a_byte_changed_anywhere)
{
    static const unsigned char changes[] = {0x01, 0x20, 0xFF};
    loom_strbuf file = LOOM_STRBUF_INIT;

    make(&file, &plans[_i]);
    for (size_t at = 8; at < file.size; at++) {
        const char change = (char)changes[at % COUNT(changes)];
        file.data[at] ^= change;
        assert_agree(file.data, file.size);
        file.data[at] ^= change;
    }
    loom_strbuf_release(&file);
}
END_TEST

/* Where checksums are right, what they hold is looked at. */
START_TEST(a_byte_changed_in_a_chunk_whose_checksum_is_right)
{
    static const char *const types[] = {"IHDR", "PLTE", "tRNS", "gAMA", "tEXt", "IDAT", "tIME"};
    loom_strbuf file = LOOM_STRBUF_INIT;

    make(&file, &plans[_i]);
    for (size_t t = 0; t < COUNT(types); t++) {
        if ((t == 1 && plans[_i].colours == 0) || (t == 2 && plans[_i].trns == NULL))
            continue;
        const size_t data = png_find(&file, types[t]);
        const unsigned char *length = (unsigned char *)file.data + data - 8;
        const size_t size = (size_t)length[2] << 8 | length[3];
        for (size_t at = 0; at < size; at++) {
            file.data[data + at] ^= 0x11;
            png_right(&file, data);
            assert_agree(file.data, file.size);
            file.data[data + at] ^= 0x11;
            png_right(&file, data);
        }
    }
    loom_strbuf_release(&file);
}
END_TEST

/* Each chunk left out, or there twice. */
START_TEST(a_chunk_too_few_or_too_many)
{
    static const char *const types[] = {"IHDR", "PLTE", "tRNS", "gAMA",
                                        "tEXt", "IDAT", "tIME", "IEND"};
    loom_strbuf file = LOOM_STRBUF_INIT;

    make(&file, &plans[_i]);
    for (size_t t = 0; t < COUNT(types); t++) {
        if ((t == 1 && plans[_i].colours == 0) || (t == 2 && plans[_i].trns == NULL))
            continue;
        const size_t start = png_find(&file, types[t]) - 8;
        const unsigned char *length = (unsigned char *)file.data + start;
        const size_t end = start + 12 + ((size_t)length[2] << 8 | length[3]);
        for (int copies = 0; copies <= 2; copies += 2) {
            loom_strbuf out = LOOM_STRBUF_INIT;
            loom_strbuf_add(&out, file.data, start);
            for (int i = 0; i < copies; i++)
                loom_strbuf_add(&out, file.data + start, end - start);
            loom_strbuf_add(&out, file.data + end, file.size - end);
            assert_agree(out.data, out.size);
            loom_strbuf_release(&out);
        }
    }
    loom_strbuf_release(&file);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("lane_png_damage");
    TCase *damage = engine_case("damage");

    tcase_add_loop_test(damage, a_file_cut_anywhere, 0, COUNT(plans));
    tcase_add_loop_test(damage, a_byte_changed_anywhere, 0, COUNT(plans));
    tcase_add_loop_test(damage, a_byte_changed_in_a_chunk_whose_checksum_is_right, 0, COUNT(plans));
    tcase_add_loop_test(damage, a_chunk_too_few_or_too_many, 0, COUNT(plans));
    suite_add_tcase(suite, damage);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
