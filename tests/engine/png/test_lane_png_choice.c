/* Which images the png lane takes, and which it leaves to libvips: chunks, colours and recipes. */
#include "support/icc_profile.h"
#include "support/make_png.h"
#include "support/png_lanes.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

static const png_plan rgb = {.width = 37, .height = 23, .depth = 8, .colour = 2};
static const png_plan gray = {.width = 37, .height = 23, .depth = 8, .colour = 0};
static const png_plan palette = {
    .width = 37, .height = 23, .depth = 8, .colour = 3, .colours = 200};

/* ---- chunks -------------------------------------------------------------- */

/* Writes the picture with chunks before its pixels or behind them. */
static void write_with(const png_plan *plan, const loom_strbuf *chunks, bool behind)
{
    loom_strbuf file = LOOM_STRBUF_INIT, out = LOOM_STRBUF_INIT;

    png_make(&file, plan);
    const size_t at = png_find(&file, behind ? "IEND" : "IDAT") - 8;
    loom_strbuf_add(&out, file.data, at);
    loom_strbuf_add(&out, chunks->data, chunks->size);
    loom_strbuf_add(&out, file.data + at, file.size - at);
    sample_write("in.png", &out);
    loom_strbuf_release(&file);
}

#define BYTES(literal) literal, sizeof(literal) - 1

/* Behind the pixels; two of it; the lane takes it. */
enum { BEHIND = 1, TWICE = 2, TAKEN = 4 };

static const struct {
    const png_plan *plan;
    const char *type, *data;
    size_t size;
    unsigned how;
} chunks[] = {
    {&rgb, "sRGB", BYTES("\0"), TAKEN},
    {&rgb, "sRGB", BYTES("\4"), 0},
    {&rgb, "sRGB", BYTES("\0\0"), 0},
    {&rgb, "sRGB", BYTES("\0"), TWICE},
    {&rgb, "sRGB", BYTES("\0"), BEHIND},
    {&rgb, "gAMA", BYTES("\0\0\xB1\x8F"), TAKEN}, /* 45,455 */
    {&rgb, "gAMA", BYTES("\0\1\x86\xA0"), 0},     /* 100,000 */
    {&rgb, "gAMA", BYTES("\0\0\xB1"), 0},
    {&rgb, "pHYs", BYTES("\0\0\x0B\x13\0\0\x0B\x13\1"), TAKEN},
    {&rgb, "pHYs", BYTES("\0\0\x0B\x13\0\0\x0B\x13\2"), 0},
    {&rgb, "pHYs", BYTES("\0\0\x0B\x13\0\0\x0B\x13\1"), BEHIND},
    {&rgb, "tIME", BYTES("\x07\xEA\x0B\x1D\x0C\0\0"), TAKEN},
    {&rgb, "tIME", BYTES("\x07\xEA\x0B\x1D\x0C\0\0"), BEHIND | TAKEN},
    {&rgb, "tIME", BYTES("\x07\xEA\x0D\x1D\x0C\0\0"), 0},
    {&rgb, "bKGD", BYTES("\0\1\0\2\0\3"), TAKEN},
    {&rgb, "bKGD", BYTES("\0\1"), 0},
    {&gray, "bKGD", BYTES("\0\1"), TAKEN},
    {&palette, "bKGD", BYTES("\1"), TAKEN},
    {&palette, "bKGD", BYTES("\0\1"), 0},
    {&rgb, "tEXt", BYTES("Title\0a picture"), TAKEN},
    {&rgb, "tEXt", BYTES("Title\0a picture"), BEHIND | TWICE | TAKEN},
    {&rgb, "tEXt", BYTES("\0a picture"), 0},
    {&rgb, "tEXt", BYTES("Ti\1tle\0a picture"), 0},
    {&rgb, "tEXt", BYTES("Title"), 0},
    {&rgb, "iTXt", BYTES("Title\0\0\0en\0Titel\0a picture"), TAKEN},
    {&rgb, "iTXt", BYTES("Title\0\2\0en\0Titel\0a picture"), 0},
    {&rgb, "iTXt", BYTES("Title\0\0\0en"), 0},
    {&rgb, "vpAg", BYTES("\0\0\0\1\0\0\0\1\0"), TAKEN},
    {&rgb, "loOm", BYTES("anything"), BEHIND | TAKEN},
    {&rgb, "neWs", BYTES("anything"), 0},
    {&rgb, "hIST", BYTES("\0\1"), 0},
    {&rgb, "sPLT", BYTES("a\0\x08\1\2\3\4\0\1"), 0},
    {&rgb, "cICP", BYTES("\1\x0D\0\1"), 0},
    {&rgb, "acTL", BYTES("\0\0\0\1\0\0\0\0"), 0},
    {&rgb, "eXIf", BYTES("II*\0\x08\0\0\0\0\0\0\0\0\0"), 0},
};

START_TEST(chunks_are_known_or_left_to_libvips)
{
    const engine_request request = engine_request_box(17, 11, LOOM_FIT_INSIDE);
    loom_strbuf more = LOOM_STRBUF_INIT;

    for (int i = 0; i < ((chunks[_i].how & TWICE) != 0 ? 2 : 1); i++)
        png_chunk(&more, chunks[_i].type, chunks[_i].data, chunks[_i].size);
    write_with(chunks[_i].plan, &more, (chunks[_i].how & BEHIND) != 0);
    loom_strbuf_release(&more);
    png_lanes_assert_taken(&request, "in.png", (chunks[_i].how & TAKEN) != 0);
}
END_TEST

/* Damaged chunks that no pixel needs are dropped, and then no obstacle. */
START_TEST(damaged_chunks_beside_the_pixels_are_dropped)
{
    const engine_request request = engine_request_box(17, 11, LOOM_FIT_INSIDE);
    loom_strbuf more = LOOM_STRBUF_INIT;

    png_chunk(&more, "neWs", "anything", 8);
    more.data[more.size - 1] ^= 1;
    write_with(&rgb, &more, false);
    loom_strbuf_release(&more);
    png_lanes_assert_taken(&request, "in.png", true);
}
END_TEST

/* ---- colours ------------------------------------------------------------- */

static void add_profile(loom_strbuf *out, const icc_space *space)
{
    loom_strbuf data = LOOM_STRBUF_INIT;
    icc_profile profile;

    icc_make_rgb(&profile, space);
    loom_strbuf_add(&data, "profile\0", 9); /* and the method */
    png_deflate(&data, profile.bytes, profile.size);
    png_chunk(out, "iCCP", data.data, data.size);
    loom_strbuf_release(&data);
}

START_TEST(a_profile_is_srgb_or_left_to_libvips)
{
    engine_request request = engine_request_box(17, 11, LOOM_FIT_INSIDE);

    for (int i = 0; i < 4; i++) {
        loom_strbuf more = LOOM_STRBUF_INIT;
        add_profile(&more, i == 1 ? &icc_adobe_rgb : &icc_srgb);
        if (i == 2) /* which the profile overrules */
            png_chunk(&more, "gAMA", "\0\1\x86\xA0", 4);
        request.recipe.icc = i == 3 ? LOOM_ICC_KEEP : LOOM_ICC_SRGB;
        write_with(&rgb, &more, false);
        png_lanes_assert_taken(&request, "in.png", i == 0 || i == 2);
        loom_strbuf_release(&more);
    }
}
END_TEST

/* ---- recipes ------------------------------------------------------------- */

static void turn(loom_recipe *recipe)
{
    recipe->rotation = 30;
}

static void be_nearest(loom_recipe *recipe)
{
    recipe->kernel = LOOM_KERNEL_NEAREST;
}

static void keep_metadata(loom_recipe *recipe)
{
    recipe->metadata = LOOM_METADATA_ALL;
}

static void interlace(loom_recipe *recipe)
{
    recipe->progressive = true;
}

static void enlarge(loom_recipe *recipe)
{
    recipe->sizes[0] = (loom_size){.width = 38, .height = 5};
    recipe->fit = LOOM_FIT_FILL;
}

static void look(loom_recipe *recipe)
{
    recipe->sizes[0] = (loom_size){.width = 17, .height = 17};
    recipe->fit = LOOM_FIT_COVER;
    recipe->position = LOOM_POSITION_ATTENTION;
}

static void keep_position(loom_recipe *recipe)
{
    recipe->auto_orient = false; /* there is nothing to orient */
}

static const struct {
    void (*choose)(loom_recipe *recipe);
    bool taken;
} recipes[] = {{turn, false},    {be_nearest, false}, {keep_metadata, false}, {interlace, false},
               {enlarge, false}, {look, false},       {keep_position, true}};

START_TEST(recipes_are_known_or_left_to_libvips)
{
    engine_request request = engine_request_box(17, 11, LOOM_FIT_INSIDE);
    const loom_strbuf none = LOOM_STRBUF_INIT;

    recipes[_i].choose(&request.recipe);
    write_with(&rgb, &none, false);
    png_lanes_assert_taken(&request, "in.png", recipes[_i].taken);
}
END_TEST

START_TEST(formats_are_known_or_left_to_libvips)
{
    static const struct {
        loom_format format;
        unsigned depth;
        bool progressive, taken;
    } cases[] = {{LOOM_FORMAT_JPEG, 8, false, true},   {LOOM_FORMAT_JPEG, 8, true, false},
                 {LOOM_FORMAT_JPEG, 16, false, false}, {LOOM_FORMAT_PNG, 16, false, true},
                 {LOOM_FORMAT_WEBP, 8, false, true},   {LOOM_FORMAT_WEBP, 16, false, false},
                 {LOOM_FORMAT_TIFF, 8, false, false}};
    engine_request request = engine_request_box(17, 11, LOOM_FIT_INSIDE);
    const loom_strbuf none = LOOM_STRBUF_INIT;
    png_plan plan = gray;

    for (size_t i = 0; i < COUNT(cases); i++) {
        plan.depth = cases[i].depth;
        request.format = cases[i].format;
        request.recipe.progressive = cases[i].progressive;
        write_with(&plan, &none, false);
        png_lanes_assert_taken(&request, "in.png", cases[i].taken);
    }
}
END_TEST

/* What it does not take it refuses where nothing else may. */
START_TEST(it_refuses_what_it_does_not_take)
{
    engine_request request = engine_request_box(17, 11, LOOM_FIT_INSIDE);
    const loom_strbuf none = LOOM_STRBUF_INIT;

    request.settings.lane = "png";
    engine_assert_error(&request, engine_testdata("photos/gray.jpg"), LOOM_ERR_UNSUPPORTED,
                        LOOM_STAGE_PROBE);
    write_with(&rgb, &none, false);
    turn(&request.recipe);
    engine_assert_error(&request, "in.png", LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("lane_png_choice");
    TCase *choice = engine_case("choice");

    tcase_add_loop_test(choice, chunks_are_known_or_left_to_libvips, 0, COUNT(chunks));
    tcase_add_test(choice, damaged_chunks_beside_the_pixels_are_dropped);
    tcase_add_test(choice, a_profile_is_srgb_or_left_to_libvips);
    tcase_add_loop_test(choice, recipes_are_known_or_left_to_libvips, 0, COUNT(recipes));
    tcase_add_test(choice, formats_are_known_or_left_to_libvips);
    tcase_add_test(choice, it_refuses_what_it_does_not_take);
    suite_add_tcase(suite, choice);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
