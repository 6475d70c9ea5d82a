/* UTF-8 and words. */
#ifndef LOOM_BASE_TEXT_H
#define LOOM_BASE_TEXT_H

#include "base/strbuf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decodes one character of the `size` > 0 bytes at `text`. Returns its length in bytes (1..4) and
 * sets *code; 0 where the bytes are not UTF-8 (RFC 3629: no surrogates, no overlong forms).
 */
size_t loom_utf8_decode(const char *text, size_t size, uint32_t *code);

bool loom_utf8_valid(const char *text, size_t size);

/* Appends `text`, each byte that is not UTF-8 replaced by U+FFFD. */
void loom_utf8_append_valid(loom_strbuf *out, const char *text, size_t size);

/* The largest n <= limit such that text[0..n) does not end inside a character. */
size_t loom_utf8_cut(const char *text, size_t size, size_t limit);

/*
 * The index of `word` in `words` (case ignored, ASCII), or -1. `words` holds `count` names.
 */
int loom_word_find(const char *word, const char *const *words, size_t count);

/* "cover, contain, fill, inside or outside" for messages. */
void loom_words_join(loom_strbuf *out, const char *const *words, size_t count);

#endif
