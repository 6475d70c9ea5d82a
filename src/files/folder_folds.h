/* Asked alone, in a file of its own, so that a test can answer for a file system. */
#ifndef LOOM_FILES_FOLDER_FOLDS_H
#define LOOM_FILES_FOLDER_FOLDS_H

#include <stdbool.h>

/*
 * Whether, of the folder that a descriptor (O_PATH will do) is open on, the file system ignores
 * case: FAT, exFAT, HFS+, SMB, and folders marked so on ext4, f2fs and others (chattr +F). False
 * where it cannot be told.
 */
bool loom_folder_folds(int folder);

#endif
