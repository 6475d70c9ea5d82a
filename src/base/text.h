/* UTF-8, words and digits. */
#ifndef LOOM_BASE_TEXT_H
#define LOOM_BASE_TEXT_H

#include "base/strbuf.h"
#include <imgloom/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decodes one character of the `size` > 0 bytes at `text`. Returns its length in bytes (1..4) and
 * sets *code; 0 if the bytes are not UTF-8 (RFC 3629: no surrogates, no overlong forms).
 */
size_t loom_utf8_decode(const char *text, size_t size, uint32_t *code);

bool loom_utf8_valid(const char *text, size_t size);

/* Appends `text`, with each byte that is not UTF-8 replaced by U+FFFD. */
void loom_utf8_append_valid(loom_strbuf *out, const char *text, size_t size);

/*
 * The same into `out`, of `size` > 0 bytes, cut between two characters if it does not fit. Returns
 * the number of bytes of `text` that were used.
 */
size_t loom_utf8_copy_valid(char *out, size_t size, const char *text, size_t length);

/* The largest n <= limit such that text[0..n) does not end inside a character. */
size_t loom_utf8_cut(const char *text, size_t size, size_t limit);

/*
 * Prepares a word of the user for a message: valid UTF-8 on one line, with control characters
 * replaced by '?'. A long word is cut and ends in "...". Returns `out`.
 */
#define LOOM_SHOWN_SIZE 128
const char *loom_text_show(char out[LOOM_SHOWN_SIZE], const char *text);

/* strcasecmp with ASCII rules in every locale (Turkish has another lower case for I). */
int loom_ascii_casecmp(const char *a, const char *b);

/*
 * The index of `word` in `words` (case ignored, ASCII), or -1. `words` holds `count` names; NULLs
 * among them are skipped.
 */
int loom_word_find(const char *word, const char *const *words, size_t count);

/* "cover, contain, fill, inside or outside" for messages. No NULLs here. */
void loom_words_join(loom_strbuf *out, const char *const *words, size_t count);

/*
 * Finds the word and reports a failure: sets *index, or returns LOOM_ERR_USAGE with "'WORD' is not
 * KIND: a, b or c" (`kind` includes its article: "a fit").
 */
loom_status loom_word_parse(const char *word, const char *kind, const char *const *words,
                            size_t count, size_t *index, loom_error *err) LOOM_NODISCARD;

/*
 * The one reader of digits, for what is built of several numbers (800x600). Reads the digits at
 * *text into *value and moves *text behind them. False, and nothing changed, where there is no
 * digit or the number is beyond UINT64_MAX.
 */
bool loom_read_digits(const char **text, uint64_t *value);

#endif
