#include "report/write.h"

#include "base/array.h"
#include "base/text.h"
#include <imgloom/version.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

loom_status loom_write_code(const loom_outcome *outcome)
{
    loom_status code = outcome->error.code;

    if (code == LOOM_OK || code == LOOM_ERR_USAGE || (unsigned)code >= LOOM_STATUS_COUNT)
        return LOOM_ERR_INTERNAL;
    return code;
}

static void put_string(loom_json *json, const char *key, const char *text)
{
    loom_json_key(json, key);
    loom_json_string(json, text);
}

static void put_uint(loom_json *json, const char *key, uint64_t value)
{
    loom_json_key(json, key);
    loom_json_uint(json, value);
}

static void put_uint_or_null(loom_json *json, const char *key, uint64_t value)
{
    loom_json_key(json, key);
    if (value != 0)
        loom_json_uint(json, value);
    else
        loom_json_null(json);
}

static void put_bool(loom_json *json, const char *key, bool value)
{
    loom_json_key(json, key);
    loom_json_bool(json, value);
}

static void put_ms(loom_json *json, const char *key, int64_t ns)
{
    loom_json_key(json, key);
    loom_json_ms(json, ns);
}

static void put_format(loom_json *json, const char *key, loom_format format)
{
    put_string(json, key, format == LOOM_FORMAT_UNKNOWN ? NULL : loom_format_get(format)->name);
}

void loom_write_path(loom_json *json, const char *key, const char *base64_key, const char *path)
{
    put_string(json, key, path);
    if (path == NULL)
        return;
    size_t size = strlen(path);
    if (!loom_utf8_valid(path, size)) {
        loom_json_key(json, base64_key);
        loom_json_base64(json, path, size);
    }
}

/* An array of strings, or null for NULL. */
static void put_strings(loom_json *json, const char *key, const char *const *strings)
{
    loom_json_key(json, key);
    if (strings == NULL) {
        loom_json_null(json);
        return;
    }
    loom_json_begin(json, '[');
    for (; *strings != NULL; strings++)
        loom_json_string(json, *strings);
    loom_json_end(json, ']');
}

void loom_write_run(loom_json *json, const loom_run_info *info)
{
    char *recipe = loom_recipe_to_json(info->recipe);
    char *folder = getcwd(NULL, 0);

    put_uint(json, "schemaVersion", LOOM_SCHEMA_VERSION);
    loom_json_key(json, "tool");
    loom_json_begin(json, '{');
    put_string(json, "name", "imgloom");
    put_string(json, "version", loom_version());
    put_string(json, "libvips", info->vips_version);
    put_string(json, "libjpeg", info->jpeg_version);
    put_strings(json, "sandbox", info->sandbox);
    loom_json_end(json, '}');
    loom_json_key(json, "recipe");
    if (recipe != NULL)
        loom_json_text(json, recipe);
    else
        json->out->failed = true; /* only memory can be the reason */
    /* A folder outside this process's root is told as "(unreachable)…" by some kernels. */
    loom_write_path(json, "workingDirectory", "workingDirectoryBase64",
                    folder != NULL && folder[0] == '/' ? folder : NULL);
    loom_json_key(json, "startedAt");
    loom_json_instant(json, info->started_ns);
    put_uint(json, "jobs", info->jobs);
    free(folder);
    free(recipe);
}

static void put_error(loom_json *json, const loom_outcome *outcome)
{
    bool failed = outcome->result == LOOM_RESULT_ERROR;
    const char *stage = loom_stage_name(outcome->error.stage);

    put_string(json, "error", failed ? outcome->error.message : NULL);
    put_string(json, "errorCode", failed ? loom_status_name(loom_write_code(outcome)) : NULL);
    put_string(json, "errorStage", failed && stage[0] != '\0' ? stage : NULL);
}

static void put_warnings(loom_json *json, const loom_outcome *outcome)
{
    loom_json_key(json, "warnings");
    loom_json_begin(json, '[');
    for (size_t i = 0; i < outcome->warning_count; i++)
        loom_json_string(json, outcome->warnings[i]);
    if (outcome->warnings_dropped > 0) {
        loom_strbuf more = LOOM_STRBUF_INIT;
        loom_strbuf_add_format(&more, "%zu more %s", outcome->warnings_dropped,
                               outcome->warnings_dropped == 1 ? "warning" : "warnings");
        loom_json_string(json, loom_strbuf_str(&more));
        loom_strbuf_release(&more);
    }
    loom_json_end(json, ']');
}

/* What was read when a worker had it, else what the scan saw. */
static void put_original_size(loom_json *json, const loom_task *task, const loom_outcome *outcome)
{
    uint64_t size = outcome->original_size != 0 ? outcome->original_size : task->input_size;

    if (outcome->result == LOOM_RESULT_ERROR && outcome->error.code == LOOM_ERR_EMPTY)
        put_uint(json, "originalSize", size);
    else
        put_uint_or_null(json, "originalSize", size);
}

static void put_picture(loom_json *json, const loom_task *task, const loom_outcome *outcome)
{
    bool written = outcome->result == LOOM_RESULT_OK || outcome->result == LOOM_RESULT_WARNING;

    put_original_size(json, task, outcome);
    put_uint_or_null(json, "processedSize", written ? outcome->processed_size : 0);
    put_format(json, "originalFormat", outcome->original_format);
    put_uint_or_null(json, "originalWidth", outcome->original_width);
    put_uint_or_null(json, "originalHeight", outcome->original_height);
    put_uint_or_null(json, "orientation", (uint64_t)outcome->orientation);
    put_format(json, "format",
               outcome->format != LOOM_FORMAT_UNKNOWN ? outcome->format : task->format);
    put_uint_or_null(json, "width", outcome->width);
    put_uint_or_null(json, "height", outcome->height);
    put_uint_or_null(json, "channels", (uint64_t)outcome->channels);
    put_uint_or_null(json, "quality", (uint64_t)outcome->quality);
}

static void put_times(loom_json *json, const loom_outcome *outcome)
{
    static const char *const keys[] = {"worker", "startMs", "queueMs", "elapsedMs"};

    if (outcome->worker >= 0) {
        put_uint(json, keys[0], (uint64_t)outcome->worker);
        put_ms(json, keys[1], outcome->start_ns);
        put_ms(json, keys[2], outcome->queue_ns);
        put_ms(json, keys[3], outcome->elapsed_ns);
        return;
    }
    for (size_t i = 0; i < LOOM_COUNT(keys); i++) {
        loom_json_key(json, keys[i]);
        loom_json_null(json);
    }
}

void loom_write_row(loom_json *json, const loom_task *task, const loom_outcome *outcome)
{
    put_uint(json, "seq", task->seq);
    loom_write_path(json, "originalPath", "originalPathBase64", task->input_path);
    loom_write_path(json, "outputPath", "outputPathBase64", task->output_path);
    put_bool(json, "success", outcome->result != LOOM_RESULT_ERROR);
    put_string(json, "status", loom_result_name(outcome->result));
    put_error(json, outcome);
    put_string(json, "skipReason",
               outcome->result == LOOM_RESULT_SKIPPED ? outcome->skip_reason : NULL);
    put_warnings(json, outcome);
    put_picture(json, task, outcome);
    put_string(json, "lane", outcome->lane);
    put_times(json, outcome);
}

/* `amount` a second, in thousandths; 0 where no time passed. */
static void put_rate(loom_json *json, const char *key, double amount, int64_t elapsed_ns)
{
    double rate = elapsed_ns > 0 ? amount * 1e12 / (double)elapsed_ns + 0.5 : 0;

    loom_json_key(json, key);
    loom_json_thousandths(json, rate < 9e18 ? (int64_t)rate : INT64_MAX);
}

void loom_write_summary(loom_json *json, const loom_totals *totals)
{
    put_uint(json, "inputs", totals->inputs);
    put_uint(json, "rows", totals->rows);
    put_uint(json, "ok", totals->by_result[LOOM_RESULT_OK]);
    put_uint(json, "warning", totals->by_result[LOOM_RESULT_WARNING]);
    put_uint(json, "skipped", totals->by_result[LOOM_RESULT_SKIPPED]);
    put_uint(json, "planned", totals->by_result[LOOM_RESULT_PLANNED]);
    put_uint(json, "failed", totals->by_result[LOOM_RESULT_ERROR]);
    put_uint(json, "ignored", totals->ignored);
    put_uint(json, "bytesIn", totals->bytes_in);
    put_uint(json, "bytesOut", totals->bytes_out);
    put_uint(json, "pixelsIn", totals->pixels_in);
    put_ms(json, "elapsedMs", totals->elapsed_ns);
    put_rate(json, "imagesPerSecond", (double)totals->processed, totals->elapsed_ns);
    put_rate(json, "megapixelsPerSecond", (double)totals->pixels_in / 1e6, totals->elapsed_ns);
    put_ms(json, "cpuMs", totals->cpu_ns);
    put_uint(json, "peakRssBytes", totals->peak_rss_bytes);
    put_uint(json, "workers", totals->workers);
    put_bool(json, "interrupted", totals->interrupted);
    if (totals->merged)
        put_uint(json, "duplicates", totals->duplicates);
    put_bool(json, "tooManyErrors", totals->too_many_errors);
    loom_json_key(json, "errorsByCode");
    loom_json_begin(json, '{');
    for (unsigned code = 0; code < LOOM_STATUS_COUNT; code++)
        if (totals->by_code[code] > 0)
            put_uint(json, loom_status_name((loom_status)code), totals->by_code[code]);
    loom_json_end(json, '}');
}
