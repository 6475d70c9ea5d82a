/* What a recipe says of the files that it names, and of its text. */
#include "picture/recipe_fields.h"

#include "base/array.h"
#include "base/error.h"
#include "base/text.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *fault_of(const char *text)
{
    if (!loom_utf8_valid(text, strlen(text)))
        return "is not UTF-8";
    for (const char *at = text; *at != '\0'; at++)
        if (((unsigned char)*at < ' ' && *at != '\n' && *at != '\t') || *at == 0x7f)
            return "holds a control character";
    return NULL;
}

static const char *fault_of_word(const char *word)
{
    const size_t length = strlen(word);

    return length == 0                ? "is empty"
           : length >= LOOM_WORD_SIZE ? "is longer than 1023 bytes"
                                      : fault_of(word);
}

/* Sets all of it: recipes are compared with what comes after the NUL. */
static void set_word(char to[LOOM_WORD_SIZE], const char *word)
{
    memset(to, 0, LOOM_WORD_SIZE);
    memcpy(to, word, strlen(word));
}

/* ---- files ---------------------------------------------------------------- */

loom_status loom_recipe_file_set(loom_recipe_file *file, const char *path, loom_error *err)
{
    const char *fault = fault_of_word(path);

    if (fault != NULL)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "the name of a file or font %s",
                              fault);
    memset(file, 0, sizeof *file);
    set_word(file->path, path);
    return LOOM_OK;
}

bool loom_recipe_file_set_hash(loom_recipe_file *file, const char *digits)
{
    static const char hex[] = "0123456789abcdef";
    loom_content_hash hash;

    if (strlen(digits) != 2 * sizeof hash.bytes || strspn(digits, hex) != 2 * sizeof hash.bytes)
        return false;
    for (size_t i = 0; i < sizeof hash.bytes; i++) {
        const char *high = strchr(hex, digits[2 * i]), *low = strchr(hex, digits[2 * i + 1]);
        hash.bytes[i] = (unsigned char)((high - hex) * 16 + (low - hex));
    }
    file->hash = hash;
    file->hashed = 1;
    return true;
}

void loom_recipe_file_add(loom_strbuf *out, const loom_recipe_file *file)
{
    if (!file->hashed) {
        loom_text_add(out, file->path);
        return;
    }
    loom_strbuf_add_char(out, '{');
    if (file->path[0] != '\0') {
        loom_strbuf_add_str(out, "\"path\":");
        loom_text_add(out, file->path);
        loom_strbuf_add_char(out, ',');
    }
    loom_strbuf_add_str(out, "\"hash\":\"");
    for (size_t i = 0; i < sizeof file->hash.bytes; i++)
        loom_strbuf_add_format(out, "%02x", file->hash.bytes[i]);
    loom_strbuf_add_str(out, "\"}");
}

bool loom_recipe_file_is_valid(const loom_recipe_file *file)
{
    return memchr(file->path, '\0', LOOM_WORD_SIZE) != NULL && fault_of(file->path) == NULL;
}

bool loom_font_is_file(const char *font)
{
    static const char *const ends[] = {".ttf", ".otf", ".ttc", ".otc", ".woff", ".woff2", ".pfb"};
    const size_t length = strlen(font);

    for (size_t i = 0; i < LOOM_COUNT(ends); i++)
        if (length > strlen(ends[i]) &&
            loom_ascii_casecmp(font + length - strlen(ends[i]), ends[i]) == 0)
            return true;
    return strchr(font, '/') != NULL;
}

/* ---- text ----------------------------------------------------------------- */

void loom_text_add(loom_strbuf *out, const char *text)
{
    json_t *value = json_string(text);
    char *json = value != NULL ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;

    if (json != NULL)
        loom_strbuf_add_str(out, json);
    else
        out->failed = true;
    free(json);
    json_decref(value);
}

bool loom_text_is_valid(const char text[LOOM_WORD_SIZE])
{
    return memchr(text, '\0', LOOM_WORD_SIZE) != NULL && fault_of(text) == NULL;
}

loom_status loom_text_set(char text[LOOM_WORD_SIZE], const char *word, loom_error *err)
{
    const char *fault = fault_of_word(word);

    if (fault != NULL)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "the text %s", fault);
    set_word(text, word);
    return LOOM_OK;
}
