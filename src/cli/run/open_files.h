/* How many images at once the system's limit of open files allows. */
#ifndef CLI_RUN_OPEN_FILES_H
#define CLI_RUN_OPEN_FILES_H

/*
 * Raises the limit as far as it goes where `jobs` (0: the default) images of `sizes` outputs each
 * need more than it allows. Answers how many can be had, at least 1; 0 when `jobs` is 0 and the
 * default fits.
 */
unsigned cli_jobs_that_fit(unsigned jobs, unsigned sizes);

#endif
