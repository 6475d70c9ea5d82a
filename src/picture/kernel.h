/*
 * The kernels of resizing as weights of samples. Positions count samples of the source: sample i
 * reaches from i to i + 1, its middle is i + 0.5.
 */
#ifndef LOOM_PICTURE_KERNEL_H
#define LOOM_PICTURE_KERNEL_H

#include <imgloom/recipe.h>
#include <stdint.h>

/* Samples first, first + 1 ... end - 1; also such that lie beside the source. */
typedef struct loom_kernel_span {
    int64_t first, end;
} loom_kernel_span;

/* How far a kernel (any but nearest) reaches to each side, where it is not stretched. */
unsigned loom_kernel_reach(loom_kernel kernel);

/*
 * The samples whose middles the kernel covers, if it stands at `centre` and is stretched by `step`,
 * which is at least 1. Not more than 2 * reach * step + 1.
 */
loom_kernel_span loom_kernel_span_at(loom_kernel kernel, double centre, double step);

/* The weights of these samples, of which there is one at least; their sum is 1. */
void loom_kernel_weights(loom_kernel kernel, loom_kernel_span span, double centre, double step,
                         double *weights);

/* Which of `count` (>= 1) samples stands for the one at `at`: beside the edges they are mirrored.
 */
uint32_t loom_kernel_mirror(int64_t at, uint32_t count);

#endif
