#include "support/shards_run.h"

#include "support/check.h"
#include "support/tmpdir.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void shards_write(unsigned count)
{
    const loom_shards_options options = {
        .shards = count, .vips_version = "8.16.0", .jpeg_version = "2.1.5"};
    loom_error error = LOOM_ERROR_INIT;

    ck_assert_int_eq(system("rm -rf run"), 0);
    plan_make();
    ck_assert_msg(loom_shards_write("run", plan, 3, &options, NULL, &error) == LOOM_OK, "%s",
                  error.message);
}

loom_shards *shards_open(void)
{
    loom_error error = LOOM_ERROR_INIT;
    loom_shards *shards = NULL;

    ck_assert_msg(loom_shards_open(&shards, "run", &error) == LOOM_OK, "%s", error.message);
    return shards;
}

loom_shard_list *shards_list(unsigned shard)
{
    loom_error error = LOOM_ERROR_INIT;
    loom_shards *shards = shards_open();
    loom_shard_list *list = NULL;

    ck_assert_msg(loom_shard_list_read(&list, shards, shard, &error) == LOOM_OK, "%s",
                  error.message);
    loom_shards_free(shards);
    return list;
}

void shards_assert_refused(loom_status code, const char *words)
{
    loom_error error = LOOM_ERROR_INIT;
    loom_shards *shards = NULL;

    ck_assert_int_eq(loom_shards_open(&shards, "run", &error), code);
    ck_assert_ptr_null(shards);
    ck_assert_msg(strstr(error.message, words) != NULL, "%s", error.message);
}

void shards_change(const char *member, const char *value)
{
    json_t *object = json_load_file("run/plan.json", 0, NULL);

    ck_assert_ptr_nonnull(object);
    if (value == NULL) {
        ck_assert_int_eq(json_object_del(object, member), 0);
    } else {
        json_t *changed = json_loads(value, JSON_DECODE_ANY, NULL);
        ck_assert_msg(changed != NULL, "%s", value);
        ck_assert_int_eq(json_object_set_new(object, member, changed), 0);
    }
    ck_assert_int_eq(json_dump_file(object, "run/plan.json", JSON_COMPACT), 0);
    json_decref(object);
}
