#include "engine/vips/modules.h"

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
    /* libvips looks for modules below the prefix that this names. Somebody who set it wants that.
     */
    const bool chosen = getenv("VIPSHOME") != NULL;

    if (!chosen && setenv("VIPSHOME", "/nonexistent", 1) != 0)
        return false;
    const bool ok = VIPS_INIT("imgloom") == 0;
    if (!chosen)
        (void)unsetenv("VIPSHOME");
    if (ok && !chosen)
        load_modules();
    return ok;
}
