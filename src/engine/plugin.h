/*
 * The plug-in: the part of the engine that needs libvips, with the other decoders. libvips brings
 * some 90 libraries, which take 25 ms and 10 MB to load; a run of JPEGs needs none of them. So the
 * plug-in is a table of functions that is found on first use: linked in (the tests), or
 * loaded from a module (imgloom-vips.so, for the programs and the library).
 */
#ifndef LOOM_ENGINE_PLUGIN_H
#define LOOM_ENGINE_PLUGIN_H

#include "engine/check.h"
#include "engine/worker_hooks.h"

/* Differs if the two sides disagree on the layout of each other's structs. */
#define LOOM_PLUGIN_LAYOUT                                                                         \
    (sizeof(loom_plugin) + sizeof(loom_lane_job) * 3 + sizeof(loom_recipe) * 5 +                   \
     sizeof(loom_settings) * 7 + sizeof(loom_outcome) * 11 + sizeof(loom_codec_info) * 13)

typedef struct loom_plugin {
    /* LOOM_PLUGIN_LAYOUT and LOOM_VERSION of the plug-in's build. */
    size_t layout;
    const char *version;

    const loom_lane *lane; /* accepts everything that can be probed; engine/vips/lane.c */

    /*
     * Starts libvips, once, before anything below is used. `hooks` are those of this worker; NULL:
     * this process is none.
     */
    loom_status (*start)(bool allow_untrusted, const loom_worker_hooks *hooks, loom_error *err);

    /* In a worker, before an image: earlier messages do not concern it. */
    void (*begin)(void);

    /*
     * If libvips was started without its modules (worker_hooks.h): loads them, before the first
     * image. Later calls do nothing.
     */
    void (*load_modules)(void);

    /* Whether a format can be read. */
    bool (*reads)(loom_format format);

    /*
     * Reads the header of an image of header->format: size, orientation and frames, as
     * loom_probe_read.
     */
    loom_status (*read_header)(const loom_input *input, loom_integrity integrity,
                               loom_header *header, loom_error *err);

    /*
     * For a drawing: unpacks it, as loom_svgz_unpack, and gives it a size, as loom_svg_give_size.
     * Sets *format to the drawing's, also on an error; for any other file it stays unchanged.
     */
    loom_status (*unpack)(loom_input *input, loom_format *format, loom_error *err);

    /*
     * Before a decoder reads the header: makes it skip damaged metadata, and metadata beyond
     * LOOM_METADATA_MAX, by edits in place, and warns. Sets job->damage if a checksum of the
     * picture is wrong.
     */
    void (*settle)(loom_lane_job *job);

    /* For loom_check_read: decodes the job's input, of a format that is read, all of it. */
    loom_status (*reread)(const loom_lane_job *job, loom_small *small, loom_reread *read,
                          loom_error *err);

    loom_codec_info (*codec)(loom_format format); /* as loom_engine_codec */
    const char *(*vips_version)(void);
} loom_plugin;

/*
 * Finds and starts the plug-in, unless that has happened. No other thread may use the engine
 * meanwhile: if threads will need the plug-in, call this before they start. LOOM_ERR_NOT_FOUND if
 * there is no module, the system's error if it cannot be opened, LOOM_ERR_INTERNAL if it or libvips
 * cannot start; then another call tries again.
 */
loom_status loom_plugin_start(bool allow_untrusted, loom_error *err);

/* The plug-in once it has started, else NULL. Any thread. */
const loom_plugin *loom_plugin_get(void);

/* vips/start.c; weak: if it is not linked in, the symbol is absent and the module is loaded. */
extern const loom_plugin loom_plugin_table __attribute__((weak, visibility("hidden")));

/* The module's file, and its one symbol: a function without parameters that returns the table. */
#define LOOM_PLUGIN_FILE   "imgloom-vips.so"
#define LOOM_PLUGIN_SYMBOL "imgloom_vips"

/*
 * The version of the libvips that loom_plugin_start would load, as `vips_version` reports it, but
 * without loading it. NULL if it cannot be told so: there is no module, libvips is already loaded,
 * the loader was told to look elsewhere, or the system is of an unknown kind. Static; only on the
 * thread that started the engine.
 */
const char *loom_plugin_file_version(void);

#endif
