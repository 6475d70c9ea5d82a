#include "base/cpu.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#ifdef __x86_64__
#include <cpuid.h>

/* AMD up to family 17h (Zen 2) does them in microcode, some 18 cycles or more for each bit of a
 * mask. */
static bool has_fast_pdep(void)
{
    unsigned max, eax, ebx, ecx, edx;
    char vendor[12];

    if (__get_cpuid(0, &max, &ebx, &ecx, &edx) == 0)
        return false;
    memcpy(vendor, &ebx, 4);
    memcpy(vendor + 4, &edx, 4);
    memcpy(vendor + 8, &ecx, 4);
    if (memcmp(vendor, "GenuineIntel", 12) == 0)
        return true;
    if (memcmp(vendor, "AuthenticAMD", 12) != 0 || __get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0)
        return false;
    const unsigned family = (eax >> 8 & 15) + (eax >> 20 & 255); /* base 15, and the extension */
    return (eax >> 8 & 15) == 15 && family >= 0x19;
}

static unsigned detect(void)
{
    unsigned found = LOOM_CPU_SSE2;

    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) /* which asks whether the system saves its registers, too */
        found |= LOOM_CPU_AVX2;
    if (__builtin_cpu_supports("bmi2")) {
        found |= LOOM_CPU_BMI2;
        if (has_fast_pdep())
            found |= LOOM_CPU_FAST_PDEP;
    }
    return found;
}
#elif defined __aarch64__
static unsigned detect(void)
{
    return LOOM_CPU_NEON;
}
#else
static unsigned detect(void)
{
    return 0;
}
#endif

unsigned loom_cpu_features(void)
{
    enum { KNOWN = 1 << 30 };
    static atomic_uint cached; /* twice where a plug-in has a copy: both have the same */
    unsigned found = atomic_load_explicit(&cached, memory_order_relaxed);

    if (found == 0) {
        const char *wanted = getenv("IMGLOOM_SIMD");
        found = KNOWN | (wanted != NULL && strcmp(wanted, "none") == 0 ? 0 : detect());
        atomic_store_explicit(&cached, found, memory_order_relaxed);
    }
    return found & ~(unsigned)KNOWN;
}
