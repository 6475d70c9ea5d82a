#include "engine/text_module.h"

#include "base/error.h"
#include "engine/locate.h"
#include <dlfcn.h>
#include <errno.h>
#include <imgloom/version.h>
#include <pthread.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const loom_text_module *loaded; /* guarded by it */

static const loom_text_module *open_module(const char *path, loom_error *err)
{
    void *module = dlopen(path, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
    const loom_text_module *(*table)(void) =
        module != NULL ? (const loom_text_module *(*)(void))dlsym(module, LOOM_TEXT_SYMBOL) : NULL;

    if (table != NULL && strcmp(table()->version, LOOM_VERSION) == 0)
        return table();
    const char *words = table == NULL ? dlerror() : "it is of another version of imgloom";
    (void)loom_error_set(err, LOOM_ERR_INTERNAL, LOOM_STAGE_NONE,
                         LOOM_TEXT_FILE " cannot be loaded: %s",
                         words != NULL ? words : "it is not what it should be");
    return NULL;
}

static const loom_text_module *load(loom_error *err)
{
    loom_strbuf path = LOOM_STRBUF_INIT;
    const loom_text_module *module = NULL;

    if (loom_locate(LOOM_TEXT_FILE, &path))
        module = open_module(loom_strbuf_str(&path), err);
    else
        (void)loom_error_set_errno(err, LOOM_STAGE_NONE, errno,
                                   LOOM_TEXT_FILE ", which writes text, cannot be opened");
    loom_strbuf_release(&path);
    return module;
}

const loom_text_module *loom_text_module_get(loom_error *err)
{
    (void)pthread_mutex_lock(&lock);
    if (loaded == NULL)
        loaded = load(err);
    const loom_text_module *found = loaded;
    (void)pthread_mutex_unlock(&lock);
    return found;
}
