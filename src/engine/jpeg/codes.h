/*
 * Huffman codes of a JPEG to be decoded (T.81, annexes C and F.2.2.3), and tables that decode
 * several at once.
 */
#ifndef LOOM_ENGINE_JPEG_CODES_H
#define LOOM_ENGINE_JPEG_CODES_H

#include <stdbool.h>
#include <stdint.h>

/* A table as its segment holds it (T.81, B.2.4.2), in the file. */
typedef struct loom_jpeg_dht {
    const unsigned char *bits;   /* [16]: how many codes are of 1, 2 … 16 bits; NULL: no table */
    const unsigned char *values; /* the symbols, as many as there are codes, at most 256 */
} loom_jpeg_dht;

typedef struct loom_jpeg_code {
    uint8_t length;  /* bits of the code */
    uint8_t size;    /* bits of the value behind it */
    uint8_t advance; /* coefficients that it goes on by; of `end`: 1 + n, n bits of a run follow */
    bool end;        /* of the block */
} loom_jpeg_code;

typedef struct loom_jpeg_codes {
    loom_jpeg_code all[256]; /* the shortest first */
    unsigned count;          /* at least 1 */
    uint16_t last[16];       /* [n - 1]: the last code of n bits or fewer, with ones behind it */
    int first[17];           /* [n]: the first code of n bits less its index in `all` */
} loom_jpeg_codes;

/* What codes stand for. */
typedef enum loom_jpeg_alphabet {
    LOOM_JPEG_DC,    /* sizes 0..11: T.81, table F.1 */
    LOOM_JPEG_AC,    /* run and size, 0..10; no other end than that of this block */
    LOOM_JPEG_BANDS, /* of progressive scans: ends of runs of blocks, too */
    LOOM_JPEG_REFINE /* of those that refine: sizes 0 and 1 */
} loom_jpeg_alphabet;

/*
 * False: the table is not there, is empty, has a code of ones alone or more codes than there are
 * (libjpeg refuses it), or a symbol that the alphabet has not.
 */
bool loom_jpeg_codes_make(loom_jpeg_codes *codes, const loom_jpeg_dht *dht,
                          loom_jpeg_alphabet alphabet);

/* Whether each value, times 2^low, fits in 16 bits: what goes beyond could become 0. */
bool loom_jpeg_codes_fit(const loom_jpeg_codes *codes, unsigned low);

/* The code that the window begins with; NULL: none. */
const loom_jpeg_code *loom_jpeg_codes_find(const loom_jpeg_codes *codes, uint64_t window);

/* ---- look-ups ---------------------------------------------------------------- */

enum { LOOM_JPEG_LOOKUP_BITS = 10, LOOM_JPEG_LOOKUP_SIZE = 1 << LOOM_JPEG_LOOKUP_BITS };

/* Codes one at a time. */
typedef struct loom_jpeg_symbols {
    loom_jpeg_codes codes;
    /* By the bits that come next; length 0: a longer code, or none. */
    loom_jpeg_code fast[LOOM_JPEG_LOOKUP_SIZE];
} loom_jpeg_symbols;

/* As loom_jpeg_codes_make. */
bool loom_jpeg_symbols_make(loom_jpeg_symbols *symbols, const loom_jpeg_dht *dht,
                            loom_jpeg_alphabet alphabet);

/* The code that the window begins with; NULL: none. */
static inline const loom_jpeg_code *loom_jpeg_symbol(const loom_jpeg_symbols *symbols,
                                                     uint64_t window)
{
    const loom_jpeg_code *code = &symbols->fast[window >> (64 - LOOM_JPEG_LOOKUP_BITS)];

    return __builtin_expect(code->length != 0, 1) ? code
                                                  : loom_jpeg_codes_find(&symbols->codes, window);
}

/*
 * What LOOM_JPEG_LOOKUP_BITS bits begin with: up to three symbols in 8 bytes, the lowest first.
 *   0  bits of all of them, values included, at most 21: 10, and a value of 11
 *   1  coefficients that they go on by: at most 48; LOOM_JPEG_CLOSER and more: look at one code
 *   2  value of a first symbol, -127..127, and
 *   3  its place; 4 and 5 the same of a second one
 *   6  where the bits of the last one's value begin
 *   7  63 less their number, and 128 where it is an end of block
 * A place is counted from where the look-up begins, and is less than byte 1, or equal to it at an
 * end of block. Where there are fewer symbols than three the places of the missing are the last
 * one's, which is stored behind them.
 */
typedef uint64_t loom_jpeg_lookup;

enum { LOOM_JPEG_CLOSER = 64, LOOM_JPEG_STOP = 128 };

/*
 * The look-ups at the beginning of a block whose first symbol is of `first`, and its others of
 * `others`. A run of blocks is always looked at closer.
 */
void loom_jpeg_lookups_make(loom_jpeg_lookup made[LOOM_JPEG_LOOKUP_SIZE],
                            const loom_jpeg_codes *first, const loom_jpeg_codes *others);

#endif
