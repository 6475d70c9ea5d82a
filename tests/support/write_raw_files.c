/* Writes a raw file of each maker around a JPEG, as seeds: write_raw_files DIR JPEG. */
#include "support/raw_file.h"
#include "support/suite.h"

#include <stdio.h>

enum { JPEG_MAX = 60000 };

static const char *folder, *jpeg_path;

static void write_file(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

/* What asserts works within a test alone. */
START_TEST(write_makers)
{
    static char jpeg[JPEG_MAX];
    char path[4096];
    size_t preview;
    FILE *file = fopen(jpeg_path, "rb");

    ck_assert_ptr_nonnull(file);
    const size_t size = fread(jpeg, 1, sizeof jpeg, file);
    (void)fclose(file);
    for (int maker = 0; maker < RAW_MAKERS; maker++) {
        const raw_spec spec = {.maker = (raw_maker)maker,
                               .jpeg = jpeg,
                               .jpeg_size = size,
                               .thumbnail = jpeg,
                               .thumbnail_size = size,
                               .orientation = 6,
                               .names = true,
                               .place = true};
        loom_strbuf made = raw_make(&spec, &preview);
        (void)snprintf(path, sizeof path, "%s/%d.%s", folder, maker, raw_word((raw_maker)maker));
        write_file(path, made.data, made.size);
        loom_strbuf_release(&made);
    }
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("write_raw_files");
    TCase *tests = tcase_create("write");

    if (argc != 3)
        return EXIT_FAILURE;
    folder = argv[1];
    jpeg_path = argv[2];
    tcase_add_test(tests, write_makers);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
