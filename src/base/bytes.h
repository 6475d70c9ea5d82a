/* Reading numbers out of bytes; the caller checks that they are there. */
#ifndef LOOM_BASE_BYTES_H
#define LOOM_BASE_BYTES_H

#include <stdbool.h>
#include <stdint.h>

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

/* In the byte order that a file names itself, as TIFF and EXIF do. */
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

#endif
