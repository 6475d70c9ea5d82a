/*
 * Tokens and keys, from files alone. A token file has a token a line; empty lines and those that
 * begin with # are none.
 */
#include "options/missing.h"
#include "serve/server.h"
#include "serve/signature.h"

#include <string.h>

enum { TOKEN_MIN = 16 }; /* characters: shorter ones can be guessed */

static bool add_lines(GPtrArray *tokens, const char *text, loom_error *err)
{
    char **lines = g_strsplit(text, "\n", -1);
    bool good = true;

    for (size_t i = 0; good && lines[i] != NULL; i++) {
        const char *token = g_strstrip(lines[i]);
        if (token[0] == '\0' || token[0] == '#')
            continue;
        good = strlen(token) >= TOKEN_MIN;
        if (good)
            g_ptr_array_add(tokens, g_strdup(token));
        else
            (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                 "--token-file: line %zu has fewer than %d characters", i + 1,
                                 TOKEN_MIN);
    }
    g_strfreev(lines);
    if (good && tokens->len == 0) {
        (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                             "--token-file: there is no token in the file");
        good = false;
    }
    return good;
}

static GPtrArray *read_tokens(const char *path, loom_error *err)
{
    GPtrArray *tokens = g_ptr_array_new_with_free_func(g_free);
    loom_error cause = LOOM_ERROR_INIT;
    GString *text = options_read_file(path, &cause);
    const bool good = text != NULL && add_lines(tokens, text->str, err);

    if (text != NULL)
        g_string_free(text, TRUE);
    else
        (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "--token-file: %s",
                             cause.message);
    if (good)
        return tokens;
    g_ptr_array_free(tokens, TRUE);
    return NULL;
}

static void replace(GPtrArray **former, GPtrArray *list)
{
    if (list == NULL)
        return;
    if (*former != NULL)
        g_ptr_array_free(*former, TRUE);
    *former = list;
}

bool serve_secrets_read(serve_server *server, loom_error *err)
{
    const serve_settings *s = server->settings;

    if (s->token_file != NULL)
        replace(&server->tokens, read_tokens(s->token_file, err));
    if (s->key_file != NULL)
        replace(&server->keys, serve_keys_read(s->key_file, err));
    return err->code == LOOM_OK;
}
