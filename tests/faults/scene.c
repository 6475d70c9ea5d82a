#include "faults/scene_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000, ORPHAN_MS = 5000 };

const scene_input scene_inputs[SCENE_INPUTS] = {
    {"tiny/photo-333x222.jpg", "in/a.jpg"},
    {"orientation/landscape-6.jpg", "in/sub/b.jpg"},
    {"formats/quadrants-alpha.png", "in/sub/c.png"},
    {"formats/quadrants.tga", "in/d.tga"},
    {"formats/quadrants.gif", "in/e.gif"},
};

scene_output scene_outputs[SCENE_MAX_OUTPUTS];
size_t scene_output_count;

static char folder[4096];

__attribute__((format(printf, 1, 2), noreturn)) static void die(const char *format, ...)
{
    va_list more;

    va_start(more, format);
    (void)vfprintf(stderr, format, more);
    va_end(more);
    (void)fprintf(stderr, ": %s\n", strerror(errno));
    exit(2);
}

/* ---- files --------------------------------------------------------------- */

scene_file scene_read(const char *path)
{
    scene_file read_in = {NULL, 0};
    struct stat info;
    const int in = open(path, O_RDONLY | O_CLOEXEC);

    if (in < 0)
        return read_in;
    if (fstat(in, &info) != 0 || (read_in.data = malloc((size_t)info.st_size + 1)) == NULL ||
        read(in, read_in.data, (size_t)info.st_size) != info.st_size)
        die("cannot read %s", path);
    read_in.size = (size_t)info.st_size;
    (void)close(in);
    return read_in;
}

static void write_file(const char *path, scene_file content)
{
    const int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (out < 0 || write(out, content.data, content.size) != (ssize_t)content.size)
        die("cannot write %s", path);
    (void)close(out);
}

bool scene_same(scene_file one, scene_file other)
{
    return one.data != NULL && other.data != NULL && one.size == other.size &&
           memcmp(one.data, other.data, one.size) == 0;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info;
    (void)type;
    (void)where;
    return remove(path);
}

static void remove_tree(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- the scene ----------------------------------------------------------- */

void scene_enter(void)
{
    const char *root = getenv("TMPDIR"), *data = getenv("TESTDATA");
    const struct timespec times[2] = {{.tv_sec = SCENE_MTIME}, {.tv_sec = SCENE_MTIME}};
    char listed[] = "in/a.jpg\nin/sub\nin/d.tga\nin/e.gif\n";

    (void)snprintf(folder, sizeof folder, "%s/imgloom-faults.XXXXXX", root != NULL ? root : "/tmp");
    if (data == NULL || getenv("IMGLOOM") == NULL || mkdtemp(folder) == NULL ||
        chdir(folder) != 0 || mkdir("in", 0755) != 0 || mkdir("in/sub", 0755) != 0)
        die("cannot make a scene (are TESTDATA and IMGLOOM set?)");
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    for (int i = 0; i < SCENE_INPUTS; i++) {
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/%s", data, scene_inputs[i].from);
        scene_file content = scene_read(path);
        if (content.data == NULL)
            die("cannot read %s", path);
        write_file(scene_inputs[i].to, content);
        free(content.data);
        (void)utimensat(AT_FDCWD, scene_inputs[i].to, times, 0);
    }
    write_file("list", (scene_file){listed, strlen(listed)});
}

void scene_leave(void)
{
    if (chdir("/") == 0)
        remove_tree(folder);
}

void scene_walk(const char *path, void (*visit)(const char *path))
{
    DIR *listing = opendir(path);
    struct dirent *entry;

    if (listing == NULL)
        return;
    while ((entry = readdir(listing)) != NULL) {
        char *below = NULL;
        struct stat info;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (asprintf(&below, "%s/%s", path, entry->d_name) < 0)
            die("out of memory");
        if (lstat(below, &info) == 0 && S_ISDIR(info.st_mode))
            scene_walk(below, visit);
        else
            visit(below);
        free(below);
    }
    (void)closedir(listing);
}

/* Every row of the undisturbed run has an output. */
static void note_outputs(void)
{
    json_t *report = json_load_file("r.json", 0, NULL), *row;

    if (report == NULL)
        die("the undisturbed run has no report");
    json_array_foreach(json_object_get(report, "results"), scene_output_count, row)
    {
        if (scene_output_count == SCENE_MAX_OUTPUTS)
            die("too many outputs");
        const char *path = json_string_value(json_object_get(row, "outputPath"));
        scene_outputs[scene_output_count].path = strdup(path);
        scene_outputs[scene_output_count].input =
            strdup(json_string_value(json_object_get(row, "originalPath")));
        scene_outputs[scene_output_count].whole = scene_read(path);
        if (scene_outputs[scene_output_count].whole.data == NULL)
            die("the undisturbed run did not write %s", path);
        if (strstr(path, ".webp") == NULL &&
            !scene_same_picture(scene_outputs[scene_output_count].whole,
                                scene_outputs[scene_output_count].whole))
            die("another decoder refuses %s", path);
    }
    json_decref(report);
}

void scene_take_measure(const char *const *words, int expected)
{
    scene_run run = {.words = words};

    for (size_t i = 0; i < scene_output_count; i++) {
        free(scene_outputs[i].path);
        free(scene_outputs[i].input);
        free(scene_outputs[i].whole.data);
        free(scene_outputs[i].old.data);
        memset(&scene_outputs[i], 0, sizeof scene_outputs[i]);
    }
    scene_output_count = 0;
    scene_clear();
    scene_run_it(&run);
    if (run.exit_status != expected)
        die("the undisturbed run ended with %d", run.exit_status);
    note_outputs();
    /* Every other one stood there before, with something else in it. */
    for (size_t i = 0; i < scene_output_count; i += 2)
        scene_outputs[i].old =
            (scene_file){strdup("what stood here before"), strlen("what stood here before")};
}

void scene_forget_old(void)
{
    for (size_t i = 0; i < scene_output_count; i++) {
        free(scene_outputs[i].old.data);
        scene_outputs[i].old = (scene_file){NULL, 0};
    }
}

void scene_clear(void)
{
    remove_tree("out");
    remove_tree("quarantine");
    (void)unlink("r.json");
    (void)unlink("r.ndjson");
    (void)unlink("page.html");
    (void)unlink("s.db");
    (void)unlink("s.db-wal");
    for (size_t i = 0; i < scene_output_count; i++) {
        if (scene_outputs[i].old.data == NULL)
            continue;
        for (char *slash = strchr(scene_outputs[i].path, '/'); slash != NULL;
             slash = strchr(slash + 1, '/')) {
            *slash = '\0';
            (void)mkdir(scene_outputs[i].path, 0755);
            *slash = '/';
        }
        write_file(scene_outputs[i].path, scene_outputs[i].old);
    }
}

/* ---- a run --------------------------------------------------------------- */

static void become(const scene_run *run)
{
    const char *words[SCENE_MAX_WORDS + 2] = {getenv("IMGLOOM")};
    const int said = open("said", O_WRONLY | O_CREAT | O_TRUNC, 0644);

    for (size_t i = 0; run->words[i] != NULL && i < SCENE_MAX_WORDS; i++)
        words[i + 1] = run->words[i];
    (void)dup2(said, STDOUT_FILENO);
    (void)dup2(said, STDERR_FILENO);
    (void)close(said);
    (void)setpgid(0, 0);
    (void)signal(SIGINT, SIG_DFL);
    if (run->preload != NULL) {
        (void)setenv("LD_PRELOAD", run->preload, 1);
        /* AddressSanitizer, which stands behind it then; what was asked of it stays. */
        const char *asked = getenv("ASAN_OPTIONS");
        char options[512];
        (void)snprintf(options, sizeof options, "%s:verify_asan_link_order=0:exitcode=99",
                       asked != NULL ? asked : "");
        (void)setenv("ASAN_OPTIONS", options, 1);
    }
    (void)execv(words[0], (char **)(void *)words);
    _exit(127);
}

static bool wait_for(pid_t process, int ms)
{
    struct pollfd gone = {.fd = (int)syscall(SYS_pidfd_open, process, 0), .events = POLLIN};
    const bool is_gone = gone.fd < 0 || poll(&gone, 1, ms) > 0;

    if (gone.fd >= 0)
        (void)close(gone.fd);
    return is_gone;
}

void scene_run_it(scene_run *run)
{
    int status = 0, other;
    const pid_t process = fork();

    if (process == 0)
        become(run);
    if (process < 0)
        die("cannot fork");
    if (run->signal != 0) {
        (void)nanosleep(&(struct timespec){.tv_nsec = 1000L * run->signal_us}, NULL);
        (void)kill(process, run->signal);
    }
    run->hung = !wait_for(process, PATIENCE_MS);
    if (run->hung)
        (void)kill(-process, SIGKILL);
    (void)waitpid(process, &status, 0);
    run->exit_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    /* Its workers, which are this process's children now. */
    run->orphans = false;
    for (int waited = 0; (other = waitpid(-1, NULL, WNOHANG)) >= 0; waited += other == 0) {
        run->orphans = waited > ORPHAN_MS;
        if (run->orphans)
            break;
        if (other == 0)
            (void)poll(NULL, 0, 1);
    }
}
