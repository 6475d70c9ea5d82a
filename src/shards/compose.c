#include "shards/compose.h"

#include "base/clock.h"
#include "files/planner.h"
#include "report/making.h"
#include "shards/folder.h"
#include <stdint.h>
#include <stdlib.h>

/* schema/plan.schema.json, embedded by the build. */
extern const char loom_plan_schema_text[];
extern const size_t loom_plan_schema_text_size;

const char *loom_shards_schema(size_t *size)
{
    *size = loom_plan_schema_text_size;
    return loom_plan_schema_text;
}

/* ---- a line of a list ---------------------------------------------------- */

static void add_error(loom_json *json, const loom_error *error)
{
    /* What is no code of a row would be a bug: as in a report. */
    const bool known = error->code != LOOM_OK && (unsigned)error->code < LOOM_ERR_USAGE;

    loom_json_key(json, "errorCode");
    loom_json_string(json, loom_status_name(known ? error->code : LOOM_ERR_INTERNAL));
    if (error->stage != LOOM_STAGE_NONE) {
        loom_json_key(json, "errorStage");
        loom_json_string(json, loom_stage_name(error->stage));
    }
    loom_json_key(json, "error");
    loom_json_string(json, error->message);
}

void loom_compose_item(loom_strbuf *text, const loom_task *task)
{
    loom_json json = LOOM_JSON_INIT(text);

    loom_json_begin(&json, '{');
    loom_json_key(&json, "item");
    loom_json_uint(&json, task->seq);
    loom_field_write_path(&json, "originalPath", task->input_path);
    loom_field_write_path(&json, "outputPath", task->output_path);
    loom_json_key(&json, "outputIndex");
    loom_json_uint(&json, task->output);
    loom_json_key(&json, "format");
    loom_json_string(
        &json, task->format != LOOM_FORMAT_UNKNOWN ? loom_format_get(task->format)->name : NULL);
    loom_json_key(&json, "bytes");
    loom_json_uint(&json, task->input_size);
    if (task->error != NULL) {
        add_error(&json, task->error);
    } else if (task->skip_reason != NULL) {
        loom_json_key(&json, "skipReason");
        loom_json_string(&json, task->skip_reason);
    }
    loom_json_end(&json, '}');
    loom_strbuf_add_char(text, '\n');
}

/* ---- plan.json ----------------------------------------------------------- */

static void put_count(loom_json *json, const char *key, uint64_t value)
{
    loom_json_key(json, key);
    loom_json_uint(json, value);
}

static void put_table(loom_json *json, const loom_plan_facts *facts)
{
    loom_json_key(json, "shards");
    loom_json_begin(json, '[');
    for (unsigned i = 0; i < facts->deal.shards; i++) {
        loom_json_begin(json, '{');
        put_count(json, "items", facts->table[i].items);
        put_count(json, "bytes", facts->table[i].bytes);
        loom_json_key(json, "sha256");
        loom_json_string(json, facts->table[i].sha256);
        loom_json_end(json, '}');
    }
    loom_json_end(json, ']');
}

/* What decides how outputs become. */
static void put_making(loom_json *json, const loom_plan_facts *facts)
{
    loom_settings judge = {.fail_on = LOOM_FAIL_ON_ERROR, .max_pixels = LOOM_DEFAULT_MAX_PIXELS};
    loom_strbuf tool = LOOM_STRBUF_INIT, judged = LOOM_STRBUF_INIT;
    char *recipe = loom_recipe_to_json(&facts->plan->recipe);

    if (facts->plan->settings != NULL)
        judge = *facts->plan->settings;
    const bool preserve = judge.preserve_timestamps;
    judge.preserve_timestamps = false; /* a member of its own */
    if (judge.max_pixels > INT64_MAX)  /* beyond every picture; readers of JSON have no more */
        judge.max_pixels = INT64_MAX;
    loom_write_tool(&tool, facts->options->vips_version, facts->options->jpeg_version);
    loom_write_judge(&judged, &judge);
    loom_json_key(json, "tool");
    loom_json_text(json, loom_strbuf_str(&tool));
    loom_json_key(json, "recipe");
    loom_json_text(json, recipe != NULL ? recipe : "");
    loom_json_key(json, "judge");
    loom_json_text(json, loom_strbuf_str(&judged));
    loom_json_key(json, "preserveTimestamps");
    loom_json_bool(json, preserve);
    json->out->failed = json->out->failed || recipe == NULL || tool.failed || judged.failed;
    loom_strbuf_release(&tool);
    loom_strbuf_release(&judged);
    free(recipe);
}

void loom_compose_plan(loom_strbuf *text, const loom_plan_facts *facts, const char *id,
                       const char *working_directory)
{
    loom_json json = LOOM_JSON_INIT(text);

    loom_json_begin(&json, '{');
    loom_json_key(&json, "type");
    loom_json_string(&json, "plan");
    put_count(&json, "schemaVersion", LOOM_PLAN_VERSION);
    loom_json_key(&json, "id");
    loom_json_string(&json, id);
    put_making(&json, facts);
    loom_field_write_path(&json, "workingDirectory", working_directory);
    loom_field_write_path(&json, "outputRoot", facts->plan->root_path);
    loom_json_key(&json, "createdAt");
    loom_json_instant(&json, loom_clock_wall());
    put_count(&json, "inputs", facts->deal.inputs);
    put_count(&json, "items", loom_plan_count(facts->plan));
    put_count(&json, "bytes", facts->deal.bytes);
    put_count(&json, "ignored", facts->ignored);
    put_count(&json, "failed", facts->failed);
    put_count(&json, "skipped", facts->skipped);
    put_table(&json, facts);
    loom_json_end(&json, '}');
    loom_strbuf_add_char(text, '\n');
}
