/* The numbers of the fuzzers: the same ones for the same seed. */
#ifndef PODLINT_TEST_RANDOM_H
#define PODLINT_TEST_RANDOM_H

#include <stdint.h>

static uint64_t state;

static inline void seed(uint64_t number) {
    state = 0x9E3779B97F4A7C15u ^ number;
}

/* A number below `n`, 0 for 0. */
static inline uint32_t below(uint32_t n) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return n ? (uint32_t)(state >> 16) % n : 0;
}

#endif
