#include "support/png_lanes.h"

#include "support/tmpdir.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Runs it in a lane; NULL: the first that takes it. What was there is removed. */
static loom_outcome run(const engine_request *request, const char *input, const char *lane,
                        const char *output)
{
    engine_request in_lane = *request;

    in_lane.settings.lane = lane;
    (void)unlink(output);
    return engine_run(&in_lane, input, output);
}

enum { SOI = 2, JFIF = 18 }; /* bytes */

/* Bytes that the first of two files has and the second one lacks. */
static size_t added(const loom_outcome *ours, const loom_outcome *theirs)
{
    const bool jpeg = ours->format == LOOM_FORMAT_JPEG && ours->processed_size > 0;

    return jpeg && strcmp(ours->lane, theirs->lane) != 0 ? JFIF : 0;
}

/* `a` has so many bytes more, behind the start. */
static void assert_same_file(const char *a, const char *b, size_t more)
{
    size_t size, other;

    ck_assert_int_eq(tmpdir_exists(a), tmpdir_exists(b));
    if (!tmpdir_exists(a))
        return;
    char *bytes = tmpdir_read(a, &size), *others = tmpdir_read(b, &other);
    ck_assert_uint_eq(size, other + more);
    if (more > 0)
        ck_assert_mem_eq(bytes + SOI, "\xFF\xE0\0\x10JFIF", 9);
    ck_assert_mem_eq(bytes, others, SOI);
    ck_assert_mem_eq(bytes + SOI + more, others + SOI, other - SOI);
    free(bytes);
    free(others);
}

static void assert_same_outcome(const loom_outcome *a, const loom_outcome *b)
{
    ck_assert_msg(a->result == b->result && a->error.code == b->error.code &&
                      a->error.stage == b->error.stage &&
                      strcmp(a->error.message, b->error.message) == 0,
                  "%s: %s, but %s: %s", loom_result_name(a->result), a->error.message,
                  loom_result_name(b->result), b->error.message);
    for (size_t i = 0; i < a->warning_count || i < b->warning_count; i++) {
        const char *one = i < a->warning_count ? a->warnings[i] : "";
        const char *other = i < b->warning_count ? b->warnings[i] : "";
        ck_assert_msg(strcmp(one, other) == 0, "\"%s\", but \"%s\"", one, other);
    }
    ck_assert_uint_eq(a->original_width, b->original_width);
    ck_assert_uint_eq(a->original_height, b->original_height);
    ck_assert_int_eq(a->orientation, b->orientation);
    ck_assert_uint_eq(a->width, b->width);
    ck_assert_uint_eq(a->height, b->height);
    ck_assert_int_eq(a->channels, b->channels);
    ck_assert_int_eq(a->quality, b->quality);
    ck_assert_uint_eq(a->processed_size, b->processed_size + added(a, b));
}

static void compare(const engine_request *request, const char *input, const char *lane)
{
    loom_outcome ours = run(request, input, lane, "png"),
                 theirs = run(request, input, "vips", "vips");

    assert_same_outcome(&ours, &theirs);
    if (lane != NULL)
        ck_assert_str_eq(ours.lane, lane);
    assert_same_file("png", "vips", added(&ours, &theirs));
    loom_outcome_release(&ours);
    loom_outcome_release(&theirs);
}

void png_lanes_assert_same(const engine_request *request, const char *input)
{
    compare(request, input, "png");
}

void png_lanes_assert_agree(const engine_request *request, const char *input)
{
    compare(request, input, NULL);
}

void png_lanes_assert_taken(const engine_request *request, const char *input, bool taken)
{
    loom_outcome outcome = run(request, input, NULL, "png");

    ck_assert_msg(outcome.error.code == LOOM_OK, "%s", outcome.error.message);
    ck_assert_str_eq(outcome.lane, taken ? "png" : "vips");
    loom_outcome_release(&outcome);
    png_lanes_assert_agree(request, input);
}
