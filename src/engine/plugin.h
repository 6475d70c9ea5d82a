/*
 * The plug-in: all of the engine that needs libvips, and the decoders beside it. libvips brings
 * some 90 libraries, which take 25 ms and 10 MB to load; a run of JPEGs needs none of them. So it
 * is a table of functions that is found when it is first needed: linked in (the worker, the tests),
 * or in a module that is loaded (imgloom-vips.so, for the program and the library).
 */
#ifndef LOOM_ENGINE_PLUGIN_H
#define LOOM_ENGINE_PLUGIN_H

#include "engine/lane.h"

/* Differs where the two sides do not understand each other's structs. */
#define LOOM_PLUGIN_LAYOUT                                                                         \
    (sizeof(loom_plugin) + sizeof(loom_lane_job) * 3 + sizeof(loom_recipe) * 5 +                   \
     sizeof(loom_settings) * 7 + sizeof(loom_outcome) * 11 + sizeof(loom_codec_info) * 13)

typedef struct loom_plugin {
    /* LOOM_PLUGIN_LAYOUT and LOOM_VERSION of the build that it belongs to. */
    size_t layout;
    const char *version;

    const loom_lane *lane; /* accepts everything that can be probed; engine/vips/lane.c */

    /* Starts libvips, once, before anything below is used. */
    loom_status (*start)(bool allow_untrusted, loom_error *err);

    /*
     * Where it was started without libvips' modules (worker_hooks.h): loads them, before the first
     * image. Again, it does nothing.
     */
    void (*load_modules)(void);

    /* Whether a format can be read. */
    bool (*reads)(loom_format format);

    /*
     * Reads the header of an image of header->format: its size, orientation and frames, as
     * loom_probe_read.
     */
    loom_status (*read_header)(const loom_input *input, loom_integrity integrity,
                               loom_header *header, loom_error *err);

    /*
     * Of a drawing: unpacks it, as loom_svgz_unpack, and gives it a size, as loom_svg_give_size.
     * Sets *format to the drawing's, on an error, too; of any other file it stays.
     */
    loom_status (*unpack)(loom_input *input, loom_format *format, loom_error *err);

    /*
     * Before a decoder reads the header: has it pass over damaged metadata, and what of it is
     * beyond LOOM_METADATA_MAX, in place; warns of it. Sets job->damage where a checksum of the
     * picture is wrong.
     */
    void (*settle)(loom_lane_job *job);

    loom_codec_info (*codec)(loom_format format); /* as loom_engine_codec */
    const char *(*vips_version)(void);
} loom_plugin;

/*
 * Finds and starts the plug-in, unless that was done. Not while other threads use the engine: where
 * threads will need it, call it before there are any. LOOM_ERR_NOT_FOUND where there is no module,
 * what the system says where it cannot be opened, LOOM_ERR_INTERNAL where it or libvips cannot be
 * started; then another call tries again.
 */
loom_status loom_plugin_start(bool allow_untrusted, loom_error *err);

/* The plug-in, once it was started; else NULL. Any thread. */
const loom_plugin *loom_plugin_get(void);

/* vips/start.c; weak: where it is not linked in, there is none, and the module is loaded. */
extern const loom_plugin loom_plugin_table __attribute__((weak, visibility("hidden")));

/* The module's file, and its one symbol: a function without parameters that returns its table. */
#define LOOM_PLUGIN_FILE   "imgloom-vips.so"
#define LOOM_PLUGIN_SYMBOL "imgloom_vips"

/*
 * The version of the libvips that loom_plugin_start would load, as `vips_version` tells it, without
 * loading it. NULL: it cannot be told so (there is no module, libvips is already loaded, the loader
 * was told to look elsewhere, or this is not the kind of system that is known here). Static; on the
 * thread that started the engine.
 */
const char *loom_plugin_file_version(void);

#endif
