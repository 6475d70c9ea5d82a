/* The libraries behind libvips, which are its dependencies and not ours: asked at run time. */
#ifndef LOOM_ENGINE_VIPS_LIBRARY_H
#define LOOM_ENGINE_VIPS_LIBRARY_H

/* What a library calls so, where it is loaded already; else NULL. */
void *loom_vips_library_symbol(const char *library, const char *name);

#endif
