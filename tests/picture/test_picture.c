/* Every channel count, both depths, and sides around the block of columns that turning uses. */
#include "support/labelled.h"
#include "support/suite.h"

static const uint32_t sides[] = {1, 31, 32, 33, 100};

/* Check's own assertions write a line each when they hold: too slow for every sample. */
static void assert_sample(const loom_picture *p, uint32_t x, uint32_t y, unsigned c, unsigned want)
{
    if (picture_sample(p, x, y, c) != want)
        ck_abort_msg("%ux%u, %u channels of %u bytes: sample %u at %u,%u is %u, not %u", p->width,
                     p->height, p->channels, p->depth, c, x, y, picture_sample(p, x, y, c), want);
}

/* Loop number to kind: 1..4 channels of 1 or 2 bytes. */
static loom_picture kind_of(int i, uint32_t width, uint32_t height)
{
    return labelled_picture(width, height, 1 + (unsigned)i % 4, 1 + (unsigned)i / 4);
}
enum { KINDS = 8 };

START_TEST(bytes_of_a_picture)
{
    ck_assert_uint_eq(loom_picture_bytes(3, 5, 4, 2), 120);
    ck_assert_uint_eq(loom_picture_bytes(65500, 65500, 4, 2), UINT64_C(34322000000));
    ck_assert_uint_eq(loom_picture_bytes(UINT32_MAX, UINT32_MAX, 4, 2), 0);
}
END_TEST

/* ---- turning ------------------------------------------------------------- */

/* `p` is a labelled picture of width x height after the turn. */
static void check_turned(const loom_picture *p, loom_turn turn, uint32_t width, uint32_t height)
{
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            const uint32_t to_x[] = {x, height - 1 - y, width - 1 - x, y};
            const uint32_t to_y[] = {y, x, height - 1 - y, width - 1 - x};
            const uint32_t column = to_x[turn.quarters];
            for (unsigned c = 0; c < p->channels; c++)
                assert_sample(p, turn.flop ? p->width - 1 - column : column, to_y[turn.quarters], c,
                              label(x, y, c, p->depth));
        }
}

START_TEST(turn_moves_every_pixel)
{
    for (size_t w = 0; w < COUNT(sides); w++)
        for (size_t h = 0; h < COUNT(sides); h++)
            for (unsigned t = 0; t < 8; t++) {
                const loom_turn turn = {t % 4, t >= 4};
                loom_picture p = kind_of(_i, sides[w], sides[h]);
                ck_assert_int_eq(loom_picture_turn(&p, turn, NULL), LOOM_OK);
                ck_assert_uint_eq(p.width, t % 2 == 1 ? sides[h] : sides[w]);
                ck_assert_uint_eq(p.height, t % 2 == 1 ? sides[w] : sides[h]);
                check_turned(&p, turn, sides[w], sides[h]);
                loom_picture_release(&p);
            }
}
END_TEST

/* ---- padding ------------------------------------------------------------- */

static const loom_colour orange = {255, 128, 1, 77}; /* luma 151.499 */

/* What `orange` is in a picture of this kind. */
static unsigned orange_sample(const loom_picture *p, unsigned c)
{
    static const unsigned gray[] = {151, 77}, rgb[] = {255, 128, 1, 77};
    const unsigned value = p->channels <= 2 ? gray[c] : rgb[c];

    return p->depth == 1 ? value : value * 257;
}

static void check_padded(const loom_picture *p, loom_rect inner)
{
    for (uint32_t y = 0; y < p->height; y++)
        for (uint32_t x = 0; x < p->width; x++)
            for (unsigned c = 0; c < p->channels; c++) {
                const bool inside = x >= inner.x && x < inner.x + inner.width && y >= inner.y &&
                                    y < inner.y + inner.height;
                assert_sample(p, x, y, c,
                              inside ? label(x - inner.x, y - inner.y, c, p->depth)
                                     : orange_sample(p, c));
            }
}

START_TEST(pad_fills_around)
{
    static const struct {
        uint32_t width, height, left, top;
    } to[] = {{33, 20, 0, 0}, {40, 20, 7, 0}, {40, 20, 3, 0}, {33, 25, 0, 5}, {101, 64, 31, 17}};

    for (size_t i = 0; i < COUNT(to); i++) {
        loom_picture p = kind_of(_i, 33, 20);
        ck_assert_int_eq(
            loom_picture_pad(&p, to[i].width, to[i].height, to[i].left, to[i].top, orange, NULL),
            LOOM_OK);
        ck_assert_uint_eq(p.width, to[i].width);
        ck_assert_uint_eq(p.height, to[i].height);
        check_padded(&p, (loom_rect){to[i].left, to[i].top, 33, 20});
        loom_picture_release(&p);
    }
}
END_TEST

START_TEST(without_memory_nothing_changes)
{
    unsigned char data[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    loom_picture p = {.width = 1, .height = 1, .channels = 4, .depth = 2, .data = data};
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_picture_pad(&p, UINT32_MAX, UINT32_MAX, 0, 0, orange, &err),
                     LOOM_ERR_OUT_OF_MEMORY);
    ck_assert_int_eq(err.code, LOOM_ERR_OUT_OF_MEMORY);
    ck_assert_int_eq(err.stage, LOOM_STAGE_TRANSFORM);
    ck_assert_str_eq(err.message, "not enough memory for a picture of 4294967295x4294967295 px");
    ck_assert_uint_eq(p.width, 1);
    ck_assert_ptr_eq(p.data, data);

    p.width = p.height = UINT32_MAX; /* its data is not looked at before there is room */
    ck_assert_int_eq(loom_picture_turn(&p, (loom_turn){1, false}, NULL), LOOM_ERR_OUT_OF_MEMORY);
    p.channels = 3;
    ck_assert_int_eq(loom_picture_add_alpha(&p, NULL), LOOM_ERR_OUT_OF_MEMORY);
    p.channels = 2;
    ck_assert_int_eq(loom_picture_add_colour(&p, NULL), LOOM_ERR_OUT_OF_MEMORY);
    ck_assert_uint_eq(p.channels, 2);
    ck_assert_ptr_eq(p.data, data);
}
END_TEST

/* ---- luma ---------------------------------------------------------------- */

START_TEST(luma_of_a_colour)
{
    ck_assert_uint_eq(loom_colour_luma((loom_colour){255, 0, 0, 255}), 76);
    ck_assert_uint_eq(loom_colour_luma((loom_colour){0, 255, 0, 255}), 150);
    ck_assert_uint_eq(loom_colour_luma((loom_colour){0, 0, 255, 0}), 29);
    ck_assert_uint_eq(loom_colour_luma((loom_colour){255, 255, 255, 255}), 255);
    ck_assert_uint_eq(loom_colour_luma((loom_colour){0, 0, 0, 255}), 0);
    for (unsigned v = 0; v < 256; v++)
        ck_assert_uint_eq(loom_colour_luma((loom_colour){(uint8_t)v, (uint8_t)v, (uint8_t)v, 9}),
                          v);
}
END_TEST

/* Away from a tie, which the factors' 16 bits may break either way. */
static bool near_tie(double v)
{
    const double part = v - (double)(long)v;

    return part > 0.49 && part < 0.51;
}

static void check_luma(const loom_picture *p, unsigned former)
{
    for (uint32_t y = 0; y < p->height; y++)
        for (uint32_t x = 0; x < p->width; x++) {
            const double want = 0.299 * label(x, y, 0, p->depth) +
                                0.587 * label(x, y, 1, p->depth) + 0.114 * label(x, y, 2, p->depth);
            const unsigned rounded = (unsigned)(want + 0.5), got = picture_sample(p, x, y, 0);
            /* 0.299 and the others in 1/65536 are off by up to 3e-6: 0.3 at 16 bits */
            const unsigned slack = p->depth == 2 || near_tie(want) ? 1 : 0;
            if (got + slack < rounded || got > rounded + slack)
                assert_sample(p, x, y, 0, rounded);
            if (former == 4)
                assert_sample(p, x, y, 1, label(x, y, 3, p->depth));
        }
}

START_TEST(to_luma)
{
    loom_picture p = kind_of(_i, 100, 33);
    const unsigned former = p.channels;

    loom_picture_to_luma(&p);
    ck_assert_uint_eq(p.channels, former > 2 ? former - 2 : former);
    if (former > 2) {
        check_luma(&p, former);
    } else {
        check_turned(&p, (loom_turn){0, false}, 100, 33);
    }
    loom_picture_release(&p);
}
END_TEST

START_TEST(deep_luma_of_pure_colours)
{
    loom_picture p = labelled_picture(4, 1, 3, 2);

    for (uint32_t x = 0; x < 4; x++)
        for (unsigned c = 0; c < 3; c++)
            picture_set(&p, x, 0, c, x == c || x == 3 ? 65535 : 0);
    loom_picture_to_luma(&p);
    assert_sample(&p, 0, 0, 0, 19595); /* 0.299 x 65535 = 19594.97 */
    assert_sample(&p, 1, 0, 0, 38469); /* 38469.05 */
    assert_sample(&p, 2, 0, 0, 7471);  /* 7470.99 */
    assert_sample(&p, 3, 0, 0, 65535);
    loom_picture_release(&p);
}
END_TEST

/* ---- alpha and colour ---------------------------------------------------- */

/* Over every value, every alpha, a row of samples each; the last channel is alpha. */
START_TEST(flatten_8_is_rounded)
{
    static const unsigned backgrounds[] = {0, 1, 127, 128, 254, 255};

    for (size_t i = 0; i < COUNT(backgrounds); i++) {
        const unsigned b = backgrounds[i];
        loom_picture p = labelled_picture(256, 256, 2, 1);
        for (uint32_t y = 0; y < 256; y++)
            for (uint32_t x = 0; x < 256; x++)
                picture_set(&p, x, y, 0, x), picture_set(&p, x, y, 1, y);
        loom_picture_flatten(&p, (loom_colour){(uint8_t)b, (uint8_t)b, (uint8_t)b, 0});
        ck_assert_uint_eq(p.channels, 1);
        for (uint32_t y = 0; y < 256; y++)
            for (uint32_t x = 0; x < 256; x++)
                assert_sample(&p, x, y, 0, (unsigned)((x * y + b * (255 - y)) / 255.0 + 0.5));
        loom_picture_release(&p);
    }
}
END_TEST

START_TEST(flatten_lays_over_the_background)
{
    loom_picture p = kind_of(_i, 33, 31);
    const unsigned former = p.channels, colours = former % 2 == 0 ? former - 1 : former;
    const double max = p.depth == 1 ? 255 : 65535;

    loom_picture_flatten(&p, orange);
    ck_assert_uint_eq(p.channels, colours);
    for (uint32_t y = 0; y < 31; y++)
        for (uint32_t x = 0; x < 33; x++)
            for (unsigned c = 0; c < colours; c++) {
                double want = label(x, y, c, p.depth);
                if (former != colours) {
                    const double alpha = label(x, y, colours, p.depth) / max;
                    want = want * alpha + orange_sample(&p, c) * (1 - alpha);
                }
                assert_sample(&p, x, y, c, (unsigned)(want + 0.5));
            }
    loom_picture_release(&p);
}
END_TEST

/* A channel of a picture that was widened from `former` channels. */
static unsigned widened(unsigned former, unsigned channels, uint32_t x, uint32_t y, unsigned c,
                        unsigned depth)
{
    const bool alpha = channels % 2 == 0 && c == channels - 1;

    if (alpha && former % 2 == 1)
        return depth == 1 ? 255 : 65535;
    if (alpha)
        return label(x, y, former - 1, depth);
    return label(x, y, former <= 2 ? 0 : c, depth);
}

static void check_widened(const loom_picture *p, unsigned former, unsigned channels)
{
    ck_assert_uint_eq(p->channels, channels);
    for (uint32_t y = 0; y < p->height; y++)
        for (uint32_t x = 0; x < p->width; x++)
            for (unsigned c = 0; c < channels; c++)
                assert_sample(p, x, y, c, widened(former, channels, x, y, c, p->depth));
}

START_TEST(add_alpha_is_opaque)
{
    loom_picture p = kind_of(_i, 31, 33);
    const unsigned former = p.channels;

    ck_assert_int_eq(loom_picture_add_alpha(&p, NULL), LOOM_OK);
    check_widened(&p, former, former % 2 == 0 ? former : former + 1);
    loom_picture_release(&p);
}
END_TEST

START_TEST(add_colour_repeats_gray)
{
    loom_picture p = kind_of(_i, 31, 33);
    const unsigned former = p.channels;

    ck_assert_int_eq(loom_picture_add_colour(&p, NULL), LOOM_OK);
    check_widened(&p, former, former <= 2 ? former + 2 : former);
    loom_picture_release(&p);
}
END_TEST

/* To the nearest: 65535 is 255 times 257. */
START_TEST(drop_depth_is_rounded)
{
    loom_picture p = labelled_picture(256, 256, 1, 2);

    for (unsigned v = 0; v < 65536; v++)
        picture_set(&p, v % 256, v / 256, 0, v);
    loom_picture_drop_depth(&p);
    ck_assert_uint_eq(p.depth, 1);
    for (unsigned v = 0; v < 65536; v++)
        assert_sample(&p, v % 256, v / 256, 0, (unsigned)(v / 257.0 + 0.5));
    loom_picture_release(&p);
}
END_TEST

START_TEST(drop_depth_keeps_all_channels)
{
    loom_picture p = kind_of(_i, 31, 33);
    const unsigned channels = p.channels, depth = p.depth;

    loom_picture_drop_depth(&p);
    ck_assert_uint_eq(p.channels, channels);
    ck_assert_uint_eq(p.depth, 1);
    for (uint32_t y = 0; y < p.height; y++)
        for (uint32_t x = 0; x < p.width; x++)
            for (unsigned c = 0; c < channels; c++) {
                const unsigned was = label(x, y, c, depth);
                assert_sample(&p, x, y, c, depth == 2 ? (unsigned)(was / 257.0 + 0.5) : was);
            }
    loom_picture_release(&p);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("picture");
    TCase *tests = tcase_create("picture");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, bytes_of_a_picture);
    tcase_add_loop_test(tests, turn_moves_every_pixel, 0, KINDS);
    tcase_add_loop_test(tests, pad_fills_around, 0, KINDS);
    tcase_add_test(tests, without_memory_nothing_changes);
    tcase_add_test(tests, luma_of_a_colour);
    tcase_add_loop_test(tests, to_luma, 0, KINDS);
    tcase_add_test(tests, deep_luma_of_pure_colours);
    tcase_add_test(tests, flatten_8_is_rounded);
    tcase_add_loop_test(tests, flatten_lays_over_the_background, 0, KINDS);
    tcase_add_loop_test(tests, add_alpha_is_opaque, 0, KINDS);
    tcase_add_loop_test(tests, add_colour_repeats_gray, 0, KINDS);
    tcase_add_test(tests, drop_depth_is_rounded);
    tcase_add_loop_test(tests, drop_depth_keeps_all_channels, 0, KINDS);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
