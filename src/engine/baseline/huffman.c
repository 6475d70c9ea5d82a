#include "engine/baseline/huffman.h"

#include <stddef.h>
#include <string.h>

/* Of counts below 2^54 no code is longer than 77 bits: each needs a Fibonacci number of them. */
enum { LEAVES = LOOM_HUFFMAN_SYMBOLS + 1, BITS_MAX = 80, PLACE_BITS = 9 };

/*
 * Trees, the lowest on top: a key is a tree's count, then LEAVES less its place, for of equal
 * counts the later is lower (figure K.1). A leaf's place is its symbol, or, of one that stands for
 * the code of ones alone, that behind the last; two trees that become one take the lower one's.
 */
typedef struct forest {
    uint64_t keys[LEAVES]; /* a heap */
    size_t count;
    uint16_t nodes[LEAVES + 1];      /* by LEAVES less the place: the tree's root */
    uint16_t parents[2 * LEAVES];    /* of nodes: leaves, then those that trees were joined by */
    uint16_t symbols[LEAVES];        /* of leaves, in rising order */
    uint16_t leaf_count, node_count; /* leaves alone; of both kinds */
} forest;

static void plant(forest *f, unsigned symbol, uint64_t count)
{
    const unsigned place = LEAVES - symbol;

    f->keys[f->count++] = count << PLACE_BITS | place;
    f->nodes[place] = f->node_count;
    f->symbols[f->leaf_count++] = (uint16_t)symbol;
    f->node_count++;
}

/* Sets keys[at], below which all is in order, and lets it sink to its place. */
static void sink(forest *f, size_t at, uint64_t key)
{
    for (size_t below; (below = 2 * at + 1) < f->count; at = below) {
        below += below + 1 < f->count && f->keys[below + 1] < f->keys[below];
        if (key < f->keys[below])
            break;
        f->keys[at] = f->keys[below];
    }
    f->keys[at] = key;
}

/* The two lowest trees become one until one is left. */
static void grow(forest *f)
{
    const uint64_t places = (1 << PLACE_BITS) - 1;

    for (size_t i = f->count / 2; i-- > 0;)
        sink(f, i, f->keys[i]);
    for (; f->count > 1; f->node_count++) {
        const uint64_t lowest = f->keys[0];
        f->count--;
        sink(f, 0, f->keys[f->count]);
        const uint64_t next = f->keys[0];
        f->parents[f->nodes[lowest & places]] = f->node_count;
        f->parents[f->nodes[next & places]] = f->node_count;
        f->nodes[lowest & places] = f->node_count;
        sink(f, 0, lowest + (next & ~places));
    }
}

/* How far each leaf is from the root, which is the last node. */
static void measure(const forest *f, uint8_t bits[2 * LEAVES])
{
    bits[f->node_count - 1] = 0;
    for (unsigned i = f->node_count - 1; i-- > 0;)
        bits[i] = (uint8_t)(bits[f->parents[i]] + 1);
}

/* Shortens codes of more than 16 bits, two at a time, at the cost of shorter ones (figure K.3). */
static void limit(unsigned lengths[BITS_MAX + 1])
{
    for (unsigned i = BITS_MAX; i > LOOM_HUFFMAN_LONGEST; i--)
        while (lengths[i] > 0) {
            unsigned j = i - 2;
            while (lengths[j] == 0)
                j--;
            lengths[i] -= 2;
            lengths[i - 1]++;
            lengths[j + 1] += 2;
            lengths[j]--;
        }
}

/*
 * Symbols by the length of their codes. What has become shorter or longer has kept its place among
 * the others (figure K.4).
 */
static void sort(const forest *f, const uint8_t *bits, const unsigned lengths[BITS_MAX + 1],
                 uint8_t *symbols)
{
    unsigned at[BITS_MAX + 1], sum = 0;

    for (unsigned i = 0; i <= BITS_MAX; i++) {
        at[i] = sum;
        sum += lengths[i];
    }
    for (unsigned i = 0; i + 1 < f->leaf_count; i++)
        symbols[at[bits[i]]++] = (uint8_t)f->symbols[i];
}

void loom_huffman_make(const uint64_t counts[LOOM_HUFFMAN_SYMBOLS], loom_huffman *made)
{
    unsigned lengths[BITS_MAX + 1] = {0};
    uint8_t bits[2 * LEAVES];
    forest f;

    f.count = f.leaf_count = f.node_count = 0;
    memset(made, 0, sizeof *made);
    for (unsigned symbol = 0; symbol < LOOM_HUFFMAN_SYMBOLS; symbol++)
        if (counts[symbol] > 0)
            plant(&f, symbol, counts[symbol]);
    if (f.leaf_count == 0)
        return;
    plant(&f, LOOM_HUFFMAN_SYMBOLS, 1);
    grow(&f);
    measure(&f, bits);
    for (unsigned i = 0; i + 1 < f.leaf_count; i++)
        lengths[bits[i]]++;
    sort(&f, bits, lengths, made->symbols);
    lengths[bits[f.leaf_count - 1]]++;
    limit(lengths);
    unsigned longest = LOOM_HUFFMAN_LONGEST;
    while (lengths[longest] == 0)
        longest--;
    lengths[longest]--; /* the last of them would be the code of ones */
    for (unsigned i = 1; i <= LOOM_HUFFMAN_LONGEST; i++)
        made->lengths[i] = (uint8_t)lengths[i];
}
