#include "engine/lanes.h"

#include "base/array.h"
#include "engine/plugin.h"
#include <string.h>

/* Each lane is in the folder of its name; the plug-in has the vips lane. */
extern const loom_lane loom_lane_jpeg;
extern const loom_lane loom_lane_png;

/* ROW(name, lane), in the order in which they are tried. NULL: the plug-in has the lane. */
#define LANES(ROW)                                                                                 \
    ROW("jpeg", &loom_lane_jpeg)                                                                   \
    ROW("png", &loom_lane_png)                                                                     \
    ROW("vips", NULL)
#define AS_NAME(name, lane) name,
#define AS_LANE(name, lane) lane,

static const char *const names[] = {LANES(AS_NAME) NULL};
static const loom_lane *const lanes[] = {LANES(AS_LANE)};

const char *const *loom_engine_lanes(void)
{
    return names;
}

/* NULL: the lane is in the plug-in, which is not started. */
static const loom_lane *lane_at(size_t i)
{
    const loom_plugin *plugin = loom_plugin_get();

    return lanes[i] != NULL ? lanes[i] : plugin != NULL ? plugin->lane : NULL;
}

bool loom_lane_is_trusted(const char *name)
{
    for (size_t i = 0; i < LOOM_COUNT(lanes); i++)
        if (strcmp(name, names[i]) == 0)
            return lanes[i] != NULL && lanes[i]->trusted;
    return false;
}

void loom_lanes_thread_exit(void)
{
    for (size_t i = 0; i < LOOM_COUNT(lanes); i++) {
        const loom_lane *lane = lane_at(i);
        if (lane != NULL && lane->thread_exit != NULL)
            lane->thread_exit();
    }
}

static bool writes_all(const loom_lane *lane, const loom_job *job)
{
    for (size_t i = 0; i < job->count; i++)
        if ((lane->writes & LOOM_LANE_FORMAT(job->tasks[i]->format)) == 0)
            return false;
    return true;
}

static bool is_among(size_t i, loom_lanes which)
{
    switch (which) {
    case LOOM_LANES_ALL:
        return true;
    case LOOM_LANES_LINKED:
        return lanes[i] != NULL;
    default:
        return lanes[i] != NULL && lanes[i]->trusted;
    }
}

/* Whether a lane may be offered such a job; the lane itself judges the header. */
static bool is_offered(size_t i, const loom_job *job, loom_format from, loom_lanes which)
{
    const loom_lane *lane = lane_at(i);

    return lane != NULL && is_among(i, which) &&
           (job->settings->lane == NULL || strcmp(job->settings->lane, names[i]) == 0) &&
           (loom_recipe_needs(job->recipe) & ~lane->can) == 0 && writes_all(lane, job) &&
           (from == LOOM_FORMAT_UNKNOWN || (lane->reads & LOOM_LANE_FORMAT(from)) != 0);
}

bool loom_lanes_offered(const loom_job *job, loom_format from, loom_lanes which)
{
    for (size_t i = 0; i < LOOM_COUNT(lanes); i++)
        if (is_offered(i, job, from, which))
            return true;
    return false;
}

static bool may_run(size_t i, const loom_lane_job *job, loom_lanes which)
{
    return is_offered(i, job->job, job->header.format, which) && lane_at(i)->accepts(job);
}

bool loom_lanes_accept(const loom_lane_job *job, loom_lanes which)
{
    for (size_t i = 0; i < LOOM_COUNT(lanes); i++)
        if (may_run(i, job, which))
            return true;
    return false;
}

bool loom_lanes_probe(loom_lane_job *job)
{
    for (size_t i = 0; i < LOOM_COUNT(lanes); i++)
        if (is_offered(i, job->job, job->header.format, LOOM_LANES_LINKED) &&
            lanes[i]->probe != NULL)
            return lanes[i]->probe(job);
    return false;
}

bool loom_lanes_write(loom_format format)
{
    for (size_t i = 0; i < LOOM_COUNT(lanes); i++)
        if (lanes[i] != NULL && (lanes[i]->writes & LOOM_LANE_FORMAT(format)) != 0)
            return true;
    return false;
}

uint64_t loom_lanes_keep(const loom_lane_job *job)
{
    uint64_t max = 0;

    for (size_t i = 0; i < LOOM_COUNT(lanes); i++) {
        if (!is_offered(i, job->job, job->header.format, LOOM_LANES_ALL) ||
            lane_at(i)->keeps == NULL)
            continue;
        const uint64_t bytes = lane_at(i)->keeps(job);
        max = bytes > max ? bytes : max;
    }
    return max;
}

loom_lane_result loom_lanes_run(loom_lane_job *job, loom_lanes which, loom_error *err)
{
    for (size_t i = 0; i < LOOM_COUNT(lanes); i++) {
        if (!may_run(i, job, which))
            continue;
        job->common->lane = names[i];
        const loom_lane_result result = lane_at(i)->run(job, err);
        if (result != LOOM_LANE_DECLINED)
            return result;
        job->common->decoder[0] = '\0';
    }
    if (which != LOOM_LANES_ALL)
        return LOOM_LANE_DECLINED;
    if (job->job->settings->lane == NULL)
        (void)loom_error_set(err, LOOM_ERR_INTERNAL, LOOM_STAGE_PROBE,
                             "no lane does all that the recipe asks for");
    else
        (void)loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                             "the %s lane does not take this image with this recipe",
                             job->job->settings->lane);
    return LOOM_LANE_FAILED;
}
