#include "engine/vips_modules.h"

#include "base/strbuf.h"
#include <dlfcn.h>
#include <gmodule.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

static void load(const char *folder, size_t size, const char *name)
{
    loom_strbuf path = LOOM_STRBUF_INIT;

    loom_strbuf_add(&path, folder, size);
    loom_strbuf_add_format(&path, "/vips-modules-%d.%d/%s.so", vips_version(0), vips_version(1),
                           name);
    if (!path.failed) {
        GModule *module = g_module_open(loom_strbuf_str(&path), G_MODULE_BIND_LAZY);
        if (module != NULL)
            g_module_make_resident(module);
    }
    loom_strbuf_release(&path);
}

/* The modules' folder stands beside the library that we are linked with. */
static void load_modules(void)
{
    Dl_info library;

    if (dladdr((void *)(uintptr_t)vips_init, &library) == 0 || library.dli_fname == NULL)
        return;
    const char *slash = strrchr(library.dli_fname, '/');
    if (slash == NULL)
        return;
    const size_t size = (size_t)(slash - library.dli_fname);
    load(library.dli_fname, size, "vips-heif");
    load(library.dli_fname, size, "vips-jxl");
}

bool loom_vips_init(void)
{
    /* libvips looks for modules below its prefix, which this variable names: there are none. */
    const char *home = getenv("VIPSHOME");
    char *before = home != NULL ? strdup(home) : NULL;

    if (setenv("VIPSHOME", "/nonexistent", 1) != 0) {
        free(before);
        return false;
    }
    const bool ok = VIPS_INIT("imgloom") == 0;
    if (before != NULL)
        (void)setenv("VIPSHOME", before, 1);
    else
        (void)unsetenv("VIPSHOME");
    free(before);
    if (ok)
        load_modules();
    return ok;
}
