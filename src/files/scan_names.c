#include "files/scan_walk.h"

#include <fnmatch.h>
#include <imgloom/format.h>
#include <string.h>

const char *loom_ignored_name(loom_ignored reason)
{
    switch (reason) {
    case LOOM_IGNORED_KIND:
        return "kind";
    case LOOM_IGNORED_UNTRUSTED:
        return "untrusted";
    case LOOM_IGNORED_OUTPUT:
        return "output";
    case LOOM_IGNORED_EXCLUDED:
        return "excluded";
    case LOOM_IGNORED_NOT_INCLUDED:
        return "not-included";
    case LOOM_IGNORED_HIDDEN:
        return "hidden";
    case LOOM_IGNORED_LINKED_FOLDER:
        return "linked-folder";
    case LOOM_IGNORED_RAW:
        return "raw";
    }
    return "unknown";
}

/* ---- globs --------------------------------------------------------------- */

static bool glob_matches(const char *glob, const char *below, const char *name, int flags)
{
    const char *slash = strchr(glob, '/');

    if (fnmatch(glob, below, flags) == 0)
        return true;
    if (strncmp(glob, "**/", 3) == 0 && fnmatch(glob + 3, below, flags) == 0)
        return true;
    return (slash == NULL || slash[1] == '\0') && fnmatch(glob, name, flags) == 0;
}

static bool any_matches(const loom_scan_options *options, const char *const *globs, size_t count,
                        const char *below, const char *name)
{
    const int flags = options->ignore_case ? FNM_CASEFOLD : 0;

    for (size_t i = 0; i < count; i++)
        if (glob_matches(globs[i], below, name, flags))
            return true;
    return false;
}

static bool is_excluded(const loom_scan_options *options, const loom_strbuf *path, size_t below,
                        size_t name)
{
    return any_matches(options, options->exclude, options->exclude_count, path->data + below,
                       path->data + name);
}

bool loom_scan_excludes_folder(const loom_scan_options *options, loom_strbuf *path, size_t below,
                               size_t name)
{
    if (options->exclude_count == 0 || path->failed)
        return false;
    if (is_excluded(options, path, below, name))
        return true;
    const size_t size = path->size;
    loom_strbuf_add_char(path, '/');
    const bool excluded = !path->failed && is_excluded(options, path, below, name);
    loom_strbuf_truncate(path, size);
    return excluded;
}

bool loom_scan_passes(const loom_scan_options *options, const loom_strbuf *path, size_t below,
                      size_t name, loom_ignored *reason)
{
    if (is_excluded(options, path, below, name)) {
        *reason = LOOM_IGNORED_EXCLUDED;
        return false;
    }
    *reason = LOOM_IGNORED_NOT_INCLUDED;
    return options->include_count == 0 ||
           any_matches(options, options->include, options->include_count, path->data + below,
                       path->data + name);
}

/* ---- names --------------------------------------------------------------- */

static bool bears(const loom_scan_options *options, const char *name)
{
    const char *dot = strrchr(name, '.');
    size_t stem = dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);
    size_t prefix = options->skip_prefix != NULL ? strlen(options->skip_prefix) : 0;
    size_t suffix = options->skip_suffix != NULL ? strlen(options->skip_suffix) : 0;

    return (prefix > 0 && strncmp(name, options->skip_prefix, prefix) == 0) ||
           (suffix > 0 && suffix <= stem &&
            memcmp(name + stem - suffix, options->skip_suffix, suffix) == 0);
}

bool loom_scan_takes(const loom_scan_options *options, const char *name, bool affixes,
                     loom_ignored *reason)
{
    loom_format format = loom_format_by_path(name);

    *reason = LOOM_IGNORED_KIND;
    if (format == LOOM_FORMAT_UNKNOWN)
        return false;
    *reason = LOOM_IGNORED_UNTRUSTED;
    if (!options->allow_untrusted && loom_format_get(format)->untrusted)
        return false;
    *reason = LOOM_IGNORED_RAW;
    if (!options->raw && loom_format_get(format)->by_preview)
        return false;
    *reason = LOOM_IGNORED_OUTPUT;
    return !(affixes && bears(options, name));
}
