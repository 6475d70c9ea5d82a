/*
 * What the service gives up before its first request, by Landlock: files but those that it and its
 * workers still need, and new TCP connections and ports. Descriptors that are open stay usable.
 * Workers inherit it, and lock themselves in further.
 */
#include "serve/server.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/landlock.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define READS    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define EXECUTES (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE)
#define APPENDS  (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG)
/* What a rule for something else than a folder may allow. */
#define OF_FILES                                                                                   \
    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_EXECUTE)

/* As struct landlock_ruleset_attr of Linux 6.7, which has the second field. */
typedef struct attributes {
    uint64_t files, net;
} attributes;

/* ---- rules --------------------------------------------------------------- */

static bool allow(int ruleset, int file, uint64_t rights)
{
    struct stat info;

    if (fstat(file, &info) != 0)
        return false;
    const struct landlock_path_beneath_attr rule = {
        .allowed_access = S_ISDIR(info.st_mode) ? rights : rights & OF_FILES, .parent_fd = file};
    return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

/* What is not there, or cannot be entered, needs no rule. */
static bool allow_path(int ruleset, const char *path, uint64_t rights)
{
    const int file = open(path, O_PATH | O_CLOEXEC);

    if (file < 0)
        return true;
    const bool good = allow(ruleset, file, rights);
    (void)close(file);
    return good;
}

static bool allow_folder_of(int ruleset, const char *path, uint64_t rights)
{
    char *folder = g_path_get_dirname(path);
    const bool good = allow_path(ruleset, folder, rights);

    g_free(folder);
    return good;
}

/* ---- libraries ----------------------------------------------------------- */

/* The dynamic loader, which is executed with a program. */
static bool allow_interpreter(int ruleset, const struct dl_phdr_info *object)
{
    for (size_t i = 0; i < object->dlpi_phnum; i++)
        if (object->dlpi_phdr[i].p_type == PT_INTERP)
            return allow_path(
                ruleset, (const char *)(gsize)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr),
                EXECUTES);
    return true;
}

static int allow_object(struct dl_phdr_info *object, size_t size, void *ruleset)
{
    const int *rules = ruleset;
    const bool good =
        object->dlpi_name[0] != '/' || allow_folder_of(*rules, object->dlpi_name, READS);

    (void)size;
    return good && allow_interpreter(*rules, object) ? 0 : -1;
}

/* Where those may be that workers load. */
static bool allow_libraries(int ruleset)
{
    static const char *const places[] = {"/usr", "/lib", "/lib64", "/etc/ld.so.cache",
                                         "/etc/ld.so.preload"};
    const char *searched = g_getenv("LD_LIBRARY_PATH");
    char **others = g_strsplit(searched != NULL ? searched : "", ":", -1);
    bool good = dl_iterate_phdr(allow_object, &ruleset) == 0;

    for (size_t i = 0; good && i < G_N_ELEMENTS(places); i++)
        good = allow_path(ruleset, places[i], READS);
    for (size_t i = 0; good && others[i] != NULL; i++)
        good = others[i][0] == '\0' || allow_path(ruleset, others[i], READS);
    g_strfreev(others);
    return good;
}

static bool allow_worker(int ruleset)
{
    char *path = loom_engine_program("imgloom-worker");
    const bool good = path == NULL || (allow_folder_of(ruleset, path, READS) &&
                                       allow_path(ruleset, path, EXECUTES));

    free(path);
    return good;
}

/* ---- what the service itself opens later --------------------------------- */

/* For SIGHUP: files of secrets and the log may be others then, of the same names. */
static bool allow_reopening(int ruleset, const serve_settings *s)
{
    struct stat info;
    bool good = s->token_file == NULL || allow_folder_of(ruleset, s->token_file, READS);

    good = good && (s->key_file == NULL || allow_folder_of(ruleset, s->key_file, READS));
    if (!good || strcmp(s->log, "-") == 0)
        return good;
    return stat(s->log, &info) == 0 && !S_ISREG(info.st_mode)
               ? allow_path(ruleset, s->log, LANDLOCK_ACCESS_FS_WRITE_FILE)
               : allow_folder_of(ruleset, s->log, APPENDS);
}

/* Sockets are removed at the end. */
static bool allow_listeners(int ruleset, const serve_server *server)
{
    for (guint i = 0; i < server->listeners->len; i++) {
        const serve_listener *listener = g_ptr_array_index(server->listeners, i);
        if (listener->path != NULL &&
            !allow_folder_of(ruleset, listener->path, LANDLOCK_ACCESS_FS_REMOVE_FILE))
            return false;
    }
    return true;
}

static bool allow_roots(int ruleset, const serve_server *server)
{
    for (guint i = 0; i < server->roots->len; i++)
        if (!allow(ruleset, ((const serve_root *)g_ptr_array_index(server->roots, i))->file, READS))
            return false;
    return true;
}

/* Fonts of texts that requests ask for, beside those below /usr; and files of presets. */
static bool allow_fonts(int ruleset, const serve_settings *s)
{
    char *own = g_build_filename(g_get_user_data_dir(), "fonts", NULL);
    bool good = allow_path(ruleset, "/etc/fonts", READS) &&
                allow_path(ruleset, "/var/cache/fontconfig", READS) &&
                allow_path(ruleset, own, READS);

    g_free(own);
    for (guint i = 0; good && i < s->presets->len; i++) {
        const loom_recipe *preset = g_array_index(s->presets, serve_preset, i).recipe;
        const char *font = preset->font.path;
        char *file = font[0] != '\0' ? loom_recipe_font_file(preset) : NULL;
        good = file == NULL || allow_path(ruleset, file, LANDLOCK_ACCESS_FS_READ_FILE);
        free(file);
    }
    return good;
}

/* What libraries ask of the kernel, and the streams of workers. */
static bool allow_system(int ruleset)
{
    return allow_path(ruleset, "/proc", READS) && allow_path(ruleset, "/sys", READS) &&
           allow_path(ruleset, "/dev/urandom", LANDLOCK_ACCESS_FS_READ_FILE) &&
           allow_path(ruleset, "/dev/null",
                      LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
}

/* ---- the whole ----------------------------------------------------------- */

/* An empty set of rules over all rights that the kernel knows; -1 with errno. */
static int make_ruleset(void)
{
    const long version =
        syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    attributes rules = {.files = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};

    if (version < 1)
        return -1;
    if (version >= 2)
        rules.files |= UINT64_C(1) << 13; /* LANDLOCK_ACCESS_FS_REFER */
    if (version >= 3)
        rules.files |= UINT64_C(1) << 14; /* LANDLOCK_ACCESS_FS_TRUNCATE */
    if (version >= 5)
        rules.files |= UINT64_C(1) << 15; /* LANDLOCK_ACCESS_FS_IOCTL_DEV */
    if (version >= 4)
        rules.net = 3; /* LANDLOCK_ACCESS_NET_BIND_TCP, LANDLOCK_ACCESS_NET_CONNECT_TCP */
    return (int)syscall(SYS_landlock_create_ruleset, &rules,
                        version >= 4 ? sizeof rules : sizeof rules.files, 0);
}

bool serve_confine(const serve_server *server, loom_error *err)
{
    const int ruleset = make_ruleset();

    if (ruleset < 0) {
        (void)loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_NONE,
                             "this kernel has no Landlock, by which the service would give up the "
                             "files that it does not need");
        return false;
    }
    const bool good = allow_libraries(ruleset) && allow_worker(ruleset) && allow_system(ruleset) &&
                      allow_reopening(ruleset, server->settings) &&
                      allow_listeners(ruleset, server) && allow_fonts(ruleset, server->settings) &&
                      allow_roots(ruleset, server) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                      syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    if (!good)
        (void)loom_error_set_errno(err, LOOM_STAGE_NONE, errno,
                                   "the service cannot give up the files that it does not need");
    (void)close(ruleset);
    return good;
}
