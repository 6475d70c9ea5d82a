/* The rows of the switches of `imgloom serve`. */
#include "serve/settings.h"

#include <imgloom/parse.h>

#define AT(member) OPTIONS_AT(OPTIONS_PROGRAM, serve_settings, member)

enum { CONNECTIONS_MAX = 100000, MODE_MAX = 0777, AGE_MAX = 31536000 };

/* "0660": octal, as for chmod. */
static loom_status apply_mode(const options_row *row, options_target *target, const char *word,
                              loom_error *err)
{
    char *end;
    const guint64 mode = g_ascii_strtoull(word, &end, 8);

    if (!g_ascii_isdigit(*word) || *end != '\0' || mode > MODE_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' is not a mode: an octal number from 0 to 777", word);
    *(unsigned *)options_place(row, target) = (unsigned)mode;
    return LOOM_OK;
}

static const options_row listening[] = {
    {.name = "listen",
     .argument = "ADDR",
     .help = "where to listen: HOST:PORT, [IPv6]:PORT or unix:PATH; port 0 is any that is free; "
             "repeatable",
     .fallback = "127.0.0.1:8080",
     .apply = options_apply_list,
     AT(listen)},
    {.name = "socket-mode",
     .argument = "MODE",
     .help = "the mode of sockets in the file system",
     .fallback = "0660",
     .apply = apply_mode,
     AT(socket_mode)},
    {.name = "admin",
     .argument = "ADDR",
     .help = "listen here for /metrics and /system-info, too, which only loopback and unix "
             "listeners answer otherwise",
     .apply = options_apply_text,
     AT(admin)},
    {.name = "no-page",
     .help = "have no page at /, where a loopback listener lets people try pictures",
     .apply = options_apply_flag,
     AT(no_page)},
    {.name = "connections",
     .argument = "N",
     .low = 1,
     .high = CONNECTIONS_MAX,
     .help = "connections at once; others wait in the kernel's queue",
     .fallback = "1024",
     .apply = options_apply_count,
     AT(connections)},
    {.name = "connections-per-address",
     .argument = "N",
     .low = 1,
     .high = CONNECTIONS_MAX,
     .help = "connections at once from one IP address; others are closed",
     .fallback = "no limit",
     .apply = options_apply_count,
     AT(per_address)},
    {.name = NULL},
};

static const options_row recipes[] = {
    {.name = "preset",
     .argument = "NAME=FILE",
     .help = "clients may ask for the recipe in FILE (JSON) by preset=NAME; repeatable",
     .apply = options_apply_list,
     AT(preset_words)},
    {.name = "presets-only",
     .help = "take no parameters of the picture but preset",
     .apply = options_apply_flag,
     AT(presets_only)},
    {.name = "root",
     .argument = "NAME=DIR",
     .help = "answer GET /image/NAME/PATH with pictures below DIR; repeatable",
     .apply = options_apply_list,
     AT(roots)},
    {.name = "accept",
     .argument = "LIST",
     .help = "for format=auto, take the first of these that the client names in Accept: names of "
             "formats with alpha, with commas between them; repeatable",
     .fallback = "avif,webp",
     .apply = options_apply_list,
     AT(accept_words)},
    {.name = "max-age",
     .argument = "SEC",
     .high = AGE_MAX,
     .help = "seconds for which caches may keep pictures below a root",
     .fallback = "3600",
     .apply = options_apply_count,
     AT(max_age)},
    {.name = "max-output-pixels",
     .argument = "N",
     .low = 1,
     .high = UINT64_MAX,
     .help = "refuse outputs with more pixels, all frames counted",
     .fallback = "50000000",
     .apply = options_apply_number,
     AT(max_output_pixels)},
    {.name = "max-effort",
     .argument = "N",
     .high = LOOM_EFFORT_MAX,
     .help = "cut the effort of a request to N",
     .fallback = "6",
     .apply = options_apply_count,
     AT(max_effort)},
    {.name = NULL},
};

static const options_row bodies[] = {
    {.name = "max-body",
     .argument = "SIZE",
     .low = 1,
     .help = "refuse bodies of more bytes",
     .allowed = "bytes, or with kB, MB, GB, KiB, MiB, GiB",
     .fallback = "32Mi",
     .apply = options_apply_bytes,
     AT(max_body)},
    {.name = "max-bodies",
     .argument = "SIZE",
     .low = 1,
     .help = "limit for all bodies held at once; requests beyond are answered 503",
     .allowed = "bytes, or with kB, MB, GB, KiB, MiB, GiB",
     .fallback = "256Mi",
     .apply = options_apply_bytes,
     AT(max_bodies)},
    {.name = "header-timeout",
     .argument = "SEC",
     .help = "close a connection whose request has no whole head after SEC seconds; 0 means never",
     .fallback = "5",
     .apply = options_apply_seconds,
     AT(header_ns)},
    {.name = "body-timeout",
     .argument = "SEC",
     .help = "close a connection whose body or answer takes longer, and is slower than min-rate; "
             "0 means never",
     .fallback = "20",
     .apply = options_apply_seconds,
     AT(body_ns)},
    {.name = "min-rate",
     .argument = "SIZE",
     .low = 1,
     .help = "bytes a second that a body and the reader of an answer need, on average",
     .allowed = "bytes, or with kB, MB, GB, KiB, MiB, GiB",
     .fallback = "16Ki",
     .apply = options_apply_bytes,
     AT(min_rate)},
    {.name = "idle-timeout",
     .argument = "SEC",
     .help = "close a connection that asks for nothing for SEC seconds; 0 means never",
     .fallback = "15",
     .apply = options_apply_seconds,
     AT(idle_ns)},
    {.name = NULL},
};

static const options_row access_rows[] = {
    {.name = "key-file",
     .argument = "FILE",
     .path = OPTIONS_FILE,
     .help = "answer requests for pictures only if they are signed by a key in FILE, or, of POST, "
             "have a token; imgloom sign signs them",
     .apply = options_apply_path,
     AT(key_file)},
    {.name = "token-file",
     .argument = "FILE",
     .path = OPTIONS_FILE,
     .help = "POST needs one of the tokens in FILE, one a line, as Authorization: Bearer TOKEN",
     .apply = options_apply_path,
     AT(token_file)},
    {.name = "open",
     .help = "let everybody in who can reach a listener that is not loopback",
     .apply = options_apply_flag,
     AT(open)},
    {.name = "host",
     .argument = "NAME",
     .help = "answer to this Host; repeatable",
     .fallback = "loopback names on a loopback listener, else any",
     .apply = options_apply_list,
     AT(hosts)},
    {.name = "cors",
     .argument = "ORIGIN",
     .help = "let pages of ORIGIN ask, such as https://example.org; * means any page; repeatable",
     .apply = options_apply_list,
     AT(origins)},
    {.name = NULL},
};

static const options_row running[] = {
    {.name = "log",
     .argument = "FILE",
     .path = OPTIONS_FILE,
     .help = "write a line of JSON for each request to FILE; - is standard output",
     .fallback = "-",
     .apply = options_apply_path,
     AT(log)},
    {.name = "drain",
     .argument = "SEC",
     .help = "after SIGTERM, wait SEC seconds for what was accepted",
     .fallback = "30",
     .apply = options_apply_seconds,
     AT(drain_ns)},
    {.name = "drain-delay",
     .argument = "SEC",
     .help = "after SIGTERM, go on accepting for SEC seconds, while /ready says no",
     .fallback = "0",
     .apply = options_apply_seconds,
     AT(drain_delay_ns)},
    {.name = NULL},
};

/* What the shared rows have as their default here. */
static const options_default defaults[] = {{"queue", "16 x jobs"},
                                           {"timeout", "30"},
                                           {"max-pixels", "100000000"},
                                           {"isolate", "all"},
                                           {NULL, NULL}};

const options_group serve_groups[] = {
    {.section = "Listening", .table = listening},
    {.section = "Pictures", .table = recipes},
    {.section = "Running", .table = options_jobs},
    {.section = NULL, .table = options_limits, .defaults = defaults},
    {.section = NULL, .table = options_judge, .defaults = defaults},
    {.section = NULL, .table = options_memory},
    {.section = NULL, .table = options_decoder},
    {.section = NULL, .table = options_check},
    {.section = NULL, .table = running},
    {.section = "Bodies and connections", .table = bodies},
    {.section = "Access", .table = access_rows},
    {.section = "Isolation", .table = options_isolate, .defaults = defaults},
    {.section = NULL, .table = options_sandbox},
    {.section = NULL, .table = options_untrusted},
    {.table = NULL},
};

const options_group serve_parameter_groups[] = {
    {.section = "Picture", .source = OPTIONS_PICTURE},
    {.section = "Encoding", .source = OPTIONS_ENCODING},
    {.table = NULL},
};
