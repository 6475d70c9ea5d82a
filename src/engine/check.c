#include "engine/check.h"

#include "base/error.h"
#include "engine/worker_hooks.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

struct loom_check {
    loom_small source;
    double leeway;                      /* of the source, which had its colours converted */
    double x, y, width, height;         /* of the stored picture: what `source` shows, px */
    loom_small *made[LOOM_SIZES_MAX];   /* of what was encoded; NULL: `source` is compared with */
    uint32_t made_rows[LOOM_SIZES_MAX]; /* of its first frame */
    loom_small again;                   /* of an output */
};

loom_check *loom_check_create(void)
{
    loom_check *check = malloc(sizeof *check);

    if (check == NULL)
        return NULL;
    for (size_t i = 0; i < LOOM_SIZES_MAX; i++)
        check->made[i] = NULL;
    check->source.channels = 0; /* its planes are not begun: they are large */
    check->source.known = false;
    check->leeway = 0;
    return check;
}

void loom_check_free(loom_check *check)
{
    for (size_t i = 0; check != NULL && i < LOOM_SIZES_MAX; i++)
        free(check->made[i]);
    free(check);
}

/* ---- the model ----------------------------------------------------------- */

/* What there is a model of: it leaves the mean of a block as it is, or says where it lies. */
static const uint64_t modelled =
    LOOM_RECIPE_BIT(LOOM_RECIPE_AUTO_ORIENT) | LOOM_RECIPE_BIT(LOOM_RECIPE_EXTRACT) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_ASPECT) | LOOM_RECIPE_BIT(LOOM_RECIPE_TRIM) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_TRIM_BACKGROUND) | LOOM_RECIPE_BIT(LOOM_RECIPE_ROTATION) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_FLIP) | LOOM_RECIPE_BIT(LOOM_RECIPE_FLOP) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_SIZES) | LOOM_RECIPE_BIT(LOOM_RECIPE_WIDTH) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_HEIGHT) | LOOM_RECIPE_BIT(LOOM_RECIPE_PERCENT) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_FIT) | LOOM_RECIPE_BIT(LOOM_RECIPE_POSITION) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_KERNEL) | LOOM_RECIPE_BIT(LOOM_RECIPE_NO_UPSCALE) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_BACKGROUND) | LOOM_RECIPE_BIT(LOOM_RECIPE_BLUR) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_SHARPEN) | LOOM_RECIPE_BIT(LOOM_RECIPE_GRAYSCALE) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_EXTEND) | LOOM_RECIPE_BIT(LOOM_RECIPE_EXTEND_WITH) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_BORDER) | LOOM_RECIPE_BIT(LOOM_RECIPE_BORDER_COLOUR) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_ICC) | LOOM_RECIPE_BIT(LOOM_RECIPE_ANIMATED) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_FORMAT) | LOOM_RECIPE_BIT(LOOM_RECIPE_QUALITY) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_MAX_BYTES) | LOOM_RECIPE_BIT(LOOM_RECIPE_LOSSLESS) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_NEAR_LOSSLESS) | LOOM_RECIPE_BIT(LOOM_RECIPE_PALETTE) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_EFFORT) | LOOM_RECIPE_BIT(LOOM_RECIPE_PROGRESSIVE) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_CHROMA) | LOOM_RECIPE_BIT(LOOM_RECIPE_METADATA) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_DPI) | LOOM_RECIPE_BIT(LOOM_RECIPE_SSIM) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_RAW) | LOOM_RECIPE_BIT(LOOM_RECIPE_PAGE);

/* Whether a side of the picture is long enough to be told from the padding beside it. */
static bool stands_out(uint32_t side, uint32_t of)
{
    return side == of || (side >= 32 && side >= of / 8);
}

/* Nearest takes single samples, of which a mean says nothing. */
static bool has_model(const loom_recipe *recipe, const loom_geometry *g)
{
    const bool resized = g->resize_width != g->source.width || g->resize_height != g->source.height;

    return (loom_recipe_needs(recipe) & ~modelled) == 0 && g->angle == 0 && !g->by_content &&
           (recipe->kernel != LOOM_KERNEL_NEAREST || !resized) &&
           stands_out(g->part.width, g->width) && stands_out(g->part.height, g->height);
}

/* Luminance is that of each px; only of gray it is what the mean says. */
static bool fits_source(const loom_check *check, const loom_recipe *recipe, const loom_geometry *g)
{
    return check->source.known && has_model(recipe, g) &&
           (recipe->grayscale != LOOM_GRAYSCALE_LUMINANCE || check->source.planes[1].across == 0);
}

/* ---- what lanes hand over ------------------------------------------------ */

/* A part of the stored picture, px; none, if the right is not right of the left. */
typedef struct part {
    double left, top, right, bottom;
} part;

static part union_of(part a, part b)
{
    return a.right > a.left ? (part){fmin(a.left, b.left), fmin(a.top, b.top),
                                     fmax(a.right, b.right), fmax(a.bottom, b.bottom)}
                            : b;
}

static part seen_by(const loom_geometry *g)
{
    const double across = (double)g->source.width / g->resize_width;
    const double down = (double)g->source.height / g->resize_height;
    const double left = g->source.x + g->crop.x * across, top = g->source.y + g->crop.y * down;

    return (part){left, top, left + g->crop.width * across, top + g->crop.height * down};
}

/* What the outputs show that are to be compared with the source. */
static part seen_by_all(const loom_lane_job *job)
{
    part all = {0, 0, 0, 0};

    for (size_t i = 0; i < job->count; i++)
        if (loom_lane_wants(&job->outputs[i]) &&
            has_model(job->job->recipe, &job->outputs[i].geometry))
            all = union_of(all, seen_by(&job->outputs[i].geometry));
    return all;
}

/* The samples of an axis that show any of the part. */
static void find_samples(double start, double end, double density, uint32_t samples,
                         uint32_t *first, uint32_t *count)
{
    const double from = fmin(floor(start * density), samples - 1.0);
    const double to = fmin(fmax(ceil(end * density), from + 1), samples);

    *first = (uint32_t)from;
    *count = (uint32_t)(to - from);
}

static loom_rect samples_of(part p, loom_density density, uint32_t width, uint32_t height)
{
    loom_rect in;

    find_samples(p.left, p.right, density.x, width, &in.x, &in.width);
    find_samples(p.top, p.bottom, density.y, height, &in.y, &in.height);
    return in;
}

loom_small *loom_check_source(const loom_lane_job *job, loom_density density, uint32_t width,
                              uint32_t height, loom_rect *samples)
{
    loom_check *check = job->check;
    const part seen = check != NULL ? seen_by_all(job) : (part){0, 0, 0, 0};

    if (seen.right <= seen.left)
        return NULL;
    *samples = samples_of(seen, density, width, height);
    check->x = samples->x / density.x;
    check->y = samples->y / density.y;
    check->width = samples->width / density.x;
    check->height = samples->height / density.y;
    return &check->source;
}

loom_small *loom_check_source_begun(const loom_lane_job *job)
{
    loom_check *check = job->check;

    return check != NULL && check->source.channels > 0 && !check->source.known ? &check->source
                                                                               : NULL;
}

void loom_check_source_end(const loom_lane_job *job, double leeway)
{
    loom_small *small = loom_check_source_begun(job);

    if (small == NULL)
        return;
    loom_small_end(small);
    job->check->leeway = leeway;
}

void loom_check_source_planes(const loom_lane_job *job, const loom_plane planes[],
                              const loom_density densities[], unsigned count)
{
    loom_rect parts[LOOM_SMALL_PLANES];
    loom_small *small =
        loom_check_source(job, densities[0], planes[0].width, planes[0].height, &parts[0]);

    if (small == NULL)
        return;
    for (unsigned i = 1; i < count; i++)
        parts[i] = samples_of(seen_by_all(job), densities[i], planes[i].width, planes[i].height);
    loom_small_of_planes(small, planes, parts, count);
}

/* Room for the small picture of what is encoded; NULL without an error: nobody needs it. */
static loom_small *make_room(const loom_lane_job *job, const loom_lane_output *output, bool cmyk,
                             uint32_t rows, loom_error *err)
{
    loom_check *check = job->check;
    const size_t at = (size_t)(output - job->outputs);

    if (check == NULL ||
        (fits_source(check, job->job->recipe, &output->geometry) && check->source.cmyk == cmyk))
        return NULL;
    if (check->made[at] == NULL)
        check->made[at] = malloc(sizeof *check->made[at]);
    if (check->made[at] == NULL)
        (void)loom_no_memory(err, LOOM_STAGE_ENCODE, "to check the picture");
    check->made_rows[at] = rows;
    return check->made[at];
}

loom_status loom_check_made(const loom_lane_job *job, const loom_lane_output *output,
                            const loom_picture *picture, uint32_t frames, loom_error *err)
{
    const uint32_t rows = picture->height / frames;
    const size_t row = (size_t)picture->width * picture->channels * picture->depth;
    loom_error why = LOOM_ERROR_INIT;
    loom_small *small = make_room(job, output, picture->cmyk, rows, &why);

    if (small == NULL)
        return loom_error_copy(err, &why);
    loom_small_begin(small, picture->width, rows, picture->channels, picture->depth, picture->cmyk);
    for (uint32_t y = 0; y < rows; y++)
        loom_small_add(small, 0, y, picture->width, picture->data + row * y);
    loom_small_end(small);
    return LOOM_OK;
}

/* Of cells that were made of samples at other levels, around `zero`. */
static void undo_levels(loom_small_plane *plane, loom_levels levels, double zero)
{
    for (uint32_t i = 0; i < LOOM_SMALL_SIDE * LOOM_SMALL_SIDE; i++)
        plane->mean[i] = (float)((plane->mean[i] + zero - levels.offset) / levels.scale - zero);
}

loom_status loom_check_made_planes(const loom_lane_job *job, const loom_lane_output *output,
                                   const loom_plane planes[], const loom_levels levels[],
                                   unsigned count, loom_error *err)
{
    loom_error why = LOOM_ERROR_INIT;
    loom_small *small = make_room(job, output, false, output->geometry.height, &why);
    loom_rect parts[LOOM_SMALL_PLANES];

    if (small == NULL)
        return loom_error_copy(err, &why);
    for (unsigned i = 0; i < count; i++)
        parts[i] = (loom_rect){0, 0, planes[i].width, planes[i].height};
    loom_small_of_planes(small, planes, parts, count);
    for (unsigned i = 0; i < count; i++)
        undo_levels(&small->planes[i], levels[i], i > 0 ? 128 : 0);
    return LOOM_OK;
}

/* ---- what is expected ---------------------------------------------------- */

/* Of 255: coarse steps of a low quality, or few colours, change the mean of a whole block. */
static double leeway_of(const loom_recipe *recipe, const loom_lane_output *output)
{
    static const double palettes[] = {
        [LOOM_PALETTE_2] = 192, [LOOM_PALETTE_4] = 128, [LOOM_PALETTE_16] = 64};
    const int quality = output->encoded.quality;
    const double coarse = quality > 0 && quality < 30 ? 30 - quality : 0;
    const double few =
        (loom_format_get(output->task->format)->choices & LOOM_CHOICE_PALETTE) != 0 &&
                recipe->palette < LOOM_PALETTE_256
            ? palettes[recipe->palette]
            : 0;

    return fmax(coarse, few);
}

/* Where the picture lies in the output, within all that is laid around it. */
static loom_rect place_of(const loom_recipe *recipe, const loom_geometry *g)
{
    const loom_edges *e = &recipe->extend, *b = &recipe->border;

    return (loom_rect){g->left + e->left + b->left, g->top + e->top + b->top, g->part.width,
                       g->part.height};
}

/* Px of the output that a px of it sees, by the filter of the resize and a blur. */
static double reach_of(const loom_recipe *recipe, const loom_geometry *g)
{
    const double across = (double)g->resize_width / g->source.width;
    const double down = (double)g->resize_height / g->source.height;

    return 1.5 * fmax(fmax(across, down), 1) + 2 * recipe->blur;
}

static uint8_t on_black(unsigned colour, unsigned alpha)
{
    return (uint8_t)((colour * alpha + 127) / 255);
}

static loom_expect expect_source(const loom_check *check, const loom_recipe *recipe,
                                 const loom_lane_output *output)
{
    const loom_colour c = recipe->background;

    return (loom_expect){.small = &check->source,
                         .x = check->x,
                         .y = check->y,
                         .width = check->width,
                         .height = check->height,
                         .geometry = &output->geometry,
                         .lies = place_of(recipe, &output->geometry),
                         .opaque = !loom_format_get(output->task->format)->alpha,
                         .behind = {on_black(c.red, c.alpha), on_black(c.green, c.alpha),
                                    on_black(c.blue, c.alpha), 255},
                         .gray = recipe->grayscale != LOOM_GRAYSCALE_NONE,
                         .reach = reach_of(recipe, &output->geometry),
                         .leeway = leeway_of(recipe, output) + check->leeway};
}

static loom_expect expect_made(const loom_small *made, const loom_recipe *recipe,
                               const loom_lane_output *output)
{
    const loom_geometry *g = &output->geometry;

    return (loom_expect){.small = made,
                         .width = g->width,
                         .height = g->height,
                         .lies = {0, 0, g->width, g->height},
                         .opaque = !loom_format_get(output->task->format)->alpha,
                         .reach = 1,
                         .leeway = leeway_of(recipe, output)};
}

/* ---- the check ----------------------------------------------------------- */

static loom_status judge(const loom_difference *d, loom_error *err)
{
    if (!d->differs)
        return LOOM_OK;
    if (d->beyond > 0)
        return loom_error_set(err, LOOM_ERR_CHECK_FAILED, LOOM_STAGE_ENCODE,
                              "decoded again, the output shows another picture: %u of %u parts "
                              "differ, by up to %.0f of 255",
                              d->beyond, d->compared, d->largest);
    return loom_error_set(err, LOOM_ERR_CHECK_FAILED, LOOM_STAGE_ENCODE,
                          "decoded again, the output shows another picture: its %u parts differ by "
                          "%.1f of 255 in the mean",
                          d->compared, fmax(d->mean, d->shift));
}

static loom_status compare(const loom_lane_job *job, const loom_lane_output *output,
                           const loom_reread *read, loom_error *err)
{
    const loom_check *check = job->check;
    const loom_recipe *recipe = job->job->recipe;
    const loom_small *made = check->made[output - job->outputs];
    const loom_geometry *g = &output->geometry;
    loom_difference d;

    if (read->width != g->width || read->height != g->height)
        return loom_error_set(err, LOOM_ERR_CHECK_FAILED, LOOM_STAGE_ENCODE,
                              "decoded again, the output has %" PRIu32 "x%" PRIu32
                              " px instead of %" PRIu32 "x%" PRIu32,
                              read->width, read->height, g->width, g->height);
    if (made != NULL) {
        const loom_expect expect = expect_made(made, recipe, output);
        d = loom_check_compare(&expect, &check->again, read);
    } else if (fits_source(check, recipe, g)) {
        const loom_expect expect = expect_source(check, recipe, output);
        d = loom_check_compare(&expect, &check->again, read);
    } else {
        return LOOM_OK; /* no lane leaves it so */
    }
    return judge(&d, err);
}

static void check_output(const loom_lane_job *job, loom_lane_output *output)
{
    const loom_bytes file = {output->encoded.data, output->encoded.size};
    const loom_format format = output->task->format;
    loom_error *err = &output->outcome->error;
    loom_reread read = {.shrink = 1};

    const loom_status status = loom_check_read(job, format, file, &job->check->again, &read, err);
    if (status == LOOM_OK && read.unread != NULL)
        loom_outcome_warn(output->outcome, "the output was not checked, for it is %s: %s",
                          loom_format_get(format)->name, read.unread);
    else if (status == LOOM_OK)
        (void)compare(job, output, &read, err);
}

void loom_check_outputs(loom_lane_job *job)
{
    if (job->check == NULL)
        return;
    loom_worker_hooks_stage(LOOM_STAGE_ENCODE);
    for (size_t i = 0; i < job->count; i++)
        if (loom_lane_wants(&job->outputs[i]) && job->outputs[i].encoded.data != NULL)
            check_output(job, &job->outputs[i]);
}
