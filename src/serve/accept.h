/* Accept (RFC 9110 section 12.5.1): what a client takes. */
#ifndef SERVE_ACCEPT_H
#define SERVE_ACCEPT_H

#include <stdbool.h>

/*
 * How much the client wants a media type ("image/webp"), 0..1000: by the most specific range that
 * covers it. 0: not at all, or no range does. NULL (no Accept) and an empty one take anything.
 */
int serve_accept_quality(const char *accept, const char *type);

/* Whether the client names the very type, and takes it. */
bool serve_accept_names(const char *accept, const char *type);

#endif
