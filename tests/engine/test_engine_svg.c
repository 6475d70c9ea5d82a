/* Drawings are made in the size that is wanted, and only where they are allowed. */
#include "base/strbuf.h"
#include "support/engine_run.h"
#include "support/oracle_private.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Left half red, right half blue, 10 units wide; the edge lies at 5. */
static const char halves[] = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\">"
                             "<rect width=\"5\" height=\"10\" fill=\"#ff0000\"/>"
                             "<rect x=\"5\" width=\"5\" height=\"10\" fill=\"#0000ff\"/></svg>";

/* Not seen but in its left half. */
static const char half_clear[] =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"16\" height=\"8\">"
    "<rect width=\"8\" height=\"8\" fill=\"#00ff00\"/></svg>";

static bool is_read(void)
{
    return engine_codec(LOOM_FORMAT_SVG)->reader != NULL;
}

static engine_request allowed_box(uint32_t width, uint32_t height, loom_fit fit)
{
    engine_request request = engine_request_box(width, height, fit);

    request.settings.allow_untrusted = true;
    return request;
}

static oracle_image render(const engine_request *request, const char *input)
{
    loom_outcome outcome = engine_run_written(request, input, "out.png", LOOM_RESULT_OK);

    ck_assert_int_eq(outcome.original_format, LOOM_FORMAT_SVG);
    loom_outcome_release(&outcome);
    return oracle_read("out.png");
}

/* Columns that are neither red nor blue. */
static unsigned mixed_columns(const oracle_image *image)
{
    unsigned count = 0;

    for (uint32_t x = 0; x < image->width; x++) {
        const uint16_t *p = oracle_pixel(image, x, image->height / 2);
        const bool red = p[0] == 255 && p[2] == 0, blue = p[0] == 0 && p[2] == 255;
        count += !red && !blue;
    }
    return count;
}

START_TEST(edges_are_sharp_at_any_size)
{
    static const uint32_t widths[] = {10, 99, 400, 1001};

    if (!is_read())
        return;
    tmpdir_write_text("halves.svg", halves);
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        const engine_request request = allowed_box(widths[i], 0, LOOM_FIT_COVER);
        oracle_image made = render(&request, "halves.svg");
        ck_assert_uint_eq(made.width, widths[i]);
        ck_assert_uint_eq(made.height, widths[i]);
        ck_assert_uint_le(mixed_columns(&made), 2);
        oracle_assert_pixel(&made, 1, 1, 0, 0xFF0000FF);
        oracle_assert_pixel(&made, made.width - 2, 1, 0, 0x0000FFFF);
        oracle_release(&made);
    }
}
END_TEST

START_TEST(fits_and_turns_are_those_of_pictures)
{
    static const struct {
        loom_fit fit;
        uint32_t width, height;
    } cases[] = {{LOOM_FIT_COVER, 300, 100},
                 {LOOM_FIT_CONTAIN, 300, 100},
                 {LOOM_FIT_FILL, 300, 100},
                 {LOOM_FIT_INSIDE, 200, 100},
                 {LOOM_FIT_OUTSIDE, 300, 150}};

    if (!is_read())
        return;
    tmpdir_write_text("half.svg", half_clear);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const engine_request request = allowed_box(300, 100, cases[i].fit);
        oracle_image made = render(&request, "half.svg");
        ck_assert_uint_eq(made.width, cases[i].width);
        ck_assert_uint_eq(made.height, cases[i].height);
        ck_assert_uint_eq(made.channels, 4);
        const uint32_t y = made.height / 2;
        oracle_assert_pixel(&made, made.width / 2 - 40, y, 0, 0x00FF00FF);
        ck_assert_uint_eq(oracle_at(&made, made.width / 2 + 40, y, 3), 0);
        oracle_release(&made);
    }
    engine_request turned = allowed_box(0, 300, LOOM_FIT_COVER);
    turned.recipe.rotation = 90;
    oracle_image made = render(&turned, "half.svg");
    ck_assert(made.width == 150 && made.height == 300);
    oracle_assert_pixel(&made, 75, 140, 0, 0x00FF00FF);
    ck_assert_uint_eq(oracle_at(&made, 75, 160, 3), 0);
    oracle_release(&made);
}
END_TEST

START_TEST(several_sizes_are_each_sharp)
{
    engine_request request = allowed_box(400, 0, LOOM_FIT_COVER);
    const loom_task tasks[2] = {
        {.input_path = "halves.svg", .output_path = "a.png", .format = LOOM_FORMAT_PNG},
        {.input_path = "halves.svg", .output_path = "b.png", .format = LOOM_FORMAT_PNG, .size = 1}};
    loom_outcome outcomes[2];

    if (!is_read())
        return;
    tmpdir_write_text("halves.svg", halves);
    request.recipe.sizes[request.recipe.size_count++] = (loom_size){.width = 50};
    engine_run_tasks(&request, tasks, 2, outcomes);
    for (int i = 0; i < 2; i++) {
        ck_assert_msg(outcomes[i].result == LOOM_RESULT_OK, "%s", outcomes[i].error.message);
        oracle_image made = oracle_read(tasks[i].output_path);
        ck_assert_uint_eq(made.width, i == 0 ? 400 : 50);
        ck_assert_uint_le(mixed_columns(&made), i == 0 ? 2 : 6); /* a filter has been there */
        oracle_release(&made);
        loom_outcome_release(&outcomes[i]);
    }
}
END_TEST

START_TEST(without_the_switch_it_is_unsupported)
{
    engine_request request = engine_request_box(400, 0, LOOM_FIT_COVER);

    tmpdir_write_text("halves.svg", halves);
    loom_outcome outcome = engine_run(&request, "halves.svg", "out.png");
    ck_assert_int_eq(outcome.result, LOOM_RESULT_ERROR);
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_UNSUPPORTED);
    ck_assert_int_eq(outcome.error.stage, LOOM_STAGE_PROBE);
    if (is_read())
        ck_assert_str_eq(outcome.error.message,
                         "svg is an untrusted format, and these are not allowed");
    ck_assert(!tmpdir_exists("out.png"));
    loom_outcome_release(&outcome);
}
END_TEST

/* As large as it will be made: that is what memory is needed for. */
START_TEST(the_limit_of_pixels_holds)
{
    engine_request request = allowed_box(0, 0, LOOM_FIT_COVER);

    if (!is_read())
        return;
    tmpdir_write_text("huge.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"30000\" "
                                  "height=\"30000\"><rect width=\"9\" height=\"9\"/></svg>");
    engine_assert_error(&request, "huge.svg", LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE);

    /* Of a small one those count that it is drawn with. */
    tmpdir_write_text("halves.svg", halves);
    engine_request drawn = allowed_box(400, 0, LOOM_FIT_COVER);
    drawn.settings.max_pixels = 400 * 400 - 1;
    engine_assert_error(&drawn, "halves.svg", LOOM_ERR_TOO_LARGE, LOOM_STAGE_TRANSFORM);
}
END_TEST

/* ---- packed -------------------------------------------------------------- */

enum { PACKED = 1 << 20 }; /* room for what is packed here */

/* Appends `text`, gzipped, and then `spaces` times a space in the same member. */
static size_t pack(unsigned char *to, size_t size, const char *text, size_t spaces)
{
    static char blank[1 << 16];
    z_stream z = {.next_out = to + size, .avail_out = (uInt)(PACKED - size)};

    memset(blank, ' ', sizeof blank);
    ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)text;
    z.avail_in = (uInt)strlen(text);
    ck_assert_int_eq(deflate(&z, Z_NO_FLUSH), Z_OK);
    for (; spaces > 0; spaces -= sizeof blank) {
        ck_assert_uint_ge(spaces, sizeof blank);
        z.next_in = (unsigned char *)blank;
        z.avail_in = sizeof blank;
        ck_assert_int_eq(deflate(&z, Z_NO_FLUSH), Z_OK);
    }
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    ck_assert_int_eq(deflateEnd(&z), Z_OK);
    return PACKED - z.avail_out;
}

static void assert_same_as_plain(const engine_request *request, const char *input)
{
    oracle_image plain = render(request, "halves.svg"), made = render(request, input);

    ck_assert(made.width == plain.width && made.height == plain.height);
    for (uint32_t x = 0; x < made.width; x++)
        for (unsigned c = 0; c < 3; c++)
            ck_assert_uint_eq(oracle_at(&made, x, 5, c), oracle_at(&plain, x, 5, c));
    oracle_release(&plain);
    oracle_release(&made);
}

START_TEST(packed_drawings_are_drawings)
{
    static unsigned char bytes[PACKED];
    const engine_request request = allowed_box(40, 0, LOOM_FIT_COVER);
    const size_t cut = 100;
    char first[sizeof halves];

    if (!is_read())
        return;
    tmpdir_write_text("halves.svg", halves);
    size_t size = pack(bytes, 0, halves, 0);
    tmpdir_write("one.svgz", bytes, size);
    assert_same_as_plain(&request, "one.svgz");
    memcpy(bytes + size, "xxxx", 4); /* libvips' own search for SVG never ends on this */
    tmpdir_write("behind.svgz", bytes, size + 4);
    assert_same_as_plain(&request, "behind.svgz");
    memcpy(first, halves, cut);
    first[cut] = '\0';
    size = pack(bytes, pack(bytes, 0, first, 0), halves + cut, 0);
    tmpdir_write("two.svg", bytes, size); /* what it is, not what it is called */
    assert_same_as_plain(&request, "two.svg");
}
END_TEST

START_TEST(packed_drawings_with_damage)
{
    static unsigned char bytes[PACKED];
    const engine_request request = allowed_box(40, 0, LOOM_FIT_COVER);
    const size_t size = pack(bytes, 0, halves, 0);

    if (!is_read())
        return;
    for (size_t cut = size / 2; cut < size; cut++) {
        tmpdir_write("cut.svgz", bytes, cut);
        engine_assert_error(&request, "cut.svgz", LOOM_ERR_TRUNCATED, LOOM_STAGE_PROBE);
    }
    bytes[size - 8] ^= 1; /* of the checksum */
    tmpdir_write("damaged.svgz", bytes, size);
    engine_assert_error(&request, "damaged.svgz", LOOM_ERR_CORRUPT, LOOM_STAGE_PROBE);
    tmpdir_write("text.svgz", bytes, pack(bytes, 0, "This is no drawing.", 0));
    engine_assert_error(&request, "text.svgz", LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE);
    tmpdir_write("bomb.svgz", bytes, pack(bytes, 0, halves, 64 << 20));
    engine_assert_error(&request, "bomb.svgz", LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE);
}
END_TEST

/* ---- how large a drawing is ----------------------------------------------- */

/* A drawing with these attributes and one red square of 10 x 10 at its top left. */
static void write_drawing(const char *prefix, const char *before, const char *attributes)
{
    loom_strbuf text = LOOM_STRBUF_INIT;

    loom_strbuf_add_format(&text, "%s<%s%ssvg xmlns%s%s=\"http://www.w3.org/2000/svg\"%s>", before,
                           prefix, *prefix ? ":" : "", *prefix ? ":" : "", prefix, attributes);
    loom_strbuf_add_format(&text, "<%s%srect width=\"10\" height=\"10\" fill=\"#f00\"/></%s%ssvg>",
                           prefix, *prefix ? ":" : "", prefix, *prefix ? ":" : "");
    tmpdir_write("in.svg", text.data, text.size);
    loom_strbuf_release(&text);
}

static void assert_drawn(uint32_t width, uint32_t height, uint32_t square)
{
    engine_request request = engine_request_default();

    request.settings.allow_untrusted = true;
    oracle_image made = render(&request, "in.svg");
    ck_assert_uint_eq(made.width, width);
    ck_assert_uint_eq(made.height, height);
    oracle_assert_pixel(&made, 1, 1, 0, 0xFF0000FF);
    oracle_assert_pixel(&made, square - 1, 1, 0, 0xFF0000FF);
    if (square < width)
        ck_assert_uint_eq(oracle_at(&made, square, 1, 3), 0);
    oracle_release(&made);
}

/* CSS 2.2, 10.3.2 and 10.6.2; SVG 2, 8.2. */
START_TEST(a_drawing_without_a_size_gets_one)
{
    static const struct {
        const char *attributes;
        uint32_t width, height, square;
    } rows[] = {{"", 300, 150, 10},
                {" width=\"80\"", 80, 150, 10},
                {" height='40'", 300, 40, 10},
                {" width=\"100%\" height=\"100%\"", 300, 150, 10},
                {" height = \" 50% \" width='auto' id=\"a\"", 300, 150, 10},
                {" width=\"80\" height=\"40\"", 80, 40, 10},
                {" viewBox=\"0 0 40 20\"", 40, 20, 10},
                {" viewBox=\"0 0 40 20\" width=\"100%\"", 40, 20, 10},
                {" width=\"80\" viewBox=\"0 0 40 20\"", 80, 40, 20}};

    if (!is_read())
        return;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_drawing("", "", rows[i].attributes);
        assert_drawn(rows[i].width, rows[i].height, rows[i].square);
    }
}
END_TEST

START_TEST(what_stands_before_or_around_a_root_is_no_matter)
{
    char *comment = malloc(6000);

    if (is_read()) {
        ck_assert_ptr_nonnull(comment);
        memset(comment, '-', 5999);
        memset(comment + 4, 'x', 5990);
        memcpy(comment, "<!--", 4);
        memcpy(comment + 5994, "-->\n", 5);
        write_drawing("", comment, " width=\"40\" height=\"20\"");
        assert_drawn(40, 20, 10);
        write_drawing("", "<!DOCTYPE svg PUBLIC \"a\" \"b\">", "");
        assert_drawn(300, 150, 10);
        write_drawing("svg", "<?xml version=\"1.0\"?>", " width=\"40\" height=\"20\"");
        assert_drawn(40, 20, 10);
        write_drawing("x", "", "");
        assert_drawn(300, 150, 10);
    }
    free(comment);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_svg");
    TCase *allowed = tcase_create("allowed"), *refused = tcase_create("refused");

    tcase_add_checked_fixture(allowed, engine_setup_untrusted, engine_teardown);
    tcase_add_test(allowed, edges_are_sharp_at_any_size);
    tcase_add_test(allowed, fits_and_turns_are_those_of_pictures);
    tcase_add_test(allowed, several_sizes_are_each_sharp);
    tcase_add_test(allowed, the_limit_of_pixels_holds);
    tcase_add_test(allowed, a_drawing_without_a_size_gets_one);
    tcase_add_test(allowed, what_stands_before_or_around_a_root_is_no_matter);
    tcase_add_test(allowed, packed_drawings_are_drawings);
    tcase_add_test(allowed, packed_drawings_with_damage);
    tcase_set_timeout(allowed, 60);
    suite_add_tcase(suite, allowed);

    tcase_add_checked_fixture(refused, engine_setup, engine_teardown);
    tcase_add_test(refused, without_the_switch_it_is_unsupported);
    suite_add_tcase(suite, refused);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
