/* Animated GIFs: what stays of a frame when the next one comes, delays and loops. */
#include "support/gif_file.h"
#include "support/gif_run.h"
#include "support/suite.h"

enum { WIDTH = 9, HEIGHT = 7 };

/* Below all: a frame over all of the canvas, or over none of it but one pixel. */
static void add_first(gif_file *f, bool all)
{
    const gif_picture p = {.width = all ? WIDTH : 1, .height = all ? HEIGHT : 1};

    gif_add(f, &p);
}

/*
 * Three frames: one below; one of half transparent pixels that is disposed of; one pixel. Whatever
 * the background, whether a transparent colour is declared or not.
 */
static void assert_disposal(unsigned disposal, const gif_picture *second, int transparent, bool all,
                            unsigned background)
{
    const gif_picture last = {.left = 8, .top = 6, .width = 1, .height = 1};
    gif_file f;

    gif_begin(&f, WIDTH, HEIGHT, 4, background);
    add_first(&f, all);
    gif_control(&f, disposal, transparent, 7);
    gif_add(&f, second);
    gif_add(&f, &last);
    gif_end(&f);
    gif_run run = gif_run_file(&f, true);
    gif_run_assert_whole(&run);
    ck_assert_uint_eq(run.decoded.picture.height, 3 * HEIGHT);
    for (unsigned y = 0; y < HEIGHT; y++)
        for (unsigned x = 0; x < WIDTH; x++) {
            const bool in = gif_covers(second, x, y);
            const unsigned index =
                in ? second->indices[(y - second->top) * second->width + x - second->left] : 0;
            const uint32_t below = all || (x == 0 && y == 0) ? gif_colour(0) : 0;
            const uint32_t shown = in && (int)index != transparent ? gif_colour(index) : below;
            uint32_t left = disposal == 3 || disposal == 4 ? below : shown;
            if (disposal == 2 && in)
                left = 0;
            if (x == 8 && y == 6)
                left = gif_colour(0);
            gif_run_assert_pixel(&run, x, y, below);
            gif_run_assert_pixel(&run, x, HEIGHT + y, shown);
            gif_run_assert_pixel(&run, x, 2 * HEIGHT + y, left);
        }
    gif_run_release(&run);
}

START_TEST(every_disposal)
{
    static const struct {
        unsigned left, top, width, height;
    } rects[] = {{0, 0, 9, 7}, {2, 1, 4, 3}, {5, 4, 9, 9},
                 {9, 0, 3, 3}, {0, 7, 3, 3}, {0, 0, 1, 1}};
    unsigned char indices[81];

    for (size_t i = 0; i < sizeof indices; i++)
        indices[i] = i % 3 == 0 ? 2 : 1;
    for (size_t r = 0; r < COUNT(rects); r++) {
        gif_picture p = {.left = rects[r].left,
                         .top = rects[r].top,
                         .width = rects[r].width,
                         .height = rects[r].height,
                         .indices = indices};
        for (int transparent = -1; transparent < 4; transparent++)
            for (unsigned background = 0; background < 4; background++) {
                p.interlaced = background % 2 == 1;
                gif_picture sorted = p;
                assert_disposal((unsigned)_i, &sorted, transparent, true, background);
                assert_disposal((unsigned)_i, &sorted, transparent, false, background);
            }
    }
}
END_TEST

START_TEST(the_first_frame_is_disposed_of)
{
    const gif_picture first = {.left = 1, .top = 1, .width = 3, .height = 2},
                      last = {.left = 0, .top = 0, .width = 1, .height = 1};
    gif_file f;

    gif_begin(&f, WIDTH, HEIGHT, 2, 1);
    gif_control(&f, (unsigned)_i, -1, 0);
    gif_add(&f, &first);
    gif_add(&f, &last);
    gif_end(&f);
    gif_run run = gif_run_file(&f, true);
    gif_run_assert_whole(&run);
    ck_assert_uint_eq(run.decoded.picture.channels, 4);
    for (unsigned y = 0; y < HEIGHT; y++)
        for (unsigned x = 0; x < WIDTH; x++) {
            const bool kept = _i < 2 || _i > 4, in = gif_covers(&first, x, y);
            gif_run_assert_pixel(&run, x, y, in ? gif_colour(0) : 0);
            ck_assert_uint_eq(gif_run_pixel(&run, x, HEIGHT + y),
                              (in && kept) || gif_covers(&last, x, y) ? gif_colour(0) : 0);
        }
    gif_run_release(&run);
}
END_TEST

/* What a frame does not say is 1/10 s, as libvips has it; the loop counts the first time, too. */
START_TEST(delays_and_loops)
{
    static const struct {
        int again, loop;
    } loops[] = {{-1, 1}, {0, 0}, {1, 2}, {5, 6}, {65535, 65536}};

    for (size_t i = 0; i < COUNT(loops); i++) {
        gif_file f;
        gif_begin(&f, WIDTH, HEIGHT, 2, 0);
        if (loops[i].again >= 0)
            gif_loop(&f, (unsigned)loops[i].again);
        gif_control(&f, 0, -1, 0);
        add_first(&f, true);
        add_first(&f, true);
        gif_control(&f, 0, -1, 65535);
        add_first(&f, true);
        gif_end(&f);
        gif_run run = gif_run_file(&f, true);
        gif_run_assert_whole(&run);
        ck_assert_uint_eq(run.header.frames, 3);
        ck_assert_uint_eq(run.decoded.picture.channels, 3);
        ck_assert_int_eq(run.decoded.loop, loops[i].loop);
        ck_assert_int_eq(run.decoded.delays[0], 0);
        ck_assert_int_eq(run.decoded.delays[1], 100);
        ck_assert_int_eq(run.decoded.delays[2], 655350);
        gif_run_release(&run);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("gif_animation");
    TCase *tests = tcase_create("gif_animation");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, every_disposal, 0, 8);
    tcase_add_loop_test(tests, the_first_frame_is_disposed_of, 0, 8);
    tcase_add_test(tests, delays_and_loops);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
