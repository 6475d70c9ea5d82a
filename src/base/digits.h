/* The one reader of digits, for what is built of several numbers (800x600). */
#ifndef LOOM_BASE_DIGITS_H
#define LOOM_BASE_DIGITS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads the digits at *text into *value and moves *text behind them. False, and nothing changed,
 * where there is no digit or the number is beyond UINT64_MAX.
 */
bool loom_read_digits(const char **text, uint64_t *value);

#endif
