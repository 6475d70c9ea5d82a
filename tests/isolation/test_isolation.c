/* Workers that crash, hang and lie: it costs the image that did it, and nothing else. */
#include "base/clock.h"
#include "support/engine_run.h"
#include "support/isolated.h"
#include "support/random.h"
#include "support/samples.h"
#include "support/sanitized.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { IMAGES = 400, HOSTILE_EVERY = 20, LONG_IMAGES = 10000, LONG_EVERY = 100 };

/* What must become of an image that has its worker do this. */
static const struct {
    const char *words;
    loom_status code;
    const char *message;
} plays[] = {
    {"segv", LOOM_ERR_CRASHED, "signal 11 (SIGSEGV)"},
    {"abort", LOOM_ERR_CRASHED, "signal 6 (SIGABRT)"},
    {"overflow", LOOM_ERR_CRASHED, "signal 11 (SIGSEGV)"},
    {"exit", LOOM_ERR_CRASHED, "exited with status 0"},
    {"spin", LOOM_ERR_TIMEOUT, "took longer than its timeout allows"},
    {"sleep", LOOM_ERR_TIMEOUT, "took longer than its timeout allows"},
    {"stop", LOOM_ERR_TIMEOUT, "took longer than its timeout allows"},
    {"flood", LOOM_ERR_TIMEOUT, "took longer than its timeout allows"},
    {"close", LOOM_ERR_CRASHED, ""},
    {"garbage", LOOM_ERR_CRASHED, "not valid"},
    {"descriptor", LOOM_ERR_CRASHED, "an invalid message"},
    {"other", LOOM_ERR_CRASHED, "not valid"},
    {"earlier", LOOM_ERR_CRASHED, "not valid"},
    {"more", LOOM_ERR_CRASHED, "not valid"},
    {"less", LOOM_ERR_CRASHED, "not valid"},
    {"dimensions", LOOM_ERR_CRASHED, "not valid"},
    {"format", LOOM_ERR_CRASHED, "not valid"},
    {"utf8", LOOM_ERR_CRASHED, "not valid"},
    {"stage", LOOM_ERR_CRASHED, "not valid"},
    {"admit", LOOM_ERR_CRASHED, "not valid"},
    {"layer", LOOM_ERR_CRASHED, "not valid"},
    {"kind", LOOM_ERR_CRASHED, "not valid"},
    {"wide", LOOM_ERR_CRASHED, "not valid"},
    {"layers", LOOM_ERR_CRASHED, "not valid"},
    {"probe kill", LOOM_ERR_CRASHED, "signal 31 (SIGSYS)"},
    {"allocate", LOOM_ERR_OUT_OF_MEMORY, "more memory than a worker may have"},
    /* These are no harm. */
    {"well", LOOM_OK, ""},
    {"twice", LOOM_OK, ""},
    {"last", LOOM_OK, ""},
    {"chatter", LOOM_OK, ""},
    {"mutter", LOOM_OK, ""},
    {"warn", LOOM_OK, ""},
    /* And then by one that has libvips, which may not; the last, for they all have it then. */
    {"decline", LOOM_ERR_CRASHED, "not valid"},
};

enum { PLAYS = sizeof plays / sizeof *plays };

/* Sanitized workers have no limit of memory. */
static bool is_playable(size_t play)
{
    return !TEST_SANITIZED || plays[play].code != LOOM_ERR_OUT_OF_MEMORY;
}

/* Whether it ends by itself. */
static bool is_prompt(size_t play)
{
    return is_playable(play) && plays[play].code != LOOM_ERR_TIMEOUT;
}

static void assert_played(const isolated_run *run, size_t image, size_t play)
{
    const loom_outcome *outcome = &run->outcomes[image];

    if (plays[play].code != LOOM_OK) {
        isolated_assert_error(run, image, plays[play].code, plays[play].message);
        ck_assert_msg(strcmp(loom_stage_name(outcome->error.stage), "") != 0, "%s: no stage",
                      plays[play].words);
        return;
    }
    ck_assert_msg(outcome->result == LOOM_RESULT_OK, "%s: %s", plays[play].words,
                  outcome->error.message);
    ck_assert_uint_eq(outcome->width, 1);
}

static void assert_good(const isolated_run *run, size_t image)
{
    const loom_outcome *outcome = &run->outcomes[image];

    ck_assert_msg(outcome->result == LOOM_RESULT_OK, "%zu: %s, %s: %s", image,
                  loom_result_name(outcome->result), loom_status_name(outcome->error.code),
                  outcome->error.message);
    ck_assert_uint_eq(outcome->width, 60);
    ck_assert_uint_eq(outcome->height, 40);
    ck_assert(tmpdir_exists(run->tasks[image].output_path));
}

static void assert_no_children(void)
{
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    ck_assert_int_eq(errno, ECHILD);
}

static size_t add_good(isolated_run *run)
{
    return isolated_add(run, engine_testdata("formats/quadrants.png"), LOOM_FORMAT_PNG);
}

/* ---- many ---------------------------------------------------------------- */

static size_t most_children;

static void count_children(isolated_run *run, const loom_task *task, const loom_outcome *outcome)
{
    pid_t pids[64];
    const size_t count = isolated_workers(getpid(), pids, 64);

    (void)run, (void)task, (void)outcome;
    if (count > most_children)
        most_children = count;
}

START_TEST(some_are_hostile)
{
    static int roles[LONG_IMAGES]; /* the play, or -1 */
    const size_t images = suite_long() ? LONG_IMAGES : IMAGES;
    const size_t every = suite_long() ? LONG_EVERY : HOSTILE_EVERY;
    uint64_t state = 20;
    size_t play = 0, files = 0;
    isolated_run run;

    isolated_init(&run);
    /* Long for a good image, on a busy machine too: the late ones are all that it is for. */
    run.batch->timeout_ns = 8 * suite_patience() * LOOM_NS_PER_SECOND;
    run.watch = count_children;
    for (size_t i = 0; i < images; i++)
        roles[i] = -1;
    for (size_t n = 0; n < images / every; n++) {
        size_t at;
        do
            at = random_next(&state) % images;
        while (roles[at] >= 0);
        do
            play = (play + 1) % PLAYS;
        while (!is_playable(play));
        roles[at] = (int)play;
    }
    for (size_t i = 0; i < images; i++)
        (void)(roles[i] < 0 ? add_good(&run) : isolated_add_play(&run, plays[roles[i]].words));

    const size_t before = isolated_descriptors();
    isolated_go(&run);
    ck_assert_uint_eq(isolated_descriptors(), before);
    assert_no_children();
    ck_assert_uint_ge(most_children, 1);
    ck_assert_uint_le(most_children, run.batch->jobs);
    for (size_t i = 0; i < images; i++) {
        if (roles[i] < 0)
            assert_good(&run, i);
        else
            assert_played(&run, i, (size_t)roles[i]);
        files += run.outcomes[i].result == LOOM_RESULT_OK;
    }
    ck_assert_uint_eq(tmpdir_count("out"), files); /* dot-files would count */
    isolated_release(&run);
}
END_TEST

/*
 * One worker thread: what a worker did must not be the next image's fault. In workers that have
 * libvips, and in such that are given PNGs and have not.
 */
START_TEST(each_kind_between_good_ones)
{
    const char *png = engine_testdata("formats/quadrants.png");
    isolated_run run;
    size_t images[PLAYS] = {0};

    isolated_init(&run);
    run.batch->jobs = 1;
    for (size_t i = 0; i < PLAYS; i++) {
        if (is_prompt(i))
            images[i] = _i == 0 ? isolated_add_play(&run, plays[i].words)
                                : isolated_add_picture_play(&run, png, plays[i].words);
        (void)add_good(&run);
        (void)add_good(&run);
    }
    isolated_go(&run);
    for (size_t i = 0, image = 0; i < PLAYS; i++) {
        if (is_prompt(i)) {
            ck_assert_uint_eq(images[i], image);
            assert_played(&run, image++, i);
        }
        assert_good(&run, image++);
        assert_good(&run, image++);
    }
    assert_no_children();
    isolated_release(&run);
}
END_TEST

/* ---- late ---------------------------------------------------------------- */

START_TEST(late_workers_are_killed)
{
    static const char *const words[] = {"sleep", "spin", "stop", "flood"};
    enum { LATE = sizeof words / sizeof *words };
    isolated_run run;

    isolated_init(&run);
    run.batch->jobs = LATE;
    run.batch->timeout_ns = 4 * suite_patience() * LOOM_NS_PER_SECOND;
    for (size_t i = 0; i < LATE; i++)
        ck_assert_uint_eq(isolated_add_play(&run, words[i]), i);
    for (size_t i = 0; i < 2 * LATE; i++)
        (void)add_good(&run);
    isolated_go(&run);
    for (size_t i = 0; i < LATE; i++) {
        isolated_assert_error(&run, i, LOOM_ERR_TIMEOUT, "longer than its timeout");
        ck_assert_int_eq(run.outcomes[i].error.stage,
                         strcmp(words[i], "flood") == 0 ? LOOM_STAGE_ENCODE : LOOM_STAGE_DECODE);
        ck_assert_int_ge(run.outcomes[i].elapsed_ns, run.batch->timeout_ns);
    }
    for (size_t i = LATE; i < 3 * LATE; i++)
        assert_good(&run, i);
    assert_no_children();
    isolated_release(&run);
}
END_TEST

/* ---- what the parent knows ----------------------------------------------- */

static const struct {
    const char *name;
    loom_format format;
    uint32_t width, height; /* 0: a decoder tells */
} pictures[] = {
    {"formats/quadrants.png", LOOM_FORMAT_PNG, 120, 80},
    {"formats/quadrants.webp", LOOM_FORMAT_WEBP, 120, 80},
    {"formats/quadrants.gif", LOOM_FORMAT_GIF, 120, 80},
    {"orientation/landscape-1.jpg", LOOM_FORMAT_JPEG, 240, 160},
    {"formats/quadrants.avif", LOOM_FORMAT_AVIF, 0, 0},
    {"formats/quadrants.bmp", LOOM_FORMAT_BMP, 120, 80},
    {"formats/quadrants.tga", LOOM_FORMAT_TGA, 120, 80},
};

enum { PICTURES = sizeof pictures / sizeof *pictures };

static void assert_known(const isolated_run *run, size_t image, size_t picture)
{
    const loom_outcome *outcome = &run->outcomes[image];

    ck_assert_msg(outcome->original_format == pictures[picture].format &&
                      outcome->original_width == pictures[picture].width &&
                      outcome->original_height == pictures[picture].height,
                  "%s: %s, %ux%u", pictures[picture].name,
                  loom_format_get(outcome->original_format)->name, outcome->original_width,
                  outcome->original_height);
    ck_assert_uint_gt(outcome->original_size, 0);
}

START_TEST(what_the_parent_knows_is_told)
{
    isolated_run run;

    isolated_init(&run);
    run.batch->timeout_ns = 4 * suite_patience() * LOOM_NS_PER_SECOND;
    for (size_t i = 0; i < PICTURES; i++)
        (void)isolated_add_picture_play(&run, engine_testdata(pictures[i].name), "segv");
    (void)isolated_add_picture_play(&run, engine_testdata(pictures[0].name), "sleep");
    (void)isolated_add_play(&run, "segv");
    isolated_go(&run);
    for (size_t i = 0; i < PICTURES; i++) {
        isolated_assert_error(&run, i, LOOM_ERR_CRASHED, "SIGSEGV");
        assert_known(&run, i, i);
    }
    isolated_assert_error(&run, PICTURES, LOOM_ERR_TIMEOUT, "longer than its timeout");
    assert_known(&run, PICTURES, 0);
    isolated_assert_error(&run, PICTURES + 1, LOOM_ERR_CRASHED, "SIGSEGV");
    ck_assert_int_eq(run.outcomes[PICTURES + 1].original_format, LOOM_FORMAT_UNKNOWN);
    isolated_release(&run);
}
END_TEST

/* ---- what is too large --------------------------------------------------- */

/* A small JPEG whose header claims `side` px each way (T.81 B.2.2). */
static void write_vast_jpeg(const char *path, unsigned side)
{
    size_t size;
    char *data = tmpdir_read(engine_testdata("orientation/landscape-1.jpg"), &size);
    unsigned char *frame = memmem(data, size, "\xFF\xC0", 2);

    ck_assert_ptr_nonnull(frame);
    frame[5] = frame[7] = (unsigned char)(side >> 8);
    frame[6] = frame[8] = (unsigned char)side;
    tmpdir_write(path, data, size);
    free(data);
}

/* What there is not memory for is the same wherever it is converted. */
START_TEST(what_is_too_large_is_so_however_isolated)
{
    static const loom_isolate modes[] = {LOOM_ISOLATE_AUTO, LOOM_ISOLATE_ALL, LOOM_ISOLATE_NEVER};
    static const uint16_t gray[1] = {128};
    oracle_image picture = sample_flat(4200, 4200, 1, 255, gray);
    isolated_run runs[3];

    sample_png("large.png", &picture, NULL);
    oracle_release(&picture);
    write_vast_jpeg("vast.jpg", 16000);
    for (int i = 0; i < 3; i++) {
        isolated_init(&runs[i]);
        runs[i].engine.isolate = modes[i];
        runs[i].recipe.sizes[0].width = 0;
        runs[i].settings.fail_on = LOOM_FAIL_ON_NONE; /* the header alone is vast */
        (void)isolated_add(&runs[i], "large.png", LOOM_FORMAT_GIF);
        (void)isolated_add(&runs[i], "vast.jpg", LOOM_FORMAT_JPEG);
        (void)isolated_add(&runs[i], "vast.jpg", LOOM_FORMAT_PNG);
        isolated_go(&runs[i]);
        for (size_t k = 0; k < runs[i].count; k++) {
            isolated_assert_error(&runs[i], k, LOOM_ERR_TOO_LARGE, "it may have 805 MB");
            ck_assert_str_eq(runs[i].outcomes[k].error.message, runs[0].outcomes[k].error.message);
        }
    }
    for (int i = 0; i < 3; i++)
        isolated_release(&runs[i]);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("isolation");
    TCase *tcase = tcase_create("batches");

    tcase_add_checked_fixture(tcase, tmpdir_enter, tmpdir_leave);
    tcase_set_timeout(tcase, suite_long() ? 1800 : 120);
    tcase_add_test(tcase, some_are_hostile);
    tcase_add_loop_test(tcase, each_kind_between_good_ones, 0, 2);
    tcase_add_test(tcase, late_workers_are_killed);
    tcase_add_test(tcase, what_the_parent_knows_is_told);
    tcase_add_test(tcase, what_is_too_large_is_so_however_isolated);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
