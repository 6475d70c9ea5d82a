#include "batch/system.h"

#include "base/array.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <imgloom/batch.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_CPU_SET = 1024, LAST_CPU_SET = 1 << 20 };
enum { FOR_AN_IMAGE = 3 }; /* a worker process and the threads of its libvips */

/* ---- control groups ------------------------------------------------------ */

/* The file's whole content in *text, which is cleared first. */
static bool read_file(const char *path, loom_strbuf *text)
{
    char piece[4096];
    ssize_t n;
    int file = open(path, O_RDONLY | O_CLOEXEC);

    loom_strbuf_clear(text);
    if (file < 0)
        return false;
    while ((n = read(file, piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            loom_strbuf_add(text, piece, (size_t)n);
    (void)close(file);
    return n == 0 && !text->failed;
}

/* The content of FOLDER/NAME in *text, which is cleared first. False: it cannot be read. */
static bool read_group_file(const char *folder, const char *name, loom_strbuf *text)
{
    loom_strbuf path = LOOM_STRBUF_INIT;

    loom_strbuf_add_format(&path, "%s/%s", folder, name);
    const bool ok = !path.failed && read_file(loom_strbuf_str(&path), text);
    loom_strbuf_release(&path);
    return ok;
}

/* Reads the number behind blanks at *text. False for "max" and for "-1", which mean none. */
static bool read_number(const char **text, uint64_t *value)
{
    *text += strspn(*text, " \t");
    return loom_read_digits(text, value);
}

typedef struct walk {
    const char *root, *controller;
    void (*visit)(void *user, const char *folder, bool v2);
    void *user;
} walk;

/* The group `name` ("/a/b") below `mount`, and those above it up to the mount itself. */
static void visit_chain(const walk *w, const char *mount, const char *name, bool v2)
{
    loom_strbuf folder = LOOM_STRBUF_INIT;
    const size_t root = strlen(mount);

    loom_strbuf_add_format(&folder, "%s%s", mount, name);
    while (!folder.failed) {
        w->visit(w->user, loom_strbuf_str(&folder), v2);
        if (folder.size <= root)
            break;
        const char *slash = strrchr(folder.data + root, '/');
        loom_strbuf_truncate(&folder, slash != NULL ? (size_t)(slash - folder.data) : root);
    }
    loom_strbuf_release(&folder);
}

/* Whether the comma-separated list holds the word. */
static bool has_word(const char *list, const char *word)
{
    const size_t size = strlen(word);

    for (const char *p = list;;) {
        const size_t length = strcspn(p, ",");
        if (length == size && memcmp(p, word, size) == 0)
            return true;
        if (p[length] == '\0')
            return false;
        p += length + 1;
    }
}

/* One line of /proc/self/cgroup: "ID:CONTROLLERS:NAME", version 2 without controllers. */
static void visit_line(const walk *w, char *line)
{
    static const char *const v2_mounts[] = {"", "/unified"};
    char *list = strchr(line, ':');
    char *name = list != NULL ? strchr(list + 1, ':') : NULL;

    if (name == NULL)
        return;
    *name++ = '\0';
    const bool v2 = *++list == '\0';
    if (!v2 && !has_word(list, w->controller))
        return;
    for (size_t i = 0; i < 2; i++) {
        loom_strbuf mount = LOOM_STRBUF_INIT;
        if (v2)
            loom_strbuf_add_format(&mount, "%s/sys/fs/cgroup%s", w->root, v2_mounts[i]);
        else /* version 1 is mounted by one controller's name, or by those of the line */
            loom_strbuf_add_format(&mount, "%s/sys/fs/cgroup/%s", w->root,
                                   i == 0 ? w->controller : list);
        if (!mount.failed && (v2 || i == 0 || strcmp(list, w->controller) != 0))
            visit_chain(w, loom_strbuf_str(&mount), name, v2);
        loom_strbuf_release(&mount);
    }
}

/*
 * Calls `visit` with the folder of each group that this process is in for `controller` ("cpu",
 * "memory"), and of each above it; `v2` says which version's files are in it. Reads
 * ROOT/proc/self/cgroup and names folders below ROOT/sys/fs/cgroup; `root` is "" for the system's
 * own. In a container that sees its host's names some of the folders do not exist.
 */
static void each_group(const char *root, const char *controller,
                       void (*visit)(void *user, const char *folder, bool v2), void *user)
{
    const walk w = {root, controller, visit, user};
    loom_strbuf path = LOOM_STRBUF_INIT, groups = LOOM_STRBUF_INIT;

    loom_strbuf_add_format(&path, "%s/proc/self/cgroup", root);
    if (!path.failed && read_file(loom_strbuf_str(&path), &groups) && groups.size > 0) {
        char *rest = NULL;
        for (char *line = strtok_r(groups.data, "\n", &rest); line != NULL;
             line = strtok_r(NULL, "\n", &rest))
            visit_line(&w, line);
    }
    loom_strbuf_release(&path);
    loom_strbuf_release(&groups);
}

/* ---- processors ---------------------------------------------------------- */

/* CPUs this process may be scheduled on; 0 when the kernel does not say. */
static unsigned affinity_count(void)
{
    /* The kernel refuses a set that is smaller than its own with EINVAL, and tells no size. */
    for (size_t cpus = FIRST_CPU_SET; cpus <= LAST_CPU_SET; cpus *= 2) {
        cpu_set_t *set = CPU_ALLOC(cpus);
        if (set == NULL)
            return 0;
        size_t size = CPU_ALLOC_SIZE(cpus);
        int failed = sched_getaffinity(0, size, set);
        int reason = errno;
        int count = failed == 0 ? CPU_COUNT_S(size, set) : 0;
        CPU_FREE(set);
        if (failed == 0)
            return (unsigned)count;
        if (reason != EINVAL)
            return 0;
    }
    return 0;
}

static unsigned quota_cpus(uint64_t quota, uint64_t period)
{
    if (quota == 0 || period == 0)
        return 0;
    uint64_t cpus = quota / period + (quota % period != 0);
    return cpus < LOOM_JOBS_MAX ? (unsigned)cpus : LOOM_JOBS_MAX;
}

/* The quota of one group, version 2 (cpu.max: "QUOTA PERIOD" or "max PERIOD"). */
static unsigned group_quota_v2(const char *folder, loom_strbuf *text)
{
    uint64_t quota, period;

    if (!read_group_file(folder, "cpu.max", text))
        return 0;
    const char *p = loom_strbuf_str(text);
    return read_number(&p, &quota) && read_number(&p, &period) ? quota_cpus(quota, period) : 0;
}

/* The same for version 1, in two files. */
static unsigned group_quota_v1(const char *folder, loom_strbuf *text)
{
    static const char *const names[] = {"cpu.cfs_quota_us", "cpu.cfs_period_us"};
    uint64_t values[2];

    for (size_t i = 0; i < 2; i++) {
        if (!read_group_file(folder, names[i], text))
            return 0;
        const char *p = loom_strbuf_str(text);
        if (!read_number(&p, &values[i]))
            return 0;
    }
    return quota_cpus(values[0], values[1]);
}

static unsigned least(unsigned a, unsigned b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

static void visit_cpu_group(void *user, const char *folder, bool v2)
{
    unsigned *cpus = user;
    loom_strbuf text = LOOM_STRBUF_INIT;

    *cpus = least(*cpus, v2 ? group_quota_v2(folder, &text) : group_quota_v1(folder, &text));
    loom_strbuf_release(&text);
}

unsigned loom_cpu_quota(const char *root)
{
    unsigned cpus = 0;

    each_group(root, "cpu", visit_cpu_group, &cpus);
    return cpus;
}

unsigned loom_cpu_count(void)
{
    unsigned cpus = affinity_count();

    if (cpus == 0) {
        long online = sysconf(_SC_NPROCESSORS_ONLN);
        cpus = online > 0 && online < (long)LOOM_JOBS_MAX ? (unsigned)online : 1;
    }
    cpus = least(cpus, loom_cpu_quota(""));
    return cpus < LOOM_JOBS_MAX ? cpus : LOOM_JOBS_MAX;
}

/* ---- memory -------------------------------------------------------------- */

static void visit_memory_group(void *user, const char *folder, bool v2)
{
    uint64_t *limit = user, bytes;
    loom_strbuf text = LOOM_STRBUF_INIT;

    if (read_group_file(folder, v2 ? "memory.max" : "memory.limit_in_bytes", &text)) {
        const char *p = loom_strbuf_str(&text);
        if (read_number(&p, &bytes) && bytes > 0 && bytes < *limit)
            *limit = bytes;
    }
    loom_strbuf_release(&text);
}

uint64_t loom_memory_limit(void)
{
    const uint64_t fallback = UINT64_C(2) << 30;
    const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    uint64_t limit = pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : fallback;

    each_group("", "memory", visit_memory_group, &limit);
    return limit;
}

/* ---- threads ------------------------------------------------------------- */

/* Waits until all have been started. */
static void *wait_at(void *gate)
{
    (void)pthread_mutex_lock(gate);
    (void)pthread_mutex_unlock(gate);
    return NULL;
}

/* How many of `wanted` threads can be there at once. */
static unsigned try_threads(unsigned wanted)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t *threads = loom_alloc_array(wanted, sizeof *threads);
    unsigned count = 0;

    if (threads == NULL)
        return 0;
    (void)pthread_mutex_lock(&gate);
    while (count < wanted && pthread_create(&threads[count], NULL, wait_at, &gate) == 0)
        count++;
    (void)pthread_mutex_unlock(&gate);
    for (unsigned i = 0; i < count; i++)
        (void)pthread_join(threads[i], NULL);
    (void)pthread_mutex_destroy(&gate);
    free(threads);
    return count;
}

unsigned loom_threads_that_fit(unsigned wanted)
{
    const unsigned got = try_threads(wanted + FOR_AN_IMAGE);

    return got == wanted + FOR_AN_IMAGE ? wanted : got / (1 + FOR_AN_IMAGE);
}

/*
 * Signals are for the program's own threads, but for those that a thread's own fault raises: where
 * one is blocked, the system ends the process without asking the program's handler.
 */
static sigset_t foreign_signals(void)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    sigset_t set;

    (void)sigfillset(&set);
    for (size_t i = 0; i < LOOM_COUNT(faults); i++)
        (void)sigdelset(&set, faults[i]);
    return set;
}

int loom_thread_start(pthread_t *thread, void *(*run)(void *user), void *user)
{
    const sigset_t blocked = foreign_signals();
    sigset_t before;

    int failed = pthread_sigmask(SIG_BLOCK, &blocked, &before);
    if (failed != 0)
        return failed;
    failed = pthread_create(thread, NULL, run, user);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}
