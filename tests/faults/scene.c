#include "faults/scene.h"

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

enum { PATIENCE_MS = 60000, ORPHAN_MS = 5000, MTIME = 1000000000 };

typedef struct file {
    char *data; /* NULL: there is none */
    size_t size;
} file;

static const struct {
    const char *from, *to;
} inputs[SCENE_INPUTS] = {
    {"tiny/photo-333x222.jpg", "in/a.jpg"},
    {"orientation/landscape-6.jpg", "in/sub/b.jpg"},
    {"formats/quadrants-alpha.png", "in/sub/c.png"},
    {"formats/quadrants.tga", "in/d.tga"},
    {"formats/quadrants.gif", "in/e.gif"},
};

enum { MAX_OUTPUTS = 32 };
static struct {
    char *path, *input;
    file whole, old;
} outputs[MAX_OUTPUTS];
static size_t output_count;

static char folder[4096];
static char complaints[16384];

__attribute__((format(printf, 1, 2), noreturn)) static void die(const char *format, ...)
{
    va_list more;

    va_start(more, format);
    (void)vfprintf(stderr, format, more);
    va_end(more);
    (void)fprintf(stderr, ": %s\n", strerror(errno));
    exit(2);
}

/* ---- files ----------------------------------------------------------------------------------- */

static file read_file(const char *path)
{
    file read_in = {NULL, 0};
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

static void write_file(const char *path, file content)
{
    const int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (out < 0 || write(out, content.data, content.size) != (ssize_t)content.size)
        die("cannot write %s", path);
    (void)close(out);
}

static bool same(file one, file other)
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

/* ---- the scene ------------------------------------------------------------------------------- */

void scene_enter(void)
{
    const char *root = getenv("TMPDIR"), *data = getenv("TESTDATA");
    const struct timespec times[2] = {{.tv_sec = MTIME}, {.tv_sec = MTIME}};
    char listed[] = "in/a.jpg\nin/sub\nin/d.tga\nin/e.gif\n";

    (void)snprintf(folder, sizeof folder, "%s/imgloom-faults.XXXXXX", root != NULL ? root : "/tmp");
    if (data == NULL || getenv("IMGLOOM") == NULL || mkdtemp(folder) == NULL ||
        chdir(folder) != 0 || mkdir("in", 0755) != 0 || mkdir("in/sub", 0755) != 0)
        die("cannot make a scene (are TESTDATA and IMGLOOM set?)");
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    for (int i = 0; i < SCENE_INPUTS; i++) {
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/%s", data, inputs[i].from);
        file content = read_file(path);
        if (content.data == NULL)
            die("cannot read %s", path);
        write_file(inputs[i].to, content);
        free(content.data);
        (void)utimensat(AT_FDCWD, inputs[i].to, times, 0);
    }
    write_file("list", (file){listed, strlen(listed)});
}

void scene_leave(void)
{
    if (chdir("/") == 0)
        remove_tree(folder);
}

/* Every file below a folder, to `visit`. */
static void walk(const char *path, void (*visit)(const char *path))
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
            walk(below, visit);
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
    json_array_foreach(json_object_get(report, "results"), output_count, row)
    {
        if (output_count == MAX_OUTPUTS)
            die("too many outputs");
        const char *path = json_string_value(json_object_get(row, "outputPath"));
        outputs[output_count].path = strdup(path);
        outputs[output_count].input =
            strdup(json_string_value(json_object_get(row, "originalPath")));
        outputs[output_count].whole = read_file(path);
        if (outputs[output_count].whole.data == NULL)
            die("the undisturbed run did not write %s", path);
    }
    json_decref(report);
}

void scene_take_measure(const char *const *words, int expected)
{
    scene_run run = {.words = words};

    for (size_t i = 0; i < output_count; i++) {
        free(outputs[i].path);
        free(outputs[i].input);
        free(outputs[i].whole.data);
        free(outputs[i].old.data);
        memset(&outputs[i], 0, sizeof outputs[i]);
    }
    output_count = 0;
    scene_clear();
    scene_run_it(&run);
    if (run.exit_status != expected)
        die("the undisturbed run ended with %d", run.exit_status);
    note_outputs();
    /* Every other one stood there before, with something else in it. */
    for (size_t i = 0; i < output_count; i += 2)
        outputs[i].old = (file){strdup("what stood here before"), strlen("what stood here before")};
}

void scene_forget_old(void)
{
    for (size_t i = 0; i < output_count; i++) {
        free(outputs[i].old.data);
        outputs[i].old = (file){NULL, 0};
    }
}

void scene_clear(void)
{
    remove_tree("out");
    remove_tree("quarantine");
    (void)unlink("r.json");
    (void)unlink("r.ndjson");
    for (size_t i = 0; i < output_count; i++) {
        if (outputs[i].old.data == NULL)
            continue;
        for (char *slash = strchr(outputs[i].path, '/'); slash != NULL;
             slash = strchr(slash + 1, '/')) {
            *slash = '\0';
            (void)mkdir(outputs[i].path, 0755);
            *slash = '/';
        }
        write_file(outputs[i].path, outputs[i].old);
    }
}

/* ---- a run ----------------------------------------------------------------------------------- */

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
    if (run->preload != NULL)
        (void)setenv("LD_PRELOAD", run->preload, 1);
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

/* ---- what must hold -------------------------------------------------------------------------- */

void scene_complain(const char *format, ...)
{
    const size_t used = strlen(complaints);
    va_list more;

    va_start(more, format);
    if (used + 512 < sizeof complaints) {
        const int n = vsnprintf(complaints + used, 510, format, more);
        (void)strcpy(complaints + used + (n < 510 ? n : 509), "\n");
    }
    va_end(more);
}

bool scene_tell(const char *title)
{
    const bool any = complaints[0] != '\0';

    if (any) {
        file said = read_file("said");
        printf("%s\n%s--- said:\n%.*s---\n", title, complaints, (int)said.size,
               said.data != NULL ? said.data : "");
        (void)fflush(stdout);
        free(said.data);
    }
    complaints[0] = '\0';
    return any;
}

void scene_check_inputs(void)
{
    for (int i = 0; i < SCENE_INPUTS; i++) {
        char path[4096];
        struct stat info;
        (void)snprintf(path, sizeof path, "%s/%s", getenv("TESTDATA"), inputs[i].from);
        file before = read_file(path), now = read_file(inputs[i].to);
        if (!same(before, now) || lstat(inputs[i].to, &info) != 0 || info.st_mtime != MTIME)
            scene_complain("the input %s is not as it was", inputs[i].to);
        free(before.data);
        free(now.data);
    }
}

static bool is_whole(size_t i)
{
    file now = read_file(outputs[i].path);
    const bool whole = same(now, outputs[i].whole);

    free(now.data);
    return whole;
}

static bool is_old(size_t i)
{
    file now = read_file(outputs[i].path);
    const bool old = outputs[i].old.data == NULL ? now.data == NULL : same(now, outputs[i].old);

    free(now.data);
    return old;
}

static void check_known(const char *path)
{
    const char *name = strrchr(path, '/') + 1;

    for (size_t i = 0; i < output_count; i++)
        if (strcmp(outputs[i].path, path) == 0)
            return;
    if (strncmp(name, ".imgloom-", 9) != 0 && strcmp(name, "r.json") != 0)
        scene_complain("the file %s is none of the outputs", path);
}

void scene_check_outputs(void)
{
    for (size_t i = 0; i < output_count; i++)
        if (!is_whole(i) && !is_old(i))
            scene_complain("%s is torn, or what stood there is lost", outputs[i].path);
    walk("out", check_known);
}

static size_t left_over;

static void count_left_over(const char *path)
{
    left_over += strncmp(strrchr(path, '/') + 1, ".imgloom-", 9) == 0;
}

size_t scene_left_over(void)
{
    left_over = 0;
    walk(".", count_left_over);
    return left_over;
}

void scene_check_no_left_over(void)
{
    const size_t count = scene_left_over();

    if (count > 0)
        scene_complain("temporary files are left over: %zu", count);
}

static const char *field(const json_t *row, const char *name)
{
    return json_string_value(json_object_get(row, name));
}

/* Whether the row is about this output, or about its whole input. */
static bool is_about(const json_t *row, size_t i)
{
    const char *path = field(row, "originalPath"), *output = field(row, "outputPath");

    return path != NULL && strcmp(path, outputs[i].input) == 0 &&
           (output == NULL || strcmp(output, outputs[i].path) == 0);
}

/* Whether the row is the error of a folder that the input is in. */
static bool is_above(const json_t *row, size_t i)
{
    const char *path = field(row, "originalPath");
    const size_t size = path != NULL ? strlen(path) : 0;

    return size > 0 && strncmp(outputs[i].input, path, size) == 0 &&
           outputs[i].input[size] == '/' && !json_is_true(json_object_get(row, "success"));
}

static void check_output(const json_t *rows, size_t i)
{
    size_t index, about = 0, above = 0;
    bool success = false;
    json_t *row;

    json_array_foreach(rows, index, row)
    {
        above += is_above(row, i);
        if (!is_about(row, i))
            continue;
        about++;
        success = json_is_true(json_object_get(row, "success"));
    }
    if (about > 1 || about + above == 0)
        scene_complain("%zu rows for %s", about, outputs[i].path);
    if (success && !is_whole(i))
        scene_complain("%s is a success, but not whole", outputs[i].path);
    if (!success && !is_old(i))
        scene_complain("%s is in error, but not as it was before", outputs[i].path);
}

json_t *scene_check_report(const scene_run *run)
{
    json_error_t why;
    size_t errors = 0, index;
    json_t *row;

    if (access("r.json", F_OK) != 0)
        return NULL;
    json_t *report = json_load_file("r.json", 0, &why);
    if (report == NULL) {
        scene_complain("r.json is not valid: %s", why.text);
        return NULL;
    }
    const json_t *rows = json_object_get(report, "results");
    json_array_foreach(rows, index, row) errors += !json_is_true(json_object_get(row, "success"));
    for (size_t i = 0; i < output_count; i++)
        check_output(rows, i);
    const json_t *counted = json_object_get(json_object_get(report, "summary"), "rows");
    if (json_integer_value(counted) != (json_int_t)json_array_size(rows))
        scene_complain("the summary counts other rows");
    if (run->signal == 0 && run->exit_status != 4 && run->exit_status != (errors > 0))
        scene_complain("exit status %d with %zu rows in error", run->exit_status, errors);
    return report;
}
