#include "report/making.h"

#include "base/array.h"
#include "base/text.h"
#include "report/json.h"
#include <imgloom/version.h>
#include <stdint.h>
#include <string.h>

static const char *const fail_on_words[] = {
    [LOOM_FAIL_ON_NONE] = "none",
    [LOOM_FAIL_ON_TRUNCATED] = "truncated",
    [LOOM_FAIL_ON_ERROR] = "error",
    [LOOM_FAIL_ON_WARNING] = "warning",
};
static const char *const if_larger_words[] = {
    [LOOM_IF_LARGER_WRITE] = "write",
    [LOOM_IF_LARGER_COPY] = "copy",
    [LOOM_IF_LARGER_SKIP] = "skip",
};
static const char *const decoder_words[] = {
    [LOOM_JPEG_DECODER_IMGLOOM] = "imgloom",
    [LOOM_JPEG_DECODER_LIBJPEG] = "libjpeg",
};

/* ---- writing ------------------------------------------------------------- */

static void put(loom_json *json, const char *key, const char *word)
{
    loom_json_key(json, key);
    loom_json_string(json, word);
}

static void put_flag(loom_json *json, const char *key, bool value)
{
    if (!value)
        return;
    loom_json_key(json, key);
    loom_json_bool(json, true);
}

void loom_write_judge(loom_strbuf *out, const loom_settings *settings)
{
    loom_json json = LOOM_JSON_INIT(out);

    loom_json_begin(&json, '{');
    if (settings != NULL) {
        if (settings->fail_on != LOOM_FAIL_ON_ERROR)
            put(&json, "failOn", fail_on_words[settings->fail_on]);
        if (settings->max_pixels != LOOM_DEFAULT_MAX_PIXELS) {
            loom_json_key(&json, "maxPixels");
            loom_json_uint(&json, settings->max_pixels);
        }
        put_flag(&json, "allowUntrusted", settings->allow_untrusted);
        if (settings->lane != NULL)
            put(&json, "lane", settings->lane);
        if (settings->jpeg_decoder != LOOM_JPEG_DECODER_IMGLOOM)
            put(&json, "jpegDecoder", decoder_words[settings->jpeg_decoder]);
        put_flag(&json, "preserveTimestamps", settings->preserve_timestamps);
        if (settings->if_larger != LOOM_IF_LARGER_WRITE)
            put(&json, "ifLarger", if_larger_words[settings->if_larger]);
    }
    loom_json_end(&json, '}');
}

void loom_write_tool(loom_strbuf *out, const char *vips_version, const char *jpeg_version)
{
    loom_json json = LOOM_JSON_INIT(out);

    loom_json_begin(&json, '{');
    put(&json, "name", "imgloom");
    put(&json, "version", loom_version());
    put(&json, "libvips", vips_version);
    put(&json, "libjpeg", jpeg_version);
    loom_json_end(&json, '}');
}

/* ---- reading ------------------------------------------------------------- */

/* The index of a string among exact words; -1: it is none of them. */
static int find(const json_t *value, const char *const *words, size_t count)
{
    for (size_t i = 0; json_is_string(value) && i < count; i++)
        if (strcmp(json_string_value(value), words[i]) == 0)
            return (int)i;
    return -1;
}

/* Sets the field, and tells whether name and value are known. */
static bool set_word(loom_settings *settings, const char *name, const json_t *value)
{
    int word = -1;

    if (strcmp(name, "failOn") == 0) {
        word = find(value, fail_on_words, LOOM_COUNT(fail_on_words));
        settings->fail_on = word >= 0 ? (loom_fail_on)word : settings->fail_on;
    } else if (strcmp(name, "jpegDecoder") == 0) {
        word = find(value, decoder_words, LOOM_COUNT(decoder_words));
        settings->jpeg_decoder = word >= 0 ? (loom_jpeg_decoder)word : settings->jpeg_decoder;
    } else if (strcmp(name, "ifLarger") == 0) {
        word = find(value, if_larger_words, LOOM_COUNT(if_larger_words));
        settings->if_larger = word >= 0 ? (loom_if_larger)word : settings->if_larger;
    }
    return word >= 0;
}

static bool set(loom_settings *settings, const char *name, const json_t *value)
{
    if (strcmp(name, "maxPixels") == 0) {
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return false;
        settings->max_pixels = (uint64_t)json_integer_value(value);
        return true;
    }
    if (strcmp(name, "lane") == 0) {
        settings->lane = json_string_value(value);
        return settings->lane != NULL;
    }
    if (strcmp(name, "allowUntrusted") == 0)
        settings->allow_untrusted = json_is_true(value);
    else if (strcmp(name, "preserveTimestamps") == 0)
        settings->preserve_timestamps = json_is_true(value);
    else
        return set_word(settings, name, value);
    return json_is_boolean(value);
}

loom_status loom_read_judge(loom_settings *settings, const json_t *object, loom_error *err)
{
    json_t *members = (json_t *)(uintptr_t)object; /* jansson's iterators know no const */
    char shown[LOOM_SHOWN_SIZE];

    for (void *at = json_object_iter(members); at != NULL; at = json_object_iter_next(members, at))
        if (!set(settings, json_object_iter_key(at), json_object_iter_value(at)))
            return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_NONE,
                                  "'%s', or its value, is not known to this version",
                                  loom_text_show(shown, json_object_iter_key(at)));
    return LOOM_OK;
}
