#include "engine/codec/resize_axis.h"

#include "base/memory.h"
#include "engine/codec/resize_sums.h"
#include "picture/kernel.h"
#include <math.h>
#include <stdlib.h>

/* Source samples for each that is made, where that is more than one: so far a kernel is stretched.
 */
static double step_of(const loom_axis_key *key)
{
    return fmax(key->extent / key->to, 1);
}

static double centre_of(const loom_axis_key *key, uint32_t i)
{
    return key->start + (i + 0.5) * (key->extent / key->to);
}

/* The sample that stands for the one at `at`, which may lie beside the edges. */
static uint32_t taken_for(const loom_axis_key *key, int64_t at)
{
    if (!key->repeats)
        return key->low + loom_kernel_mirror(at - key->low, key->high - key->low);
    return at < key->low ? key->low : at < key->high ? (uint32_t)at : key->high - 1;
}

/* What of the source the span is made of, once something stands for what lies beside. */
static loom_kernel_span inside(const loom_axis_key *key, loom_kernel_span span)
{
    loom_kernel_span found = {key->from, 0};

    for (int64_t at = span.first; at < span.end; at++) {
        const int64_t real = taken_for(key, at);
        found.first = real < found.first ? real : found.first;
        found.end = real >= found.end ? real + 1 : found.end;
    }
    return found;
}

/* In integers whose sum is exact: what rounding leaves of one goes to the next. */
static void round_weights(const double *exact, size_t count, double one, int16_t *weights)
{
    double carried = 0;

    for (size_t i = 0; i < count; i++) {
        carried += exact[i] * one;
        weights[i] = (int16_t)lround(carried);
        carried -= weights[i];
    }
}

/* The weights of sample i; `exact` has room for those of its span, and for those inside. */
static void fill_sample(loom_axis *a, uint32_t i, double *exact)
{
    const double centre = centre_of(&a->key, i), step = step_of(&a->key);
    const loom_kernel_span span = loom_kernel_span_at(a->key.kernel, centre, step);
    const loom_kernel_span in = inside(&a->key, span);
    const size_t count = in.end > in.first ? (size_t)(in.end - in.first) : 0; /* 1 at least */
    double *folded = exact + (span.end - span.first);

    loom_kernel_weights(a->key.kernel, span, centre, step, exact);
    for (size_t n = 0; n < count; n++)
        folded[n] = 0;
    for (int64_t at = span.first; at < span.end; at++)
        folded[taken_for(&a->key, at) - in.first] += exact[at - span.first];
    round_weights(folded, count, a->key.scale * LOOM_AXIS_ONE, a->weights + i * a->taps);
    a->firsts[i] = (uint32_t)in.first;
    a->used = count > a->used ? count : a->used;
    a->begin = in.first < a->begin ? (uint32_t)in.first : a->begin;
    a->end = in.end > a->end ? (uint32_t)in.end : a->end;
}

/* ---- the whole ----------------------------------------------------------------------------- */

void loom_axis_release(loom_axis *axis)
{
    free(axis->firsts);
    free(axis->weights);
    *axis = (loom_axis){.firsts = NULL};
}

/* Room for its weights. */
static bool reserve(loom_axis *a, const loom_axis_key *key)
{
    const double span_max = 2 * loom_kernel_reach(key->kernel) * step_of(key) + 2;
    size_t weights;

    *a = (loom_axis){.key = *key, .begin = key->from};
    a->taps = ((size_t)span_max + LOOM_SUMS_TAPS - 1) / LOOM_SUMS_TAPS * LOOM_SUMS_TAPS;
    if (!loom_size_mul(key->to, a->taps, &weights))
        return false;
    a->firsts = loom_alloc_array(key->to, sizeof *a->firsts);
    a->weights = calloc(weights, sizeof *a->weights);
    return a->firsts != NULL && a->weights != NULL;
}

bool loom_axis_make(loom_axis *axis, const loom_axis_key *key)
{
    double *exact = NULL; /* of a sample, before and after what is beside is folded in */

    loom_axis_release(axis);
    if (reserve(axis, key))
        exact = loom_alloc_array(2 * axis->taps, sizeof *exact);
    if (exact == NULL) {
        loom_axis_release(axis);
        return false;
    }
    for (uint32_t i = 0; i < key->to; i++)
        fill_sample(axis, i, exact);
    axis->used += axis->used % 2;
    free(exact);
    return true;
}
