/* How much room text takes on a terminal: columns, not bytes or characters. */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include <glib.h>

/*
 * Columns of valid UTF-8 without control characters: two for East Asian wide characters, none for
 * combining ones.
 */
size_t cli_columns(const char *text);

/*
 * Bytes of the longest beginning that takes at most `columns`, with the combining characters that
 * belong to its last character.
 */
size_t cli_columns_cut(const char *text, size_t columns);

#endif
