#include "batch/cpu.h"

#include "batch/cgroup.h"
#include <errno.h>
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

static unsigned quota_cpus(uint64_t quota, uint64_t period)
{
    if (quota == 0 || period == 0)
        return 0;
    uint64_t cpus = quota / period + (quota % period != 0);
    return cpus < LOOM_MAX_JOBS ? (unsigned)cpus : LOOM_MAX_JOBS;
}

/* The quota of one group, version 2 (cpu.max: "QUOTA PERIOD" or "max PERIOD"). */
static unsigned group_quota_v2(const char *folder, loom_strbuf *text)
{
    uint64_t quota, period;

    if (!loom_cgroup_read(folder, "cpu.max", text))
        return 0;
    const char *p = loom_strbuf_str(text);
    return loom_cgroup_number(&p, &quota) && loom_cgroup_number(&p, &period)
               ? quota_cpus(quota, period)
               : 0;
}

/* The same for version 1, in two files. */
static unsigned group_quota_v1(const char *folder, loom_strbuf *text)
{
    static const char *const names[] = {"cpu.cfs_quota_us", "cpu.cfs_period_us"};
    uint64_t values[2];

    for (size_t i = 0; i < 2; i++) {
        if (!loom_cgroup_read(folder, names[i], text))
            return 0;
        const char *p = loom_strbuf_str(text);
        if (!loom_cgroup_number(&p, &values[i]))
            return 0;
    }
    return quota_cpus(values[0], values[1]);
}

static unsigned least(unsigned a, unsigned b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

static void visit_group(void *user, const char *folder, bool v2)
{
    unsigned *cpus = user;
    loom_strbuf text = LOOM_STRBUF_INIT;

    *cpus = least(*cpus, v2 ? group_quota_v2(folder, &text) : group_quota_v1(folder, &text));
    loom_strbuf_release(&text);
}

unsigned loom_cpu_quota(const char *root)
{
    unsigned cpus = 0;

    loom_cgroup_each(root, "cpu", visit_group, &cpus);
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
