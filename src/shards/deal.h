/* Who gets what: the inputs of a plan, dealt to shards of equal work. */
#ifndef LOOM_SHARDS_DEAL_H
#define LOOM_SHARDS_DEAL_H

#include <imgloom/plan.h>
#include <stddef.h>
#include <stdint.h>

#define LOOM_GROUP_NONE UINT32_MAX

/* A group is some inputs that are neighbours in the plan. Zero-initialise. */
typedef struct loom_deal {
    unsigned shards;
    uint32_t groups, inputs;
    uint64_t bytes;  /* of all inputs */
    uint32_t *first; /* the first task of each group, and, behind the last, the number of tasks */
    uint32_t *next;  /* for each group: the next one of its shard, or LOOM_GROUP_NONE */
    uint32_t *heads; /* for each shard: its first group, or LOOM_GROUP_NONE */
} loom_deal;

/* The default number of shards for so many bytes and items. */
unsigned loom_deal_default(uint64_t bytes, uint64_t items);

/*
 * Deals the inputs of a plan, which has tasks, to `shards` (0: the default): in order, 8 neighbours
 * at a time (fewer where there are too few for all shards), each time to the shard that has the
 * least so far, by the bytes of its inputs and LOOM_INPUT_COST for each. False: out of memory.
 */
bool loom_deal_make(loom_deal *deal, const loom_plan *plan, unsigned shards);
void loom_deal_release(loom_deal *deal);

/* What an input costs whatever its size, in bytes that cost as much. */
#define LOOM_INPUT_COST UINT64_C(28000)
#define LOOM_NEIGHBOURS 8u

#endif
