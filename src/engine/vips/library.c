#include "engine/vips/library.h"

#include <dlfcn.h>
#include <stddef.h>

void *loom_vips_library_symbol(const char *library, const char *name)
{
    void *handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
    void *found = handle != NULL ? dlsym(handle, name) : NULL;

    if (handle != NULL)
        (void)dlclose(handle); /* gives back our reference; the library stays */
    return found;
}
