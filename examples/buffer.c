/*
 * Makes a thumbnail from memory to memory, by libimgloom: reads a picture from standard input and
 * writes a WebP of at most 320 px a side to standard output.
 *
 *   cc -o buffer buffer.c $(pkg-config --cflags --libs imgloom)
 *   ./buffer <photo.jpg >thumb.webp
 *
 * A server would start the engine once, and call thumbnail from as many threads as it likes.
 */
#include <imgloom/imgloom.h>
#include <stdio.h>
#include <stdlib.h>

/* The thumbnail of a picture; NULL, with *err. To be freed. */
static void *thumbnail(loom_engine *engine, const loom_recipe *recipe, const void *picture,
                       size_t *size, loom_error *err)
{
    loom_request *request = loom_request_create();
    void *made = NULL;

    if (request == NULL)
        return NULL;
    request->recipe = recipe;
    if (loom_process_buffer(engine, picture, *size, request, err) == LOOM_OK) {
        loom_outcome *outcome = loom_request_outcome(request, 0);
        made = outcome->picture;
        *size = (size_t)outcome->processed_size;
        outcome->picture = NULL; /* it is ours now */
    }
    loom_request_free(request);
    return made;
}

int main(void)
{
    static char picture[32 << 20];
    loom_recipe *recipe = loom_recipe_create();
    loom_engine *engine = NULL;
    loom_error err = LOOM_ERROR_INIT;
    size_t size = fread(picture, 1, sizeof picture, stdin);
    void *made = NULL;

    if (recipe != NULL && loom_recipe_set(recipe, "size", "320x320", &err) == LOOM_OK &&
        loom_recipe_set(recipe, "fit", "inside", &err) == LOOM_OK &&
        loom_recipe_set(recipe, "format", "webp", &err) == LOOM_OK &&
        loom_engine_start(&engine, NULL, &err) == LOOM_OK)
        made = thumbnail(engine, recipe, picture, &size, &err);
    if (made == NULL)
        fprintf(stderr, "%s at %s: %s\n", loom_status_name(err.code), loom_stage_name(err.stage),
                err.message);
    const bool ok = made != NULL && fwrite(made, 1, size, stdout) == size && fflush(stdout) == 0;
    free(made);
    loom_engine_stop(engine);
    loom_recipe_free(recipe);
    return ok ? 0 : 1;
}
