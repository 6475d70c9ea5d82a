/*
 * Plan folders of the plan of plan_run.h, and what is read of them. All functions assert that they
 * work; plan_setup is the fixture.
 */
#ifndef TESTS_SUPPORT_SHARDS_RUN_H
#define TESTS_SUPPORT_SHARDS_RUN_H

#include "support/plan_run.h"
#include <imgloom/shards.h>

/* Makes the plan anew, and writes it as "run"; what was there is removed. 0: the default. */
void shards_write(unsigned count);

/* Opens "run"; to be freed. */
loom_shards *shards_open(void);

/* The list of a shard of "run"; to be freed. */
loom_shard_list *shards_list(unsigned shard);

/* Opens "run", which must fail with this code, and a message that has these words. */
void shards_assert_refused(loom_status code, const char *words);

/* Changes a member of plan.json (NULL: removes it) to the value of a JSON text. */
void shards_change(const char *member, const char *value);

#endif
