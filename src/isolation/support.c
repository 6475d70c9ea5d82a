#include "isolation/support.h"

#include "isolation/protocol.h"
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

uint32_t loom_sandbox_support(void)
{
    uint32_t parts = LOOM_SANDBOX_NO_NEW_PRIVS | LOOM_SANDBOX_RLIMITS;
    const uint32_t kill_process = SECCOMP_RET_KILL_PROCESS;

    if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1)
        parts |= LOOM_SANDBOX_LANDLOCK;
    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &kill_process) == 0)
        parts |= LOOM_SANDBOX_SECCOMP;
    return parts;
}
