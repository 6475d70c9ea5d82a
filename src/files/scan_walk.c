#include "files/scan_walk.h"

#include "files/path.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The walk has its own stack, so only memory limits the depth of a tree, and it holds one
 * descriptor at a time: a folder's descriptor is closed while a sub-folder is walked, and opened
 * again by path when another entry in it is examined.
 */

/* The type of a name in a listing, as far as readdir knows it. Stored before each name. */
enum {
    KIND_FOLDER = 'd',
    KIND_FILE = 'f',
    KIND_LINK = 'l',
    KIND_SPECIAL = 's',
    KIND_UNKNOWN = '?'
};

typedef struct frame {
    char *names;         /* owned: kind, name, NUL; kind, name, NUL; … */
    const char **sorted; /* owned: the pieces of `names`, ordered by name */
    size_t count, next;
    size_t path_size; /* of the folder's path, including its final slash */
    uint32_t folder;
    bool quarantine; /* in or below the quarantine: its links are the originals of an earlier run */
    bool again;      /* an earlier walk was here, and has counted what it ignored */
    int descriptor;  /* -1: closed */
} frame;

typedef struct walk {
    loom_scan *scan;
    unsigned input;
    uint32_t parent;  /* of the walk's root: index in folders, or LOOM_SCAN_NO_FOLDER */
    uint32_t number;  /* of this walk, in loom_scan_folder.walk */
    bool in_output;   /* the root is the output folder, or below it */
    bool affixes;     /* names with the prefix or suffix are outputs of earlier runs */
    size_t below;     /* offset in `path` of the part that globs match */
    size_t relative;  /* offset in `path` of the part that an output tree repeats */
    loom_strbuf path; /* of the current entry */
    frame *frames;
    size_t depth, capacity;
} walk;

/* ---- reading a folder ---------------------------------------------------- */

static char kind_of(const struct dirent *entry)
{
    switch (entry->d_type) {
    case DT_DIR:
        return KIND_FOLDER;
    case DT_REG:
        return KIND_FILE;
    case DT_LNK:
        return KIND_LINK;
    case DT_UNKNOWN:
        return KIND_UNKNOWN;
    default:
        return KIND_SPECIAL;
    }
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left + 1, *(const char *const *)right + 1);
}

/* Of a file in the folder of w->path, where that is entered. */
static void note_excluded(walk *w, const char *name)
{
    const size_t size = w->path.size;

    if (w->scan->exclude_idle == 0)
        return;
    if (size == 0 || w->path.data[size - 1] != '/')
        loom_strbuf_add_char(&w->path, '/');
    const size_t start = w->path.size;
    loom_strbuf_add_str(&w->path, name);
    loom_scan_note_excluded(w->scan, &w->path, w->depth > 0 ? w->below : start, start);
    loom_strbuf_truncate(&w->path, size);
}

/* Collects the names to examine; sets *count. Returns 0 or errno; ENOMEM also for our own memory.
 */
static int collect(walk *w, DIR *listing, bool again, loom_strbuf *names, size_t *count)
{
    const loom_scan_options *options = &w->scan->options;
    const struct dirent *entry;
    loom_ignored reason;

    while (errno = 0, !loom_scan_must_stop(w->scan) && (entry = readdir(listing)) != NULL) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        char kind = kind_of(entry);
        if ((kind == KIND_FILE || kind == KIND_SPECIAL) && !loom_scan_lists_ignored(w->scan) &&
            !loom_scan_takes(options, name, w->affixes, &reason)) {
            w->scan->ignored[reason] += !again;
            note_excluded(w, name);
            continue;
        }
        loom_strbuf_add_char(names, kind);
        loom_strbuf_add(names, name, strlen(name) + 1);
        ++*count;
    }
    return names->failed ? ENOMEM : errno;
}

/*
 * Reads the folder of `descriptor` into *read (names, sorted, count; `again` is set). Returns 0 or
 * errno; names read before a failure are kept, except after ENOMEM.
 */
static int read_folder(walk *w, int descriptor, frame *read)
{
    loom_strbuf names = LOOM_STRBUF_INIT;
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0); /* closedir closes it */
    DIR *listing = copy >= 0 ? fdopendir(copy) : NULL;
    size_t count = 0;

    if (listing == NULL) {
        int errnum = errno;
        if (copy >= 0)
            (void)close(copy);
        return errnum;
    }
    int errnum = collect(w, listing, read->again, &names, &count);
    (void)closedir(listing);
    const char **sorted = loom_alloc_array(count, sizeof *sorted);
    if (errnum == ENOMEM || sorted == NULL) {
        free(sorted);
        loom_strbuf_release(&names);
        return ENOMEM;
    }
    const char *piece = names.data;
    for (size_t i = 0; i < count; i++, piece += strlen(piece) + 1)
        sorted[i] = piece;
    qsort(sorted, count, sizeof *sorted, compare_names);
    read->names = names.data;
    read->sorted = sorted;
    read->count = count;
    return errnum;
}

/* ---- the stack ----------------------------------------------------------- */

static void close_frame(frame *top)
{
    if (top->descriptor >= 0)
        (void)close(top->descriptor);
    top->descriptor = -1;
}

static void pop(walk *w)
{
    frame *top = &w->frames[--w->depth];

    close_frame(top);
    free(top->names);
    free(top->sorted);
}

/* The top folder's descriptor, reopened if necessary; -1 with errno. Its path is in w->path. */
static int top_descriptor(walk *w)
{
    frame *top = &w->frames[w->depth - 1];

    if (top->descriptor < 0) {
        char *end = w->path.data + top->path_size, kept = *end;
        *end = '\0';
        top->descriptor = loom_path_open(w->path.data, O_PATH | O_DIRECTORY);
        *end = kept;
    }
    return top->descriptor;
}

static bool fill(walk *w, loom_scan_found *found)
{
    *found = (loom_scan_found){
        .path = loom_strbuf_str(&w->path),
        .relative = w->relative < w->path.size ? w->relative : w->path.size,
        .parent = w->depth > 0 ? w->frames[w->depth - 1].folder : w->parent,
        .input = w->input,
    };
    return !w->path.failed;
}

static bool put_failed(walk *w, int errnum, const char *what)
{
    loom_scan_found found;

    return fill(w, &found) && loom_scan_put_failed(w->scan, &found, errnum, what);
}

/*
 * Whether a folder has this identity (zero: none has), or lies below one that has: walks upwards,
 * so that neither names nor their length matter.
 */
static bool lies_in(int descriptor, loom_file_id id)
{
    loom_file_id last = {0, 0}, here;
    struct stat info;
    bool found = false;

    if (id.inode == 0 && id.device == 0)
        return false;
    int folder = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    while (folder >= 0 && fstat(folder, &info) == 0) {
        here = loom_path_id(&info);
        found = loom_path_same(here, id);
        if (found || loom_path_same(here, last)) /* the root is its own parent */
            break;
        last = here;
        int above = openat(folder, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
        (void)close(folder);
        folder = above;
    }
    if (folder >= 0)
        (void)close(folder);
    return found;
}

/* Whether the folder contains outputs. The walk's root is always walked, because it was requested.
 */
static bool is_output(walk *w, int descriptor, loom_file_id id, bool linked)
{
    if (w->depth == 0) {
        w->in_output = lies_in(descriptor, w->scan->output_root.id);
        w->affixes = w->in_output || w->scan->options.output_root == NULL;
        return false;
    }
    return loom_path_same(id, w->scan->output_root.id) ||
           (linked && !w->in_output && lies_in(descriptor, w->scan->output_root.id));
}

/*
 * Enters the folder that w->path names and `descriptor` (taken over) is open on, unless it is the
 * output folder or was entered before. False: out of memory.
 */
static bool enter(walk *w, int descriptor, bool linked)
{
    frame next = {.descriptor = descriptor};
    struct stat info;
    void *frames = w->frames;
    bool root = w->depth == 0;

    if (fstat(descriptor, &info) != 0) {
        int errnum = errno;
        close_frame(&next);
        return put_failed(w, errnum, "cannot examine the folder");
    }
    loom_file_id id = loom_path_id(&info);
    if (!loom_scan_folder_index(w->scan, &info, &next.folder))
        goto no_memory;
    const bool output = is_output(w, descriptor, id, linked);
    loom_scan_folder *folder = &w->scan->folders[next.folder];
    if (output || folder->walk == w->number) {
        close_frame(&next);
        return true;
    }
    next.again = folder->walk != 0;
    folder->walk = w->number;
    next.quarantine =
        loom_path_same(id, w->scan->quarantine.id) || (!root && w->frames[w->depth - 1].quarantine);
    int errnum = read_folder(w, descriptor, &next);
    if (errnum == ENOMEM || (errnum != 0 && !put_failed(w, errnum, "cannot read the folder")))
        goto no_memory;
    if (w->path.size == 0 || w->path.data[w->path.size - 1] != '/')
        loom_strbuf_add_char(&w->path, '/');
    if (w->path.failed || !loom_grow(&frames, &w->capacity, w->depth + 1, sizeof *w->frames))
        goto no_memory;
    w->frames = frames;
    if (!root)
        close_frame(&w->frames[w->depth - 1]);
    next.path_size = w->path.size;
    w->frames[w->depth++] = next;
    return true;

no_memory:
    close_frame(&next);
    free(next.names);
    free(next.sorted);
    return false;
}

/* ---- one name ------------------------------------------------------------ */

/* Counts a folder that is not entered as one ignored file, unless it is of the run itself. */
static bool ignore_folder(walk *w, size_t name, loom_ignored reason)
{
    const int parent = top_descriptor(w);
    struct stat info;

    if (w->frames[w->depth - 1].again)
        return true;
    if (parent >= 0 && fstatat(parent, w->path.data + name, &info, 0) == 0) {
        const loom_file_id id = loom_path_id(&info);
        if (loom_path_same(id, w->scan->output_root.id) ||
            loom_path_same(id, w->scan->quarantine.id))
            return true;
    }
    loom_strbuf_add_char(&w->path, '/');
    return !w->path.failed && loom_scan_ignore(w->scan, w->path.data, reason);
}

static bool is_hidden(const walk *w, size_t name)
{
    return w->path.data[name] == '.' && !w->scan->options.hidden;
}

/* Whether an earlier run has made the folder for the small pictures of its page. */
static bool holds_pictures(walk *w, size_t name)
{
    const size_t size = w->path.size;
    struct stat info;

    if (strncmp(w->path.data + name, LOOM_PICTURES_START, strlen(LOOM_PICTURES_START)) != 0)
        return false;
    const int parent = top_descriptor(w);
    loom_strbuf_add_str(&w->path, "/" LOOM_PICTURES_MARK);
    const bool marked = parent >= 0 && !w->path.failed &&
                        fstatat(parent, w->path.data + name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                        S_ISREG(info.st_mode);
    loom_strbuf_truncate(&w->path, size);
    return marked;
}

static bool visit_folder(walk *w, size_t name, bool linked)
{
    const loom_scan_options *options = &w->scan->options;

    if (options->max_depth > 0 && w->depth >= options->max_depth)
        return true;
    if (loom_scan_excludes_folder(w->scan, &w->path, w->below, name))
        return !w->path.failed;
    if (is_hidden(w, name))
        return ignore_folder(w, name, LOOM_IGNORED_HIDDEN);
    if (linked && !options->follow)
        return ignore_folder(w, name, LOOM_IGNORED_LINKED_FOLDER);
    if (holds_pictures(w, name))
        return ignore_folder(w, name, LOOM_IGNORED_OUTPUT);
    if (w->path.failed)
        return false;
    int parent = top_descriptor(w);
    int descriptor =
        parent < 0 ? -1
                   : (int)TEMP_FAILURE_RETRY(openat(parent, w->path.data + name,
                                                    O_RDONLY | O_DIRECTORY | O_CLOEXEC |
                                                        O_NONBLOCK | (linked ? 0 : O_NOFOLLOW)));
    if (descriptor < 0)
        return put_failed(w, errno, "cannot open the folder");
    return enter(w, descriptor, linked);
}

/* `info` from stat, or NULL if it failed with errnum. */
static bool visit_file(walk *w, size_t name, const struct stat *info, int errnum)
{
    const loom_scan_options *options = &w->scan->options;
    loom_scan_found found;
    const bool again = w->frames[w->depth - 1].again;
    loom_ignored reason;

    const bool takes = loom_scan_takes(options, w->path.data + name, w->affixes, &reason);
    if (!takes)
        loom_scan_note_excluded(w->scan, &w->path, w->below, name);
    if (!takes || !loom_scan_passes(w->scan, &w->path, w->below, name, &reason))
        return again || loom_scan_ignore(w->scan, w->path.data, reason);
    if (is_hidden(w, name))
        return again || loom_scan_ignore(w->scan, w->path.data, LOOM_IGNORED_HIDDEN);
    if (info == NULL)
        return fill(w, &found) && loom_scan_put_lost(w->scan, &found, errnum);
    if (!fill(w, &found))
        return false;
    found.info = info;
    return loom_scan_put_file(w->scan, &found);
}

static bool visit(walk *w, char kind, size_t name)
{
    struct stat info;
    int flags = kind == KIND_UNKNOWN ? AT_SYMLINK_NOFOLLOW : 0;

    if (kind == KIND_FOLDER)
        return visit_folder(w, name, false);
    int parent = top_descriptor(w);
    if (parent < 0 || fstatat(parent, w->path.data + name, &info, flags) != 0)
        return visit_file(w, name, NULL, errno);
    if (kind == KIND_UNKNOWN && S_ISLNK(info.st_mode))
        return visit(w, KIND_LINK, name);
    if (kind == KIND_LINK && w->frames[w->depth - 1].quarantine)
        return true;
    if (S_ISDIR(info.st_mode))
        return visit_folder(w, name, kind == KIND_LINK);
    return visit_file(w, name, &info, 0);
}

static bool step(walk *w)
{
    frame *top = &w->frames[w->depth - 1];

    if (top->next == top->count) {
        pop(w);
        return true;
    }
    const char *piece = top->sorted[top->next++];
    size_t name = top->path_size;
    loom_strbuf_truncate(&w->path, name);
    loom_strbuf_add_str(&w->path, piece + 1);
    return !w->path.failed && visit(w, piece[0], name);
}

bool loom_scan_walk(loom_scan *scan, const loom_scan_found *root, bool listed)
{
    walk w = {.scan = scan,
              .input = root->input,
              .parent = root->parent,
              .number = ++scan->walks,
              .path = LOOM_STRBUF_INIT};
    bool done;

    loom_scan_find_special(scan);
    loom_strbuf_add_str(&w.path, root->path);
    int descriptor = loom_path_open(root->path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
    if (descriptor < 0) {
        done = put_failed(&w, errno, "cannot open the folder");
    } else {
        done = enter(&w, descriptor, false);
        w.below = w.path.size;
        w.relative = listed && done ? loom_scan_relative(loom_strbuf_str(&w.path)) : w.path.size;
    }
    while (done && w.depth > 0 && !loom_scan_must_stop(scan))
        done = step(&w);
    while (w.depth > 0)
        pop(&w);
    loom_strbuf_release(&w.path);
    free(w.frames);
    return done;
}
