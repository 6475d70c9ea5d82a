#include "serve/target.h"

#include <string.h>

/* ---- pairs --------------------------------------------------------------- */

static void clear_pair(void *pair)
{
    g_free(((serve_pair *)pair)->name);
    g_free(((serve_pair *)pair)->value);
}

serve_pairs *serve_pairs_new(void)
{
    serve_pairs *pairs = g_array_new(FALSE, FALSE, sizeof(serve_pair));

    g_array_set_clear_func(pairs, clear_pair);
    return pairs;
}

void serve_pairs_add(serve_pairs *pairs, char *name, char *value)
{
    const serve_pair pair = {name, value};

    g_array_append_val(pairs, pair);
}

void serve_pairs_free(serve_pairs *pairs)
{
    if (pairs != NULL)
        g_array_free(pairs, TRUE);
}

const char *serve_pairs_get(const serve_pairs *pairs, const char *name)
{
    for (guint i = 0; i < pairs->len; i++) {
        const serve_pair *pair = &g_array_index(pairs, serve_pair, i);
        if (strcmp(pair->name, name) == 0)
            return pair->value != NULL ? pair->value : "";
    }
    return NULL;
}

/* ---- decoding ------------------------------------------------------------ */

static bool is_control(unsigned char c)
{
    return c < 0x20 || c == 0x7F;
}

/* The byte of the escape at `text`; -1: it is wrong, cut short, or of a NUL. */
static int decode_escape(const char *text, size_t size)
{
    if (size < 3 || !g_ascii_isxdigit(text[1]) || !g_ascii_isxdigit(text[2]))
        return -1;
    const int byte = g_ascii_xdigit_value(text[1]) * 16 + g_ascii_xdigit_value(text[2]);
    return byte != 0 ? byte : -1;
}

/* Decodes a part of the query; NULL: it is wrong. The caller frees it. */
static char *decode_word(const char *text, size_t size)
{
    char *word = g_malloc(size + 1);
    size_t length = 0;

    for (size_t i = 0; i < size; i++) {
        int byte = text[i] == '+' ? ' ' : (unsigned char)text[i];
        if (text[i] == '%') {
            byte = decode_escape(text + i, size - i);
            i += 2;
        }
        if (byte < 0) {
            g_free(word);
            return NULL;
        }
        word[length++] = (char)byte;
    }
    word[length] = '\0';
    if (g_utf8_validate(word, (gssize)length, NULL))
        return word;
    g_free(word);
    return NULL;
}

/* Decodes the path; NULL: it is wrong. */
static char *decode_path(const char *text, size_t size)
{
    char *path = g_malloc(size + 1);
    size_t length = 0;

    for (size_t i = 0; i < size; i++) {
        int byte = (unsigned char)text[i];
        if (byte == '%') {
            byte = decode_escape(text + i, size - i);
            if (byte == '/')
                byte = -1;
            i += 2;
        }
        if (byte < 0 || byte == '\\' || is_control((unsigned char)byte)) {
            g_free(path);
            return NULL;
        }
        path[length++] = (char)byte;
    }
    path[length] = '\0';
    return path;
}

static bool has_odd_segment(const char *path)
{
    for (const char *segment = path + 1;; segment++) {
        const size_t size = strcspn(segment, "/");
        const bool last = segment[size] == '\0';
        if ((size == 0 && !(last && segment == path + 1)) || (size == 1 && segment[0] == '.') ||
            (size == 2 && memcmp(segment, "..", 2) == 0))
            return true;
        if (last)
            return false;
        segment += size;
    }
}

/* ---- the whole ----------------------------------------------------------- */

static bool parse_pair(serve_pairs *query, const char *text, size_t size)
{
    const char *equals = memchr(text, '=', size);
    const size_t length = equals != NULL ? (size_t)(equals - text) : size;
    char *name = decode_word(text, length);
    char *value = equals != NULL ? decode_word(equals + 1, size - length - 1) : NULL;

    if (name == NULL || (equals != NULL && value == NULL)) {
        g_free(name);
        g_free(value);
        return false;
    }
    serve_pairs_add(query, name, value);
    return true;
}

static bool parse_query(serve_pairs *query, const char *text, serve_fault *fault)
{
    while (*text != '\0') {
        const size_t size = strcspn(text, "&");
        if (query->len == SERVE_PARAMETERS_MAX)
            return serve_refuse(fault, SERVE_BAD_REQUEST, "there are more than %d parameters",
                                SERVE_PARAMETERS_MAX);
        if (size > 0 && !parse_pair(query, text, size))
            return serve_refuse(fault, SERVE_BAD_REQUEST,
                                "a parameter has a wrong escape, or is not UTF-8");
        text += size + (text[size] == '&');
    }
    return true;
}

/* Takes "http://AUTHORITY" off an absolute form. */
static const char *take_authority(serve_target *target, const char *text)
{
    static const char scheme[] = "http://";

    if (g_ascii_strncasecmp(text, scheme, sizeof scheme - 1) != 0)
        return text;
    const char *authority = text + sizeof scheme - 1;
    const size_t size = strcspn(authority, "/?");
    target->authority = g_strndup(authority, size);
    return authority + size;
}

bool serve_target_parse(serve_target *target, const char *text, serve_fault *fault)
{
    *target = (serve_target){.query = serve_pairs_new()};
    text = take_authority(target, text);
    if (text[0] != '/' || strchr(text, '#') != NULL)
        return serve_refuse(fault, SERVE_BAD_REQUEST, "the target is not a path with parameters");
    const size_t size = strcspn(text, "?");
    target->path = decode_path(text, size);
    if (target->path == NULL)
        return serve_refuse(fault, SERVE_BAD_REQUEST,
                            "the path has a wrong escape, or a character that a path cannot have");
    if (has_odd_segment(target->path))
        return serve_refuse(fault, SERVE_NO_ENDPOINT, "nothing is at this path");
    return text[size] == '\0' || parse_query(target->query, text + size + 1, fault);
}

void serve_target_release(serve_target *target)
{
    g_free(target->authority);
    g_free(target->path);
    serve_pairs_free(target->query);
    *target = (serve_target){.path = NULL};
}
