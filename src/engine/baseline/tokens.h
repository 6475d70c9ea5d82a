/*
 * Huffman coding of blocks with tables made to measure (T.81, F.1.2), in two passes. The first
 * turns blocks into tokens and counts their symbols; the tables are made; the second looks up each
 * token's bits and packs them. Neither has a branch for what is not rare.
 *
 * A token is 16 bits: a bit for the kind of tables, 8 for the symbol, 7 for the bits that come with
 * it. What has more than 7 (coefficients beyond 127) is two tokens.
 */
#ifndef LOOM_ENGINE_BASELINE_TOKENS_H
#define LOOM_ENGINE_BASELINE_TOKENS_H

#include "engine/baseline/fdct.h"
#include "engine/baseline/huffman.h"
#include <stdbool.h>

enum {
    LOOM_TOKENS_KINDS = 2,        /* of tables: luma's and chroma's */
    LOOM_TOKENS_SYMBOLS = 2 * 256 /* a kind's: of AC, and of DC where AC has none */
};

/* Zero-initialise. */
typedef struct loom_tokens {
    uint16_t *of; /* owned */
    size_t count, capacity;
    uint64_t counts[LOOM_TOKENS_SYMBOLS]; /* how often each symbol has come up */
} loom_tokens;

/* The tables of both kinds. */
typedef struct loom_tokens_tables {
    loom_huffman dc[LOOM_TOKENS_KINDS], ac[LOOM_TOKENS_KINDS];
} loom_tokens_tables;

void loom_tokens_release(loom_tokens *tokens);

/* Forgets all tokens, and keeps their memory. */
void loom_tokens_reset(loom_tokens *tokens);

/* Makes room for so many more blocks, each added once. False: no memory. */
bool loom_tokens_reserve(loom_tokens *tokens, size_t blocks);

/*
 * Where the blocks of one place in an MCU come from: those of MCU i are blocks[i * step] and
 * set[i * step], as loom_fdct has them, for i * step < end. Beyond, where the picture has ended,
 * there is one that costs next to nothing: the last one's mean, without detail.
 */
typedef struct loom_tokens_source {
    const loom_fdct_block *blocks;
    const uint64_t *set;
    size_t step, end;
    unsigned kind; /* 0 or 1 */
    int *last_dc;  /* the first coefficient of the component's last block; at first 0 */
} loom_tokens_source;

/* Adds `mcus` MCUs of a block of each source, in turn; there must be room for the blocks. */
void loom_tokens_add(loom_tokens *tokens, const loom_tokens_source *sources, size_t count,
                     size_t mcus);

/* The tables that the counts ask for, code by code libjpeg's. */
void loom_tokens_make_tables(const loom_tokens *tokens, loom_tokens_tables *made);

/* At most so many bytes come of the tokens, as loom_tokens_pack writes them. */
size_t loom_tokens_packed_max(const loom_tokens *tokens, const loom_tokens_tables *tables);

/*
 * Writes the tokens' bits: a scan's data, up to its last byte, filled with ones. `to` has room for
 * loom_tokens_packed_max bytes. The tables have a code for each symbol that has come up. The end of
 * what was written.
 */
uint8_t *loom_tokens_pack(const loom_tokens *tokens, const loom_tokens_tables *tables, uint8_t *to);

#endif
