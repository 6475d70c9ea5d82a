/* Inputs that are in memory already, or behind a descriptor that somebody else has opened. */
#include "base/read_at.h"
#include "files/input.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A JPEG's header up to its frame; with `version` 1 there is nothing to mend in it. */
static const unsigned char jpeg[] = {0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I',  'F',  0,   1,
                                     1,    0,    0,    1,    0, 1,  0,   0,   0xFF, 0xC0, 0,   11,
                                     8,    0,    1,    0,    1, 1,  1,   17,  0,    0xFF, 0xD9};
enum { VERSION = 11, SIZE = sizeof jpeg };

typedef struct block {
    unsigned char bytes[SIZE + LOOM_INPUT_SLACK];
} block;

static block make_block(unsigned char version)
{
    block made = {{0}};

    memcpy(made.bytes, jpeg, SIZE);
    made.bytes[VERSION] = version;
    return made;
}

static loom_input_file take(const void *bytes, size_t size, bool padded)
{
    const loom_source source = {.bytes = bytes, .size = size, .padded = padded};
    loom_input_file file;

    ck_assert_int_eq(loom_input_open_source(&source, &file, NULL), LOOM_OK);
    ck_assert_int_eq(file.descriptor, -1);
    ck_assert_uint_eq(file.size, size);
    return file;
}

static loom_input read_whole(const loom_input_file *file)
{
    loom_input input;

    ck_assert_int_eq(loom_input_read(file, &input, NULL), LOOM_OK);
    ck_assert_uint_eq(input.size, file->size);
    ck_assert_mem_eq(input.data, file->bytes, file->size);
    for (size_t i = 0; i < LOOM_INPUT_SLACK; i++)
        ck_assert_uint_eq(input.data[input.size + i], 0);
    return input;
}

/* ---- reading ------------------------------------------------------------- */

START_TEST(padded_bytes_are_used_in_place)
{
    const block ours = make_block(1);
    loom_input_file file = take(ours.bytes, SIZE, true);
    loom_input input = read_whole(&file);

    ck_assert_ptr_eq(input.data, ours.bytes);
    loom_input_release(&input);
    ck_assert_ptr_null(input.data);
    loom_input_close(&file);
}
END_TEST

START_TEST(what_cannot_be_lent_is_copied)
{
    static const unsigned char png[] = "\x89PNG\r\n\x1a\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    const block ours = make_block(1), mended = make_block(2);
    const struct {
        const unsigned char *bytes;
        size_t size;
        bool padded;
    } cases[] = {
        {ours.bytes, SIZE, false},  /* no room behind them */
        {mended.bytes, SIZE, true}, /* its header is set right */
        {png, 8, true},             /* its chunks may be */
        {ours.bytes, 1, true},      /* of no format */
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loom_input_file file = take(cases[i].bytes, cases[i].size, cases[i].padded);
        loom_input input = read_whole(&file);
        ck_assert_ptr_ne(input.data, cases[i].bytes);
        memset(input.data, 0xEE, input.size + LOOM_INPUT_SLACK);
        loom_input_release(&input);
        loom_input_close(&file);
    }
    ck_assert_mem_eq(ours.bytes, jpeg, SIZE);
}
END_TEST

/* An end marker is put behind the bytes, and taken away again. */
START_TEST(the_room_behind_is_given_back)
{
    block ours = make_block(1);
    const block before = ours;
    loom_input_file file = take(ours.bytes, SIZE, true);

    for (int restored = 0; restored < 2; restored++) {
        loom_input input = read_whole(&file);
        memcpy(input.data + input.size, "\xFF\xD9", 2);
        input.size += 2;
        if (restored) {
            ck_assert(loom_input_restore(&input));
            ck_assert_uint_eq(input.size, SIZE);
            ck_assert_mem_eq(ours.bytes, before.bytes, sizeof before.bytes);
        }
        loom_input_release(&input);
        ck_assert_mem_eq(ours.bytes, before.bytes, sizeof before.bytes);
    }
    loom_input_close(&file);
}
END_TEST

START_TEST(bytes_can_be_empty_but_not_read)
{
    const loom_source source = {.bytes = "", .size = 0};
    loom_input_file file = {.descriptor = -7};
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_input_open_source(&source, &file, &err), LOOM_ERR_EMPTY);
    ck_assert_int_eq(err.stage, LOOM_STAGE_OPEN);
    ck_assert_int_eq(file.descriptor, -7);
}
END_TEST

/* ---- peeking, sharing ---------------------------------------------------- */

START_TEST(peeking_takes_what_there_is)
{
    unsigned char start[SIZE + 9] = {0};
    size_t got = 0;
    loom_input_file file = take(jpeg, SIZE, false);

    ck_assert(loom_input_peek(&file, start, 4, &got));
    ck_assert_uint_eq(got, 4);
    ck_assert_mem_eq(start, jpeg, 4);
    ck_assert_uint_eq(start[4], 0);
    ck_assert(loom_input_peek(&file, start, sizeof start, &got));
    ck_assert_uint_eq(got, SIZE);
    ck_assert_mem_eq(start, jpeg, SIZE);
}
END_TEST

START_TEST(what_is_shared_is_there_to_read_alone)
{
    loom_input_file file = take(jpeg, SIZE, false), other;
    unsigned char found[SIZE];
    size_t got;

    ck_assert_int_eq(loom_input_share(&file, NULL), LOOM_OK);
    const int descriptor = file.descriptor;
    ck_assert_int_ge(descriptor, 0);
    ck_assert_int_eq(loom_input_share(&file, NULL), LOOM_OK); /* once is enough */
    ck_assert_int_eq(file.descriptor, descriptor);
    ck_assert(loom_read_at(descriptor, found, SIZE, 0, &got));
    ck_assert_uint_eq(got, SIZE);
    ck_assert_mem_eq(found, jpeg, SIZE);
    ck_assert_int_eq(fcntl(descriptor, F_GET_SEALS),
                     F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    ck_assert_int_eq(pwrite(descriptor, "x", 1, 0), -1);
    ck_assert_int_eq(ftruncate(descriptor, 0), -1);
    ck_assert_int_eq(loom_input_check(&file, NULL, NULL), LOOM_OK);

    const loom_source source = {.descriptor = descriptor};
    ck_assert_int_eq(loom_input_open_source(&source, &other, NULL), LOOM_OK);
    loom_input_close(&file);
    loom_input input;
    ck_assert_int_eq(loom_input_read(&other, &input, NULL), LOOM_OK);
    ck_assert_mem_eq(input.data, jpeg, SIZE);
    ck_assert_uint_eq(input.borrowed, 0);
    loom_input_release(&input);
    loom_input_close(&other);
    ck_assert_int_eq(fcntl(descriptor, F_GETFD), -1);
}
END_TEST

/* ---- descriptors --------------------------------------------------------- */

START_TEST(a_descriptor_stays_its_owners)
{
    tmpdir_write("a.jpg", jpeg, SIZE);
    const loom_source source = {.descriptor = open("a.jpg", O_RDONLY)};
    loom_input_file file;

    ck_assert_int_eq(loom_input_open_source(&source, &file, NULL), LOOM_OK);
    ck_assert_int_ne(file.descriptor, source.descriptor);
    ck_assert_uint_eq(file.size, SIZE);
    ck_assert_int_eq(loom_input_share(&file, NULL), LOOM_OK);
    ck_assert_int_eq(unlink("a.jpg"), 0);
    tmpdir_write_text("a.jpg", "another");
    /* It has no path that would lead to another file. */
    ck_assert_int_eq(loom_input_check(&file, NULL, NULL), LOOM_OK);
    ck_assert_int_eq(loom_input_check(&file, "a.jpg", NULL), LOOM_ERR_IO);
    loom_input_close(&file);
    ck_assert_int_eq(fcntl(source.descriptor, F_GETFD), 0);
    ck_assert_int_eq(close(source.descriptor), 0);
}
END_TEST

START_TEST(a_descriptor_is_of_a_regular_file)
{
    const loom_source folder = {.descriptor = open(".", O_RDONLY)}, none = {.descriptor = -1};
    loom_input_file file;

    ck_assert_int_eq(loom_input_open_source(&folder, &file, NULL), LOOM_ERR_NOT_A_FILE);
    ck_assert_int_eq(loom_input_open_source(&none, &file, NULL), LOOM_ERR_IO);
    ck_assert_int_eq(close(folder.descriptor), 0);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("input_bytes");
    TCase *tests = tcase_create("bytes");

    tcase_add_checked_fixture(tests, tmpdir_enter, tmpdir_leave);
    tcase_add_test(tests, padded_bytes_are_used_in_place);
    tcase_add_test(tests, what_cannot_be_lent_is_copied);
    tcase_add_test(tests, the_room_behind_is_given_back);
    tcase_add_test(tests, bytes_can_be_empty_but_not_read);
    tcase_add_test(tests, peeking_takes_what_there_is);
    tcase_add_test(tests, what_is_shared_is_there_to_read_alone);
    tcase_add_test(tests, a_descriptor_stays_its_owners);
    tcase_add_test(tests, a_descriptor_is_of_a_regular_file);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
