/* The switches of `imgloom serve`, for the program that serves and for the help of the command. */
#ifndef SERVE_SETTINGS_H
#define SERVE_SETTINGS_H

#include "options/options.h"

/* A recipe by name. */
typedef struct serve_preset {
    char *name;
    loom_recipe *recipe;
} serve_preset;

typedef struct serve_settings {
    /* Owned; what the tables shared with other commands set. */
    loom_batch *batch; /* jobs, queue, timeout and memory; never run */
    loom_settings *settings;
    loom_engine_options *engine;

    GPtrArray *listen, *hosts, *origins, *roots; /* of char * */
    GPtrArray *accept_words;                     /* of char *: lists; none: the defaults */
    loom_format accept[LOOM_FORMAT_COUNT];       /* from them; LOOM_FORMAT_UNKNOWN ends them */
    unsigned max_age;                            /* s */
    const char *key_file;                        /* NULL: none */
    GPtrArray *preset_words;                     /* of char *, "NAME=FILE" */
    GArray *presets;                             /* of serve_preset; from preset_words */
    bool presets_only;
    unsigned socket_mode;
    const char *admin; /* NULL: none */
    uint64_t max_output_pixels;
    unsigned max_effort;
    uint64_t max_body, max_bodies;     /* bytes */
    unsigned connections, per_address; /* per_address 0: no limit */
    int64_t header_ns, body_ns, idle_ns;
    uint64_t min_rate;      /* bytes a second */
    const char *token_file; /* NULL: none */
    bool open;
    bool no_page;
    const char *log; /* "-": standard output */
    int64_t drain_ns, drain_delay_ns;
    options_target target; /* points to the above */
} serve_settings;

extern const options_group serve_groups[];

/* The parameters of a request: the recipe's fields. */
extern const options_group serve_parameter_groups[];

/* Sets the defaults. False: out of memory; release it even so. Do not move it: its target points
 * into it. */
bool serve_settings_init(serve_settings *settings) LOOM_NODISCARD;
void serve_settings_release(serve_settings *settings);

/*
 * Parses a command line; IMGLOOM_SERVE_NAME in the environment stands for a switch --name that is
 * not given there. Then reads the presets, and checks what goes together. Release *line in all
 * cases.
 */
options_result serve_settings_read(serve_settings *settings, char **argv, options_line *line,
                                   loom_error *err);

/* The recipe of a preset; NULL: there is none of this name. */
const loom_recipe *serve_settings_preset(const serve_settings *settings, const char *name);

#endif
