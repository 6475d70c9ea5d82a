/* What a cache asks by: entity tags and dates (RFC 9110 sections 8.8 and 5.6.7). */
#ifndef SERVE_ETAG_H
#define SERVE_ETAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether an If-None-Match names the tag ("\"abc\""): in a list, as a weak one, or by `*`. */
bool serve_etag_listed(const char *list, const char *etag);

/* Seconds since the epoch, of "Sun, 06 Nov 1994 08:49:37 GMT"; -1: it is no such date. */
int64_t serve_date_parse(const char *text);
void serve_date_format(int64_t seconds, char *text, size_t size); /* 30 bytes suffice */

#endif
