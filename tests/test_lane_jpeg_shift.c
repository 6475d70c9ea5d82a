/* Lines and edges stand in the jpeg lane where they stand in the vips lane, and so do colours. */
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

static void assert_not_shifted(const oracle_image *a, const oracle_image *b, const char *what)
{
    for (int down = 0; down < 2; down++)
        for (int kind = LIGHT; kind < KINDS; kind++) {
            const double x = centre_of(a, 4, down == 1, (enum kind)kind);
            const double y = centre_of(b, 4, down == 1, (enum kind)kind);
            ck_assert_msg(fabs(x - y) < (kind == LIGHT ? 0.1 : 0.2),
                          "%s: %s, %s: %.3f instead of %.3f", what, down ? "down" : "across",
                          kind == LIGHT ? "light" : "colour", x, y);
        }
}

START_TEST(lines_and_edges_are_not_shifted)
{
    static const uint32_t widths[] = {320, 321, 333};
    static const char *const sizes[] = {"100%", "50%", "161x", "107x", "80x", "57x", "41x"};
    static const double turns[] = {0, 90, 180, 270};

    for (size_t w = 0; w < 3; w++)
        for (int sampling = 0; sampling < 4; sampling++) {
            const make_jpeg_options options = {
                .h = 1 + sampling % 2, .v = 1 + sampling / 2, .quality = 95};
            /* The lines are about four px wide in the end, so that chroma shows them. */
            oracle_image image = cross(widths[w], widths[w] - 10, 190, 130, 32);
            make_jpeg_file("in.jpg", &image, &options);
            oracle_release(&image);
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

static Suite *make_suite(void)
{
    Suite *suite = suite_create("lane_jpeg_shift");
    TCase *tcase = tcase_create("lanes");

    tcase_add_checked_fixture(tcase, engine_setup, engine_teardown);
    tcase_set_timeout(tcase, 200);
    tcase_add_test(tcase, lines_and_edges_are_not_shifted);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
