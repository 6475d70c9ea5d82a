/* One scan in a temporary folder, and what is expected of it. All but scan_add_list assert. */
#ifndef TESTS_SUPPORT_SCAN_RUN_H
#define TESTS_SUPPORT_SCAN_RUN_H

#include <imgloom/scan.h>

/* Read when the scan is made, by the first input that is added. */
extern loom_scan_options scan_options;
/* NULL: not made yet. */
extern loom_scan *scan;

/* A checked fixture; the first enters the folder and sets all options to 0. */
void scan_setup(void);
void scan_teardown(void);

/* Frees the scan, so that the next input begins another. */
void scan_again(void);

void scan_add(const char *path);
loom_status scan_add_list(const char *path, bool null, loom_error *error);

/* The whole scan as text: "path", or "path!code", each ended by "|". */
void scan_expect(const char *text);

/* The same of the relative paths, without codes. */
void scan_expect_relative(const char *text);

#endif
