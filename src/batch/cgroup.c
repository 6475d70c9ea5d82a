#include "batch/cgroup.h"

#include "base/digits.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The file's whole content in *text, which is cleared first. */
static bool read_file(const char *path, loom_strbuf *text)
{
    char piece[4096];
    ssize_t n;
    int file = open(path, O_RDONLY | O_CLOEXEC);

    loom_strbuf_clear(text);
    if (file < 0)
        return false;
    while ((n = read(file, piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            loom_strbuf_add(text, piece, (size_t)n);
    (void)close(file);
    return n == 0 && !text->failed;
}

bool loom_cgroup_read(const char *folder, const char *name, loom_strbuf *text)
{
    loom_strbuf path = LOOM_STRBUF_INIT;

    loom_strbuf_add_format(&path, "%s/%s", folder, name);
    const bool ok = !path.failed && read_file(loom_strbuf_str(&path), text);
    loom_strbuf_release(&path);
    return ok;
}

bool loom_cgroup_number(const char **text, uint64_t *value)
{
    *text += strspn(*text, " \t");
    return loom_read_digits(text, value);
}

typedef struct walk {
    const char *root, *controller;
    void (*visit)(void *user, const char *folder, bool v2);
    void *user;
} walk;

/* The group `name` ("/a/b") below `mount`, and those above it up to the mount itself. */
static void visit_chain(const walk *w, const char *mount, const char *name, bool v2)
{
    loom_strbuf folder = LOOM_STRBUF_INIT;
    const size_t root = strlen(mount);

    loom_strbuf_add_format(&folder, "%s%s", mount, name);
    while (!folder.failed) {
        w->visit(w->user, loom_strbuf_str(&folder), v2);
        if (folder.size <= root)
            break;
        const char *slash = strrchr(folder.data + root, '/');
        loom_strbuf_truncate(&folder, slash != NULL ? (size_t)(slash - folder.data) : root);
    }
    loom_strbuf_release(&folder);
}

/* Whether the comma-separated list holds the word. */
static bool has_word(const char *list, const char *word)
{
    const size_t size = strlen(word);

    for (const char *p = list;;) {
        const size_t length = strcspn(p, ",");
        if (length == size && memcmp(p, word, size) == 0)
            return true;
        if (p[length] == '\0')
            return false;
        p += length + 1;
    }
}

/* One line of /proc/self/cgroup: "ID:CONTROLLERS:NAME", version 2 without controllers. */
static void visit_line(const walk *w, char *line)
{
    static const char *const v2_mounts[] = {"", "/unified"};
    char *list = strchr(line, ':');
    char *name = list != NULL ? strchr(list + 1, ':') : NULL;

    if (name == NULL)
        return;
    *name++ = '\0';
    const bool v2 = *++list == '\0';
    if (!v2 && !has_word(list, w->controller))
        return;
    for (size_t i = 0; i < 2; i++) {
        loom_strbuf mount = LOOM_STRBUF_INIT;
        if (v2)
            loom_strbuf_add_format(&mount, "%s/sys/fs/cgroup%s", w->root, v2_mounts[i]);
        else /* version 1 is mounted by one controller's name, or by those of the line */
            loom_strbuf_add_format(&mount, "%s/sys/fs/cgroup/%s", w->root,
                                   i == 0 ? w->controller : list);
        if (!mount.failed && (v2 || i == 0 || strcmp(list, w->controller) != 0))
            visit_chain(w, loom_strbuf_str(&mount), name, v2);
        loom_strbuf_release(&mount);
    }
}

void loom_cgroup_each(const char *root, const char *controller,
                      void (*visit)(void *user, const char *folder, bool v2), void *user)
{
    const walk w = {root, controller, visit, user};
    loom_strbuf path = LOOM_STRBUF_INIT, groups = LOOM_STRBUF_INIT;

    loom_strbuf_add_format(&path, "%s/proc/self/cgroup", root);
    if (!path.failed && read_file(loom_strbuf_str(&path), &groups) && groups.size > 0) {
        char *rest = NULL;
        for (char *line = strtok_r(groups.data, "\n", &rest); line != NULL;
             line = strtok_r(NULL, "\n", &rest))
            visit_line(&w, line);
    }
    loom_strbuf_release(&path);
    loom_strbuf_release(&groups);
}
