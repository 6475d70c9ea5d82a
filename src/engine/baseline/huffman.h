/* Huffman tables for JPEG, made to measure: ITU-T T.81, annex K.2. */
#ifndef LOOM_ENGINE_BASELINE_HUFFMAN_H
#define LOOM_ENGINE_BASELINE_HUFFMAN_H

#include <stdint.h>

enum { LOOM_HUFFMAN_SYMBOLS = 256, LOOM_HUFFMAN_LONGEST = 16 };

typedef struct loom_huffman {
    uint8_t lengths[LOOM_HUFFMAN_LONGEST + 1]; /* [n]: how many codes have n bits; [0] is 0 */
    uint8_t symbols[LOOM_HUFFMAN_SYMBOLS];     /* shortest code first; zeros behind the last */
} loom_huffman;

/*
 * The table whose codes are the shortest in sum for symbols that come up counts[symbol] times:
 * code by code the one that libjpeg makes. No code is of ones alone. Without any symbol it is
 * empty. The sum of the counts is less than 2^54.
 */
void loom_huffman_make(const uint64_t counts[LOOM_HUFFMAN_SYMBOLS], loom_huffman *made);

#endif
