/*
 * Lines and edges stand in the jpeg lane where they stand in the vips lane, and so do colours; and
 * in both where they should.
 */
#include "support/make_jpeg.h"
#include "support/suite.h"
#include "support/two_lanes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static oracle_image blank(uint32_t width, uint32_t height)
{
    uint8_t *bytes = malloc((size_t)width * height * 3);

    ck_assert_ptr_nonnull(bytes);
    memset(bytes, 255, (size_t)width * height * 3);
    oracle_image made = oracle_from_bytes(width, height, 3, bytes);
    free(bytes);
    return made;
}

/* A dark, coloured line of `thick` px across and one down. */
static oracle_image cross(uint32_t width, uint32_t height, uint32_t x, uint32_t y, uint32_t thick)
{
    oracle_image image = blank(width, height);

    for (uint32_t j = 0; j < height; j++)
        for (uint32_t i = 0; i < width; i++)
            if (i - x < thick || j - y < thick) {
                uint16_t *p = image.samples + ((size_t)j * width + i) * 3;
                p[0] = 140, p[1] = 0, p[2] = 0;
            }
    return image;
}

enum kind { LIGHT = 0, COLOUR, KINDS };

/* How far a pixel is from white: its green, which luma makes, or its redness, which chroma makes.
 */
static double mark_at(const oracle_image *image, uint32_t x, uint32_t y, enum kind kind)
{
    const double red = oracle_at(image, x, y, 0), green = oracle_at(image, x, y, 1);

    return kind == LIGHT ? 255 - green : red - green;
}

/* Where the line lies on average, px, along the row or column that is `at`. */
static double centre_of(const oracle_image *image, uint32_t at, bool down, enum kind kind)
{
    const uint32_t length = down ? image->height : image->width;
    double sum = 0, weighted = 0;

    for (uint32_t i = 0; i < length; i++) {
        const double mark = mark_at(image, down ? at : i, down ? i : at, kind);
        sum += mark > 16 ? mark : 0;
        weighted += mark > 16 ? mark * (i + 0.5) : 0;
    }
    return weighted / sum;
}

static void write_cross(uint32_t width, uint32_t height, uint32_t x, uint32_t y, uint32_t thick,
                        int sampling)
{
    const make_jpeg_options options = {.h = 1 + sampling % 2, .v = 1 + sampling / 2, .quality = 95};
    oracle_image image = cross(width, height, x, y, thick);

    make_jpeg_file("in.jpg", &image, &options);
    oracle_release(&image);
}

static void assert_near(double x, double right, double within, enum kind kind, const char *what)
{
    ck_assert_msg(fabs(x - right) < within, "%s, %s: %.3f instead of %.3f", what,
                  kind == LIGHT ? "light" : "colour", x, right);
}

static void assert_not_shifted(const oracle_image *a, const oracle_image *b, const char *what)
{
    for (int down = 0; down < 2; down++)
        for (int kind = LIGHT; kind < KINDS; kind++) {
            const double x = centre_of(a, 4, down == 1, (enum kind)kind);
            const double y = centre_of(b, 4, down == 1, (enum kind)kind);
            assert_near(x, y, kind == LIGHT ? 0.1 : 0.2, (enum kind)kind, what);
        }
}

START_TEST(lines_and_edges_are_not_shifted)
{
    static const uint32_t widths[] = {320, 321, 333};
    static const char *const sizes[] = {"100%", "50%", "161x", "107x", "80x", "57x", "41x"};
    static const double turns[] = {0, 90, 180, 270};

    for (size_t w = 0; w < 3; w++)
        for (int sampling = 0; sampling < 4; sampling++) {
            /* The lines are about four px wide in the end, so that chroma shows them. */
            write_cross(widths[w], widths[w] - 10, 190, 130, 32, sampling);
            for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
                for (size_t t = 0; t < 4; t++) {
                    char what[100];
                    lanes_recipe c = {.size = sizes[s], .rotation = turns[t]};
                    const engine_request request = lanes_request(&c);
                    (void)snprintf(what, sizeof what, "%u px, sampling %d, to %s, turned by %g",
                                   widths[w], sampling, sizes[s], turns[t]);
                    oracle_image a = lanes_run("jpeg", &request, "in.jpg");
                    oracle_image b = lanes_run("vips", &request, "in.jpg");
                    assert_not_shifted(&a, &b, what);
                    oracle_release(&a);
                    oracle_release(&b);
                }
        }
}
END_TEST

/*
 * Sides of 7 px more than a multiple of 8. A decoder that shrinks has no whole sample of those, and
 * libvips takes what is left for the whole picture: half a px too wide, where it ends.
 */
START_TEST(what_does_not_shrink_to_whole_samples_stays_in_its_place)
{
    enum { WIDTH = 1207, HEIGHT = 1015, X = 1100, Y = 900, THICK = 64 };
    static const uint32_t widths[] = {90, 93, 180, 185, 360, 371};
    static const char *const lanes[] = {"jpeg", "vips"};

    for (int sampling = 0; sampling < 4; sampling++) {
        write_cross(WIDTH, HEIGHT, X, Y, THICK, sampling);
        for (size_t i = 0; i < 2 * sizeof widths / sizeof *widths; i++) {
            char size[20], what[80];
            (void)snprintf(size, sizeof size, "%ux", (unsigned)widths[i / 2]);
            (void)snprintf(what, sizeof what, "%s, sampling %d, %s", lanes[i % 2], sampling, size);
            const lanes_recipe c = {.size = size};
            const engine_request request = lanes_request(&c);
            oracle_image made = lanes_run(lanes[i % 2], &request, "in.jpg");
            for (int kind = LIGHT; kind < KINDS; kind++) {
                const double within = kind == LIGHT ? 0.1 : 0.3;
                assert_near(centre_of(&made, 4, false, (enum kind)kind),
                            ((double)X + (double)THICK / 2) * made.width / (double)WIDTH, within,
                            (enum kind)kind, what);
                assert_near(centre_of(&made, 4, true, (enum kind)kind),
                            ((double)Y + (double)THICK / 2) * made.height / (double)HEIGHT, within,
                            (enum kind)kind, what);
            }
            oracle_release(&made);
        }
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("lane_jpeg_shift");
    TCase *tcase = tcase_create("lanes");

    tcase_add_checked_fixture(tcase, engine_setup, engine_teardown);
    tcase_set_timeout(tcase, 200);
    tcase_add_test(tcase, lines_and_edges_are_not_shifted);
    tcase_add_test(tcase, what_does_not_shrink_to_whole_samples_stays_in_its_place);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
