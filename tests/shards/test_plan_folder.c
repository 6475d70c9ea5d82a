/* Plan folders: what is written is what was planned, and is read again; what is not one is refused.
 */
#include "support/shards_run.h"

#include "base/clock.h"
#include "files/folder_set.h"
#include "shards/folder.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <errno.h>
#include <imgloom/report.h>
#include <imgloom/version.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The linker puts these in the place of the system's, and of the library's (--wrap). */
int __real_renameat(int from_folder, const char *from, int to_folder, const char *to);
int __wrap_renameat(int from_folder, const char *from, int to_folder, const char *to);
loom_folding __wrap_loom_folder_ask(const loom_output_tree *tree, const char *folder);

static bool rename_fails;
static loom_folding answer;

int __wrap_renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    if (rename_fails) {
        errno = EIO;
        return -1;
    }
    return __real_renameat(from_folder, from, to_folder, to);
}

loom_folding __wrap_loom_folder_ask(const loom_output_tree *tree, const char *folder)
{
    ck_assert_ptr_nonnull(tree);
    ck_assert_ptr_nonnull(folder);
    return answer;
}

static void setup(void)
{
    plan_setup();
    rename_fails = false;
    answer = LOOM_FOLDING_NONE;
}

/* ---- written and read ---------------------------------------------------- */

static bool same(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

static void compare(const loom_item *item, const loom_task *task)
{
    ck_assert_uint_eq(item->item, task->seq);
    ck_assert_str_eq(item->input_path, task->input_path);
    ck_assert(same(item->output_path, task->output_path));
    ck_assert_uint_eq(item->bytes, task->input_size);
    ck_assert_uint_eq(item->output, task->output);
    ck_assert_int_eq(item->format, task->format);
    ck_assert(same(item->skip_reason, task->skip_reason));
    ck_assert_int_eq(item->error != NULL, task->error != NULL);
    if (task->error != NULL) {
        ck_assert_int_eq(item->error->code, task->error->code);
        ck_assert_int_eq(item->error->stage, task->error->stage);
        ck_assert_str_eq(item->error->message, task->error->message);
    }
}

/* Each task is an item of one shard, together with all of its input; returns the number of shards
 * that have any. */
static unsigned compare_all(const loom_shards_info *info)
{
    const size_t count = loom_plan_count(plan);
    unsigned *seen = calloc(count, sizeof *seen), used = 0;

    ck_assert_ptr_nonnull(seen);
    for (unsigned i = 0; i < info->shards; i++) {
        loom_shard_list *list = shards_list(i);
        const loom_item *items = loom_shard_list_items(list);
        ck_assert_uint_eq(loom_shard_list_count(list), info->shard[i].items);
        used += info->shard[i].items > 0;
        for (size_t n = 0; n < loom_shard_list_count(list); n++) {
            ck_assert_uint_lt(items[n].item, count);
            compare(&items[n], plan_task((size_t)items[n].item));
            ck_assert_uint_eq(loom_shard_list_find(list, items[n].item), n);
            seen[items[n].item] += i + 1;
        }
        ck_assert(loom_shard_list_find(list, count) == SIZE_MAX);
        loom_shard_list_free(list);
    }
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_ne(seen[i], 0);
        if (i > 0 && plan_task(i)->input_path == plan_task(i - 1)->input_path)
            ck_assert_uint_eq(seen[i], seen[i - 1]);
    }
    free(seen);
    return used;
}

static void add_inputs(void)
{
    tmpdir_touch("in/a.bmp");
    tmpdir_touch("in/a.png"); /* a collision */
    tmpdir_touch("in/b\xFF.jpg");
    tmpdir_touch("in/c \"quoted\"\n.jpg");
    tmpdir_touch("in/sub/d.tiff");
    tmpdir_write_text("in/e.jpg", "twelve bytes");
    tmpdir_touch("out/in/sub/d-8-jpeg.jpg");
    scan_add("in");
    scan_add("missing.jpg");
    plan_options.output_root = "out/";
    plan_options.name_template = "{dir}/{stem}-{width}-{format}.{ext}";
    plan_settings.if_exists = LOOM_IF_EXISTS_SKIP;
    plan_recipe.sizes[0].width = 8;
    plan_recipe.sizes[1].width = 4;
    plan_recipe.size_count = 2;
    plan_recipe.format = plan_recipe.formats[0] = LOOM_FORMAT_JPEG;
    plan_recipe.formats[1] = LOOM_FORMAT_WEBP;
    plan_recipe.format_count = 2;
}

START_TEST(items_are_the_tasks)
{
    add_inputs();
    for (unsigned shards = 1; shards < 10; shards++) {
        shards_write(shards);
        loom_shards *open = shards_open();
        const loom_shards_info *info = loom_shards_get_info(open);
        ck_assert_uint_eq(info->shards, shards);
        /* No shard is empty where there are inputs for all. */
        ck_assert_uint_eq(compare_all(info), shards < 7 ? shards : 7);
        loom_shards_free(open);
    }
}
END_TEST

START_TEST(what_a_plan_says)
{
    loom_error error = LOOM_ERROR_INIT;
    loom_recipe *recipe = loom_recipe_create();
    add_inputs();
    plan_settings.fail_on = LOOM_FAIL_ON_WARNING;
    plan_settings.max_pixels = UINT64_MAX;
    plan_settings.preserve_timestamps = true;
    plan_settings.allow_untrusted = true;
    plan_settings.if_larger = LOOM_IF_LARGER_COPY;
    plan_settings.jpeg_decoder = LOOM_JPEG_DECODER_LIBJPEG;
    plan_settings.lane = "png";
    plan_recipe.rotation = 1.0 / 3;
    const int64_t before_ns = loom_clock_wall() - LOOM_NS_PER_MS;
    shards_write(2);
    loom_shards *open = shards_open();
    const loom_shards_info *info = loom_shards_get_info(open);
    ck_assert_uint_eq(info->inputs, 7);
    ck_assert_uint_eq(info->items, 6 * 4 + 1);
    ck_assert_uint_eq(info->bytes, 5 + 12);
    ck_assert_uint_eq(info->ignored, 3);
    ck_assert_uint_eq(info->failed, 4 + 1);
    ck_assert_uint_eq(info->skipped, 1);
    ck_assert_str_eq(info->output_root, "out/");
    ck_assert_str_eq(info->working_directory, tmpdir_path());
    ck_assert_int_ge(info->created_ns, before_ns);
    ck_assert_int_le(info->created_ns, loom_clock_wall());
    ck_assert_str_eq(info->tool_version, loom_version());
    ck_assert_str_eq(info->vips_version, "8.16.0");
    ck_assert_str_eq(info->jpeg_version, "2.1.5");
    ck_assert_int_eq(info->settings->fail_on, LOOM_FAIL_ON_WARNING);
    ck_assert_uint_eq(info->settings->max_pixels, (uint64_t)INT64_MAX);
    ck_assert(info->settings->preserve_timestamps && info->settings->allow_untrusted);
    ck_assert_int_eq(info->settings->if_larger, LOOM_IF_LARGER_COPY);
    ck_assert_int_eq(info->settings->jpeg_decoder, LOOM_JPEG_DECODER_LIBJPEG);
    ck_assert_str_eq(info->settings->lane, "png");
    ck_assert_int_eq(info->settings->if_exists, LOOM_IF_EXISTS_REPLACE); /* decided already */
    ck_assert(memcmp(info->recipe, &plan_recipe, sizeof plan_recipe) == 0);
    ck_assert_int_eq(
        loom_recipe_from_json(recipe, info->recipe_text, strlen(info->recipe_text), &error),
        LOOM_OK);
    ck_assert(memcmp(recipe, &plan_recipe, sizeof plan_recipe) == 0);
    loom_recipe_free(recipe);
    loom_shards_free(open);
}
END_TEST

/* Whatever the current folder is later. */
START_TEST(found_from_anywhere)
{
    tmpdir_touch("in/a.jpg");
    scan_add("in");
    shards_write(0);
    loom_shards *open = shards_open();
    loom_shard_list *list = NULL;
    ck_assert_int_eq(chdir("in"), 0);
    ck_assert_int_eq(loom_shard_list_read(&list, open, 0, NULL), LOOM_OK);
    ck_assert_ptr_null(loom_shards_get_info(open)->output_root);
    ck_assert_int_eq(loom_shards_find_attempts(open, NULL), LOOM_OK);
    ck_assert_uint_eq(loom_shards_attempt_count(open, 0), 0);
    char *path = loom_shards_report_path(open, 0, "now");
    char *wanted = NULL;
    ck_assert_int_ge(asprintf(&wanted, "%s/run/reports/00000.now.ndjson", tmpdir_path()), 0);
    ck_assert_str_eq(path, wanted);
    free(wanted);
    free(path);
    ck_assert_int_eq(loom_shard_list_read(&list, open, 1, NULL), LOOM_ERR_USAGE);
    loom_shard_list_free(list);
    loom_shards_free(open);
    ck_assert_int_eq(chdir(".."), 0);
}
END_TEST

START_TEST(each_plan_has_its_id)
{
    tmpdir_touch("in/a.jpg");
    scan_add("in");
    shards_write(1);
    loom_shards *one = shards_open();
    shards_write(1);
    loom_shards *other = shards_open();
    ck_assert_str_ne(loom_shards_get_info(one)->id, loom_shards_get_info(other)->id);
    ck_assert_str_eq(loom_shards_get_info(one)->shard[0].sha256,
                     loom_shards_get_info(other)->shard[0].sha256);
    loom_shards_free(one);
    loom_shards_free(other);
}
END_TEST

/* ---- the schema ---------------------------------------------------------- */

static const json_t *find(const json_t *schema, const char *definition, const char *property)
{
    const json_t *of = json_object_get(json_object_get(schema, "$defs"), definition);

    return json_object_get(json_object_get(json_object_get(of, "properties"), property), "enum");
}

/* An item's words are those of a row; a row may also have none. */
START_TEST(schema_has_the_words_of_reports)
{
    static const char *const names[] = {"format", "errorCode", "errorStage"};
    size_t size;
    const char *text = loom_report_schema(&size);
    json_t *report = json_loadb(text, size, 0, NULL);
    text = loom_shards_schema(&size);
    json_t *own = json_loadb(text, size, 0, NULL);
    for (size_t i = 0; i < COUNT(names); i++) {
        json_t *words = json_deep_copy(find(report, "row", names[i]));
        ck_assert_uint_gt(json_array_size(words), 5);
        if (i > 0) /* null is last */
            ck_assert_int_eq(json_array_remove(words, json_array_size(words) - 1), 0);
        ck_assert(json_equal(words, find(own, "item", names[i])));
        json_decref(words);
    }
    json_decref(report);
    json_decref(own);
}
END_TEST

/* ---- where it is written ------------------------------------------------- */

static void assert_not_written(const char *path, const loom_stop *stop, loom_status code)
{
    const loom_shards_options options = {.shards = 2};
    loom_error error = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_shards_write(path, plan, 0, &options, stop, &error), code);
    ck_assert_int_eq(error.code, code);
}

START_TEST(only_what_is_empty_is_taken)
{
    loom_error error = LOOM_ERROR_INIT;
    tmpdir_touch("in/a.jpg");
    tmpdir_mkdir("empty");
    scan_add("in");
    shards_write(1);
    assert_not_written("run", NULL, LOOM_ERR_EXISTS);
    ck_assert_int_eq(loom_shards_check_new("run", &error), LOOM_ERR_EXISTS);
    ck_assert_ptr_nonnull(strstr(error.message, "a plan already"));
    loom_error_clear(&error);
    ck_assert_int_eq(loom_shards_check_new("in", &error), LOOM_ERR_EXISTS);
    ck_assert_ptr_nonnull(strstr(error.message, "not empty"));
    assert_not_written("in", NULL, LOOM_ERR_EXISTS);
    ck_assert_uint_eq(tmpdir_count("in"), 1);
    assert_not_written("in/a.jpg", NULL, LOOM_ERR_NOT_A_FILE);
    ck_assert_int_eq(loom_shards_check_new("new/folder", NULL), LOOM_OK);
    ck_assert(!tmpdir_exists("new"));
    ck_assert_int_eq(loom_shards_write("new/folder/", plan, 0, NULL, NULL, NULL), LOOM_OK);
    ck_assert(tmpdir_exists("new/folder/plan.json") && tmpdir_exists("new/folder/log"));
    ck_assert_int_eq(loom_shards_write("empty", plan, 0, NULL, NULL, NULL), LOOM_OK);
    ck_assert_uint_eq(tmpdir_count("empty"), 4);
}
END_TEST

START_TEST(a_failure_leaves_nothing)
{
    loom_stop *stop = loom_stop_create();
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/b.jpg");
    tmpdir_mkdir("empty");
    scan_add("in");
    plan_make();
    loom_stop_request(stop);
    assert_not_written("run", stop, LOOM_ERR_CANCELLED);
    rename_fails = true;
    assert_not_written("run", NULL, LOOM_ERR_IO);
    ck_assert(!tmpdir_exists("run"));
    assert_not_written("empty", NULL, LOOM_ERR_IO);
    ck_assert_uint_eq(tmpdir_count("empty"), 0);
    loom_stop_free(stop);
}
END_TEST

START_TEST(nothing_to_do_is_no_plan)
{
    tmpdir_mkdir("in");
    scan_add("in");
    plan_make();
    assert_not_written("run", NULL, LOOM_ERR_USAGE);
    ck_assert(!tmpdir_exists("run"));
}
END_TEST

/* ---- names that are one -------------------------------------------------- */

static void assert_outputs(loom_status code, const char *words)
{
    loom_error error = LOOM_ERROR_INIT;

    plan_make();
    ck_assert_int_eq(loom_shards_check_outputs(plan, &error), code);
    ck_assert_msg(strstr(error.message, words) != NULL, "%s", error.message);
}

START_TEST(case_must_count)
{
    tmpdir_touch("in/sub/a.jpg");
    scan_add("in");
    plan_options.output_root = "out";
    assert_outputs(LOOM_OK, "");
    ck_assert(tmpdir_exists("out"));
    tmpdir_mkdir("out/sub");
    answer = LOOM_FOLDING_UNKNOWN; /* nothing could be made there */
    assert_outputs(LOOM_OK, "");
    answer = LOOM_FOLDING_CASE;
    assert_outputs(LOOM_ERR_UNSUPPORTED, "in out names that differ by case");
    answer = LOOM_FOLDING_NONE;
    plan_folding = "out/sub";
    assert_outputs(LOOM_ERR_UNSUPPORTED, "in out/sub");
    plan_options.output_root = NULL;
    plan_folding = "in/sub";
    assert_outputs(LOOM_ERR_UNSUPPORTED, "in in/sub");
    plan_folding = NULL;
    assert_outputs(LOOM_OK, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("plan folder");
    TCase *c = tcase_create("plan folder");
    tcase_add_checked_fixture(c, setup, plan_teardown);
    tcase_add_test(c, items_are_the_tasks);
    tcase_add_test(c, what_a_plan_says);
    tcase_add_test(c, found_from_anywhere);
    tcase_add_test(c, each_plan_has_its_id);
    tcase_add_test(c, schema_has_the_words_of_reports);
    tcase_add_test(c, only_what_is_empty_is_taken);
    tcase_add_test(c, a_failure_leaves_nothing);
    tcase_add_test(c, nothing_to_do_is_no_plan);
    tcase_add_test(c, case_must_count);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
