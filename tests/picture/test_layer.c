/* Where watermarks and texts lie, and what px become under them, beside sums in double precision.
 */
#include "picture/layer.h"
#include "picture/recipe_fields.h"
#include "support/labelled.h"
#include "support/recipe_words.h"
#include "support/suite.h"
#include <math.h>

/* ---- size ---------------------------------------------------------------- */

START_TEST(a_watermark_gets_the_size_that_is_asked_for)
{
    static const struct {
        const char *fields;
        uint32_t width, height, on_width, on_height, to_width, to_height;
    } rows[] = {
        {"", 100, 40, 800, 600, 100, 40},                     /* its own */
        {"", 1000, 400, 800, 600, 800, 320},                  /* too wide */
        {"", 100, 400, 800, 200, 50, 200},                    /* too high */
        {"", 3000, 3000, 20, 10, 10, 10},                     /* both */
        {"watermark-size=25%", 100, 40, 800, 600, 200, 80},   /* larger than it is */
        {"watermark-size=12.5%", 100, 40, 801, 600, 100, 40}, /* 100.125 */
        {"watermark-size=12.5%", 100, 40, 804, 600, 101, 40}, /* 100.5 */
        {"watermark-size=50", 100, 41, 800, 600, 50, 21},     /* 20.5 */
        {"watermark-size=900", 100, 40, 800, 600, 800, 320},  /* at most the picture */
        {"watermark-size=0.01%", 100, 40, 800, 600, 1, 1},    /* never nothing */
        {"watermark-size=100%", 10, 4000, 800, 600, 2, 600},  /* 1.5 rounded up */
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        loom_recipe *recipe = loom_recipe_create();
        const loom_picture on = {.width = rows[i].on_width, .height = rows[i].on_height};
        uint32_t width, height;
        recipe_set_words(recipe, rows[i].fields);
        loom_layer_scale(recipe, &on, rows[i].width, rows[i].height, &width, &height);
        ck_assert_msg(width == rows[i].to_width && height == rows[i].to_height,
                      "row %zu: %ux%u, not %ux%u", i, width, height, rows[i].to_width,
                      rows[i].to_height);
        loom_recipe_free(recipe);
    }
}
END_TEST

/* ---- place --------------------------------------------------------------- */

START_TEST(a_layer_lies_where_it_is_asked_for)
{
    static const struct {
        const char *where;
        int64_t left, top;
        uint32_t across, down;
    } rows[] = {
        {"centre", 40, 15, 0, 0},
        {"north", 40, 1, 0, 0},
        {"northeast", 79, 1, 0, 0},
        {"east", 79, 15, 0, 0},
        {"southeast", 79, 29, 0, 0},
        {"south", 40, 29, 0, 0},
        {"southwest", 1, 29, 0, 0},
        {"west", 1, 15, 0, 0},
        {"northwest", 1, 1, 0, 0},
        {"southeast+0+0", 80, 30, 0, 0},
        {"SouthEast+3+10%", 77, 26, 0, 0},
        {"center+5+6", 45, 21, 0, 0},
        {"south+5+6", 45, 24, 0, 0},
        {"northwest+200+0", 200, 0, 0, 0},
        {"tile", 0, 0, 21, 11},
        {"tile+5+10%", 0, 0, 25, 14},
        {"tile+0+0", 0, 0, 20, 10},
        {"southeast+99+0", -19, 30, 0, 0},
    };
    const loom_picture layer = {.width = 20, .height = 10};

    for (size_t i = 0; i < COUNT(rows); i++) {
        loom_place place = {.where = 0};
        ck_assert_int_eq(loom_place_parse(rows[i].where, &place, NULL), LOOM_OK);
        const loom_layer_spots spots = loom_layer_place(&place, 100, 40, &layer);
        ck_assert_msg(spots.left == rows[i].left && spots.top == rows[i].top &&
                          spots.across == rows[i].across && spots.down == rows[i].down,
                      "%s: %ld,%ld %u %u", rows[i].where, (long)spots.left, (long)spots.top,
                      spots.across, spots.down);
    }
}
END_TEST

START_TEST(other_words_are_no_places)
{
    static const char *const words[] = {"",
                                        "middle",
                                        "south+",
                                        "south+1",
                                        "south+1+",
                                        "south+1+2+3",
                                        "south-1-2",
                                        "south+-1+2",
                                        "south+101%+0",
                                        "south+65501+0",
                                        "tile+a+b",
                                        "southeastern",
                                        "south +1+2",
                                        "northnorthnorthnorth"};
    loom_place place = {.where = 3};

    for (size_t i = 0; i < COUNT(words); i++) {
        loom_error err = LOOM_ERROR_INIT;
        ck_assert_msg(loom_place_parse(words[i], &place, &err) == LOOM_ERR_USAGE, "%s", words[i]);
        ck_assert_ptr_nonnull(strstr(err.message, "is not a place: centre, north"));
        ck_assert_uint_eq(place.where, 3);
    }
}
END_TEST

/* ---- px ------------------------------------------------------------------ */

/* By the sentences of the standard: a source with its alpha over a backdrop with its own. */
static double expected(double backdrop, double backdrop_alpha, double source, double alpha,
                       loom_blend blend)
{
    const double product = blend == LOOM_BLEND_MULTIPLY ? backdrop * source
                           : blend == LOOM_BLEND_SCREEN ? 1 - (1 - backdrop) * (1 - source)
                                                        : source;
    const double blended = (1 - backdrop_alpha) * source + backdrop_alpha * product;
    const double both = alpha + backdrop_alpha - alpha * backdrop_alpha;

    return both > 0 ? (alpha * blended + (1 - alpha) * backdrop_alpha * backdrop) / both : 0;
}

static void assert_laid(unsigned channels, unsigned depth, double opacity, loom_blend blend)
{
    const double max = depth == 2 ? 65535 : 255;
    const bool alpha = channels % 2 == 0;
    const unsigned colours = 3;
    loom_picture p = labelled_picture(23, 17, channels, depth);
    loom_picture was = labelled_picture(23, 17, channels, depth);
    loom_picture layer = labelled_picture(9, 5, 4, 1);
    const loom_place place = {.where = LOOM_POSITION_NORTHWEST,
                              .offset_given = 1,
                              .x = {4, 0},
                              .y = {14, 0}}; /* two rows of it lie beyond the edge */

    ck_assert_int_eq(loom_picture_lay(&p, &layer, &place, opacity, blend, NULL), LOOM_OK);
    ck_assert_uint_eq(p.channels, colours + alpha); /* it has colours */
    for (uint32_t y = 0; y < 17; y++)
        for (uint32_t x = 0; x < 23; x++)
            for (unsigned c = 0; c < colours + alpha; c++) {
                const bool under = x >= 4 && x < 13 && y >= 14;
                const unsigned from = c == colours ? channels - 1 : channels < 3 ? 0 : c;
                const double b = picture_sample(&was, x, y, from) / max;
                const double b_alpha = alpha ? picture_sample(&was, x, y, channels - 1) / max : 1;
                const double a =
                    under ? picture_sample(&layer, x - 4, y - 14, 3) / 255.0 * opacity : 0;
                double wanted = b;
                if (a > 0 && c == colours)
                    wanted = a + b_alpha - a * b_alpha;
                else if (a > 0)
                    wanted = expected(b, b_alpha,
                                      under ? picture_sample(&layer, x - 4, y - 14, c) / 255.0 : 0,
                                      a, blend);
                ck_assert_double_eq_tol(picture_sample(&p, x, y, c), wanted * max, 0.5000001);
            }
    loom_picture_release(&p);
    loom_picture_release(&was);
    loom_picture_release(&layer);
}

START_TEST(px_are_what_the_standard_says)
{
    for (unsigned kind = 0; kind < 8; kind++)
        for (unsigned blend = 0; blend < 3; blend++) {
            assert_laid(kind % 4 + 1, kind / 4 + 1, 1, (loom_blend)blend);
            assert_laid(kind % 4 + 1, kind / 4 + 1, 0.37, (loom_blend)blend);
            assert_laid(kind % 4 + 1, kind / 4 + 1, 0, (loom_blend)blend);
        }
}
END_TEST

/* A gray layer leaves a gray picture gray. */
START_TEST(gray_on_gray_stays_gray)
{
    loom_picture p = labelled_picture(5, 4, 1, 1), layer = labelled_picture(2, 2, 4, 1);
    const loom_place place = {.where = LOOM_POSITION_SOUTHEAST, .offset_given = 1};

    for (unsigned i = 0; i < 4; i++)
        memset(layer.data + 4 * i, 40 + (int)i, 3), layer.data[4 * i + 3] = 255;
    ck_assert_int_eq(loom_picture_lay(&p, &layer, &place, 1, LOOM_BLEND_OVER, NULL), LOOM_OK);
    ck_assert_uint_eq(p.channels, 1);
    ck_assert_uint_eq(picture_sample(&p, 3, 2, 0), 40);
    ck_assert_uint_eq(picture_sample(&p, 4, 3, 0), 43);
    ck_assert_uint_eq(picture_sample(&p, 2, 2, 0), label(2, 2, 0, 1));
    layer.data[0] = 0; /* one px with a colour */
    ck_assert_int_eq(loom_picture_lay(&p, &layer, &place, 1, LOOM_BLEND_OVER, NULL), LOOM_OK);
    ck_assert_uint_eq(p.channels, 3);
    loom_picture_release(&p);
    loom_picture_release(&layer);
}
END_TEST

START_TEST(tiles_begin_at_the_top_left)
{
    loom_picture p = labelled_picture(23, 17, 3, 1), layer = labelled_picture(4, 3, 4, 1);
    const loom_place place = {
        .where = LOOM_PLACE_TILE, .offset_given = 1, .x = {2, 0}, .y = {1, 0}};

    for (uint32_t i = 0; i < 12; i++)
        layer.data[4 * i + 3] = 255;
    ck_assert_int_eq(loom_picture_lay(&p, &layer, &place, 1, LOOM_BLEND_OVER, NULL), LOOM_OK);
    for (uint32_t y = 0; y < 17; y++)
        for (uint32_t x = 0; x < 23; x++) {
            const bool under = x % 6 < 4 && y % 4 < 3;
            ck_assert_uint_eq(picture_sample(&p, x, y, 1),
                              under ? label(x % 6, y % 4, 1, 1) : label(x, y, 1, 1));
        }
    loom_picture_release(&p);
    loom_picture_release(&layer);
}
END_TEST

/* ---- words --------------------------------------------------------------- */

START_TEST(a_recipe_with_layers_comes_back_from_its_json)
{
    loom_recipe *recipe = loom_recipe_create(), *read = loom_recipe_create();
    loom_error err = LOOM_ERROR_INIT;

    recipe_set_words(recipe, "watermark=a\"b.png watermark-position=tile+10+2.5% "
                             "watermark-size=30% watermark-opacity=50% watermark-blend=screen "
                             "text={stem} font=Noto text-size=12 text-outline=black");
    ck_assert(loom_recipe_file_set_hash(&recipe->watermark, "00112233445566778899aabbccddeeff"));
    char *json = loom_recipe_to_json(recipe);
    ck_assert_str_eq(json, "{\"watermark\":{\"path\":\"a\\\"b.png\",\"hash\":"
                           "\"00112233445566778899aabbccddeeff\"},\"watermarkPosition\":"
                           "\"tile+10+2.50%\",\"watermarkSize\":\"30%\",\"watermarkOpacity\":0.5,"
                           "\"watermarkBlend\":\"screen\",\"text\":\"{stem}\",\"font\":\"Noto\","
                           "\"textSize\":\"12\",\"textOutline\":\"#000000ff\"}");
    ck_assert_msg(loom_recipe_from_json(read, json, strlen(json), &err) == LOOM_OK, "%s",
                  err.message);
    ck_assert_mem_eq(recipe, read, sizeof *recipe);
    free(json);
    loom_recipe_free(recipe);
    loom_recipe_free(read);
}
END_TEST

START_TEST(what_a_layer_cannot_be_is_refused)
{
    static const struct {
        const char *json, *why;
    } rows[] = {
        {"{\"watermark\":\"\"}", "is empty"},
        {"{\"watermark\":7}", "'watermark' is not"},
        {"{\"watermark\":{}}", "'watermark' is not"},
        {"{\"watermark\":{\"path\":\"a\",\"size\":1}}", "'watermark' is not"},
        {"{\"watermark\":{\"path\":\"a\",\"hash\":\"12\"}}", "32 hexadecimal"},
        {"{\"watermark\":{\"path\":\"a\",\"hash\":\"0011223344556677889900112233445G\"}}",
         "32 hexadecimal"},
        {"{\"text\":\"a\\u0007b\"}", "control character"},
        {"{\"text\":\"\"}", "is empty"},
        {"{\"watermarkOpacity\":0.5}", "watermark-opacity is of no use without watermark"},
        {"{\"font\":\"Sans\"}", "font is of no use without text"},
        {"{\"text\":\"a\",\"textPosition\":\"up\"}", "is not a place"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        loom_recipe *recipe = loom_recipe_create();
        loom_error err = LOOM_ERROR_INIT;
        ck_assert_int_eq(loom_recipe_from_json(recipe, rows[i].json, strlen(rows[i].json), &err),
                         LOOM_ERR_USAGE);
        ck_assert_msg(strstr(err.message, rows[i].why) != NULL, "%s: %s", rows[i].json,
                      err.message);
        loom_recipe_free(recipe);
    }
}
END_TEST

START_TEST(long_words_are_refused)
{
    char word[LOOM_WORD_SIZE + 1];
    loom_recipe *recipe = loom_recipe_create();
    loom_error err = LOOM_ERROR_INIT;

    memset(word, 'x', sizeof word);
    word[LOOM_WORD_SIZE] = '\0';
    ck_assert_int_eq(loom_recipe_set(recipe, "text", word, &err), LOOM_ERR_USAGE);
    ck_assert_int_eq(loom_recipe_set(recipe, "watermark", word, NULL), LOOM_ERR_USAGE);
    ck_assert_str_eq(recipe->text, "");
    word[LOOM_WORD_SIZE - 1] = '\0';
    ck_assert_int_eq(loom_recipe_set(recipe, "text", word, NULL), LOOM_OK);
    ck_assert_int_eq(loom_recipe_set(recipe, "text", "\xff", NULL), LOOM_ERR_USAGE);
    ck_assert_str_eq(recipe->text, word);
    loom_recipe_free(recipe);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("layer");
    TCase *c = tcase_create("layer");

    tcase_add_test(c, a_watermark_gets_the_size_that_is_asked_for);
    tcase_add_test(c, a_layer_lies_where_it_is_asked_for);
    tcase_add_test(c, other_words_are_no_places);
    tcase_add_test(c, px_are_what_the_standard_says);
    tcase_add_test(c, gray_on_gray_stays_gray);
    tcase_add_test(c, tiles_begin_at_the_top_left);
    tcase_add_test(c, a_recipe_with_layers_comes_back_from_its_json);
    tcase_add_test(c, what_a_layer_cannot_be_is_refused);
    tcase_add_test(c, long_words_are_refused);
    suite_add_tcase(s, c);
    return s;
}

int main(void)
{
    return suite_run(make_suite());
}
