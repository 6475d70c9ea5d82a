#include "picture/geometry.h"

#include <inttypes.h>
#include <math.h>

/* A size in 64-bit integers, so that products of two sides fit. */
typedef struct size {
    uint64_t width, height;
} size;

/* ---- turns --------------------------------------------------------------- */

/*
 * Combines orientation, rotation and mirrors: quarter turns and one mirror, then a rotation of less
 * than a quarter by *angle. A mirror after a rotation equals the same mirror, followed by the
 * opposite rotation.
 */
static loom_turn turn_of_recipe(const loom_recipe *recipe, int orientation, double *angle)
{
    const unsigned quarters = (unsigned)(recipe->rotation / 90);
    loom_turn turn = loom_turn_of_orientation(recipe->auto_orient ? orientation : 1);

    *angle = recipe->rotation - 90.0 * quarters;
    turn = loom_turn_then(turn, (loom_turn){quarters % 4, false});
    if (recipe->flip) /* a flip is half a turn and a flop */
        turn = loom_turn_then(turn, (loom_turn){2, true});
    if (recipe->flop)
        turn = loom_turn_then(turn, (loom_turn){0, true});
    if (recipe->flip != recipe->flop)
        *angle = -*angle;
    return turn;
}

/* The bounds of a picture rotated by the angle, rounded half up. */
static size turned_bounds(size from, double angle)
{
    const double radians = fabs(angle) * M_PI / 180, c = cos(radians), s = sin(radians);
    const double w = (double)from.width, h = (double)from.height;

    if (angle == 0)
        return from;
    return (size){(uint64_t)fmax(floor(w * c + h * s + 0.5), 1),
                  (uint64_t)fmax(floor(w * s + h * c + 0.5), 1)};
}

/* ---- fit ----------------------------------------------------------------- */

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The size that keeps the aspect ratio with one side given (the other is 0). */
static size fit_side(const loom_recipe *recipe, size from, size box)
{
    const bool by_width = box.width > 0;
    const bool up = by_width ? box.width > from.width : box.height > from.height;

    if (up && recipe->no_upscale)
        return from;
    if (recipe->fit == LOOM_FIT_FILL)
        return by_width ? (size){box.width, from.height} : (size){from.width, box.height};
    if (by_width)
        return (size){box.width, loom_scale_side(from.height, box.width, from.width)};
    return (size){loom_scale_side(from.width, box.height, from.height), box.height};
}

/* The size of the whole picture, before crop and padding, with both sides of the box given. */
static size fit_box(const loom_recipe *recipe, size from, size box)
{
    if (recipe->fit == LOOM_FIT_FILL)
        return recipe->no_upscale
                   ? (size){smaller(box.width, from.width), smaller(box.height, from.height)}
                   : box;
    /* box.width / from.width <= box.height / from.height, without division */
    const bool width_binds = box.width * from.height <= box.height * from.width;
    const bool covers = recipe->fit == LOOM_FIT_COVER || recipe->fit == LOOM_FIT_OUTSIDE;

    if (width_binds != covers)
        return fit_side(recipe, from, (size){box.width, 0});
    return fit_side(recipe, from, (size){0, box.height});
}

static size resized(const loom_recipe *recipe, const loom_size *wanted, size from)
{
    const size box = {wanted->width, wanted->height};

    if (wanted->percent > 0) {
        uint64_t percent = recipe->no_upscale ? smaller(wanted->percent, 100) : wanted->percent;
        return (size){loom_scale_side(from.width, percent, 100),
                      loom_scale_side(from.height, percent, 100)};
    }
    if (box.width > 0 && box.height > 0)
        return fit_box(recipe, from, box);
    if (box.width > 0 || box.height > 0)
        return fit_side(recipe, from, box);
    return from;
}

/* ---- position ------------------------------------------------------------ */

/* The end of the axis that the position is at: -1, 0 or 1. */
static int across(loom_position position)
{
    switch (position) {
    case LOOM_POSITION_NORTHWEST:
    case LOOM_POSITION_WEST:
    case LOOM_POSITION_SOUTHWEST:
        return -1;
    case LOOM_POSITION_NORTHEAST:
    case LOOM_POSITION_EAST:
    case LOOM_POSITION_SOUTHEAST:
        return 1;
    default:
        return 0;
    }
}

static int down(loom_position position)
{
    switch (position) {
    case LOOM_POSITION_NORTHWEST:
    case LOOM_POSITION_NORTH:
    case LOOM_POSITION_NORTHEAST:
        return -1;
    case LOOM_POSITION_SOUTHWEST:
    case LOOM_POSITION_SOUTH:
    case LOOM_POSITION_SOUTHEAST:
        return 1;
    default:
        return 0;
    }
}

/* The start of a part that leaves `rest` over; `middle` is the start if centred. */
static uint32_t start(int towards, uint64_t rest, uint64_t middle)
{
    return (uint32_t)(towards < 0 ? 0 : towards > 0 ? rest : middle);
}

loom_rect loom_rect_placed(loom_position position, loom_rect in, uint32_t width, uint32_t height)
{
    const uint64_t x = in.width - width, y = in.height - height;

    return (loom_rect){in.x + start(across(position), x, (x + 1) / 2),
                       in.y + start(down(position), y, (y + 1) / 2), width, height};
}

/* ---- the whole ----------------------------------------------------------- */

static loom_rect whole(size of)
{
    return (loom_rect){0, 0, (uint32_t)of.width, (uint32_t)of.height};
}

/*
 * The size, oriented as after the turn, to downscale the picture to before it is rotated by an
 * angle: about the scale of the final picture. It never enlarges, because the rotation does that
 * itself.
 */
static size before_angle(size lies, size canvas, size to)
{
    const double x = (double)to.width / (double)canvas.width;
    const double y = (double)to.height / (double)canvas.height;
    const double scale = fmin(fmax(x, y), 1);

    return (size){(uint64_t)fmax(floor((double)lies.width * scale + 0.5), 1),
                  (uint64_t)fmax(floor((double)lies.height * scale + 0.5), 1)};
}

static bool is_larger(size a, size b)
{
    return a.width > b.width || a.height > b.height;
}

static bool too_long(size s)
{
    return s.width > LOOM_RESIZE_MAX || s.height > LOOM_RESIZE_MAX;
}

/* ---- by content ---------------------------------------------------------- */

/* The number of px of `look` that show the same as `kept` px of `canvas`. */
static uint32_t window_side(uint32_t kept, uint32_t look, uint32_t canvas)
{
    return (uint32_t)smaller(loom_scale_side(kept, look, canvas), look);
}

loom_rect loom_geometry_window(const loom_geometry *geometry)
{
    const loom_geometry *g = geometry;

    return (loom_rect){0, 0, window_side(g->part.width, g->look_width, g->canvas_width),
                       window_side(g->part.height, g->look_height, g->canvas_height)};
}

static uint32_t found_at(uint32_t at, uint32_t window, uint32_t kept, uint32_t look,
                         uint32_t canvas)
{
    const double middle = (at + window / 2.0) * canvas / look;
    const double first = floor(middle - kept / 2.0 + 0.5);

    return (uint32_t)fmin(fmax(first, 0), canvas - kept);
}

loom_rect loom_geometry_found(const loom_geometry *geometry, loom_rect window)
{
    const loom_geometry *g = geometry;
    const loom_rect part = g->part;

    return (loom_rect){
        found_at(window.x, window.width, part.width, g->look_width, g->canvas_width),
        found_at(window.y, window.height, part.height, g->look_height, g->canvas_height),
        part.width, part.height};
}

/* ---- what is kept --------------------------------------------------------- */

static bool cuts(const loom_geometry *g)
{
    return g->crop.width < g->resize_width || g->crop.height < g->resize_height ||
           g->part.width < g->canvas_width || g->part.height < g->canvas_height;
}

bool loom_geometry_same_view(const loom_geometry *geometry)
{
    const loom_geometry *g = geometry;

    return !g->extracts && g->turn.quarters == 0 && !g->turn.flop && g->angle == 0 &&
           !g->by_content && !cuts(g) && g->width == g->part.width && g->height == g->part.height;
}

static double share_of(uint32_t width, uint32_t height, uint32_t of_width, uint32_t of_height)
{
    return (double)width / (double)of_width * ((double)height / (double)of_height);
}

uint32_t loom_geometry_cropped(const loom_geometry *geometry)
{
    const loom_geometry *g = geometry;
    /* Of these two steps at least one keeps all. */
    const double kept = share_of(g->crop.width, g->crop.height, g->resize_width, g->resize_height) *
                        share_of(g->part.width, g->part.height, g->canvas_width, g->canvas_height);

    return cuts(g) ? (uint32_t)fmin(fmax(round((1 - kept) * 1e6), 1), 999999) : 0;
}

/* ---- the steps ----------------------------------------------------------- */

/* The sizes on the way, as after the turn. */
typedef struct sizes {
    size lies;   /* the part that is used */
    size canvas; /* the same, rotated */
    size to;     /* resized */
    size kept;   /* of that, by the fit */
    size inner;  /* with its padding */
    size last;   /* with what is laid around it */
} sizes;

static sizes find_sizes(const loom_recipe *recipe, const loom_size *wanted, size lies, double angle)
{
    const bool boxed = wanted->width > 0 && wanted->height > 0;
    const size box = {wanted->width, wanted->height};
    const loom_edges *e = &recipe->extend, *b = &recipe->border;
    sizes s = {.lies = lies, .canvas = turned_bounds(lies, angle)};

    s.to = s.kept = resized(recipe, wanted, s.canvas);
    if (boxed && recipe->fit == LOOM_FIT_COVER)
        s.kept = (size){smaller(s.to.width, box.width), smaller(s.to.height, box.height)};
    s.inner = boxed && recipe->fit == LOOM_FIT_CONTAIN ? box : s.kept;
    s.last = (size){s.inner.width + e->left + e->right + b->left + b->right,
                    s.inner.height + e->top + e->bottom + b->top + b->bottom};
    return s;
}

static loom_status check_sizes(const sizes *s, loom_error *err)
{
    const size *large = too_long(s->to) || too_long(s->canvas) ? &s->to : &s->last;

    if (!too_long(s->to) && !too_long(s->canvas) && !too_long(s->last))
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_TRANSFORM,
                          "the picture would be %" PRIu64 "x%" PRIu64
                          " px%s; at most %u px a side are possible",
                          large->width, large->height,
                          large == &s->to ? " before it is cropped" : "", LOOM_RESIZE_MAX);
}

loom_status loom_geometry_of_part(const loom_recipe *recipe, const loom_size *wanted,
                                  const loom_source_part *from, int orientation,
                                  loom_geometry *geometry, loom_error *err)
{
    double angle;
    const loom_turn turn = turn_of_recipe(recipe, orientation, &angle);
    const bool swaps = loom_turn_swaps(turn);
    const size lies = swaps ? (size){from->stored.height, from->stored.width}
                            : (size){from->stored.width, from->stored.height};
    const sizes s = find_sizes(recipe, wanted, lies, angle);
    const size canvas = s.canvas, to = s.to, kept = s.kept, inner = s.inner;

    if (check_sizes(&s, err) != LOOM_OK)
        return LOOM_ERR_TOO_LARGE;
    const loom_rect crop =
        loom_rect_placed(recipe->position, whole(to), (uint32_t)kept.width, (uint32_t)kept.height);
    const bool by_content = recipe->position >= LOOM_POSITION_ENTROPY &&
                            (kept.width < to.width || kept.height < to.height);
    const bool late = by_content || angle != 0;
    const size look = is_larger(to, canvas) ? canvas : to;
    const size resize = angle != 0 ? before_angle(lies, canvas, to) : by_content ? look : to;
    const size on = late ? to : kept; /* the canvas */
    const uint64_t x = inner.width - kept.width, y = inner.height - kept.height;

    *geometry = (loom_geometry){
        .source = from->stored,
        .upright = from->upright,
        .extracts = from->cuts,
        .clipped = from->clipped,
        .resize_width = (uint32_t)(swaps ? resize.height : resize.width),
        .resize_height = (uint32_t)(swaps ? resize.width : resize.height),
        .crop = loom_rect_unturned(late ? whole(resize) : crop, (uint32_t)resize.width,
                                   (uint32_t)resize.height, turn),
        .turn = turn,
        .angle = angle,
        .canvas_width = (uint32_t)on.width,
        .canvas_height = (uint32_t)on.height,
        .part = late ? crop : whole(on),
        .by_content = by_content,
        .look_width = (uint32_t)look.width,
        .look_height = (uint32_t)look.height,
        .inner_width = (uint32_t)inner.width,
        .inner_height = (uint32_t)inner.height,
        .width = (uint32_t)s.last.width,
        .height = (uint32_t)s.last.height,
        .left = start(across(recipe->position), x, x / 2),
        .top = start(down(recipe->position), y, y / 2),
    };
    return LOOM_OK;
}

loom_status loom_geometry_compute(const loom_recipe *recipe, const loom_size *wanted,
                                  uint32_t width, uint32_t height, int orientation,
                                  loom_geometry *geometry, loom_error *err)
{
    loom_source_part from;
    const loom_status status = loom_source_find(recipe, width, height, orientation, &from, err);

    return status == LOOM_OK
               ? loom_geometry_of_part(recipe, wanted, &from, orientation, geometry, err)
               : status;
}
