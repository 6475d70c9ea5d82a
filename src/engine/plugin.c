#include "engine/plugin.h"

#include "base/error.h"
#include "base/strbuf.h"
#include "engine/locate.h"
#include <dlfcn.h>
#include <errno.h>
#include <imgloom/version.h>
#include <string.h>

/* Written once, by the thread that started the engine; other threads may be running. */
static const loom_plugin *_Atomic started;

/* The error quotes the loader's message: which required library is missing. */
static void fail(loom_error *err, const char *what)
{
    const char *words = dlerror();

    (void)loom_error_set(err, LOOM_ERR_INTERNAL, LOOM_STAGE_NONE, "%s: %s", what,
                         words != NULL ? words : "it is not what it should be");
}

/* Stores the module's path; false: *err says why. */
static bool find_module(loom_strbuf *path, loom_error *err)
{
    if (loom_locate(LOOM_PLUGIN_FILE, path))
        return true;
    if (errno == ENOENT)
        (void)loom_error_set(err, LOOM_ERR_NOT_FOUND, LOOM_STAGE_NONE,
                             "there is no " LOOM_PLUGIN_FILE " to read and write images with, "
                             "neither beside the program nor in " LOOM_LIBEXEC);
    else
        (void)loom_error_set_errno(err, LOOM_STAGE_NONE, errno,
                                   LOOM_PLUGIN_FILE " cannot be opened");
    return false;
}

/* Loads the module's table; NULL: *err says why. */
static const loom_plugin *load(loom_error *err)
{
    loom_strbuf path = LOOM_STRBUF_INIT;
    const loom_plugin *(*table)(void) = NULL;

    if (find_module(&path, err)) {
        /*
         * Never unloaded: libvips cannot unregister its types. Bound as it is called: to bind all
         * that its libraries may call takes 3 ms.
         */
        void *module = dlopen(loom_strbuf_str(&path), RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
        if (module != NULL)
            table = (const loom_plugin *(*)(void))dlsym(module, LOOM_PLUGIN_SYMBOL);
        if (table == NULL)
            fail(err, module != NULL ? LOOM_PLUGIN_FILE : "libvips cannot be loaded");
    }
    loom_strbuf_release(&path);
    return table != NULL ? table() : NULL;
}

loom_status loom_plugin_start(bool allow_untrusted, loom_error *err)
{
    if (started != NULL)
        return LOOM_OK;
    loom_error why = LOOM_ERROR_INIT;
    const loom_plugin *found = &loom_plugin_table != NULL ? &loom_plugin_table : load(&why);
    if (found == NULL)
        return loom_error_copy(err, &why);
    if (found->layout != LOOM_PLUGIN_LAYOUT || strcmp(found->version, LOOM_VERSION) != 0)
        return loom_error_set(err, LOOM_ERR_INTERNAL, LOOM_STAGE_NONE,
                              LOOM_PLUGIN_FILE " is of another version of imgloom");
    const loom_status status = found->start(allow_untrusted, loom_worker_hooks_get(), err);
    if (status == LOOM_OK)
        started = found;
    return status;
}

const loom_plugin *loom_plugin_get(void)
{
    return started;
}
