/* What a report of one run says of its state, for another report or a page of the same run. */
#include "cli/report/command.h"

static uint64_t count_of(const json_t *object, const char *name)
{
    const json_int_t number = json_integer_value(json_object_get(object, name));

    return number > 0 ? (uint64_t)number : 0;
}

void report_take_state(loom_totals *totals, const json_t *summary)
{
    const json_t *state = json_object_get(summary, "state");
    const json_t *made = json_object_get(state, "made");

    if (!json_is_object(state))
        return;
    totals->state = true;
    totals->unchanged = count_of(state, "unchanged");
    totals->content_unchanged = count_of(state, "contentUnchanged");
    for (unsigned i = LOOM_BECAUSE_NONE + 1; i < LOOM_BECAUSE_COUNT; i++)
        totals->by_because[i] = count_of(made, loom_because_name((loom_because)i));
    totals->removed = count_of(state, "removed");
    totals->pruned = count_of(state, "pruned");
}
