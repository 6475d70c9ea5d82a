/* What a plan folder says, as text: plan.json, and the lines of the lists. */
#ifndef LOOM_SHARDS_COMPOSE_H
#define LOOM_SHARDS_COMPOSE_H

#include "base/strbuf.h"
#include "shards/deal.h"
#include <imgloom/shards.h>

typedef struct loom_plan_facts {
    const loom_plan *plan;
    const loom_shards_options *options;
    loom_deal deal;
    const loom_shard *table; /* deal.shards of them */
    uint64_t ignored, failed, skipped;
} loom_plan_facts;

/* Appends the line of an item. */
void loom_compose_item(loom_strbuf *text, const loom_task *task);

/* Appends plan.json. */
void loom_compose_plan(loom_strbuf *text, const loom_plan_facts *facts, const char *id,
                       const char *working_directory);

#endif
