/* How paths stand in records. */
#include "state/record.h"

#include <string.h>

static void add_folded(loom_strbuf *out, const char *path)
{
    while (*path != '\0') {
        const size_t size = strcspn(path, "/");
        if (size > 0 && !(size == 1 && path[0] == '.')) {
            loom_strbuf_add_char(out, '/');
            loom_strbuf_add(out, path, size);
        }
        path += size + (path[size] == '/');
    }
}

void loom_state_add_absolute(const loom_state *state, loom_strbuf *out, const char *path)
{
    if (path[0] != '/')
        loom_strbuf_add(out, state->here, strlen(state->here) - 1);
    add_folded(out, path);
    if (out->size == 0)
        loom_strbuf_add_char(out, '/');
}

/* Whether a path stays below a folder, which ends in a slash. What climbs may leave it again. */
static bool is_below(const char *path, const char *folder)
{
    const size_t size = strlen(folder);

    if (strncmp(path, folder, size) != 0)
        return false;
    for (const char *up = path + size - 1; (up = strstr(up, "/..")) != NULL; up += 3)
        if (up[3] == '/' || up[3] == '\0')
            return false;
    return true;
}

static void set_path(const loom_state *state, loom_strbuf *to, const char *path)
{
    loom_strbuf_clear(to);
    loom_state_add_absolute(state, to, path);
}

static void cut_start(loom_strbuf *path, size_t size)
{
    memmove(path->data, path->data + size, path->size - size + 1);
    path->size -= size;
}

bool loom_state_set_paths(loom_state *state, const char *input, const char *output)
{
    const size_t folder = strlen(state->folder);

    set_path(state, &state->input, input);
    set_path(state, &state->output, output);
    if (state->input.failed || state->output.failed) {
        (void)loom_state_no_memory(state, NULL);
        return false;
    }
    if (is_below(state->input.data, state->folder) && is_below(state->output.data, state->folder)) {
        cut_start(&state->input, folder);
        cut_start(&state->output, folder);
    }
    return true;
}
