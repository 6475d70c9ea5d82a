#include "support/kinds.h"

#include "support/check.h"
#include <string.h>

void kinds_walk(loom_format format, const kind_trial *trials, size_t count)
{
    const loom_kind *kinds = loom_format_kind(format, 0);
    size_t rows = 0;

    ck_assert_ptr_nonnull(kinds);
    for (const loom_kind *k = kinds; k->aspect != NULL; k++, rows++) {
        size_t found = 0;
        for (size_t i = 0; i < count; i++)
            if (trials[i].value == k->value && strcmp(trials[i].aspect, k->aspect) == 0) {
                found++;
                trials[i].try(k);
            }
        ck_assert_msg(found == 1, "%zu trials for \"%s: %s\"", found, k->aspect, k->name);
    }
    ck_assert_uint_eq(rows, count);
}
