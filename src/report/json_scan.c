#include "report/json_scan.h"

#include <string.h>

bool loom_json_is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Continues within a string; returns the index after the bytes taken. */
static size_t feed_string(loom_json_scan *scan, const char *bytes, size_t size, size_t i)
{
    for (; i < size; i++) {
        if (scan->escape) {
            scan->escape = false;
        } else if (bytes[i] == '\\') {
            scan->escape = true;
        } else if (bytes[i] == '"') {
            scan->string = false;
            scan->done = scan->depth == 0;
            return i + 1;
        }
    }
    return i;
}

/* One byte outside of strings. False: it is behind the value's end. */
static bool feed_byte(loom_json_scan *scan, char c)
{
    switch (c) {
    case '"':
        if (scan->scalar)
            return false;
        scan->string = true;
        return true;
    case '{':
    case '[':
        if (scan->scalar)
            return false;
        scan->depth++;
        return true;
    case '}':
    case ']':
        if (scan->depth == 0)
            return false;
        scan->done = --scan->depth == 0;
        return true;
    case ',':
    case ':':
        return scan->depth > 0;
    default:
        if (scan->depth > 0)
            return true;
        if (loom_json_is_space(c))
            return false;
        scan->scalar = true;
        return true;
    }
}

size_t loom_json_scan_feed(loom_json_scan *scan, const char *bytes, size_t size)
{
    size_t i = 0;

    while (i < size && !scan->done) {
        if (scan->string) {
            i = feed_string(scan, bytes, size, i);
        } else if (feed_byte(scan, bytes[i])) {
            i++;
        } else {
            scan->done = true;
        }
    }
    return i;
}

static size_t skip_space(const char *text, size_t size, size_t at)
{
    while (at < size && loom_json_is_space(text[at]))
        at++;
    return at;
}

static size_t skip_value(const char *text, size_t size, size_t at)
{
    loom_json_scan scan = {.depth = 0};

    if (at >= size)
        return size;
    return at + loom_json_scan_feed(&scan, text + at, size - at);
}

bool loom_json_next(const char *object, size_t size, size_t *at, loom_json_span *span)
{
    const size_t first = *at == 0 ? skip_space(object, size, 0) + 1 : *at; /* after the brace */
    const size_t key = skip_space(object, size, first);

    if (key >= size || object[key] != '"')
        return false;
    const size_t key_end = skip_value(object, size, key);
    const size_t colon = skip_space(object, size, key_end);
    const size_t value = skip_space(object, size, colon + 1);
    const size_t end = skip_value(object, size, value);
    *span = (loom_json_span){key, key_end, value, end};
    *at = skip_space(object, size, end) + 1; /* behind the comma */
    return true;
}

bool loom_json_find(const char *object, size_t size, const char *name, loom_json_span *span)
{
    const size_t length = strlen(name);
    size_t at = 0;

    while (loom_json_next(object, size, &at, span))
        if (span->name_end - span->start == length + 2 &&
            memcmp(object + span->start + 1, name, length) == 0)
            return true;
    return false;
}

void loom_json_remove(loom_strbuf *object, const char *name)
{
    loom_json_span span;

    if (!loom_json_find(object->data, object->size, name, &span))
        return;
    size_t end = skip_space(object->data, object->size, span.end);
    if (object->data[end] == ',') {
        end++;
    } else { /* the last one: the comma before it, if there is one */
        while (loom_json_is_space(object->data[span.start - 1]))
            span.start--;
        span.start -= object->data[span.start - 1] == ',';
    }
    memmove(object->data + span.start, object->data + end, object->size - end);
    loom_strbuf_truncate(object, object->size - (end - span.start));
}

void loom_json_prune(loom_strbuf *json)
{
    loom_json_scan scan = {.depth = 0};
    loom_strbuf pruned = LOOM_STRBUF_INIT;
    size_t kept = 0, i = 0; /* json[kept..i) remains to be copied unchanged */

    if (json->failed || json->size <= LOOM_JSON_MAX_DEPTH) /* each level is a bracket */
        return;
    while (i < json->size && !scan.done) {
        if (scan.string) {
            i = feed_string(&scan, json->data, json->size, i);
            continue;
        }
        const bool deep = scan.depth > LOOM_JSON_MAX_DEPTH;
        if (!feed_byte(&scan, json->data[i++]))
            break;
        if (!deep && scan.depth > LOOM_JSON_MAX_DEPTH) {
            loom_strbuf_add(&pruned, json->data + kept, i - 1 - kept);
            loom_strbuf_add(&pruned, "null", 4);
        }
        if (deep || scan.depth > LOOM_JSON_MAX_DEPTH)
            kept = i;
    }
    if (kept > 0 && scan.depth <= LOOM_JSON_MAX_DEPTH) {
        loom_strbuf_add(&pruned, json->data + kept, json->size - kept);
        pruned.failed = pruned.failed || json->failed;
        loom_strbuf_release(json);
        *json = pruned;
        return;
    }
    loom_strbuf_release(&pruned);
}

void loom_json_compact(loom_strbuf *json)
{
    loom_json_scan scan = {.depth = 0};
    size_t kept = 0, i = 0;

    while (i < json->size) {
        if (scan.string) {
            const size_t end = feed_string(&scan, json->data, json->size, i);
            memmove(json->data + kept, json->data + i, end - i);
            kept += end - i;
            i = end;
        } else {
            const char c = json->data[i++];
            scan.string = c == '"';
            if (!loom_json_is_space(c))
                json->data[kept++] = c;
        }
    }
    loom_strbuf_truncate(json, kept);
}
