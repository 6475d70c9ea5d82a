#include "cli/run/open_files.h"

#include <imgloom/batch.h>
#include <sys/resource.h>

/*
 * Of the run: streams, reports, folders, the worker program. Of an image: its file, an output and
 * its folder, the worker's socket and messages, what is open for a moment; and a file for each
 * size.
 */
enum { FOR_THE_RUN = 24, FOR_AN_IMAGE = 7 };

unsigned cli_jobs_that_fit(unsigned jobs, unsigned sizes)
{
    const unsigned wanted = jobs > 0 ? jobs : loom_cpu_count();
    const rlim_t each = FOR_AN_IMAGE + sizes, need = FOR_THE_RUN + wanted * each;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= need)
        return jobs;
    limit.rlim_cur = limit.rlim_max < need ? limit.rlim_max : need;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 && getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return jobs;
    if (limit.rlim_cur >= need)
        return jobs;
    return limit.rlim_cur > FOR_THE_RUN + each ? (unsigned)((limit.rlim_cur - FOR_THE_RUN) / each)
                                               : 1;
}
