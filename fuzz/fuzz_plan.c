/* What a plan folder holds, by the first byte: plan.json, or the list of a shard. */
#include "fuzz.h"
#include "picture/recipe_fields.h"
#include "shards/folder.h"

static void read_plan(const char *text, size_t size)
{
    loom_shards *shards = calloc(1, sizeof *shards);
    loom_error error = LOOM_ERROR_INIT;

    FUZZ_CHECK(shards != NULL);
    const loom_status status = loom_shards_parse(shards, text, size, &error);
    FUZZ_CHECK(status == error.code && (status == LOOM_OK) == (error.message[0] == '\0'));
    if (status == LOOM_OK) {
        const loom_shards_info *info = loom_shards_get_info(shards);
        uint64_t items = 0;
        for (unsigned i = 0; i < info->shards; i++) {
            items += info->shard[i].items;
            FUZZ_CHECK(strlen(info->shard[i].sha256) == LOOM_SHA256_SIZE);
        }
        FUZZ_CHECK(items == info->items && info->shards >= 1 && info->shards <= LOOM_SHARDS_MAX);
        FUZZ_CHECK(strlen(info->id) == LOOM_PLAN_ID_SIZE && info->working_directory[0] == '/');
        FUZZ_CHECK(loom_recipe_check(info->recipe, &error) == LOOM_OK);
    }
    loom_shards_free(shards);
}

/* No output of a plan leaves its folder, whatever a list says. */
static void check_tasks(const loom_plan *plan)
{
    for (size_t i = 0; i < loom_plan_count(plan); i++) {
        const loom_task *task = loom_plan_task(plan, i);
        if (task->error == NULL) {
            FUZZ_CHECK(strncmp(task->output_path, "out/", 4) == 0);
            FUZZ_CHECK(strstr(task->output_path, "/../") == NULL);
            FUZZ_CHECK(task->format != LOOM_FORMAT_UNKNOWN && task->size == 0);
        }
    }
}

static void check_list(loom_shard_list *list, const loom_recipe *recipe)
{
    const size_t count = loom_shard_list_count(list);
    const loom_item *items = loom_shard_list_items(list);
    loom_error error = LOOM_ERROR_INIT;
    loom_plan *plan = NULL;

    for (size_t i = 0; i < count; i++) {
        FUZZ_CHECK(items[i].input_path != NULL && items[i].input_path[0] != '\0');
        FUZZ_CHECK(i == 0 || items[i].item > items[i - 1].item);
        FUZZ_CHECK(loom_shard_list_find(list, items[i].item) == i);
    }
    FUZZ_CHECK(loom_plan_create_of_items(&plan, items, count, recipe, "out/", NULL, NULL, &error) ==
               LOOM_OK);
    check_tasks(plan);
    loom_plan_free(plan);
}

static void read_list(const char *text, size_t size)
{
    loom_recipe recipe;
    loom_recipe_init(&recipe);
    recipe.formats[0] = recipe.format = LOOM_FORMAT_JPEG;
    recipe.formats[1] = LOOM_FORMAT_WEBP;
    recipe.format_count = 2;
    const loom_shards shards = {.info = {.items = 1000, .recipe = &recipe, .shards = 1}};
    loom_shard_list *list = loom_shard_list_create(0);

    FUZZ_CHECK(list != NULL);
    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        const size_t length = end != NULL ? (size_t)(end - text) : size;
        loom_error error = LOOM_ERROR_INIT;
        const loom_status status = loom_shard_list_add(list, &shards, text, length, &error);
        FUZZ_CHECK(status == error.code && (status == LOOM_OK) == (error.message[0] == '\0'));
        text += end != NULL ? length + 1 : length;
        size -= end != NULL ? length + 1 : length;
    }
    check_list(list, &recipe);
    loom_shard_list_free(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    char *text = fuzz_copy(data + 1, size - 1);
    if (data[0] % 2 == 0)
        read_plan(text, size - 1);
    else
        read_list(text, size - 1);
    free(text);
    return 0;
}
