/* GIFs of every kind, and the pictures that they must give by arithmetic. */
#include "support/gif_file.h"
#include "support/gif_run.h"
#include "support/random.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

/* Knuth's MMIX generator: the same pictures in every run. */
static void fill(unsigned char *indices, size_t count, unsigned colours, uint64_t state)
{
    for (size_t i = 0; i < count; i++)
        indices[i] = (unsigned char)(random_next(&state) % colours);
}

/* ---- one frame ----------------------------------------------------------- */

/* Where it lies, which colour is the background, and whether one is transparent that is not seen.
 */
START_TEST(what_no_frame_covers_is_transparent)
{
    static const struct {
        unsigned left, top, width, height;
    } rects[] = {{0, 0, 8, 6}, {0, 0, 7, 6}, {0, 0, 8, 5}, {1, 0, 7, 6},
                 {0, 1, 8, 5}, {3, 2, 1, 1}, {2, 2, 4, 3}};
    const unsigned background = (unsigned)_i % 5;
    const int transparent = _i < 5 ? -1 : 2;

    for (size_t r = 0; r < COUNT(rects); r++) {
        const gif_picture p = {.left = rects[r].left,
                               .top = rects[r].top,
                               .width = rects[r].width,
                               .height = rects[r].height};
        gif_file f;
        gif_begin(&f, 8, 6, 4, background);
        if (transparent >= 0)
            gif_control(&f, 2, transparent, 0);
        gif_add(&f, &p);
        gif_end(&f);
        gif_run run = gif_run_file(&f, false);
        gif_run_assert_whole(&run);
        ck_assert_uint_eq(run.decoded.picture.channels, r == 0 ? 3 : 4);
        for (unsigned y = 0; y < 6; y++)
            for (unsigned x = 0; x < 8; x++)
                gif_run_assert_pixel(&run, x, y, gif_covers(&p, x, y) ? gif_colour(0) : 0);
        gif_run_release(&run);
    }
}
END_TEST

START_TEST(the_transparent_colour_is_transparent)
{
    unsigned char indices[12] = {0, 1, 2, 3, 3, 2, 1, 0, 0, 0, 1, 1};
    const gif_picture p = {.width = 4, .height = 3, .indices = indices};

    for (int transparent = 0; transparent < 6; transparent++) { /* 4 and 5 are in no table */
        gif_file f;
        gif_begin(&f, 4, 3, 4, 0);
        gif_control(&f, 0, transparent, 0);
        gif_add(&f, &p);
        gif_end(&f);
        gif_run run = gif_run_file(&f, false);
        gif_run_assert_whole(&run);
        ck_assert_uint_eq(run.decoded.picture.channels, transparent < 4 ? 4 : 3);
        for (unsigned i = 0; i < 12; i++)
            ck_assert_uint_eq(gif_run_pixel(&run, i % 4, i / 4),
                              (int)indices[i] == transparent ? 0 : gif_colour(indices[i]));
        gif_run_release(&run);
    }
}
END_TEST

/* The picture of random colours, in whatever way it is coded. */
static void assert_coded(gif_picture p, unsigned colours, const unsigned char *indices)
{
    gif_file f;

    p.indices = indices;
    gif_begin(&f, p.width, p.height, colours, 0);
    gif_add(&f, &p);
    gif_end(&f);
    gif_run run = gif_run_file(&f, false);
    gif_run_assert_whole(&run);
    ck_assert_uint_eq(run.decoded.picture.channels, 3);
    for (unsigned y = 0; y < p.height; y++)
        for (unsigned x = 0; x < p.width; x++)
            if (gif_run_pixel(&run, x, y) != gif_colour(indices[y * p.width + x]))
                ck_abort_msg("%u colours, coding %d, %u: %ux%u at %u, %u", colours, (int)p.coding,
                             p.block, p.width, p.height, x, y);
    gif_run_release(&run);
}

START_TEST(every_code_size_and_coding)
{
    static unsigned char indices[150 * 131];
    static const unsigned blocks[] = {255, 1, 2, 7, 8, 9, 100};

    for (unsigned size = 2; size <= 11; size++) {
        gif_picture p = {.width = 150, .height = 131, .coding = (gif_coding)_i, .code_size = size};
        fill(indices, sizeof indices, 4, size);
        assert_coded(p, 4, indices);
    }
    for (unsigned colours = 2; colours <= 256; colours *= 2)
        for (size_t b = 0; b < COUNT(blocks); b++) {
            gif_picture p = {.width = 150, .height = 131, .coding = (gif_coding)_i};
            p.block = blocks[b];
            fill(indices, sizeof indices, colours, 7 * colours + b);
            if (b % 2 == 1) /* long strings, too */
                memset(indices + 2000, 1, 9000);
            assert_coded(p, colours, indices);
            p.no_clear = p.coding == GIF_COMPRESSED;
            p.no_end = true;
            p.interlaced = true;
            assert_coded(p, colours, indices);
        }
}
END_TEST

/* Strings of thousands of colours: what they are copied from is far behind. */
START_TEST(strings_of_every_length)
{
    enum { WIDTH = 4000, HEIGHT = 2400 };
    unsigned char *indices = calloc(WIDTH, HEIGHT);
    const gif_picture p = {.width = WIDTH, .height = HEIGHT, .coding = (gif_coding)_i};

    ck_assert_ptr_nonnull(indices);
    assert_coded(p, 4, indices);
    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT; i++)
        indices[i] = i < 300000 ? i / 1000 % 4 : i % 5 == 0 ? 3 : i / 70000 % 2;
    assert_coded(p, 4, indices);
    free(indices);
}
END_TEST

START_TEST(interlaced_frames_of_every_height)
{
    unsigned char indices[40 * 5];

    fill(indices, sizeof indices, 8, 99);
    for (unsigned height = 1; height <= 40; height++)
        assert_coded((gif_picture){.width = 5, .height = height, .interlaced = true}, 8, indices);
}
END_TEST

START_TEST(the_canvas_holds_the_first_frame)
{
    static const struct {
        unsigned screen[2], rect[4], size[2];
    } cases[] = {{{0, 0}, {0, 0, 3, 2}, {3, 2}},       {{0, 0}, {4, 5, 3, 2}, {7, 7}},
                 {{2, 9}, {1, 1, 3, 2}, {4, 9}},       {{640, 480}, {0, 0, 3, 2}, {640, 480}},
                 {{3000, 4}, {0, 0, 3, 2}, {3000, 4}}, {{5, 0}, {0, 0, 3, 2}, {5, 2}}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        const unsigned *rect = cases[i].rect;
        const gif_picture p = {
            .left = rect[0], .top = rect[1], .width = rect[2], .height = rect[3]};
        gif_file f;
        gif_begin(&f, cases[i].screen[0], cases[i].screen[1], 2, 0);
        gif_add(&f, &p);
        gif_end(&f);
        memcpy(f.bytes, i % 2 == 0 ? "GIF87a" : "GIF89a", 6);
        gif_run run = gif_run_file(&f, false);
        gif_run_assert_whole(&run);
        ck_assert(run.header.binding);
        ck_assert_uint_eq(run.decoded.picture.width, cases[i].size[0]);
        ck_assert_uint_eq(run.decoded.picture.height, cases[i].size[1]);
        for (unsigned y = 0; y < cases[i].size[1]; y++)
            for (unsigned x = 0; x < cases[i].size[0]; x++)
                gif_run_assert_pixel(&run, x, y, gif_covers(&p, x, y) ? gif_colour(0) : 0);
        gif_run_release(&run);
    }
}
END_TEST

/* A table of its own; comments, text and what nobody knows; data behind the last pixel. */
START_TEST(what_else_stands_in_a_file)
{
    static const unsigned char table[6] = {1, 2, 3, 4, 5, 6};
    static const unsigned char indices[6] = {0, 1, 0, 1, 1, 0};
    static const char text[] = "\x21\x01\x0C............\x02hi\0", strange[] = "\x21\x77\x01x\0";
    const gif_picture p = {
        .width = 2, .height = 2, .indices = indices, .coded = 6, .table = table, .colours = 2};
    gif_file f;

    gif_begin(&f, 2, 2, 4, 1);
    gif_put(&f, "\x21\xFE\x03hey\0\x21\xFE\0", 10);
    gif_control(&f, 0, 1, 0); /* is the text's */
    gif_put(&f, text, sizeof text - 1);
    gif_put(&f, strange, sizeof strange - 1);
    gif_put(&f, "\x21\xF9\0", 3);
    gif_add(&f, &p);
    gif_end(&f);
    gif_run run = gif_run_file(&f, false);
    gif_run_assert_whole(&run);
    for (unsigned i = 0; i < 4; i++)
        gif_run_assert_pixel(&run, i % 2, i / 2, indices[i] ? 0x040506FF : 0x010203FF);
    gif_run_release(&run);
}
END_TEST

/* ---- what is refused ----------------------------------------------------- */

static bool is_refused(const gif_file *f, char reason[LOOM_UNSUPPORTED_REASON])
{
    reason[0] = '\0';
    return loom_format_unsupported(LOOM_FORMAT_GIF, (loom_bytes){f->bytes, f->size}, reason);
}

/* Each row of the list that a frame can have is read, or is refused by name. */
START_TEST(kinds_are_read_or_named)
{
    static const unsigned char table[6];
    char reason[LOOM_UNSUPPORTED_REASON], expected[LOOM_UNSUPPORTED_REASON];

    for (const loom_kind *k = loom_format_kind(LOOM_FORMAT_GIF, 0); k->aspect != NULL; k++) {
        gif_picture p = {.width = 2, .height = 2, .code_size = 2};
        gif_file f;
        gif_begin(&f, 2, 2, 4, 0);
        if (strcmp(k->aspect, "colour table") == 0 && k->value != 1) {
            gif_release(&f);
            gif_begin(&f, 2, 2, 0, 0);
            p.table = k->value == 2 ? table : NULL;
            p.colours = 2;
        } else if (strcmp(k->aspect, "code size") == 0) {
            p.code_size = k->value;
        } else if (strcmp(k->aspect, "disposal") == 0) {
            gif_control(&f, k->value, -1, 0);
        } else if (strcmp(k->aspect, "version") == 0) {
            f.bytes[4] = (unsigned char)('0' + k->value % 10);
        }
        gif_add(&f, &p);
        gif_end(&f);
        ck_assert_int_eq(is_refused(&f, reason), !k->read);
        (void)snprintf(expected, sizeof expected, "%s: %s", k->aspect, k->name);
        ck_assert_str_eq(reason, k->read ? "" : expected);
        gif_release(&f);
    }
}
END_TEST

/* The smallest GIFs have no table, and nothing but a transparent pixel. */
START_TEST(without_a_table_only_what_is_transparent)
{
    static const unsigned char indices[2] = {1, 0};

    for (int all = 0; all < 2; all++) {
        char reason[LOOM_UNSUPPORTED_REASON];
        const gif_picture p = {.width = all ? 1 : 2, .height = 1, .indices = indices};
        gif_file f;
        gif_begin(&f, p.width, 1, 0, 0);
        gif_control(&f, 0, 1, 0);
        gif_add(&f, &p);
        gif_end(&f);
        ck_assert(!is_refused(&f, reason));
        gif_run run = gif_run_file(&f, false);
        ck_assert(!run.decoded.missing);
        ck_assert_int_eq(run.decoded.damage == NULL, all);
        gif_run_assert_pixel(&run, 0, 0, 0);
        gif_run_release(&run);
    }
}
END_TEST

/* Nobody agrees on codes of one bit but where there is a single pixel, as in web bugs. */
START_TEST(a_code_size_of_one_bit)
{
    static const unsigned char one[] = {1, 0};

    for (int i = 0; i < 2; i++) {
        char reason[LOOM_UNSUPPORTED_REASON];
        const gif_picture p = {
            .width = 1 + (unsigned)i, .height = 1, .indices = one, .code_size = 1};
        gif_file f;
        gif_begin(&f, p.width, 1, 2, 0);
        gif_add(&f, &p);
        gif_end(&f);
        ck_assert_int_eq(is_refused(&f, reason), i);
        gif_run run = gif_run_file(&f, false);
        ck_assert_int_eq(run.decoded.damage != NULL, i);
        if (i == 0)
            gif_run_assert_pixel(&run, 0, 0, gif_colour(1));
        gif_run_release(&run);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("gif");
    TCase *tests = tcase_create("gif");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, what_no_frame_covers_is_transparent, 0, 10);
    tcase_add_test(tests, the_transparent_colour_is_transparent);
    tcase_add_loop_test(tests, every_code_size_and_coding, 0, GIF_CLEARS + 1);
    tcase_add_loop_test(tests, strings_of_every_length, GIF_COMPRESSED, GIF_DEFERRED + 1);
    tcase_add_test(tests, interlaced_frames_of_every_height);
    tcase_add_test(tests, the_canvas_holds_the_first_frame);
    tcase_add_test(tests, what_else_stands_in_a_file);
    tcase_add_test(tests, kinds_are_read_or_named);
    tcase_add_test(tests, without_a_table_only_what_is_transparent);
    tcase_add_test(tests, a_code_size_of_one_bit);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
