#include "batch/cpu.h"

#include "base/digits.h"
#include "base/strbuf.h"
#include <errno.h>
#include <fcntl.h>
#include <imgloom/batch.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_CPU_SET = 1024, LAST_CPU_SET = 1 << 20 };

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

/* Reads the number behind blanks at *text. False for "max" and for "-1", which mean none. */
static bool read_number(const char **text, uint64_t *value)
{
    *text += strspn(*text, " \t");
    return loom_read_digits(text, value);
}

static unsigned quota_cpus(uint64_t quota, uint64_t period)
{
    if (quota == 0 || period == 0)
        return 0;
    uint64_t cpus = quota / period + (quota % period != 0);
    return cpus < LOOM_MAX_JOBS ? (unsigned)cpus : LOOM_MAX_JOBS;
}

/* The quota of one group, version 2 (cpu.max: "QUOTA PERIOD" or "max PERIOD"). */
static unsigned group_quota_v2(const loom_strbuf *folder, loom_strbuf *path, loom_strbuf *text)
{
    uint64_t quota, period;

    loom_strbuf_clear(path);
    loom_strbuf_add_format(path, "%s/cpu.max", loom_strbuf_str(folder));
    if (!read_file(loom_strbuf_str(path), text))
        return 0;
    const char *p = loom_strbuf_str(text);
    return read_number(&p, &quota) && read_number(&p, &period) ? quota_cpus(quota, period) : 0;
}

/* The same for version 1, in two files. */
static unsigned group_quota_v1(const loom_strbuf *folder, loom_strbuf *path, loom_strbuf *text)
{
    static const char *const names[] = {"cpu.cfs_quota_us", "cpu.cfs_period_us"};
    uint64_t values[2];

    for (size_t i = 0; i < 2; i++) {
        loom_strbuf_clear(path);
        loom_strbuf_add_format(path, "%s/%s", loom_strbuf_str(folder), names[i]);
        if (!read_file(loom_strbuf_str(path), text))
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

/*
 * The least quota of the group `name` ("/a/b") below `mount` and of those above it. In a container
 * that sees its host's names, only the mount itself is there: that is then the container's group.
 */
static unsigned chain_quota(const char *mount, const char *name, bool v2)
{
    loom_strbuf folder = LOOM_STRBUF_INIT, path = LOOM_STRBUF_INIT, text = LOOM_STRBUF_INIT;
    unsigned cpus = 0;
    size_t root = strlen(mount);

    loom_strbuf_add_format(&folder, "%s%s", mount, name);
    while (!folder.failed && !path.failed) {
        cpus = least(cpus, v2 ? group_quota_v2(&folder, &path, &text)
                              : group_quota_v1(&folder, &path, &text));
        if (folder.size <= root)
            break;
        const char *slash = strrchr(folder.data + root, '/');
        loom_strbuf_truncate(&folder, slash != NULL ? (size_t)(slash - folder.data) : root);
    }
    loom_strbuf_release(&folder);
    loom_strbuf_release(&path);
    loom_strbuf_release(&text);
    return cpus;
}

/* Whether the comma-separated list holds "cpu". */
static bool has_cpu(const char *list)
{
    for (const char *p = list;;) {
        size_t length = strcspn(p, ",");
        if (length == 3 && memcmp(p, "cpu", 3) == 0)
            return true;
        if (p[length] == '\0')
            return false;
        p += length + 1;
    }
}

/* One line of /proc/self/cgroup: "ID:CONTROLLERS:NAME", version 2 without controllers. */
static unsigned line_quota(const char *root, char *line)
{
    static const char *const mounts[2][2] = {
        {"/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"},
        {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"},
    };
    char *list = strchr(line, ':');
    char *name = list != NULL ? strchr(list + 1, ':') : NULL;
    unsigned cpus = 0;

    if (name == NULL)
        return 0;
    *name++ = '\0';
    bool v2 = *++list == '\0';
    if (!v2 && !has_cpu(list))
        return 0;
    for (size_t i = 0; i < 2; i++) {
        loom_strbuf mount = LOOM_STRBUF_INIT;
        loom_strbuf_add_format(&mount, "%s%s", root, mounts[v2][i]);
        if (!mount.failed)
            cpus = least(cpus, chain_quota(loom_strbuf_str(&mount), name, v2));
        loom_strbuf_release(&mount);
    }
    return cpus;
}

unsigned loom_cpu_quota(const char *root)
{
    loom_strbuf path = LOOM_STRBUF_INIT, groups = LOOM_STRBUF_INIT;
    unsigned cpus = 0;

    loom_strbuf_add_format(&path, "%s/proc/self/cgroup", root);
    if (!path.failed && read_file(loom_strbuf_str(&path), &groups) && groups.size > 0) {
        char *rest = NULL;
        for (char *line = strtok_r(groups.data, "\n", &rest); line != NULL;
             line = strtok_r(NULL, "\n", &rest))
            cpus = least(cpus, line_quota(root, line));
    }
    loom_strbuf_release(&path);
    loom_strbuf_release(&groups);
    return cpus;
}

unsigned loom_cpu_count(void)
{
    unsigned cpus = affinity_count();

    if (cpus == 0) {
        long online = sysconf(_SC_NPROCESSORS_ONLN);
        cpus = online > 0 && online < (long)LOOM_MAX_JOBS ? (unsigned)online : 1;
    }
    cpus = least(cpus, loom_cpu_quota(""));
    return cpus < LOOM_MAX_JOBS ? cpus : LOOM_MAX_JOBS;
}
