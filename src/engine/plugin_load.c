#include "base/strbuf.h"
#include "engine/locate.h"
#include "engine/plugin_export.h"
#include <dlfcn.h>
#include <errno.h>

/* The module's words go to the error: which of the libraries below it is missing. */
static loom_status fail(loom_error *err, const char *what)
{
    const char *words = dlerror();

    return loom_error_set(err, LOOM_ERR_INTERNAL, LOOM_STAGE_NONE, "%s: %s", what,
                          words != NULL ? words : "it is not what it should be");
}

const loom_plugin *loom_plugin_find(loom_error *err)
{
    loom_strbuf path = LOOM_STRBUF_INIT;
    const loom_plugin *(*table)(void) = NULL;
    void *module = NULL;

    if (!loom_locate(LOOM_PLUGIN_FILE, &path)) {
        if (errno == ENOENT)
            (void)loom_error_set(err, LOOM_ERR_NOT_FOUND, LOOM_STAGE_NONE,
                                 "there is no " LOOM_PLUGIN_FILE " to read and write images with, "
                                 "neither beside the program nor in " LOOM_LIBEXEC);
        else
            (void)loom_error_set_errno(err, LOOM_STAGE_NONE, errno,
                                       LOOM_PLUGIN_FILE " cannot be opened");
        goto done;
    }
    /* For good: the types that libvips registers cannot be taken back. */
    module = dlopen(loom_strbuf_str(&path), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (module == NULL) {
        (void)fail(err, "libvips cannot be loaded");
        goto done;
    }
    table = (const loom_plugin *(*)(void))dlsym(module, LOOM_PLUGIN_SYMBOL);
    if (table == NULL)
        (void)fail(err, LOOM_PLUGIN_FILE);
done:
    loom_strbuf_release(&path);
    return table != NULL ? table() : NULL;
}
