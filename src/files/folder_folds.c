#include "files/folder_folds.h"

#include "base/array.h"
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Magic numbers that linux/magic.h lacks, from the kernel's fs/hfs/hfs.h and fs/hfsplus. */
#define HFS_MAGIC     0x4244u
#define HFSPLUS_MAGIC 0x482bu

bool loom_folder_folds(int folder)
{
    static const uint32_t folding[] = {MSDOS_SUPER_MAGIC, EXFAT_SUPER_MAGIC, SMB_SUPER_MAGIC,
                                       CIFS_SUPER_MAGIC,  SMB2_SUPER_MAGIC,  HFS_MAGIC,
                                       HFSPLUS_MAGIC};
    struct statfs info;
    unsigned flags = 0; /* the kernel writes an int, whatever the number's name says */
    bool folds = false;

    if (fstatfs(folder, &info) == 0)
        for (size_t i = 0; i < LOOM_COUNT(folding); i++)
            folds = folds || (uint32_t)info.f_type == folding[i];
    if (folds)
        return true;
    int readable = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (readable >= 0 && ioctl(readable, FS_IOC_GETFLAGS, &flags) == 0)
        folds = (flags & FS_CASEFOLD_FL) != 0;
    if (readable >= 0)
        (void)close(readable);
    return folds;
}
