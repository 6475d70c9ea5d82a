/* What an outcome tells of the versions of its files: stamps and hashes. */
#include "support/engine_run.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include "base/clock.h"
#include "base/content_hash.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void assert_stamp(const loom_stamp *stamp, const char *path)
{
    struct stat info;

    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(stamp->size, (uint64_t)info.st_size);
    ck_assert_int_eq(stamp->mtime_ns,
                     info.st_mtim.tv_sec * LOOM_NS_PER_SECOND + info.st_mtim.tv_nsec);
    ck_assert_int_eq(stamp->ctime_ns,
                     info.st_ctim.tv_sec * LOOM_NS_PER_SECOND + info.st_ctim.tv_nsec);
    ck_assert_uint_eq(stamp->inode, info.st_ino);
}

static void assert_hash(const loom_content_hash *hash, const char *path)
{
    size_t size;
    char *bytes = tmpdir_read(path, &size);
    const loom_content_hash expected = loom_hash_content(bytes, size);

    free(bytes);
    ck_assert(loom_hash_same(hash, &expected));
}

static void copy(const char *from, const char *to)
{
    size_t size;
    char *bytes = tmpdir_read(from, &size);

    tmpdir_write(to, bytes, size);
    free(bytes);
}

/* In the jpeg lane, which may edit what it has read; and in the vips lane, through a worker. */
static const struct {
    const char *input, *output;
    loom_format format;
} files[] = {
    {"photos/scene-1.jpg", "a.jpg", LOOM_FORMAT_JPEG},
    {"photos/scene-1.jpg", "a.png", LOOM_FORMAT_PNG},
    {"formats/quadrants.png", "a.png", LOOM_FORMAT_PNG},
};

START_TEST(test_files_of_an_outcome)
{
    engine_request request = engine_request_box(20, 20, LOOM_FIT_COVER);
    const int64_t before = loom_clock_wall();

    request.format = files[_i].format;
    request.settings.hash = true;
    copy(engine_testdata(files[_i].input), "in");
    loom_outcome outcome = engine_run_written(&request, "in", files[_i].output, LOOM_RESULT_OK);
    ck_assert_int_ge(outcome.opened_ns, before);
    ck_assert_int_le(outcome.opened_ns, loom_clock_wall());
    assert_stamp(&outcome.original_stamp, "in");
    assert_stamp(&outcome.processed_stamp, files[_i].output);
    ck_assert(outcome.original_hashed && outcome.processed_hashed);
    assert_hash(&outcome.original_hash, "in");
    assert_hash(&outcome.processed_hash, files[_i].output);
    loom_outcome_release(&outcome);
}
END_TEST

/* A picture whose end marker is missing is completed in memory before it is decoded. */
START_TEST(test_edited_input)
{
    engine_request request = engine_request_box(20, 20, LOOM_FIT_COVER);
    size_t size;
    char *bytes = tmpdir_read(engine_testdata("photos/scene-1.jpg"), &size);

    request.format = LOOM_FORMAT_JPEG;
    request.settings.hash = true;
    tmpdir_write("in", bytes, size - 2);
    free(bytes);
    loom_outcome outcome = engine_run_written(&request, "in", "a.jpg", LOOM_RESULT_WARNING);
    assert_hash(&outcome.original_hash, "in");
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(test_hashes_are_taken_where_wanted)
{
    engine_request request = engine_request_box(20, 20, LOOM_FIT_COVER);

    copy(engine_testdata("formats/quadrants.png"), "in");
    loom_outcome outcome = engine_run_written(&request, "in", "a.png", LOOM_RESULT_OK);
    ck_assert(!outcome.original_hashed && !outcome.processed_hashed);
    assert_stamp(&outcome.original_stamp, "in");
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(test_errors)
{
    engine_request request = engine_request_default();

    request.settings.hash = true;
    tmpdir_write_text("in", "no picture");
    tmpdir_write_text("empty", "");
    loom_outcome outcome = engine_run(&request, "in", "a.png");
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_UNSUPPORTED);
    assert_stamp(&outcome.original_stamp, "in");
    assert_hash(&outcome.original_hash, "in");
    ck_assert(!outcome.processed_hashed);
    ck_assert_uint_eq(outcome.processed_stamp.inode, 0);
    loom_outcome_release(&outcome);

    outcome = engine_run(&request, "empty", "a.png");
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_EMPTY);
    assert_stamp(&outcome.original_stamp, "empty");
    ck_assert_int_ne(outcome.opened_ns, 0);
    loom_outcome_release(&outcome);

    outcome = engine_run(&request, "missing", "a.png");
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_NOT_FOUND);
    ck_assert_int_eq(outcome.opened_ns, 0);
    ck_assert_uint_eq(outcome.original_stamp.inode, 0);
    loom_outcome_release(&outcome);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_versions");
    TCase *versions = engine_case("versions");

    tcase_add_loop_test(versions, test_files_of_an_outcome, 0, sizeof files / sizeof *files);
    tcase_add_test(versions, test_edited_input);
    tcase_add_test(versions, test_hashes_are_taken_where_wanted);
    tcase_add_test(versions, test_errors);
    suite_add_tcase(suite, versions);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
