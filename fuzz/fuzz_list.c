/* A list of paths, and the plan of what it names: nothing that is there. */
#include "fuzz.h"
#include "picture/recipe_fields.h"
#include <imgloom/imgloom.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static char list_path[64];
static int list;

int LLVMFuzzerInitialize(int *count, char ***words)
{
    char folder[] = "/tmp/imgloom-fuzz.XXXXXX";

    (void)count;
    (void)words;
    list = memfd_create("list", 0);
    (void)snprintf(list_path, sizeof list_path, "/proc/self/fd/%d", list);
    /* Without slashes no path leaves this one, which is gone. */
    FUZZ_CHECK(list >= 0 && mkdtemp(folder) != NULL && chdir(folder) == 0 && rmdir(folder) == 0);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const globs[] = {"*.jpg"};
    const loom_scan_options scan_options = {.max_depth = 1, .exclude = globs, .exclude_count = 1};
    const loom_plan_options plan_options = {.output_root = "out"};
    loom_error error = LOOM_ERROR_INIT;
    loom_recipe recipe;
    loom_plan *plan = NULL;

    if (size < 1)
        return 0;
    char *text = fuzz_text(data + 1, size - 1);
    for (size_t i = 0; i + 1 < size; i++)
        if (text[i] == '/')
            text[i] = '_';
    FUZZ_CHECK(ftruncate(list, 0) == 0 && pwrite(list, text, size - 1, 0) == (ssize_t)size - 1);
    loom_scan *scan = loom_scan_create(&scan_options);
    FUZZ_CHECK(scan != NULL);
    (void)!loom_scan_add_list(scan, list_path, data[0] & 1, &error);
    loom_recipe_init(&recipe);
    if (loom_plan_create(&plan, scan, &recipe, &plan_options, &error) == LOOM_OK)
        FUZZ_CHECK(loom_plan_count(plan) == loom_scan_count(scan));
    loom_plan_free(plan);
    loom_scan_free(scan);
    free(text);
    return 0;
}
