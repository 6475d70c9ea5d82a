/* Read-only bytes, and the numbers in them. For numbers, the caller checks that the bytes exist. */
#ifndef LOOM_BASE_BYTES_H
#define LOOM_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A view: the owner's bytes must outlive it. */
typedef struct loom_bytes {
    const unsigned char *data; /* NULL: there are none, where a function says so */
    size_t size;
} loom_bytes;

/* Whether the `length` bytes at offset `at` equal those at `expected`. Any offset is allowed. */
static inline bool loom_bytes_equal(loom_bytes b, size_t at, const char *expected, size_t length)
{
    return at <= b.size && length <= b.size - at && memcmp(b.data + at, expected, length) == 0;
}

/* The same for a literal, which may contain NUL bytes; its terminating NUL does not count. */
#define LOOM_BYTES_HAVE(b, at, literal) loom_bytes_equal(b, at, literal, sizeof(literal) - 1)

/* Whether the bytes equal this text, without its NUL. */
static inline bool loom_bytes_are(loom_bytes b, const char *text)
{
    return b.size == strlen(text) && memcmp(b.data, text, b.size) == 0;
}

/* The bytes after the first `at` <= size bytes. */
static inline loom_bytes loom_bytes_from(loom_bytes b, size_t at)
{
    return (loom_bytes){b.data + at, b.size - at};
}

static inline uint16_t loom_be16(const unsigned char *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t loom_be32(const unsigned char *p)
{
    return (uint32_t)loom_be16(p) << 16 | loom_be16(p + 2);
}

static inline uint64_t loom_be64(const unsigned char *p)
{
    return (uint64_t)loom_be32(p) << 32 | loom_be32(p + 4);
}

static inline uint16_t loom_le16(const unsigned char *p)
{
    return (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t loom_le32(const unsigned char *p)
{
    return (uint32_t)loom_le16(p + 2) << 16 | loom_le16(p);
}

static inline uint64_t loom_le64(const unsigned char *p)
{
    return (uint64_t)loom_le32(p + 4) << 32 | loom_le32(p);
}

/* In the byte order that the file declares, as in TIFF and EXIF. */
static inline uint16_t loom_get16(const unsigned char *p, bool big_endian)
{
    return big_endian ? loom_be16(p) : loom_le16(p);
}

static inline uint32_t loom_get32(const unsigned char *p, bool big_endian)
{
    return big_endian ? loom_be32(p) : loom_le32(p);
}

static inline uint64_t loom_get64(const unsigned char *p, bool big_endian)
{
    return big_endian ? loom_be64(p) : loom_le64(p);
}

static inline void loom_put16(unsigned char *p, bool big_endian, unsigned value)
{
    p[big_endian ? 0 : 1] = (unsigned char)(value >> 8);
    p[big_endian ? 1 : 0] = (unsigned char)value;
}

static inline void loom_put32(unsigned char *p, bool big_endian, uint32_t value)
{
    loom_put16(p + (big_endian ? 0 : 2), big_endian, value >> 16);
    loom_put16(p + (big_endian ? 2 : 0), big_endian, value & 0xFFFF);
}

#endif
