/* Where loom_cpu_count gets its figures, apart so that tests can give it files of their own. */
#ifndef LOOM_BATCH_CPU_H
#define LOOM_BATCH_CPU_H

/*
 * CPUs' worth of time that the cgroup of this process and those above it allow: the least of
 * their quotas, rounded up; 0 when there is none. Reads ROOT/proc/self/cgroup and below
 * ROOT/sys/fs/cgroup; `root` is "" for the system's own.
 */
unsigned loom_cpu_quota(const char *root);

#endif
