/*
 * Parses numbers as options and recipe files write them. Each function writes its result on LOOM_OK
 * only. On LOOM_ERR_USAGE the message names the word and what is allowed. Any thread.
 */
#ifndef IMGLOOM_PARSE_H
#define IMGLOOM_PARSE_H

#include <imgloom/error.h>
#include <stdint.h>

LOOM_BEGIN_DECLS

/* Plain digits, within low..high. "-1", "+1", "4x", "1e3", "" and overflow are refused. */
LOOM_API loom_status loom_parse_count(const char *word, uint64_t low, uint64_t high,
                                      uint64_t *value, loom_error *err) LOOM_NODISCARD;

/* A signed decimal without an exponent ("7.5", "-90", ".5"), within -limit..limit (`limit` is a
 * whole number). The locale has no effect. */
LOOM_API loom_status loom_parse_decimal(const char *word, double limit, double *value,
                                        loom_error *err) LOOM_NODISCARD;

/* Seconds, as digits with an optional fraction ("0", "60", "2.5"), converted to nanoseconds. */
LOOM_API loom_status loom_parse_seconds(const char *word, int64_t *ns,
                                        loom_error *err) LOOM_NODISCARD;

/* Bytes: digits, optionally followed by K, M, G (powers of 1000) or Ki, Mi, Gi (of 1024). */
LOOM_API loom_status loom_parse_bytes(const char *word, uint64_t *bytes,
                                      loom_error *err) LOOM_NODISCARD;

LOOM_END_DECLS

#endif
