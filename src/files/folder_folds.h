/* Asked alone, in a file of its own, so that a test can answer for a file system. */
#ifndef LOOM_FILES_FOLDER_FOLDS_H
#define LOOM_FILES_FOLDER_FOLDS_H

#include <stdbool.h>

/*
 * Whether the folder's file system ignores case: FAT, exFAT, HFS+, SMB, and folders marked so on
 * ext4, f2fs and others (chattr +F). False where it cannot be told.
 */
bool loom_folder_folds(const char *path);

#endif
