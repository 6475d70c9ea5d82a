/* Which parts of the sandbox this kernel has. */
#ifndef LOOM_ISOLATION_SUPPORT_H
#define LOOM_ISOLATION_SUPPORT_H

#include <stdint.h>

/* Bits LOOM_SANDBOX_… of protocol.h. */
uint32_t loom_sandbox_support(void);

#endif
