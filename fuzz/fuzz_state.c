/* The file of a state: whatever stands there, it is opened or refused, and asked for a few outputs.
 */
#include "fuzz.h"
#include "picture/recipe_fields.h"
#include <imgloom/imgloom.h>

#include <fcntl.h>
#include <unistd.h>

enum { OUTPUTS = 8 };

static loom_scan *scan;

static void clean_up(void)
{
    char name[] = "in-0.jpg", *folder = getcwd(NULL, 0);

    for (int i = 0; i < OUTPUTS; i++, name[3]++)
        (void)unlink(name);
    (void)unlink("s.db");
    (void)unlink("s.db-wal");
    (void)!rmdir(folder != NULL ? folder : "");
    free(folder);
}

int LLVMFuzzerInitialize(int *count, char ***words)
{
    char folder[] = "/dev/shm/imgloom-fuzz.XXXXXX", name[] = "in-0.jpg";
    loom_error error = LOOM_ERROR_INIT;

    (void)count;
    (void)words;
    FUZZ_CHECK(mkdtemp(folder) != NULL && chdir(folder) == 0);
    FUZZ_CHECK(atexit(clean_up) == 0);
    scan = loom_scan_create(NULL);
    FUZZ_CHECK(scan != NULL);
    for (int i = 0; i < OUTPUTS; i++, name[3]++) {
        const int file = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        FUZZ_CHECK(file >= 0 && write(file, "x", 1) == 1 && close(file) == 0);
        FUZZ_CHECK(loom_scan_add(scan, name, &error) == LOOM_OK);
    }
    return 0;
}

static void write_file(const uint8_t *data, size_t size)
{
    const int file = open("s.db", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    FUZZ_CHECK(file >= 0 && write(file, data, size) == (ssize_t)size && close(file) == 0);
    (void)unlink("s.db-wal");
}

static void use(loom_state *state, const loom_recipe *recipe)
{
    const loom_plan_options options = {.output_root = "out", .history = loom_state_history(state)};
    loom_error error = LOOM_ERROR_INIT;
    const loom_gone *gone;
    loom_plan *plan;

    FUZZ_CHECK(loom_plan_create(&plan, scan, recipe, &options, &error) == LOOM_OK);
    for (size_t i = 0; i < loom_plan_count(plan); i++) /* there is no output */
        FUZZ_CHECK(loom_plan_task(plan, i)->because != LOOM_BECAUSE_NONE);
    (void)!loom_state_find_gone(state, plan, NULL, NULL, &gone, &error);
    (void)!loom_state_finish(state, &error);
    loom_plan_free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    loom_error error = LOOM_ERROR_INIT;
    loom_state *state;
    loom_recipe recipe;

    loom_recipe_init(&recipe);
    const loom_state_options options = {.recipe = &recipe};
    write_file(data, size);
    if (loom_state_open(&state, "s.db", &options, &error) != LOOM_OK)
        return 0;
    use(state, &recipe);
    loom_state_free(state);
    return 0;
}
