/* What this CPU has beyond the architecture's least, for code that is chosen when it runs. */
#ifndef LOOM_BASE_CPU_H
#define LOOM_BASE_CPU_H

enum {
    LOOM_CPU_SSE2 = 1 << 0, /* each x86-64 */
    LOOM_CPU_AVX2 = 1 << 1,
    LOOM_CPU_BMI2 = 1 << 2,
    LOOM_CPU_FAST_PDEP = 1 << 3, /* PDEP and PEXT in a few cycles: Intel, AMD from Zen 3 on */
    LOOM_CPU_NEON = 1 << 4,      /* each arm64 */
};

/*
 * Of LOOM_CPU_..., those that this CPU and the system have; none where IMGLOOM_SIMD is `none` in
 * the environment. Asked once: later calls know it, whatever became of the environment. Any thread.
 */
unsigned loom_cpu_features(void);

#endif
