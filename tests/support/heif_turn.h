/* AVIF files whose container turns or mirrors them, and whose EXIF says what it likes. */
#ifndef TESTS_SUPPORT_HEIF_TURN_H
#define TESTS_SUPPORT_HEIF_TURN_H

/* What ISO/IEC 23008-12, 6.5.10 and 6.5.12, and Exif 2.32 call by these names. */
typedef struct heif_turn {
    int quarters;    /* irot: quarter turns anti-clockwise, 1..3; 0: no such property */
    int mirror;      /* imir: 1 + axis; 0: no such property */
    int orientation; /* of the EXIF block, 1..8 */
} heif_turn;

/*
 * Makes `to` of `from`, an AVIF as our encoder writes it: one picture with properties, and an EXIF
 * block. Aborts the test where it is something else.
 */
void heif_turn_write(const char *from, const char *to, const heif_turn *turn);

#endif
