/* Which names a walk takes, by the options of the scan. Pure functions of strings. */
#ifndef LOOM_FILES_SCAN_NAMES_H
#define LOOM_FILES_SCAN_NAMES_H

#include <imgloom/scan.h>

#include "base/strbuf.h"
#include <stdbool.h>
#include <stddef.h>

/*
 * By a file's name alone, whatever the globs say. With `affixes` not those that bear the prefix or
 * suffix that are skipped.
 */
bool loom_scan_takes(const loom_scan_options *options, const char *name, bool affixes);

/*
 * By the globs: of a path, `below` is where the part begins that they are matched against, `name`
 * where the last component does.
 */
bool loom_scan_passes(const loom_scan_options *options, const loom_strbuf *path, size_t below,
                      size_t name);

/* A folder is tried with a final slash, too; *path is changed meanwhile. */
bool loom_scan_excludes_folder(const loom_scan_options *options, loom_strbuf *path, size_t below,
                               size_t name);

#endif
