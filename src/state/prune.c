/* Removing outputs that no input stands behind. */
#include "state/record.h"

#include "files/output.h"
#include "files/path.h"
#include "files/planner.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The tree that an output is reached in, and its path in it. */
static void set_tree(const loom_plan *plan, const char *root, const loom_lost *lost,
                     loom_output_tree *tree, loom_strbuf *path)
{
    if (root == NULL) {
        *tree = (loom_output_tree){.root_size = strlen(lost->folder), .root = -1};
        loom_strbuf_add_str(path, lost->output);
    } else {
        *tree = plan->root;
        loom_strbuf_add(path, plan->root_path, tree->root_size);
        loom_strbuf_add_char(path, '/');
        loom_strbuf_add_str(path, lost->output + strlen(root));
    }
}

static bool is_as_written(const loom_state *state, const loom_lost *lost, int folder,
                          const char *name, const struct stat *info)
{
    if (!lost->written || !S_ISREG(info->st_mode) || (uint64_t)info->st_size != lost->size ||
        !loom_state_is_time(loom_path_time(info->st_mtim), lost->mtime_ns))
        return false;
    return state->unchanged_by != LOOM_UNCHANGED_BY_HASH ||
           (lost->hashed && loom_output_has_content(folder, name, lost->size, &lost->hash));
}

/* Why the output is kept; NULL: it is gone, maybe since before. */
static const char *remove_output(const loom_state *state, const loom_plan *plan,
                                 const loom_lost *lost, int folder, const char *name)
{
    struct stat info;

    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? NULL : "it cannot be looked at";
    if (loom_planner_find_input(plan, loom_path_id(&info)) != LOOM_INDEX_SET_NONE)
        return "it is an input of this run";
    if (!is_as_written(state, lost, folder, name, &info))
        return "was changed since";
    return unlinkat(folder, name, 0) == 0 ? NULL : "it cannot be removed";
}

/* Removes the folders above an output that are empty now, up to the root. `path` is modified. */
static void remove_folders(const loom_output_tree *tree, char *path)
{
    size_t size = loom_path_above(path, strlen(path)); /* "root/sub/" */

    while (size > tree->root_size + 1) {
        path[size - 1] = '\0';
        const size_t above = loom_path_above(path, size - 1);
        const int folder = loom_output_tree_open(tree, path, above, false);
        const bool removed = folder >= 0 && unlinkat(folder, path + above, AT_REMOVEDIR) == 0;
        if (folder >= 0)
            (void)close(folder);
        if (!removed)
            return;
        size = above;
    }
}

static void forget(loom_state *state, const loom_lost *lost)
{
    sqlite3_stmt *statement = state->statements[STATEMENT_FORGET];

    if (!loom_state_set_paths(state, lost->input, lost->output) ||
        loom_state_begin(state, NULL) != LOOM_OK)
        return;
    (void)sqlite3_bind_blob64(statement, 1, state->output.data, state->output.size,
                              SQLITE_TRANSIENT);
    (void)sqlite3_step(statement);
    const int code = sqlite3_reset(statement);
    if (code != SQLITE_OK)
        (void)loom_state_fail(state, code, NULL);
    state->pending++;
    (void)loom_state_tick(state, NULL);
}

const char *loom_state_prune(loom_state *state, const loom_plan *plan, const char *root,
                             const loom_lost *lost)
{
    loom_strbuf path = LOOM_STRBUF_INIT;
    loom_output_tree tree;
    const char *kept = NULL;

    if (state->failure.code != LOOM_OK)
        return "the state cannot be written";
    set_tree(plan, root, lost, &tree, &path);
    if (path.failed)
        return "memory ran out";
    const size_t above = loom_path_above(path.data, path.size);
    const int folder = loom_output_tree_open(&tree, path.data, above, false);
    if (folder >= 0) {
        kept = remove_output(state, plan, lost, folder, path.data + above);
        (void)close(folder);
    } else if (errno != ENOENT && errno != ENOTDIR) {
        kept = "its folder cannot be entered";
    }
    if (kept == NULL) {
        forget(state, lost);
        if (root != NULL) /* beside inputs the folders are the user's */
            remove_folders(&tree, path.data);
    }
    loom_strbuf_release(&path);
    return kept;
}
