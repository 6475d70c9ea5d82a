/* What the header of a PNM says: for the container and the decoder. */
#ifndef LOOM_FORMAT_PNM_H
#define LOOM_FORMAT_PNM_H

#include "base/bytes.h"
#include <imgloom/error.h>
#include <stdbool.h>

typedef struct loom_pnm {
    unsigned kind;          /* 1..6: the digit behind the P */
    uint32_t width, height; /* px */
    uint32_t max;           /* the largest sample: 1..65535; 1 of a bitmap */
    size_t pixels;          /* where they begin */
} loom_pnm;

/*
 * Reads the header of a file that begins as a PNM does. LOOM_ERR_TRUNCATED where it is cut,
 * LOOM_ERR_CORRUPT where it is none; stage `probe`. `err` may be NULL.
 */
loom_status loom_pnm_read_header(loom_bytes file, loom_pnm *pnm, loom_error *err);

/*
 * Takes the next number of digits, behind white space and comments, from `*at` on. LOOM_OK;
 * LOOM_ERR_TRUNCATED: the file ends before it; LOOM_ERR_CORRUPT: there is something else. Numbers
 * beyond UINT32_MAX are that.
 */
loom_status loom_pnm_take_number(loom_bytes file, size_t *at, uint32_t *number);

/* Goes over white space and comments. */
void loom_pnm_skip_space(loom_bytes file, size_t *at);

static inline bool loom_pnm_is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

#endif
