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

/* Whether one matches; records which have ever done so. */
static bool any_matches(const loom_scan *scan, const char *const *globs, bool *matched,
                        size_t count, const char *below, const char *name)
{
    const int flags = scan->options.ignore_case ? FNM_CASEFOLD : 0;
    bool any = false;

    for (size_t i = 0; i < count; i++)
        if (!(any && matched[i]) && glob_matches(globs[i], below, name, flags))
            any = matched[i] = true;
    return any;
}

static bool is_excluded(loom_scan *scan, const loom_strbuf *path, size_t below, size_t name)
{
    const loom_scan_options *options = &scan->options;

    if (!any_matches(scan, options->exclude, scan->exclude_matched, options->exclude_count,
                     path->data + below, path->data + name))
        return false;
    if (scan->exclude_idle > 0) {
        scan->exclude_idle = 0;
        for (size_t i = 0; i < options->exclude_count; i++)
            scan->exclude_idle += !scan->exclude_matched[i];
    }
    return true;
}

bool loom_scan_excludes_folder(loom_scan *scan, loom_strbuf *path, size_t below, size_t name)
{
    if (scan->options.exclude_count == 0 || path->failed)
        return false;
    const bool plainly = is_excluded(scan, path, below, name);
    if (plainly && scan->exclude_idle == 0)
        return true;
    const size_t size = path->size;
    loom_strbuf_add_char(path, '/');
    const bool with_slash = !path->failed && is_excluded(scan, path, below, name);
    loom_strbuf_truncate(path, size);
    return plainly || with_slash;
}

void loom_scan_note_excluded(loom_scan *scan, const loom_strbuf *path, size_t below, size_t name)
{
    if (scan->exclude_idle > 0 && !path->failed)
        (void)is_excluded(scan, path, below, name);
}

bool loom_scan_passes(loom_scan *scan, const loom_strbuf *path, size_t below, size_t name,
                      loom_ignored *reason)
{
    const loom_scan_options *options = &scan->options;

    if (is_excluded(scan, path, below, name)) {
        *reason = LOOM_IGNORED_EXCLUDED;
        return false;
    }
    *reason = LOOM_IGNORED_NOT_INCLUDED;
    return options->include_count == 0 ||
           any_matches(scan, options->include, scan->include_matched, options->include_count,
                       path->data + below, path->data + name);
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
