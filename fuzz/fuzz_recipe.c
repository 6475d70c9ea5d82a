/* A recipe as JSON. What is read is written as what it is read from. */
#include "fuzz.h"
#include "picture/recipe_fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = fuzz_copy(data, size);
    loom_error error = LOOM_ERROR_INIT;
    loom_recipe recipe, again;

    loom_recipe_init(&recipe);
    if (loom_recipe_from_json(&recipe, copy, size, &error) == LOOM_OK) {
        char *first = loom_recipe_to_json(&recipe);
        FUZZ_CHECK(first != NULL);
        loom_recipe_init(&again);
        FUZZ_CHECK(loom_recipe_from_json(&again, first, strlen(first), &error) == LOOM_OK);
        char *second = loom_recipe_to_json(&again);
        FUZZ_CHECK(second != NULL && strcmp(first, second) == 0);
        free(first);
        free(second);
    } else {
        FUZZ_CHECK(error.code == LOOM_ERR_USAGE && error.message[0] != '\0');
    }
    free(copy);
    return 0;
}
