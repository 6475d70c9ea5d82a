/*
 * What must come out is worked out here a second time, in double precision and in the recipe's
 * own order: orient, rotate, flip and flop the whole picture, then fit it. Points are followed
 * through each step, so that the crop's place is known as well as its size.
 */
#include "picture/geometry.h"
#include "picture/recipe_fields.h"
#include "support/suite.h"
#include <math.h>

typedef struct extent {
    uint32_t width, height;
} extent;

typedef struct sample {
    extent stored;
    int orientation;
    loom_recipe recipe;
} sample;

/* In the turned picture, where the recipe's box is. */
typedef struct expected {
    double width, height;           /* resized */
    double crop_x, crop_y;          /* kept part of it */
    double kept_width, kept_height; /* the same */
    double final_width, final_height, left, top;
} expected;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            complain(s, #condition, __LINE__);                                                     \
    } while (0)

/* Check's own assertions write a line each when they hold: too slow for a million of them. */
static void complain(const sample *s, const char *what, int line)
{
    const loom_recipe *r = &s->recipe;

    ck_abort_msg("line %d: %s for %ux%u orientation %d rotate %g flip %d flop %d, fit %s to %ux%u "
                 "(%u %%), no-upscale %d",
                 line, what, s->stored.width, s->stored.height, s->orientation, r->rotation,
                 r->flip, r->flop, loom_recipe_field_keyword(LOOM_RECIPE_FIT, r->fit),
                 r->sizes[0].width, r->sizes[0].height, r->sizes[0].percent, r->no_upscale);
}

/* ---- turning, one step at a time ----------------------------------------- */

typedef struct point {
    uint32_t x, y;
    extent in; /* the picture it lies in */
} point;

/*
 * Exif 2.32, tag 0x0112: on which side of the visual picture the stored picture's first row and
 * its first column are.
 */
static point orient(point p, int orientation)
{
    static const char *const sides[9] = {
        "",   "tl" /* 1 */, "tr", "br", "bl", "lt" /* 5: row 0 is left, column 0 top */,
        "rt", "rb",         "lb",
    };
    const char row = sides[orientation][0], column = sides[orientation][1];
    const uint32_t from_last_row = p.in.height - 1 - p.y, from_last_column = p.in.width - 1 - p.x;

    if (row == 't' || row == 'b')
        return (point){column == 'l' ? p.x : from_last_column, row == 't' ? p.y : from_last_row,
                       p.in};
    return (point){row == 'l' ? p.y : from_last_row,
                   column == 't' ? p.x : from_last_column,
                   {p.in.height, p.in.width}};
}

static point rotate_once(point p)
{
    return (point){p.in.height - 1 - p.y, p.x, {p.in.height, p.in.width}};
}

static point flop(point p)
{
    return (point){p.in.width - 1 - p.x, p.y, p.in};
}

static point flip(point p)
{
    return (point){p.x, p.in.height - 1 - p.y, p.in};
}

/* Where a pixel of the stored picture is seen in the end. */
static point by_recipe(const sample *s, point p)
{
    if (s->recipe.auto_orient)
        p = orient(p, s->orientation);
    for (int angle = 0; angle < s->recipe.rotation; angle += 90)
        p = rotate_once(p);
    if (s->recipe.flip)
        p = flip(p);
    return s->recipe.flop ? flop(p) : p;
}

static point by_turn(loom_turn turn, point p)
{
    for (unsigned i = 0; i < turn.quarters; i++)
        p = rotate_once(p);
    return turn.flop ? flop(p) : p;
}

/* ---- fitting the turned picture ------------------------------------------ */

static double scaled(double side, double numerator, double denominator)
{
    return fmax(1, floor(side * numerator / denominator + 0.5));
}

/* One scale for both sides: numerator / denominator. */
static void scale_both(expected *e, extent from, double numerator, double denominator,
                       bool no_upscale)
{
    if (no_upscale && numerator > denominator)
        numerator = denominator;
    e->width = scaled(from.width, numerator, denominator);
    e->height = scaled(from.height, numerator, denominator);
}

static void resize(expected *e, const loom_recipe *r, extent from)
{
    const double sx = (double)r->sizes[0].width / from.width,
                 sy = (double)r->sizes[0].height / from.height;
    const bool larger = r->fit == LOOM_FIT_COVER || r->fit == LOOM_FIT_OUTSIDE;

    if (r->sizes[0].percent > 0) {
        scale_both(e, from, r->sizes[0].percent, 100, r->no_upscale);
    } else if (r->sizes[0].width == 0 && r->sizes[0].height == 0) {
        e->width = from.width, e->height = from.height;
    } else if (r->fit == LOOM_FIT_FILL) {
        e->width =
            r->sizes[0].width == 0 || (r->no_upscale && sx > 1) ? from.width : r->sizes[0].width;
        e->height =
            r->sizes[0].height == 0 || (r->no_upscale && sy > 1) ? from.height : r->sizes[0].height;
    } else if (r->sizes[0].height == 0) {
        scale_both(e, from, r->sizes[0].width, from.width, r->no_upscale);
    } else if (r->sizes[0].width == 0 || (larger ? sy > sx : sy < sx)) {
        scale_both(e, from, r->sizes[0].height, from.height, r->no_upscale);
    } else {
        scale_both(e, from, r->sizes[0].width, from.width, r->no_upscale);
    }
}

static expected expect(const sample *s)
{
    const loom_recipe *r = &s->recipe;
    const extent from = by_recipe(s, (point){0, 0, s->stored}).in;
    const bool boxed = r->sizes[0].width > 0 && r->sizes[0].height > 0;
    expected e = {.crop_x = 0};

    resize(&e, r, from);
    e.kept_width = e.width, e.kept_height = e.height;
    if (boxed && r->fit == LOOM_FIT_COVER) {
        e.kept_width = fmin(e.width, r->sizes[0].width);
        e.kept_height = fmin(e.height, r->sizes[0].height);
        e.crop_x = floor((e.width - e.kept_width + 1) / 2);
        e.crop_y = floor((e.height - e.kept_height + 1) / 2);
    }
    e.final_width = e.kept_width, e.final_height = e.kept_height;
    if (boxed && r->fit == LOOM_FIT_CONTAIN) {
        e.final_width = r->sizes[0].width, e.final_height = r->sizes[0].height;
        e.left = floor((e.final_width - e.kept_width) / 2);
        e.top = floor((e.final_height - e.kept_height) / 2);
    }
    return e;
}

/* ---- every combination --------------------------------------------------- */

static const extent sizes[] = {
    {1, 1},     {1, 65500},  {65500, 1}, {2000, 3},      {3, 2000},    {333, 222},
    {400, 200}, {1001, 999}, {640, 480}, {65500, 65500}, {4032, 3024},
};

typedef struct target {
    uint32_t width, height, percent;
} target;

static const target targets[] = {
    {100, 80, 0},      {333, 777, 0},     {1, 1, 0},   {65500, 1, 0}, {1, 65500, 0},
    {2000, 2001, 0},   {300, 300, 0},     {100, 0, 0}, {500, 0, 0},   {1, 0, 0},
    {65500, 0, 0},     {0, 100, 0},       {0, 777, 0}, {0, 1, 0},     {0, 65500, 0},
    {0, 0, 50},        {0, 0, 1},         {0, 0, 100}, {0, 0, 333},   {0, 0, LOOM_PERCENT_MAX},
    {65500, 65500, 0}, {65499, 65500, 0}, {0, 0, 0},
};

/* 8 orientations x 4 rotations x flip x flop x no-upscale. */
enum { TURNS = 8 * 4 * 2 * 2 * 2 };

static sample make_sample(extent stored, loom_fit fit, target to, int turn)
{
    sample s = {.stored = stored, .orientation = 1 + turn % 8};

    loom_recipe_init(&s.recipe);
    s.recipe.fit = fit;
    s.recipe.sizes[0].width = to.width;
    s.recipe.sizes[0].height = to.height;
    s.recipe.sizes[0].percent = to.percent;
    s.recipe.rotation = turn / 8 % 4 * 90;
    s.recipe.flip = turn / 32 % 2 == 1;
    s.recipe.flop = turn / 64 % 2 == 1;
    s.recipe.no_upscale = turn / 128 == 1;
    return s;
}

/* Every sample with fit number `fit`. */
static void for_each(int fit, void (*check)(const sample *))
{
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (size_t k = 0; k < COUNT(targets); k++)
            for (int turn = 0; turn < TURNS; turn++) {
                const sample s = make_sample(sizes[i], (loom_fit)fit, targets[k], turn);
                check(&s);
            }
}

/* False when the picture would be too large, which must then be said. */
static bool compute(const sample *s, const expected *e, loom_geometry *g)
{
    loom_error err = LOOM_ERROR_INIT;
    loom_status status = loom_geometry_compute(&s->recipe, &s->recipe.sizes[0], s->stored.width,
                                               s->stored.height, s->orientation, g, &err);

    if (e->width <= LOOM_RESIZE_MAX && e->height <= LOOM_RESIZE_MAX) {
        CHECK(status == LOOM_OK && err.code == LOOM_OK);
        return true;
    }
    CHECK(status == LOOM_ERR_TOO_LARGE && err.code == status);
    CHECK(err.stage == LOOM_STAGE_TRANSFORM);
    return false;
}

/* The crop's two corners, followed from the stored picture to the turned one. */
static void check_crop(const sample *s, const expected *e, const loom_geometry *g)
{
    const extent resized = {g->resize_width, g->resize_height};
    const loom_rect c = g->crop;
    const point a = by_recipe(s, (point){c.x, c.y, resized});
    const point b = by_recipe(s, (point){c.x + c.width - 1, c.y + c.height - 1, resized});

    CHECK(fmin(a.x, b.x) == e->crop_x && fmin(a.y, b.y) == e->crop_y);
    CHECK(fmax(a.x, b.x) == e->crop_x + e->kept_width - 1);
    CHECK(fmax(a.y, b.y) == e->crop_y + e->kept_height - 1);
}

static void check_turn(const sample *s, const loom_geometry *g)
{
    const extent small = {5, 3};

    CHECK(g->turn.quarters < 4);
    for (uint32_t y = 0; y < small.height; y++)
        for (uint32_t x = 0; x < small.width; x++) {
            const point want = by_recipe(s, (point){x, y, small});
            const point got = by_turn(g->turn, (point){x, y, small});
            CHECK(want.x == got.x && want.y == got.y && want.in.width == got.in.width);
        }
}

/* Without an angle the crop comes first, and all of what is turned is kept. */
static void check_canvas(const sample *s, const loom_geometry *g)
{
    const extent turned = by_recipe(s, (point){0, 0, {g->crop.width, g->crop.height}}).in;

    CHECK(g->angle == 0 && !g->by_content);
    CHECK(g->canvas_width == turned.width && g->canvas_height == turned.height);
    CHECK(g->part.x == 0 && g->part.y == 0);
    CHECK(g->part.width == turned.width && g->part.height == turned.height);
}

static void check_exact(const sample *s)
{
    const expected e = expect(s);
    loom_geometry g;

    if (!compute(s, &e, &g))
        return;
    const extent turned = by_recipe(s, (point){0, 0, {g.resize_width, g.resize_height}}).in;
    CHECK(turned.width == e.width && turned.height == e.height);
    CHECK(g.width == e.final_width && g.height == e.final_height);
    CHECK(g.left == e.left && g.top == e.top);
    check_crop(s, &e, &g);
    check_canvas(s, &g);
    check_turn(s, &g);
}

START_TEST(every_combination_is_as_reckoned)
{
    for_each(_i, check_exact);
}
END_TEST

/* ---- properties ---------------------------------------------------------- */

static void check_box(const sample *s, const loom_geometry *g)
{
    const loom_recipe *r = &s->recipe;
    const bool exact = r->fit == LOOM_FIT_CONTAIN ||
                       (!r->no_upscale && r->fit != LOOM_FIT_INSIDE && r->fit != LOOM_FIT_OUTSIDE);

    if (exact)
        CHECK(g->width == r->sizes[0].width && g->height == r->sizes[0].height);
    if (r->fit != LOOM_FIT_OUTSIDE)
        CHECK(g->width <= r->sizes[0].width && g->height <= r->sizes[0].height);
    else if (!r->no_upscale)
        CHECK(g->width >= r->sizes[0].width && g->height >= r->sizes[0].height);
    if (r->fit == LOOM_FIT_INSIDE && !r->no_upscale)
        CHECK(g->width == r->sizes[0].width || g->height == r->sizes[0].height);
}

static void check_properties(const sample *s)
{
    const expected e = expect(s);
    const loom_recipe *r = &s->recipe;
    loom_geometry g;

    if (!compute(s, &e, &g))
        return;
    const bool swaps = loom_turn_swaps(g.turn);
    const uint32_t laid_width = swaps ? g.crop.height : g.crop.width;
    const uint32_t laid_height = swaps ? g.crop.width : g.crop.height;

    CHECK(g.resize_width >= 1 && g.resize_height >= 1 && g.width >= 1 && g.height >= 1);
    CHECK(g.crop.width >= 1 && g.crop.height >= 1);
    CHECK(g.crop.x <= g.resize_width && g.crop.width <= g.resize_width - g.crop.x);
    CHECK(g.crop.y <= g.resize_height && g.crop.height <= g.resize_height - g.crop.y);
    CHECK((uint64_t)g.left + laid_width <= g.width && (uint64_t)g.top + laid_height <= g.height);
    if (r->no_upscale)
        CHECK(g.resize_width <= s->stored.width && g.resize_height <= s->stored.height);
    if (r->sizes[0].width > 0 && r->sizes[0].height > 0)
        check_box(s, &g);
    else if (!r->no_upscale)
        CHECK((r->sizes[0].width == 0 || g.width == r->sizes[0].width) &&
              (r->sizes[0].height == 0 || g.height == r->sizes[0].height));
}

START_TEST(every_combination_keeps_the_promises)
{
    for_each(_i, check_properties);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("geometry");
    TCase *tests = tcase_create("geometry");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, every_combination_is_as_reckoned, 0, LOOM_FIT_OUTSIDE + 1);
    tcase_add_loop_test(tests, every_combination_keeps_the_promises, 0, LOOM_FIT_OUTSIDE + 1);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
