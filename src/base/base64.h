/* Base64 (RFC 4648 section 4) back to bytes. */
#ifndef LOOM_BASE_BASE64_H
#define LOOM_BASE_BASE64_H

#include "base/strbuf.h"
#include <stdbool.h>
#include <stddef.h>

/*
 * Appends the bytes that `text` stands for. False where it is not padded base64: its length is no
 * multiple of 4, a character is not of the alphabet, or bits behind the last byte are set. Part of
 * it may have been appended then.
 */
bool loom_base64_decode(loom_strbuf *out, const char *text, size_t size);

#endif
