/*
 * The paths of outputs, below the output folder or next to the input. Asks the system only for the
 * name of an input folder and, if a template wants to know when a picture was taken, opens the
 * input.
 */
#ifndef LOOM_FILES_OUTPUT_NAME_H
#define LOOM_FILES_OUTPUT_NAME_H

#include <imgloom/plan.h>

#include "base/strbuf.h"
#include "files/input.h"
#include "format/exif.h"
#include <stdbool.h>
#include <stddef.h>

/* Set up by loom_output_namer_init; then used for one entry after another, and for the sizes of
 * each. */
typedef struct loom_output_namer {
    loom_plan_options options; /* prefix and suffix are not NULL */
    const loom_scan *scan;
    size_t root_size;     /* of options.output_root without final slashes */
    bool several;         /* there are several inputs: each folder keeps its name */
    int digits;           /* of the largest number of an input */
    unsigned char *start; /* owned: room for the start of a file; NULL: not needed yet */

    /* Of the entry. */
    const loom_entry *entry;
    const char *base; /* its name; points into its path */
    loom_strbuf tree; /* folders between the root and the output, each after a slash */
    char number[24], date[LOOM_EXIF_DAY], taken[LOOM_EXIF_DAY]; /* as the template needs them */
    loom_strbuf parent;

    /* Of the output. */
    loom_format format; /* to be written */
    loom_strbuf path;
    size_t name; /* offset of its last component */
    loom_strbuf scratch;
} loom_output_namer;

/*
 * The strings of *options and the scan must outlive the namer. LOOM_ERR_USAGE: a prefix or suffix
 * has a slash or comes with a template, loom_name_template_check refuses the template, or several
 * sizes would get the same name. *namer must be released in any case.
 */
loom_status loom_output_namer_init(loom_output_namer *namer, const loom_scan *scan,
                                   const loom_recipe *recipe, const loom_plan_options *options,
                                   loom_error *err) LOOM_NODISCARD;
void loom_output_namer_release(loom_output_namer *namer);

/*
 * Begins an entry without an error, the index-th of the scan: sets what all sizes share.
 * LOOM_ERR_UNSAFE_PATH: it would leave the output folder; LOOM_ERR_OUT_OF_MEMORY; others as the
 * system says.
 */
loom_status loom_output_namer_enter(loom_output_namer *namer, const loom_entry *entry, size_t index,
                                    loom_error *err) LOOM_NODISCARD;

/*
 * The field of a template that would give two inputs different names, although they have the same
 * now. Static.
 */
const char *loom_output_namer_separate(const loom_output_namer *namer, const loom_entry *one,
                                       const loom_entry *other);

/*
 * Sets `format`, `path` and `name` to the output of a size in a format, `wanted`.
 * LOOM_ERR_UNSAFE_PATH: it would leave the output folder, has no name, or is too long; the path is
 * set anyway, for the report. LOOM_ERR_OUT_OF_MEMORY: it is not set.
 */
loom_status loom_output_namer_name(loom_output_namer *namer, const loom_size *size,
                                   loom_format wanted, loom_error *err) LOOM_NODISCARD;

/* ---- days ------------------------------------------------------------------ */

/* Writes the day of an instant in local time, as 2026-11-30; "" for years of five digits. */
void loom_name_day(char day[LOOM_EXIF_DAY], int64_t ns);

/*
 * Reads the day that a picture was taken from the EXIF of an open file. *start is room for its
 * start, which the caller frees; NULL: not made yet. False: none was found there.
 */
bool loom_name_taken(const loom_input_file *file, const char *path, unsigned char **start,
                     char day[LOOM_EXIF_DAY]);

#endif
