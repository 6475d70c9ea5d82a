/* Where the made files go: into a folder, or against those that lie there already. */
#ifndef TESTDATA_SINK_H
#define TESTDATA_SINK_H

#include <stdbool.h>

#include "base/strbuf.h"

/* How like the file at hand a file that is checked must be. */
typedef enum likeness {
    EXACT,      /* every byte */
    SAME_SHAPE, /* the same sides, channels and pages: its encoder's bytes change with versions */
    EXISTS      /* there, and not empty: damaged remains of such a file */
} likeness;

typedef struct sink {
    const char *root;
    const char *index; /* README.md when checking: every path must stand there; NULL: not checked */
    bool check;        /* compare instead of writing */
    unsigned files, failures;
} sink;

/*
 * Writes `file` to `path` below the root, whose folder is made as needed, or compares the two.
 * What goes wrong is counted and said on stderr. Empties `file` for the next one.
 */
void sink_put(sink *to, const char *path, loom_strbuf *file, likeness like);

/* Reads a whole file. False, with a line on stderr, when it cannot be read. */
bool read_whole(const char *path, loom_strbuf *content);

#endif
