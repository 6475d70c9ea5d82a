/* Locates the files that belong to this program: the worker, and the plug-in module. */
#ifndef LOOM_ENGINE_LOCATE_H
#define LOOM_ENGINE_LOCATE_H

#include "base/strbuf.h"

/*
 * Stores the path of the file NAME. Looks next to the worker that was last opened by its path, then
 * next to this process's program (the build tree), in ../libexec/imgloom from there, in the folder
 * that the shared library was installed with, and in the install folder. False with errno: ENOENT
 * if there is none, else the error that kept it from being found.
 */
bool loom_locate(const char *name, loom_strbuf *path);

/*
 * Opens imgloom-worker (O_PATH): at `path` or, if that is NULL, where loom_locate finds it. Returns
 * a descriptor that the caller closes, or -1 with errno, as above. No other thread may use this
 * file's functions meanwhile.
 */
int loom_locate_worker(const char *path);

#endif
