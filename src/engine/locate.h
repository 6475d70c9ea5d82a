/* Where the files are that belong to this program: the worker, and the module of libvips. */
#ifndef LOOM_ENGINE_LOCATE_H
#define LOOM_ENGINE_LOCATE_H

#include "base/strbuf.h"

/*
 * Stores the path of the file NAME beside the worker that was last opened by its path, else beside
 * this process's program (the build tree), in ../libexec/imgloom from there, where it was installed
 * together with the shared library, or where it was to be installed. False with errno: ENOENT where
 * there is none, else what keeps it from being found.
 */
bool loom_locate(const char *name, loom_strbuf *path);

/*
 * Opens imgloom-worker (O_PATH): at `path`, or, where that is NULL, as it is found. A descriptor
 * for the caller to close, or -1 with errno, as above. Not while other threads use this file's
 * functions.
 */
int loom_locate_worker(const char *path);

#endif
