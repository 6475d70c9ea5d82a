/*
 * Fields of good GIFs set to whatever they can hold, bytes changed at random, files cut: the
 * decoder and a second one, which shares no line with it, must see the same.
 */
#include "format/gif.h"
#include "support/gif_file.h"
#include "support/gif_model.h"
#include "support/gif_run.h"
#include "support/random.h"
#include "support/suite.h"

#include <string.h>

enum { AREA_MAX = 100000 };

static unsigned random_below(uint64_t *state, unsigned limit)
{
    return random_next(state) % limit;
}

/* An animation of four frames: random, small and interlaced, transparent, with a table of its own.
 */
static void make_file(gif_file *f, unsigned colours, gif_coding coding, uint64_t state)
{
    static const unsigned char table[12] = {9, 8, 7, 6, 5, 4, 3, 2, 1, 99, 98, 97};
    unsigned char indices[20 * 15];

    gif_begin(f, 20, 15, colours, 1);
    gif_loop(f, 3);
    for (unsigned i = 0; i < 4; i++) {
        const gif_picture p = {.left = i,
                               .top = 2 * i,
                               .width = 20 - 3 * i,
                               .height = 15 - 2 * i,
                               .indices = indices,
                               .coding = coding,
                               .interlaced = i % 2 == 1,
                               .table = i == 3 ? table : NULL,
                               .colours = 4,
                               .block = 40};
        for (size_t k = 0; k < sizeof indices; k++)
            indices[k] = (unsigned char)random_below(&state, i == 3 ? 4 : colours);
        gif_control(f, i, i == 2 ? 1 : -1, 10 + i);
        gif_add(f, &p);
    }
    gif_end(f);
}

/* Frame or screen too large for the model are not tried. */
static bool is_small(const gif_file *f)
{
    loom_gif_frame frame;
    loom_gif gif;
    uint32_t width = 1, height = 1;

    if (!loom_gif_begin(&gif, (loom_bytes){f->bytes, f->size}))
        return true;
    width = gif.width, height = gif.height;
    while (loom_gif_next(&gif, &frame)) {
        if (frame.width * frame.height > AREA_MAX || gif.frames > 60)
            return false;
        if (gif.frames == 1) {
            width = frame.left + frame.width > width ? frame.left + frame.width : width;
            height = frame.top + frame.height > height ? frame.top + frame.height : height;
        }
    }
    return (uint64_t)width * height <= AREA_MAX;
}

static void assert_pixels(const gif_run *run, const gif_model *model, const char *what, unsigned n)
{
    const size_t pixels = (size_t)model->width * model->height * model->frames;
    const uint32_t width = run->decoded.picture.width;
    bool opaque = true;

    if (width != model->width || run->decoded.picture.height != model->height * model->frames)
        ck_abort_msg("%s %u: another size", what, n);
    for (size_t i = 0; i < pixels; i++) {
        opaque = opaque && model->pixels[i] != 0;
        if (gif_run_pixel(run, (uint32_t)(i % width), (uint32_t)(i / width)) != model->pixels[i])
            ck_abort_msg("%s %u: pixel %zu differs", what, n, i);
    }
    ck_assert_uint_eq(run->decoded.picture.channels, opaque ? 3 : 4);
    ck_assert(run->decoded.delays == NULL ||
              run->decoded.delays[model->frames - 1] == (int)model->delays[model->frames - 1] * 10);
}

static void compare(const gif_file *f, const char *what, unsigned n)
{
    if (!is_small(f))
        return;
    for (int all = 0; all < 2; all++) {
        gif_model model = gif_model_decode(f->bytes, f->size, all);
        gif_run run = gif_run_bytes(f->bytes, f->size, all);
        const bool picture = model.frames > 0 && model.width > 0 && model.height > 0;
        ck_assert_msg((run.status == LOOM_OK) == picture, "%s %u: %s", what, n, run.error.message);
        if (picture) {
            ck_assert_msg(run.decoded.missing == model.missing, "%s %u: missing", what, n);
            ck_assert_msg((run.decoded.damage != NULL) == model.damaged, "%s %u: %s", what, n,
                          run.decoded.damage);
            assert_pixels(&run, &model, what, n);
        }
        gif_run_release(&run);
        gif_model_release(&model);
    }
}

/* Every value of every byte that says something, of the screen and of each frame. */
START_TEST(every_value_of_every_field)
{
    loom_gif_frame frame;
    loom_gif gif;
    gif_file f;

    make_file(&f, 8, _i == 0 ? GIF_COMPRESSED : GIF_LITERAL, 5);
    for (unsigned at = 6; at < 13; at++)
        for (unsigned value = 0; value < 256; value++) {
            if (!suite_takes(at + value, 3))
                continue;
            const unsigned char former = f.bytes[at];
            f.bytes[at] = (unsigned char)value;
            compare(&f, "screen", at * 1000 + value);
            f.bytes[at] = former;
        }
    ck_assert(loom_gif_begin(&gif, (loom_bytes){f.bytes, f.size}));
    while (loom_gif_next(&gif, &frame)) {
        const size_t start = frame.data - 11 - (frame.own_table ? frame.table.size : 0);
        /* the control before it, the descriptor, and, without a table, the code size */
        for (size_t at = start - 8; at < start + 11; at++)
            for (unsigned value = 0; value < 256; value++) {
                if (!suite_takes(at + value, 3))
                    continue;
                const unsigned char former = f.bytes[at];
                f.bytes[at] = (unsigned char)value;
                compare(&f, "frame", (unsigned)(at - start + 8) * 1000 + value);
                f.bytes[at] = former;
            }
    }
    gif_release(&f);
}
END_TEST

START_TEST(every_cut)
{
    gif_file f;

    make_file(&f, 32, (gif_coding)_i, 6);
    const size_t size = f.size;
    for (f.size = 13; f.size < size; f.size++)
        compare(&f, "cut to", (unsigned)f.size);
    gif_release(&f);
}
END_TEST

START_TEST(bytes_at_random)
{
    uint64_t state = (uint64_t)_i + 1;
    const unsigned rounds = suite_long() ? 100000 : 1000;
    gif_file whole;

    make_file(&whole, 2u << _i, (gif_coding)(_i % 4), (unsigned)_i);
    for (unsigned round = 0; round < rounds; round++) {
        gif_file f = {.bytes = NULL};
        gif_put(&f, whole.bytes, whole.size);
        for (unsigned n = 1 + random_below(&state, 4); n > 0; n--)
            f.bytes[13 + random_below(&state, (unsigned)f.size - 13)] =
                (unsigned char)random_below(&state, 256);
        if (round % 8 == 0)
            f.size = 13 + random_below(&state, (unsigned)f.size - 13);
        compare(&f, "round", round);
        gif_release(&f);
    }
    gif_release(&whole);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("gif_mutations");
    TCase *tests = tcase_create("gif_mutations");

    tcase_set_timeout(tests, 200);
    tcase_add_loop_test(tests, every_value_of_every_field, 0, 2);
    tcase_add_loop_test(tests, every_cut, 0, GIF_CLEARS + 1);
    tcase_add_loop_test(tests, bytes_at_random, 0, 8);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
