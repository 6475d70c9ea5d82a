#include "engine/codec/resize.h"

#include <stdlib.h>
#include <string.h>
#include <zimg.h>

enum {
    GRAPHS = 8, /* a picture needs one */
    DEEP = 2    /* bytes of a sample of 16 bits */
};

/* The parameters of a graph. Padding may differ between equal keys, so they are compared field by
 * field. */
typedef struct graph_key {
    uint32_t width, height, to_width;
    double extent;
    loom_kernel kernel;
} graph_key;

typedef struct graph {
    graph_key key;
    zimg_filter_graph *made; /* NULL: unused */
    uint64_t used;           /* when it was last used */
} graph;

struct loom_narrower {
    graph graphs[GRAPHS];
    uint64_t clock;
    void *scratch;
    size_t scratch_size;
};

loom_narrower *loom_narrower_create(void)
{
    return calloc(1, sizeof(loom_narrower));
}

void loom_narrower_free(loom_narrower *narrower)
{
    if (narrower == NULL)
        return;
    for (int i = 0; i < GRAPHS; i++)
        zimg_filter_graph_free(narrower->graphs[i].made);
    free(narrower->scratch);
    free(narrower);
}

/* ---- graphs -------------------------------------------------------------- */

static void set_filter(zimg_graph_builder_params *params, loom_kernel kernel)
{
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

static zimg_image_format format_of(uint32_t width, uint32_t height)
{
    zimg_image_format format;

    zimg_image_format_default(&format, ZIMG_API_VERSION);
    format.width = width;
    format.height = height;
    format.pixel_type = ZIMG_PIXEL_WORD;
    format.depth = DEEP * 8;
    format.color_family = ZIMG_COLOR_GREY;
    format.pixel_range = ZIMG_RANGE_FULL;
    return format;
}

static zimg_filter_graph *build(const graph_key *key)
{
    zimg_image_format from = format_of(key->width, key->height);
    const zimg_image_format to = format_of(key->to_width, key->height);
    zimg_graph_builder_params params;

    from.active_region.left = from.active_region.top = 0;
    from.active_region.width = key->extent;
    from.active_region.height = key->height;
    zimg_graph_builder_params_default(&params, ZIMG_API_VERSION);
    /* No AVX-512: zimg 3.0.4 has a bug there (267 to 133 samples with two taps are wrong). */
    params.cpu_type = ZIMG_CPU_AUTO;
    set_filter(&params, key->kernel);
    return zimg_filter_graph_build(&from, &to, &params);
}

static bool same(const graph_key *a, const graph_key *b)
{
    return a->width == b->width && a->height == b->height && a->to_width == b->to_width &&
           a->extent == b->extent && a->kernel == b->kernel;
}

/* The graph for the key. A new one replaces the least recently used. NULL: refused. */
static const zimg_filter_graph *graph_for(loom_narrower *narrower, const graph_key *key)
{
    graph *oldest = &narrower->graphs[0];

    for (graph *g = narrower->graphs; g < narrower->graphs + GRAPHS; g++) {
        if (g->made != NULL && same(&g->key, key)) {
            g->used = ++narrower->clock;
            return g->made;
        }
        if (g->used < oldest->used)
            oldest = g;
    }
    zimg_filter_graph *made = build(key);
    if (made == NULL)
        return NULL;
    zimg_filter_graph_free(oldest->made);
    *oldest = (graph){*key, made, ++narrower->clock};
    return made;
}

static loom_status status_of_zimg(void)
{
    const zimg_error_code_e code = zimg_get_last_error(NULL, 0);

    zimg_clear_last_error();
    return code == ZIMG_ERROR_OUT_OF_MEMORY ? LOOM_ERR_OUT_OF_MEMORY : LOOM_ERR_UNSUPPORTED;
}

/* ---- running ------------------------------------------------------------- */

static bool grow_scratch(loom_narrower *narrower, size_t size)
{
    if (size <= narrower->scratch_size)
        return true;
    free(narrower->scratch);
    narrower->scratch_size = 0;
    size = (size + LOOM_PLANE_ALIGN - 1) & ~(size_t)(LOOM_PLANE_ALIGN - 1);
    narrower->scratch = aligned_alloc(LOOM_PLANE_ALIGN, size);
    if (narrower->scratch != NULL)
        narrower->scratch_size = size;
    return narrower->scratch != NULL;
}

static loom_status resize(loom_narrower *narrower, const loom_plane *from, const graph_key *key,
                          loom_plane *to)
{
    zimg_image_buffer_const source = {.version = ZIMG_API_VERSION};
    zimg_image_buffer target = {.version = ZIMG_API_VERSION};
    const zimg_filter_graph *made = graph_for(narrower, key);
    size_t scratch;

    if (made == NULL || zimg_filter_graph_get_tmp_size(made, &scratch) != ZIMG_ERROR_SUCCESS)
        return status_of_zimg();
    if (!grow_scratch(narrower, scratch))
        return LOOM_ERR_OUT_OF_MEMORY;
    source.plane[0].data = from->data;
    source.plane[0].stride = (ptrdiff_t)from->stride;
    source.plane[0].mask = ZIMG_BUFFER_MAX;
    target.plane[0].data = to->data;
    target.plane[0].stride = (ptrdiff_t)to->stride;
    target.plane[0].mask = ZIMG_BUFFER_MAX;
    if (zimg_filter_graph_process(made, &source, &target, narrower->scratch, NULL, NULL, NULL,
                                  NULL) != ZIMG_ERROR_SUCCESS)
        return status_of_zimg();
    return LOOM_OK;
}

loom_status loom_narrower_run(loom_narrower *narrower, const loom_plane *from, double extent,
                              loom_kernel kernel, uint32_t to_width, loom_plane *to)
{
    const uint32_t width = from->width / DEEP;
    const graph_key key = {width, from->height, to_width, extent, kernel};

    if (!loom_plane_reserve(to, to_width * DEEP, from->height))
        return LOOM_ERR_OUT_OF_MEMORY;
    if (to_width != width || extent != width)
        return resize(narrower, from, &key, to);
    for (uint32_t y = 0; y < from->height; y++)
        memcpy(loom_plane_row(to, y), loom_plane_row(from, y), from->width);
    return LOOM_OK;
}
