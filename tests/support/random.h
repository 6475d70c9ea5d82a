/* Numbers that look like chance and are the same in every run: Knuth's MMIX generator. */
#ifndef TESTS_SUPPORT_RANDOM_H
#define TESTS_SUPPORT_RANDOM_H

#include <stdint.h>

/* 31 bits. Any state is one to begin with. */
static inline unsigned random_next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*state >> 33);
}

#endif
