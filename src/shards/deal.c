#include "shards/deal.h"

#include "base/memory.h"
#include <imgloom/shards.h>
#include <stdlib.h>
#include <string.h>

/* ---- inputs -------------------------------------------------------------- */

/* Whether the input of a task is that of the one before. */
static bool is_same_input(const loom_plan *plan, size_t index)
{
    return index > 0 &&
           loom_plan_task(plan, index)->input_path == loom_plan_task(plan, index - 1)->input_path;
}

/* Counts the inputs and their bytes. */
static void measure(loom_deal *deal, const loom_plan *plan)
{
    for (size_t i = 0; i < loom_plan_count(plan); i++)
        if (!is_same_input(plan, i)) {
            deal->inputs++;
            deal->bytes += loom_plan_task(plan, i)->input_size;
        }
}

static uint64_t divide_up(uint64_t number, uint64_t by)
{
    return number / by + (number % by != 0);
}

unsigned loom_deal_default(uint64_t bytes, uint64_t items)
{
    const uint64_t by_bytes = divide_up(bytes, LOOM_SHARD_BYTES),
                   by_items = divide_up(items, LOOM_SHARD_ITEMS);
    const uint64_t wanted = by_bytes > by_items ? by_bytes : by_items;

    return wanted == 0                        ? 1
           : wanted > LOOM_DEFAULT_SHARDS_MAX ? LOOM_DEFAULT_SHARDS_MAX
                                              : (unsigned)wanted;
}

/* So many that no shard stays empty where there are inputs for all. */
static uint32_t group_size(const loom_deal *deal)
{
    const uint32_t each = deal->inputs / deal->shards;

    return each == 0 ? 1 : each < LOOM_NEIGHBOURS ? each : LOOM_NEIGHBOURS;
}

/* ---- the shard that has the least ---------------------------------------- */

typedef struct load {
    uint64_t cost;
    uint32_t shard, tail; /* its last group, or LOOM_GROUP_NONE */
} load;

static bool is_less(const load *one, const load *other)
{
    return one->cost != other->cost ? one->cost < other->cost : one->shard < other->shard;
}

/* Restores the order of a heap whose first element became larger. */
static void sink(load *heap, size_t count)
{
    for (size_t at = 0, child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_less(&heap[child + 1], &heap[child]))
            child++;
        if (!is_less(&heap[child], &heap[at]))
            return;
        const load moved = heap[at];
        heap[at] = heap[child];
        heap[child] = moved;
    }
}

/* ---- dealing ------------------------------------------------------------- */

/* Gives a group to the shard with the least. */
static void give(loom_deal *deal, load *heap, uint32_t group, uint64_t cost)
{
    deal->next[group] = LOOM_GROUP_NONE;
    if (heap->tail == LOOM_GROUP_NONE)
        deal->heads[heap->shard] = group;
    else
        deal->next[heap->tail] = group;
    heap->tail = group;
    heap->cost += cost;
    sink(heap, deal->shards);
}

static void deal_all(loom_deal *deal, const loom_plan *plan, load *heap)
{
    const uint32_t size = group_size(deal);
    uint32_t inputs = 0; /* of the group that is collected */
    uint64_t cost = 0;

    deal->groups = 0;
    for (size_t i = 0; i < loom_plan_count(plan); i++) {
        if (is_same_input(plan, i))
            continue;
        if (inputs == size) {
            give(deal, heap, deal->groups++, cost);
            cost = inputs = 0;
        }
        if (inputs++ == 0)
            deal->first[deal->groups] = (uint32_t)i;
        cost += loom_plan_task(plan, i)->input_size + LOOM_INPUT_COST;
    }
    give(deal, heap, deal->groups++, cost);
    deal->first[deal->groups] = (uint32_t)loom_plan_count(plan);
}

bool loom_deal_make(loom_deal *deal, const loom_plan *plan, unsigned shards)
{
    *deal = (loom_deal){.shards = shards};
    measure(deal, plan);
    if (shards == 0)
        deal->shards = loom_deal_default(deal->bytes, loom_plan_count(plan));
    const size_t groups = deal->inputs / group_size(deal) + 1;
    load *heap = loom_alloc_array(deal->shards, sizeof *heap);
    deal->first = loom_alloc_array(groups + 1, sizeof *deal->first);
    deal->next = loom_alloc_array(groups, sizeof *deal->next);
    deal->heads = loom_alloc_array(deal->shards, sizeof *deal->heads);
    const bool room =
        heap != NULL && deal->first != NULL && deal->next != NULL && deal->heads != NULL;
    if (room) {
        for (uint32_t i = 0; i < deal->shards; i++) {
            heap[i] = (load){.shard = i, .tail = LOOM_GROUP_NONE};
            deal->heads[i] = LOOM_GROUP_NONE;
        }
        deal_all(deal, plan, heap);
    }
    free(heap);
    return room;
}

void loom_deal_release(loom_deal *deal)
{
    free(deal->first);
    free(deal->next);
    free(deal->heads);
    *deal = (loom_deal){.shards = 0};
}
