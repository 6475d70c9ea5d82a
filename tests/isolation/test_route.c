/*
 * The route of an image: how much of its file is read, by whom, and what a worker gets where a
 * thread has begun. The engine's own calls are listened to (--wrap).
 */
#include "engine/jpeg/planes.h"
#include "files/input.h"
#include "isolation/proxy.h"
#include "support/engine_run.h"
#include "support/isolated.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { START = 1 << 16, SIGN = 16, SEGMENT = 65535 + 2 };

/* ---- listening ----------------------------------------------------------- */

typedef enum given { NOTHING = 0, FILE_ITSELF, BYTES } given;

static const char *watched; /* the input's path */
static atomic_size_t read_here;
static atomic_int asked; /* how often a worker was */
static given gets;
static bool late; /* the trusted lane declines when it has decoded */

static bool is_watched(int descriptor)
{
    struct stat input, here;

    return watched != NULL && stat(watched, &input) == 0 && fstat(descriptor, &here) == 0 &&
           input.st_ino == here.st_ino && input.st_dev == here.st_dev;
}

ssize_t __real_pread64(int file, void *data, size_t size, off_t at);
ssize_t __wrap_pread64(int file, void *data, size_t size, off_t at);
ssize_t __wrap_pread64(int file, void *data, size_t size, off_t at)
{
    const ssize_t got = __real_pread64(file, data, size, at);

    if (got > 0 && is_watched(file))
        (void)atomic_fetch_add(&read_here, (size_t)got);
    return got;
}

/* The worker gets what the file holds, whatever the thread wrote to its own copy. */
static void compare_with_file(int descriptor)
{
    size_t size;
    char *expected = tmpdir_read(watched, &size), *found = malloc(size + 1);

    ck_assert_ptr_nonnull(found);
    ck_assert_int_eq(__real_pread64(descriptor, found, size + 1, 0), (ssize_t)size);
    ck_assert_mem_eq(found, expected, size);
    free(found);
    free(expected);
}

loom_status __real_loom_worker_convert(loom_workers *workers, const loom_job *job,
                                       const loom_input_file *input, loom_loaded loaded,
                                       loom_outcome *outcomes, loom_encoded *encoded,
                                       loom_error *err);
loom_status __wrap_loom_worker_convert(loom_workers *workers, const loom_job *job,
                                       const loom_input_file *input, loom_loaded loaded,
                                       loom_outcome *outcomes, loom_encoded *encoded,
                                       loom_error *err);
loom_status __wrap_loom_worker_convert(loom_workers *workers, const loom_job *job,
                                       const loom_input_file *input, loom_loaded loaded,
                                       loom_outcome *outcomes, loom_encoded *encoded,
                                       loom_error *err)
{
    (void)atomic_fetch_add(&asked, 1);
    gets = is_watched(input->descriptor) ? FILE_ITSELF : BYTES;
    compare_with_file(input->descriptor);
    return __real_loom_worker_convert(workers, job, input, loaded, outcomes, encoded, err);
}

loom_lane_result __real_loom_jpeg_read_planes(const loom_lane_job *job, bool gray,
                                              loom_jpeg_own **own, loom_jpeg_planes *planes,
                                              loom_error *err);
loom_lane_result __wrap_loom_jpeg_read_planes(const loom_lane_job *job, bool gray,
                                              loom_jpeg_own **own, loom_jpeg_planes *planes,
                                              loom_error *err);
loom_lane_result __wrap_loom_jpeg_read_planes(const loom_lane_job *job, bool gray,
                                              loom_jpeg_own **own, loom_jpeg_planes *planes,
                                              loom_error *err)
{
    const loom_lane_result result = __real_loom_jpeg_read_planes(job, gray, own, planes, err);

    return late ? LOOM_LANE_DECLINED : result;
}

/* ---- inputs -------------------------------------------------------------- */

/* A file of testdata with `count` segments of 64 KiB behind its first two bytes; its size. */
static size_t write_padded(const char *path, const char *from, unsigned marker, const char *name,
                           size_t count)
{
    size_t size, at = 2;
    char *data = tmpdir_read(engine_testdata(from), &size);
    char *made = calloc(1, size + count * SEGMENT);

    ck_assert_ptr_nonnull(made);
    memcpy(made, data, 2);
    for (size_t i = 0; i < count; i++, at += SEGMENT) {
        const unsigned char head[] = {0xFF, (unsigned char)marker, 0xFF, 0xFF};
        memcpy(made + at, head, sizeof head);
        memcpy(made + at + sizeof head, name, strlen(name));
    }
    memcpy(made + at, data + 2, size - 2);
    tmpdir_write(path, made, size + count * SEGMENT);
    free(made);
    free(data);
    return size + count * SEGMENT;
}

/* A file of testdata as it is, or changed from `at` on. */
static size_t write_changed(const char *path, const char *from, size_t at, const char *bytes,
                            size_t count, size_t cut)
{
    size_t size;
    char *data = tmpdir_read(engine_testdata(from), &size);

    memcpy(data + at, bytes, count);
    tmpdir_write(path, data, size - cut);
    free(data);
    return size - cut;
}

/* ---- runs ---------------------------------------------------------------- */

typedef struct expectation {
    size_t at_least, at_most; /* bytes read of the file in this process */
    given worker;
    const char *lane; /* NULL: not looked at */
} expectation;

static isolated_run run;

static void setup(void)
{
    tmpdir_enter();
    isolated_init(&run);
    run.engine.worker_path = getenv("IMGLOOM_WORKER");
    run.engine.isolate = LOOM_ISOLATE_AUTO;
    run.batch->jobs = 1;
}

static void teardown(void)
{
    isolated_release(&run);
    tmpdir_leave();
}

static const loom_outcome *go(const char *path, loom_format format, expectation expected)
{
    watched = path;
    (void)isolated_add(&run, path, format);
    isolated_go(&run);
    ck_assert_uint_ge(read_here, expected.at_least);
    /* Which worker it needs, its sign tells. */
    ck_assert_uint_le(read_here, expected.at_most + (expected.worker == FILE_ITSELF ? SIGN : 0));
    ck_assert_int_eq(gets, expected.worker);
    ck_assert_int_eq(asked, expected.worker != NOTHING);
    if (expected.lane != NULL)
        ck_assert_str_eq(run.outcomes[0].lane, expected.lane);
    return &run.outcomes[0];
}

static void go_well(const char *path, loom_format format, expectation expected)
{
    const loom_outcome *outcome = go(path, format, expected);

    ck_assert_msg(outcome->error.code == LOOM_OK, "%s", outcome->error.message);
}

START_TEST(a_thread_reads_a_jpeg_once)
{
    const size_t size = write_padded("in/a.jpg", "photos/scene-1.jpg", 0, "", 0);

    go_well("in/a.jpg", LOOM_FORMAT_JPEG, (expectation){size, size, NOTHING, "jpeg"});
}
END_TEST

/* Also of more than a MiB, whose start is looked at before anything else. */
START_TEST(a_header_beyond_the_start_is_read_on)
{
    const size_t size = write_padded("in/a.jpg", "photos/scene-1.jpg", 0xFE, "", 20);

    go_well("in/a.jpg", LOOM_FORMAT_JPEG, (expectation){size, size, NOTHING, "jpeg"});
}
END_TEST

/* ---- declined by the header ---------------------------------------------- */

static void turn(loom_recipe *recipe)
{
    recipe->rotation = 33;
}

static void make_luminance(loom_recipe *recipe)
{
    recipe->grayscale = LOOM_GRAYSCALE_LUMINANCE;
}

static void change_nothing(loom_recipe *recipe)
{
    (void)recipe;
}

static const struct {
    const char *from, *name; /* of the segments of 64 KiB that it gets more */
    unsigned marker;
    size_t segments;
    void (*choose)(loom_recipe *recipe);
    given worker;
} declined[] = {
    {"photos/scene-1.jpg", "", 0xFE, 0, turn, FILE_ITSELF},
    {"photos/scene-1.jpg", "", 0xFE, 0, make_luminance, FILE_ITSELF},
    {"photos/scene-1.jpg", "ICC_PROFILE", 0xE2, 1, change_nothing, FILE_ITSELF},
    {"photos/cmyk.jpg", "", 0xFE, 20, change_nothing, BYTES}, /* nearly all of it is header */
};

START_TEST(what_the_header_declines_is_not_read_twice)
{
    const size_t size = write_padded("in/a.jpg", declined[_i].from, declined[_i].marker,
                                     declined[_i].name, declined[_i].segments);
    const size_t start = declined[_i].segments == 0 ? START : 2 * START;

    declined[_i].choose(&run.recipe);
    ck_assert_uint_gt(size, start);
    go_well("in/a.jpg", LOOM_FORMAT_JPEG,
            declined[_i].worker == BYTES ? (expectation){size, size, BYTES, "vips"}
                                         : (expectation){SIGN, start, FILE_ITSELF, "vips"});
}
END_TEST

START_TEST(a_small_file_that_is_declined_goes_on_in_memory)
{
    const size_t size = write_padded("in/a.jpg", "photos/cmyk.jpg", 0, "", 0);

    ck_assert_uint_lt(size, START);
    go_well("in/a.jpg", LOOM_FORMAT_JPEG, (expectation){size, size, BYTES, "vips"});
}
END_TEST

/* ---- declined late ------------------------------------------------------- */

START_TEST(what_is_declined_late_goes_on_in_memory)
{
    static const char *const inputs[] = {"photos/scene-1.jpg", "broken/no-end.jpg"};
    /* Another major version of JFIF, which is set right for libjpeg. */
    const size_t size = write_changed("in/a.jpg", inputs[_i], 11, "\x07", 1, 0);

    late = true;
    go_well("in/a.jpg", LOOM_FORMAT_JPEG, (expectation){size, size, BYTES, "jpeg"});
}
END_TEST

/* ---- other formats and isolation ----------------------------------------- */

START_TEST(a_worker_reads_what_no_thread_may)
{
    static const struct {
        loom_isolate isolate;
        loom_format format;
        size_t most;
        const char *lane;
    } cases[] = {
        {LOOM_ISOLATE_AUTO, LOOM_FORMAT_PNG, 0, "png"},
        {LOOM_ISOLATE_AUTO, LOOM_FORMAT_JPEG, SIGN, "png"},
        {LOOM_ISOLATE_ALL, LOOM_FORMAT_JPEG, 0, "png"},
        {LOOM_ISOLATE_AUTO, LOOM_FORMAT_TIFF, 0, "vips"},
    };

    (void)write_changed("in/a.png", "broken/png-named.jpg", 0, "", 0, 0);
    run.engine.isolate = cases[_i].isolate;
    go_well("in/a.png", cases[_i].format,
            (expectation){0, cases[_i].most, FILE_ITSELF, cases[_i].lane});
}
END_TEST

START_TEST(all_includes_jpegs)
{
    (void)write_padded("in/a.jpg", "photos/scene-1.jpg", 0, "", 0);
    run.engine.isolate = LOOM_ISOLATE_ALL;
    go_well("in/a.jpg", LOOM_FORMAT_JPEG, (expectation){0, 0, FILE_ITSELF, "jpeg"});
}
END_TEST

START_TEST(without_isolation_a_thread_reads_all)
{
    const size_t size = write_changed("in/a.png", "broken/png-named.jpg", 0, "", 0, 0);

    run.engine.isolate = LOOM_ISOLATE_NEVER;
    go_well("in/a.png", LOOM_FORMAT_PNG, (expectation){size, size, NOTHING, "png"});
}
END_TEST

/* ---- damage without isolation -------------------------------------------- */

static const struct {
    const char *from;
    size_t at;
    const char *bytes;
    size_t count, cut;
    loom_format format;
    loom_status code;
} damaged[] = {
    /* A version of JFIF that is set right, and an end that is missing, which it is given. */
    {"broken/corrupt.jpg", 11, "\x07", 1, 2, LOOM_FORMAT_PNG, LOOM_ERR_TRUNCATED},
    {"broken/corrupt.jpg", 11, "\x07", 1, 2, LOOM_FORMAT_JPEG, LOOM_ERR_TRUNCATED},
    {"broken/corrupt.jpg", 11, "\x07", 1, 0, LOOM_FORMAT_JPEG, LOOM_ERR_CORRUPT},
    /* A checksum of the header that is wrong, which is set right for libpng. */
    {"broken/png-named.jpg", 29, "\x00\x00\x00\x00", 4, 0, LOOM_FORMAT_PNG, LOOM_ERR_CORRUPT},
    {"broken/truncated.tif", 0, "", 0, 0, LOOM_FORMAT_PNG, LOOM_ERR_TRUNCATED},
};

START_TEST(a_worker_tells_of_damage_from_the_bytes_that_were_read)
{
    const size_t size = write_changed("in/a", damaged[_i].from, damaged[_i].at, damaged[_i].bytes,
                                      damaged[_i].count, damaged[_i].cut);

    run.engine.isolate = LOOM_ISOLATE_NEVER;
    const loom_outcome *outcome =
        go("in/a", damaged[_i].format, (expectation){size, size, BYTES, NULL});
    ck_assert_msg(outcome->error.code == damaged[_i].code, "%s", outcome->error.message);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("route");
    TCase *tests = tcase_create("route");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_thread_reads_a_jpeg_once);
    tcase_add_test(tests, a_header_beyond_the_start_is_read_on);
    tcase_add_loop_test(tests, what_the_header_declines_is_not_read_twice, 0, COUNT(declined));
    tcase_add_test(tests, a_small_file_that_is_declined_goes_on_in_memory);
    tcase_add_loop_test(tests, what_is_declined_late_goes_on_in_memory, 0, 2);
    tcase_add_loop_test(tests, a_worker_reads_what_no_thread_may, 0, 4);
    tcase_add_test(tests, all_includes_jpegs);
    tcase_add_test(tests, without_isolation_a_thread_reads_all);
    tcase_add_loop_test(tests, a_worker_tells_of_damage_from_the_bytes_that_were_read, 0,
                        COUNT(damaged));
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
