/*
 * Parses numbers as options and recipe files write them. Each function writes its result on LOOM_OK
 * only. On LOOM_ERR_USAGE the message names the word and what is allowed. Any thread.
 */
#ifndef IMGLOOM_PARSE_H
#define IMGLOOM_PARSE_H

#include <imgloom/error.h>
#include <stddef.h>
#include <stdint.h>

LOOM_BEGIN_DECLS

/* Plain digits, within low..high. "-1", "+1", "4x", "1e3", "" and overflow are refused. */
LOOM_API loom_status loom_parse_count(const char *word, uint64_t low, uint64_t high,
                                      uint64_t *value, loom_error *err) LOOM_NODISCARD;

/* A signed decimal without an exponent ("7.5", "-90", ".5"), within -limit..limit (`limit` is a
 * whole number). The locale has no effect. */
LOOM_API loom_status loom_parse_decimal(const char *word, double limit, double *value,
                                        loom_error *err) LOOM_NODISCARD;

/* A time ("0", "60", "2.5", "2.5s", "500ms", "2m"; without a unit, seconds), in nanoseconds. */
LOOM_API loom_status loom_parse_seconds(const char *word, int64_t *ns,
                                        loom_error *err) LOOM_NODISCARD;

/*
 * Bytes ("512", "200K", "1.8 MB", "1Mi"): a number, and K, M, G or T for powers of 1000, or Ki, Mi,
 * Gi or Ti for powers of 1024, each with or without B, and kB; the rest of a fraction is cut off.
 */
LOOM_API loom_status loom_parse_bytes(const char *word, uint64_t *bytes,
                                      loom_error *err) LOOM_NODISCARD;

/*
 * The index of the word that `word` is probably meant to be: the only one that begins with it, or
 * the first of those that differ from it by the fewest letters, if these are few; those with its
 * first letter come first. Case is ignored. -1: none is similar. `words` holds `count` names; NULLs
 * among them are skipped.
 */
LOOM_API int loom_word_nearest(const char *word, const char *const *words, size_t count);

LOOM_END_DECLS

#endif
