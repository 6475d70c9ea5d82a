/* The tokens of a token file: one a line; empty lines and those that begin with # are none. */
#include "serve/server.h"

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

bool serve_tokens_read(serve_server *server, loom_error *err)
{
    GPtrArray *tokens = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;
    char *text = NULL;

    if (!g_file_get_contents(server->settings->token_file, &text, NULL, &error)) {
        (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "--token-file: %s",
                             error->message);
        g_error_free(error);
    } else if (add_lines(tokens, text, err)) {
        GPtrArray *former = server->tokens;
        server->tokens = tokens;
        tokens = former;
    }
    const bool good = text != NULL && err->code == LOOM_OK;
    g_free(text);
    if (tokens != NULL)
        g_ptr_array_free(tokens, TRUE);
    return good;
}
