/*
 * What images take of memory: bench_cost RECIPE INPUT..., the recipe as `imgloom run --recipe` has
 * it in a file. A line for each input: MB that were measured, MB that are estimated, their ratio.
 */
#include "picture/recipe_fields.h"
#include "support/peak.h"

#include <stdio.h>
#include <string.h>

static bool measure(const loom_recipe *recipe, loom_format format, const char *input)
{
    peak found;

    if (!peak_measure(input, recipe, format, &found)) {
        printf("       the process died           %s\n", input);
        return false;
    }
    printf("%7.1f %7.1f %5.2f  %s  %s\n", (double)found.measured / 1e6,
           (double)found.estimate / 1e6, (double)found.estimate / (double)found.measured, input,
           found.message);
    (void)fflush(stdout);
    return found.code == LOOM_OK;
}

int main(int argc, char **argv)
{
    loom_error err = LOOM_ERROR_INIT;
    loom_recipe recipe;
    bool ok = true;

    if (argc < 3) {
        fprintf(stderr, "usage: bench_cost RECIPE INPUT...\n");
        return 2;
    }
    loom_recipe_init(&recipe);
    if (loom_recipe_from_json(&recipe, argv[1], strlen(argv[1]), &err) != LOOM_OK) {
        fprintf(stderr, "bench_cost: %s\n", err.message);
        return 2;
    }
    const loom_format format = recipe.format;
    for (int i = 2; i < argc; i++)
        ok = measure(&recipe, format != LOOM_FORMAT_UNKNOWN ? format : LOOM_FORMAT_PNG, argv[i]) &&
             ok;
    return ok ? 0 : 1;
}
