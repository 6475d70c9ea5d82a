/*
 * Makes the files of testdata/:
 *
 *     testdata_generator FOLDER           writes them
 *     testdata_generator --check FOLDER   compares those in FOLDER with what it would write
 *
 * The same bytes at every run and on every machine, but for WebP, GIF, TIFF and AVIF: see sink.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vips/vips.h>

#include "files.h"

int main(int argc, char **argv)
{
    bool check = argc == 3 && strcmp(argv[1], "--check") == 0;
    loom_strbuf index = LOOM_STRBUF_INIT;

    if ((argc != 2 && !check) || argv[argc - 1][0] == '-') {
        (void)fprintf(stderr, "usage: testdata_generator [--check] FOLDER\n");
        return 2;
    }
    if (VIPS_INIT(argv[0]) != 0) {
        (void)fprintf(stderr, "libvips: %s", vips_error_buffer());
        return EXIT_FAILURE;
    }
    sink to = {.root = argv[argc - 1], .check = check};
    if (check) {
        loom_strbuf path = LOOM_STRBUF_INIT;

        loom_strbuf_add_format(&path, "%s/README.md", to.root);
        to.failures += !read_whole(loom_strbuf_str(&path), &index);
        to.index = loom_strbuf_str(&index);
        loom_strbuf_release(&path);
    }
    make_photos(&to);
    make_orientation(&to);
    make_formats(&to);
    make_tiny(&to);
    make_broken(&to);
    loom_strbuf_release(&index);
    vips_shutdown();
    printf("%u files %s, %u failures\n", to.files, check ? "checked" : "made", to.failures);
    return to.failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
