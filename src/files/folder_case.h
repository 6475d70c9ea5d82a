/* Asked alone, in a file of its own, so that a test can answer for a file system. */
#ifndef LOOM_FILES_FOLDER_CASE_H
#define LOOM_FILES_FOLDER_CASE_H

/* Whether names that differ are different files in a folder. */
typedef enum loom_folding {
    LOOM_FOLDING_NONE = 0,
    LOOM_FOLDING_CASE,   /* no: case is ignored, and maybe more than that (forms of a letter in */
                         /* Unicode, final dots, a second and shorter name) */
    LOOM_FOLDING_UNKNOWN /* it cannot be told */
} loom_folding;

/*
 * Of the folder that a descriptor (O_PATH will do) is open on: LOOM_FOLDING_CASE for FAT, exFAT,
 * HFS+, SMB, for folders marked so on ext4, f2fs and others (chattr +F), and where an entry of the
 * folder, or of the one above it, is also found under its name with the case of each letter
 * changed (FUSE, 9P and NFS, by what is behind them).
 */
loom_folding loom_folder_folding(int folder);

#endif
