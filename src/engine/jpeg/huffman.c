#include "engine/jpeg/huffman.h"

#include <stdbool.h>
#include <string.h>

/* Of counts below 2^63 no code is longer than 90 bits: each needs a Fibonacci number of them. */
enum { LEAVES = LOOM_HUFFMAN_SYMBOLS + 1, BITS_MAX = 96 };

/* The symbols that come up, in rising order; then one that stands for the code of ones alone. */
typedef struct leaf {
    unsigned symbol, bits;
    int next; /* of the same tree; -1: the last */
} leaf;

typedef struct tree {
    uint64_t count;
    int first, last; /* leaves */
} tree;

typedef struct forest {
    leaf leaves[LEAVES];
    tree trees[LEAVES]; /* in the order of their first leaf */
    int leaf_count, tree_count;
} forest;

static void plant(forest *f, unsigned symbol, uint64_t count)
{
    const int i = f->leaf_count++;

    f->leaves[i] = (leaf){symbol, 0, -1};
    f->trees[f->tree_count++] = (tree){count, i, i};
}

static void deepen(forest *f, const tree *t)
{
    for (int i = t->first; i >= 0; i = f->leaves[i].next)
        f->leaves[i].bits++;
}

/* The two trees with the lowest counts, the later one where they are equal (figure K.1). */
static void find_lowest(const forest *f, int *lowest, int *next)
{
    uint64_t least = UINT64_MAX, second = UINT64_MAX;

    for (int i = 0; i < f->tree_count; i++) {
        const uint64_t count = f->trees[i].count;
        if (count <= least) {
            second = least;
            *next = *lowest;
            least = count;
            *lowest = i;
        } else if (count <= second) {
            second = count;
            *next = i;
        }
    }
}

/* Two trees become one until one is left; a leaf's bits are how often that happened to it. */
static void grow(forest *f)
{
    while (f->tree_count > 1) {
        int lowest = -1, next = -1;
        find_lowest(f, &lowest, &next);
        tree *kept = &f->trees[lowest];
        const tree *joined = &f->trees[next];
        deepen(f, kept);
        deepen(f, joined);
        kept->count += joined->count;
        f->leaves[kept->last].next = joined->first;
        kept->last = joined->last;
        f->tree_count--;
        memmove(&f->trees[next], &f->trees[next + 1],
                (size_t)(f->tree_count - next) * sizeof(tree));
    }
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

void loom_huffman_make(const uint64_t counts[LOOM_HUFFMAN_SYMBOLS], loom_huffman *made)
{
    unsigned lengths[BITS_MAX + 1] = {0};
    forest f = {.leaf_count = 0, .tree_count = 0};
    size_t at = 0;

    memset(made, 0, sizeof *made);
    for (unsigned symbol = 0; symbol < LOOM_HUFFMAN_SYMBOLS; symbol++)
        if (counts[symbol] > 0)
            plant(&f, symbol, counts[symbol]);
    if (f.leaf_count == 0)
        return;
    plant(&f, LOOM_HUFFMAN_SYMBOLS, 1);
    grow(&f);
    for (int i = 0; i < f.leaf_count; i++)
        lengths[f.leaves[i].bits]++;
    limit(lengths);
    unsigned longest = LOOM_HUFFMAN_LONGEST;
    while (lengths[longest] == 0)
        longest--;
    lengths[longest]--; /* the last of them would be the code of ones */
    for (unsigned i = 1; i <= LOOM_HUFFMAN_LONGEST; i++)
        made->lengths[i] = (uint8_t)lengths[i];
    /* What has become shorter or longer has kept its place among the others (figure K.4). */
    for (unsigned bits = 1; bits <= BITS_MAX; bits++)
        for (int i = 0; i < f.leaf_count - 1; i++)
            if (f.leaves[i].bits == bits)
                made->symbols[at++] = (uint8_t)f.leaves[i].symbol;
}
