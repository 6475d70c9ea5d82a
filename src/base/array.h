/* How many elements an array has. */
#ifndef LOOM_BASE_ARRAY_H
#define LOOM_BASE_ARRAY_H

/* Of an array, not of a pointer to its first element. */
#define LOOM_COUNT(array) (sizeof(array) / sizeof *(array))

#endif
