#include "batch/cgroup.h"
#include <imgloom/batch.h>
#include <string.h>
#include <unistd.h>

static void visit_group(void *user, const char *folder, bool v2)
{
    uint64_t *limit = user, bytes;
    loom_strbuf text = LOOM_STRBUF_INIT;

    if (loom_cgroup_read(folder, v2 ? "memory.max" : "memory.limit_in_bytes", &text)) {
        const char *p = loom_strbuf_str(&text);
        if (loom_cgroup_number(&p, &bytes) && bytes > 0 && bytes < *limit)
            *limit = bytes;
    }
    loom_strbuf_release(&text);
}

uint64_t loom_memory_limit(void)
{
    const uint64_t fallback = UINT64_C(2) << 30;
    const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    uint64_t limit = pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : fallback;

    loom_cgroup_each("", "memory", visit_group, &limit);
    return limit;
}
