/* Writes the ICC profile of a display (ICC.1:2010, version 4.2). */
#ifndef LOOM_FORMAT_ICC_WRITE_H
#define LOOM_FORMAT_ICC_WRITE_H

#include <stdbool.h>
#include <stddef.h>

enum { LOOM_ICC_WRITE_MAX = 640 }; /* bytes that a profile may have */

extern const double loom_icc_d50[3]; /* X, Y, Z of the white of profiles: 7.2.16 */

typedef struct loom_icc_display {
    bool gray;            /* it has no colorants */
    double colorants[9];  /* red, green and blue are the columns; X, Y, Z the rows; of D50 */
    double adaptation[9]; /* from its white to D50 */
    double gamma;         /* light = value ^ gamma; 0: `curve` */
    double curve[5];      /* g, a, b, c, d: light = (a v + b) ^ g from v >= d on, else c v */
} loom_icc_display;

/* Returns how many bytes it has. */
size_t loom_icc_write(const loom_icc_display *display, unsigned char profile[LOOM_ICC_WRITE_MAX]);

#endif
