/* Starts libvips, and defines the plug-in's table. */
#include "base/strbuf.h"
#include "engine/codec/decoder.h"
#include "engine/codec/svg.h"
#include "engine/plugin.h"
#include "engine/vips/formats.h"
#include "engine/vips/messages.h"
#include "engine/vips/parts.h"
#include "engine/worker_hooks.h"
#include <dlfcn.h>
#include <gmodule.h>
#include <imgloom/export.h>
#include <imgloom/version.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vector.h>
#include <vips/vips.h>

/* ---- its own modules: AVIF with HEIC, and JPEG XL ------------------------ */

/* Written before other threads start. */
static bool modules_are_missing; /* but can be loaded */
static bool all_formats;         /* the argument of loom_vips_formats_start */

static void load_module(const char *folder, size_t size, const char *name)
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

/* The modules' folder is next to the library that we are linked with. */
static void load_modules(void)
{
    Dl_info library;

    if (!modules_are_missing)
        return;
    modules_are_missing = false;
    if (dladdr((void *)(uintptr_t)vips_init, &library) == 0 || library.dli_fname == NULL)
        return;
    const char *slash = strrchr(library.dli_fname, '/');
    if (slash == NULL)
        return;
    const size_t size = (size_t)(slash - library.dli_fname);
    load_module(library.dli_fname, size, "vips-heif");
    load_module(library.dli_fname, size, "vips-jxl");
}

/*
 * Starts libvips with only two of its modules. ImageMagick, poppler and openslide cost time, and
 * have a large attack surface for hostile files.
 */
static bool init_vips(bool later)
{
    /* libvips looks for modules below this prefix. If the user has set it, it stays. */
    const bool chosen = getenv("VIPSHOME") != NULL;

    if (!chosen && setenv("VIPSHOME", "/nonexistent", 1) != 0)
        return false;
    const bool ok = VIPS_INIT("imgloom") == 0;
    if (!chosen)
        (void)unsetenv("VIPSHOME");
    modules_are_missing = ok && !chosen;
    if (!later)
        load_modules();
    return ok;
}

/* ---- the libraries behind it ------------------------------------------------- */

void *loom_vips_library_symbol(const char *library, const char *name)
{
    void *handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
    void *found = handle != NULL ? dlsym(handle, name) : NULL;

    if (handle != NULL)
        (void)dlclose(handle); /* drops our reference; the library stays loaded */
    return found;
}

/*
 * If libvips (up to 8.14) compiles its vector loops with ORC, disables them. ORC frees compiled
 * loops without a lock, so two threads that finish a picture at the same time may crash. All
 * processes do so, so that a picture is the same from a thread and from a worker.
 */
static void avoid_orc(void)
{
    if (loom_vips_library_symbol("liborc-0.4.so.0", "orc_program_free") != NULL)
        vips_vector_set_enabled(FALSE);
}

/* ---- the plug-in --------------------------------------------------------- */

static loom_status start(bool allow_untrusted, const loom_worker_hooks *hooks, loom_error *err)
{
    if (hooks != NULL) /* the module has a copy of what keeps them */
        loom_worker_hooks_set(hooks);
    loom_vips_log_install();
    if (!init_vips(hooks != NULL && hooks->later_modules)) {
        vips_error_clear();
        return loom_error_set(err, LOOM_ERR_INTERNAL, LOOM_STAGE_NONE, "libvips cannot start");
    }
    avoid_orc();
    vips_concurrency_set(1); /* one thread for each image: the pool runs images in parallel */
    vips_cache_set_max(0);
    all_formats = allow_untrusted;
    loom_vips_formats_start(allow_untrusted);
    loom_vips_tiff_start();
    return LOOM_OK;
}

static void load_missing(void)
{
    if (!modules_are_missing)
        return;
    load_modules();
    loom_vips_formats_start(all_formats); /* blocks unwanted loaders of the new modules */
}

static bool reads(loom_format format)
{
    return loom_decoder_of(format) != NULL || loom_vips_reads(format);
}

static loom_status prepare_drawing(loom_input *input, loom_format *format, loom_error *err)
{
    const loom_status status = loom_svgz_unpack(input, format, err);

    return status == LOOM_OK ? loom_svg_give_size(input, format, err) : status;
}

extern const loom_lane loom_lane_vips; /* lane.c */

const loom_plugin loom_plugin_table = {
    .layout = LOOM_PLUGIN_LAYOUT,
    .version = LOOM_VERSION,
    .lane = &loom_lane_vips,
    .start = start,
    .begin = loom_vips_error_clear,
    .load_modules = load_missing,
    .reads = reads,
    .read_header = loom_vips_read_header,
    .unpack = prepare_drawing,
    .settle = loom_vips_settle,
    .reread = loom_vips_reread,
    .codec = loom_vips_codec,
    .vips_version = loom_vips_version,
};

LOOM_API const loom_plugin *imgloom_vips(void); /* LOOM_PLUGIN_SYMBOL */

const loom_plugin *imgloom_vips(void)
{
    return &loom_plugin_table;
}
