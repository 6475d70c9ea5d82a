/* Where the worker program is. */
#ifndef LOOM_ENGINE_WORKER_PATH_H
#define LOOM_ENGINE_WORKER_PATH_H

/*
 * Opens imgloom-worker (O_PATH): at `path`, or, where that is NULL, beside this process's program
 * (the build tree), in ../libexec/imgloom from there, or where it was to be installed. A
 * descriptor for the caller to close, or -1.
 */
int loom_worker_open(const char *path);

#endif
