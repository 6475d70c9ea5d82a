#include "engine/codec/zimg_resize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zimg.h>

enum {
    GRAPHS = 64, /* a picture needs two, one for luma and one for both chroma planes */
    DEEP = 2     /* bytes of a sample of 16 bits */
};

/* The parameters of a graph. Padding may differ between equal keys, so they are compared field by
 * field. */
typedef struct graph_key {
    uint32_t from_width, from_height, to_width, to_height;
    loom_area part;
    loom_kernel kernel;
    unsigned depth; /* bytes a sample: 1 or 2 */
} graph_key;

typedef struct graph {
    graph_key key;
    zimg_filter_graph *made; /* NULL: unused */
    uint64_t used;           /* when it was last used */
} graph;

struct loom_resizer {
    graph graphs[GRAPHS];
    uint64_t clock;
    void *scratch;
    size_t scratch_size;
};

loom_resizer *loom_resizer_create(void)
{
    return calloc(1, sizeof(loom_resizer));
}

void loom_resizer_free(loom_resizer *resizer)
{
    if (resizer == NULL)
        return;
    for (int i = 0; i < GRAPHS; i++)
        zimg_filter_graph_free(resizer->graphs[i].made);
    free(resizer->scratch);
    free(resizer);
}

/* ---- graphs -------------------------------------------------------------- */

bool loom_resizer_has_kernel(loom_kernel kernel)
{
    /* zimg places its nearest samples differently from libvips. */
    return kernel != LOOM_KERNEL_NEAREST;
}

/*
 * The filter for downscaling. Upscaling uses the most similar interpolation, as in the vips lane:
 * Catmull-Rom, except for linear.
 */
static void set_filter(zimg_graph_builder_params *params, const graph_key *key)
{
    const bool larger = key->to_width >= key->part.width && key->to_height >= key->part.height;
    const loom_kernel kernel =
        larger && key->kernel != LOOM_KERNEL_LINEAR ? LOOM_KERNEL_CUBIC : key->kernel;

    switch (kernel) {
    case LOOM_KERNEL_LINEAR:
        params->resample_filter = ZIMG_RESIZE_BILINEAR;
        break;
    case LOOM_KERNEL_CUBIC:
        params->resample_filter = ZIMG_RESIZE_BICUBIC;
        params->filter_param_a = 0;
        params->filter_param_b = 0.5;
        break;
    case LOOM_KERNEL_MITCHELL:
        params->resample_filter = ZIMG_RESIZE_BICUBIC;
        params->filter_param_a = 1 / 3.0;
        params->filter_param_b = 1 / 3.0;
        break;
    default:
        params->resample_filter = ZIMG_RESIZE_LANCZOS;
        params->filter_param_a = kernel == LOOM_KERNEL_LANCZOS2 ? 2 : 3;
    }
}

static zimg_image_format format_of(uint32_t width, uint32_t height, unsigned depth)
{
    zimg_image_format format;

    zimg_image_format_default(&format, ZIMG_API_VERSION);
    format.width = width;
    format.height = height;
    format.pixel_type = depth == DEEP ? ZIMG_PIXEL_WORD : ZIMG_PIXEL_BYTE;
    format.depth = depth * 8;
    format.color_family = ZIMG_COLOR_GREY;
    format.pixel_range = ZIMG_RANGE_FULL;
    return format;
}

static zimg_filter_graph *build(const graph_key *key)
{
    zimg_image_format from = format_of(key->from_width, key->from_height, key->depth);
    const zimg_image_format to = format_of(key->to_width, key->to_height, key->depth);
    zimg_graph_builder_params params;

    from.active_region.left = key->part.x;
    from.active_region.top = key->part.y;
    from.active_region.width = key->part.width;
    from.active_region.height = key->part.height;
    zimg_graph_builder_params_default(&params, ZIMG_API_VERSION);
    /* No AVX-512: zimg 3.0.4 has a bug there (267 to 133 samples with two taps are wrong). */
    params.cpu_type = ZIMG_CPU_AUTO;
    set_filter(&params, key);
    return zimg_filter_graph_build(&from, &to, &params);
}

static bool same(const graph_key *a, const graph_key *b)
{
    return a->from_width == b->from_width && a->from_height == b->from_height &&
           a->to_width == b->to_width && a->to_height == b->to_height && a->part.x == b->part.x &&
           a->part.y == b->part.y && a->part.width == b->part.width &&
           a->part.height == b->part.height && a->kernel == b->kernel && a->depth == b->depth;
}

/* The graph for the key. A new one replaces the least recently used. NULL: refused. */
static const zimg_filter_graph *graph_for(loom_resizer *resizer, const graph_key *key)
{
    graph *oldest = &resizer->graphs[0];

    for (graph *g = resizer->graphs; g < resizer->graphs + GRAPHS; g++) {
        if (g->made != NULL && same(&g->key, key)) {
            g->used = ++resizer->clock;
            return g->made;
        }
        if (g->used < oldest->used)
            oldest = g;
    }
    zimg_filter_graph *made = build(key);
    if (made == NULL)
        return NULL;
    zimg_filter_graph_free(oldest->made);
    *oldest = (graph){*key, made, ++resizer->clock};
    return made;
}

static loom_status status_of_zimg(void)
{
    const zimg_error_code_e code = zimg_get_last_error(NULL, 0);

    zimg_clear_last_error();
    return code == ZIMG_ERROR_OUT_OF_MEMORY ? LOOM_ERR_OUT_OF_MEMORY : LOOM_ERR_UNSUPPORTED;
}

/* ---- running ------------------------------------------------------------- */

static bool grow_scratch(loom_resizer *resizer, size_t size)
{
    if (size <= resizer->scratch_size)
        return true;
    free(resizer->scratch);
    resizer->scratch_size = 0;
    size = (size + LOOM_PLANE_ALIGN - 1) & ~(size_t)(LOOM_PLANE_ALIGN - 1);
    resizer->scratch = aligned_alloc(LOOM_PLANE_ALIGN, size);
    if (resizer->scratch != NULL)
        resizer->scratch_size = size;
    return resizer->scratch != NULL;
}

/* zimg's callback for finished rows: a result other than 0 ends its work. */
static int should_stop(void *cancel, unsigned row, unsigned left, unsigned right)
{
    (void)row;
    (void)left;
    (void)right;
    return loom_cancel_check(cancel) != LOOM_OK;
}

static loom_status resize(loom_resizer *resizer, const loom_plane *from, const graph_key *key,
                          const loom_cancel *cancel, loom_plane *to)
{
    zimg_image_buffer_const source = {.version = ZIMG_API_VERSION};
    zimg_image_buffer target = {.version = ZIMG_API_VERSION};
    const zimg_filter_graph *made = graph_for(resizer, key);
    size_t scratch;

    if (made == NULL || zimg_filter_graph_get_tmp_size(made, &scratch) != ZIMG_ERROR_SUCCESS)
        return status_of_zimg();
    if (!grow_scratch(resizer, scratch))
        return LOOM_ERR_OUT_OF_MEMORY;
    source.plane[0].data = from->data;
    source.plane[0].stride = (ptrdiff_t)from->stride;
    source.plane[0].mask = ZIMG_BUFFER_MAX;
    target.plane[0].data = to->data;
    target.plane[0].stride = (ptrdiff_t)to->stride;
    target.plane[0].mask = ZIMG_BUFFER_MAX;
    if (zimg_filter_graph_process(made, &source, &target, resizer->scratch, NULL, NULL,
                                  cancel != NULL ? should_stop : NULL,
                                  (void *)(uintptr_t)cancel) != ZIMG_ERROR_SUCCESS) {
        const loom_status stopped = loom_cancel_check(cancel), failed = status_of_zimg();
        return stopped != LOOM_OK ? stopped : failed;
    }
    return LOOM_OK;
}

/* Whether the part consists of whole samples of the plane at their own scale. */
static bool is_copy(const loom_plane *from, const loom_area *part, uint32_t width, uint32_t height)
{
    return part->width == width && part->height == height && part->x == floor(part->x) &&
           part->y == floor(part->y) && part->x >= 0 && part->y >= 0 &&
           part->x + width <= from->width && part->y + height <= from->height;
}

loom_status loom_resizer_run(loom_resizer *resizer, const loom_plane *from, loom_area part,
                             loom_kernel kernel, uint32_t width, uint32_t height,
                             const loom_cancel *cancel, loom_plane *to)
{
    const graph_key key = {from->width, from->height, width, height, part, kernel, 1};

    if (!loom_plane_reserve(to, width, height))
        return LOOM_ERR_OUT_OF_MEMORY;
    if (!is_copy(from, &part, width, height))
        return resize(resizer, from, &key, cancel, to);
    for (uint32_t y = 0; y < height; y++)
        memcpy(loom_plane_row(to, y), loom_plane_row(from, (uint32_t)part.y + y) + (size_t)part.x,
               width);
    return LOOM_OK;
}

loom_status loom_resizer_narrow(loom_resizer *resizer, const loom_plane *from, double extent,
                                loom_kernel kernel, uint32_t to_width, loom_plane *to)
{
    const uint32_t width = from->width / DEEP;
    const loom_area all = {0, 0, extent, from->height};
    const graph_key key = {width, from->height, to_width, from->height, all, kernel, DEEP};

    if (!loom_plane_reserve(to, to_width * DEEP, from->height))
        return LOOM_ERR_OUT_OF_MEMORY;
    if (to_width != width || extent != width)
        return resize(resizer, from, &key, NULL, to);
    for (uint32_t y = 0; y < from->height; y++)
        memcpy(loom_plane_row(to, y), loom_plane_row(from, y), from->width);
    return LOOM_OK;
}
