/* Limits that Linux control groups set: the files of this process's group and of those above it. */
#ifndef LOOM_BATCH_CGROUP_H
#define LOOM_BATCH_CGROUP_H

#include "base/strbuf.h"
#include <stdint.h>

/*
 * Calls `visit` with the folder of each group that this process is in for `controller` ("cpu",
 * "memory"), and of each above it; `v2` says which version's files are in it. Reads
 * ROOT/proc/self/cgroup and names folders below ROOT/sys/fs/cgroup; `root` is "" for the system's
 * own. In a container that sees its host's names some of the folders do not exist.
 */
void loom_cgroup_each(const char *root, const char *controller,
                      void (*visit)(void *user, const char *folder, bool v2), void *user);

/* The content of FOLDER/NAME in *text, which is cleared first. False when it cannot be read. */
bool loom_cgroup_read(const char *folder, const char *name, loom_strbuf *text);

/* Reads the number behind blanks at *text. False for "max" and for "-1", which mean none. */
bool loom_cgroup_number(const char **text, uint64_t *value);

#endif
