#include "files/input.h"

#include "support/suite.h"
#include "support/tmpdir.h"
#include "support/user.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static loom_status read_path(const char *path, loom_input *input, loom_error *error)
{
    loom_input_file file;
    loom_status status = loom_input_open(path, &file, error);

    if (status == LOOM_OK) {
        status = loom_input_read(&file, input, error);
        loom_input_close(&file);
    }
    return status;
}

static loom_error error;

static void setup(void)
{
    tmpdir_enter();
    loom_error_clear(&error);
}

static void expect_failure(const char *path, loom_status status, const char *message)
{
    loom_input input = {.size = 99};

    loom_error_clear(&error);
    ck_assert_int_eq(read_path(path, &input, &error), status);
    ck_assert_int_eq(error.code, status);
    ck_assert_int_eq(error.stage, LOOM_STAGE_OPEN);
    ck_assert_str_eq(error.message, message);
    ck_assert_uint_eq(input.size, 99);
}

START_TEST(test_reads_whole_file)
{
    const unsigned char bytes[] = {0xFF, 0xD8, 0x00, 0x01, 0xFF};
    const struct timespec times[2] = {{1000, 5}, {-3, 250000000}};
    loom_input input;
    struct stat info;

    tmpdir_write("a.jpg", bytes, sizeof bytes);
    ck_assert_int_eq(utimensat(AT_FDCWD, "a.jpg", times, 0), 0);
    ck_assert_int_eq(read_path("a.jpg", &input, &error), LOOM_OK);
    ck_assert_uint_eq(input.size, sizeof bytes);
    ck_assert_mem_eq(input.data, bytes, sizeof bytes);
    for (size_t i = 0; i < LOOM_INPUT_SLACK; i++)
        ck_assert_uint_eq(input.data[sizeof bytes + i], 0);
    ck_assert_int_eq(stat("a.jpg", &info), 0);
    ck_assert_uint_eq(input.id.inode, info.st_ino);
    ck_assert_uint_eq(input.id.device, info.st_dev);
    ck_assert_int_eq(input.mtime_ns, INT64_C(-2750000000));
    ck_assert_int_eq(input.atime_ns, INT64_C(1000000000005));
    loom_input_release(&input);
    ck_assert_ptr_null(input.data);
    loom_input_release(&input);
}
END_TEST

START_TEST(test_reads_strange_names)
{
    static const char *const names[] = {"a\nb.jpg", "\xFF\xFE.jpg", "-rf", "x[page=3].tif", " "};
    loom_input input;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        tmpdir_write(names[i], names[i], strlen(names[i]));
        ck_assert_int_eq(read_path(names[i], &input, &error), LOOM_OK);
        ck_assert_uint_eq(input.size, strlen(names[i]));
        ck_assert_mem_eq(input.data, names[i], input.size);
        loom_input_release(&input);
    }
}
END_TEST

START_TEST(test_missing)
{
    expect_failure("a.jpg", LOOM_ERR_NOT_FOUND, "there is no such file");
    tmpdir_write_text("file", "x");
    expect_failure("file/a.jpg", LOOM_ERR_NOT_FOUND,
                   "cannot find the file: Not a directory (ENOTDIR)");
    ck_assert_int_eq(symlink("loop", "loop"), 0);
    expect_failure("loop", LOOM_ERR_NOT_FOUND,
                   "cannot find the file: Too many levels of symbolic links (ELOOP)");
    ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
    expect_failure("dangling", LOOM_ERR_NOT_FOUND, "there is no such file");
}
END_TEST

START_TEST(test_not_a_file)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_eq(mkfifo("fifo.jpg", 0666), 0);
    expect_failure("fifo.jpg", LOOM_ERR_NOT_A_FILE, "it is a FIFO, not a regular file");
    tmpdir_mkdir("folder");
    expect_failure("folder", LOOM_ERR_NOT_A_FILE, "it is a folder, not a regular file");
    expect_failure("/dev/null", LOOM_ERR_NOT_A_FILE, "it is a device, not a regular file");
    ck_assert_int_eq(bind(server, (const struct sockaddr *)&address, sizeof address), 0);
    expect_failure("socket", LOOM_ERR_NOT_A_FILE, "it is a socket, not a regular file");
    (void)close(server);
}
END_TEST

/* A FIFO must not even be opened: a writer that waits for a reader would go on. */
START_TEST(test_fifo_is_never_opened)
{
    loom_input input;

    ck_assert_int_eq(mkfifo("fifo", 0666), 0);
    ck_assert_int_eq(read_path("fifo", &input, &error), LOOM_ERR_NOT_A_FILE);
    ck_assert_int_lt(open("fifo", O_WRONLY | O_NONBLOCK), 0); /* ENXIO: no reader */
}
END_TEST

START_TEST(test_empty)
{
    tmpdir_write("a.jpg", "", 0);
    expect_failure("a.jpg", LOOM_ERR_EMPTY, "the file is empty");
}
END_TEST

START_TEST(test_no_right_to_read)
{
    tmpdir_write_text("a.jpg", "x");
    ck_assert_int_eq(chmod("a.jpg", 0), 0);
    user_drop();
    expect_failure("a.jpg", LOOM_ERR_PERMISSION,
                   "cannot open the file: Permission denied (EACCES)");
    user_restore();
}
END_TEST

/* They say that they are regular files with a page in them. */
START_TEST(test_kernel_interface)
{
    static const char path[] = "/sys/kernel/uevent_seqnum";
    struct stat info;

    expect_failure("/proc/self/status", LOOM_ERR_NOT_A_FILE,
                   "it is an interface of the kernel, not a regular file");
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size == 0)
        return;
    expect_failure(path, LOOM_ERR_NOT_A_FILE,
                   "it is an interface of the kernel, not a regular file");
}
END_TEST

/* What happens to a file between being opened and being read. */
static void append(void)
{
    FILE *file = fopen("a.jpg", "ab");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fputc('x', file), 'x');
    ck_assert_int_eq(fclose(file), 0);
}

static void cut(void)
{
    ck_assert_int_eq(truncate("a.jpg", 3), 0);
}

static void rewrite(void)
{
    const struct timespec times[2] = {{1000, 5}, {2000, 5}};

    ck_assert_int_eq(utimensat(AT_FDCWD, "a.jpg", times, 0), 0);
}

static void replace(void)
{
    tmpdir_write_text("b.jpg", "other file");
    ck_assert_int_eq(rename("b.jpg", "a.jpg"), 0);
}

static void take_away(void)
{
    ck_assert_int_eq(unlink("a.jpg"), 0);
}

static void leave(void)
{
}

START_TEST(test_changed_meanwhile)
{
    static const struct {
        void (*change)(void);
        const char *message; /* NULL: none */
        bool read;           /* reading sees it, too */
    } rows[] = {
        {append, "the file grew while it was read", true},
        {cut, "the file was cut short while it was read", true},
        {rewrite, "the file was changed while it was read", true},
        {replace, "the file was replaced by another while it was read", false},
        {take_away, NULL, false},
        {leave, NULL, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        loom_input_file file;
        loom_input input;
        tmpdir_write_text("a.jpg", "0123456789");
        ck_assert_int_eq(loom_input_open("a.jpg", &file, &error), LOOM_OK);
        rows[i].change();
        const loom_status expected = rows[i].message != NULL ? LOOM_ERR_IO : LOOM_OK;
        ck_assert_int_eq(loom_input_check(&file, "a.jpg", &error), expected);
        ck_assert_str_eq(error.message, rows[i].message != NULL ? rows[i].message : "");
        loom_error_clear(&error);
        ck_assert_int_eq(loom_input_read(&file, &input, &error),
                         rows[i].read ? LOOM_ERR_IO : LOOM_OK);
        ck_assert_str_eq(error.message, rows[i].read ? rows[i].message : "");
        if (!rows[i].read)
            loom_input_release(&input);
        loom_error_clear(&error);
        loom_input_close(&file);
    }
}
END_TEST

/* ---- a start, and what is written to it ---------------------------------- */

START_TEST(test_read_on)
{
    static const size_t starts[] = {0, 4, 4, 2, 7, 10, 11};
    loom_input_file file;
    loom_input input = {0};

    tmpdir_write_text("a.jpg", "0123456789");
    ck_assert_int_eq(loom_input_open("a.jpg", &file, &error), LOOM_OK);
    for (size_t i = 0, most = 0; i < sizeof starts / sizeof *starts; i++) {
        most = starts[i] > most ? starts[i] : most;
        most = most > 10 ? 10 : most;
        ck_assert_int_eq(loom_input_read_on(&file, starts[i], &input, &error), LOOM_OK);
        ck_assert_uint_eq(input.size, most);
        if (most > 0)
            ck_assert_mem_eq(input.data, "0123456789", most);
        for (size_t n = 0; most > 0 && n < LOOM_INPUT_SLACK; n++)
            ck_assert_uint_eq(input.data[most + n], 0);
        ck_assert(loom_input_is_whole(&file, &input) == (most == 10));
    }
    loom_input_release(&input);
    loom_input_close(&file);
}
END_TEST

/* What has been read stays when the rest cannot be. */
START_TEST(test_read_on_of_a_file_that_changes)
{
    loom_input_file file;
    loom_input input = {0};

    tmpdir_write_text("a.jpg", "0123456789");
    ck_assert_int_eq(loom_input_open("a.jpg", &file, &error), LOOM_OK);
    ck_assert_int_eq(loom_input_read_on(&file, 4, &input, &error), LOOM_OK);
    ck_assert_int_eq(truncate("a.jpg", 6), 0);
    ck_assert_int_eq(loom_input_read_on(&file, 10, &input, &error), LOOM_ERR_IO);
    ck_assert_str_eq(error.message, "the file was cut short while it was read");
    ck_assert_uint_eq(input.size, 4);
    ck_assert(!loom_input_is_whole(&file, &input));
    ck_assert_mem_eq(input.data, "0123\0\0\0\0", 8);
    loom_input_release(&input);
    loom_input_close(&file);
}
END_TEST

static unsigned char *copy_of(const char *text, size_t size)
{
    unsigned char *data = calloc(1, size + LOOM_INPUT_SLACK);

    ck_assert_ptr_nonnull(data);
    memcpy(data, text, size);
    return data;
}

START_TEST(test_restore)
{
    loom_input_file file, shared;
    loom_input input = {0};
    char found[16];

    tmpdir_write_text("a.jpg", "0123456789");
    ck_assert_int_eq(loom_input_open("a.jpg", &file, &error), LOOM_OK);
    ck_assert_int_eq(loom_input_read(&file, &input, &error), LOOM_OK);
    loom_edit(&input.edits, input.data + 3, "xx", 2);
    memcpy(input.data + input.size, "end", 3);
    input.size += 3;
    loom_input_replace(&input, copy_of("unpacked", 8), 8);
    loom_input_replace(&input, copy_of("and changed", 11), 11);
    ck_assert_mem_eq(input.data, "and changed", input.size);
    ck_assert(loom_input_restore(&input));
    ck_assert_uint_eq(input.size, 10);
    ck_assert_mem_eq(input.data, "0123456789\0\0\0", 13);

    ck_assert_int_eq(loom_input_hand_over(&input, &shared, &error), LOOM_OK);
    loom_input_release(&input);
    ck_assert_uint_eq(shared.size, 10);
    ck_assert_int_eq(pread(shared.descriptor, found, sizeof found, 0), 10);
    ck_assert_mem_eq(found, "0123456789", 10);
    ck_assert_int_eq(write(shared.descriptor, "y", 1), -1); /* it is sealed */
    loom_input_close(&shared);
    loom_input_close(&file);
}
END_TEST

/* Also without being restored. */
START_TEST(test_release_of_what_was_replaced)
{
    loom_input input = {.data = copy_of("packed", 6), .size = 6, .read = 6};

    loom_input_replace(&input, copy_of("unpacked", 8), 8);
    loom_input_release(&input);
    ck_assert_ptr_null(input.data);
}
END_TEST

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#elif defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#endif

/* Sanitizers end the program where malloc would fail. */
#ifndef SANITIZED
START_TEST(test_larger_than_memory)
{
    int file = open("huge.jpg", O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

    ck_assert_int_ge(file, 0);
    if (ftruncate(file, (off_t)1 << 43) == 0) { /* 8 TiB of nothing, where the disk lets us */
        loom_input input;
        struct stat info;
        ck_assert_int_eq(fstat(file, &info), 0);
        loom_status status = read_path("huge.jpg", &input, &error);
        ck_assert_int_eq(status, LOOM_ERR_OUT_OF_MEMORY);
        ck_assert_str_eq(error.message, "out of memory for the 8796093022208 bytes of the file");
    }
    (void)close(file);
}
END_TEST
#endif

START_TEST(test_path_longer_than_path_max)
{
    char name[201];
    char *path = malloc(40 * sizeof name);
    loom_input input;

    ck_assert_ptr_nonnull(path);
    memset(name, 'd', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    path[0] = '\0';
    for (int i = 0; i < 30; i++) {
        ck_assert_int_eq(mkdir(name, 0777), 0);
        ck_assert_int_eq(chdir(name), 0);
        strcat(path, name);
        strcat(path, "/");
    }
    tmpdir_write_text("a.jpg", "deep");
    ck_assert_int_eq(chdir(tmpdir_path()), 0);
    strcat(path, "a.jpg");
    ck_assert_uint_gt(strlen(path), PATH_MAX);
    ck_assert_int_eq(read_path(path, &input, &error), LOOM_OK);
    ck_assert_mem_eq(input.data, "deep", 4);
    loom_input_release(&input);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("input");
    TCase *reading = tcase_create("reading");

    tcase_add_checked_fixture(reading, setup, tmpdir_leave);
    tcase_add_test(reading, test_read_on);
    tcase_add_test(reading, test_read_on_of_a_file_that_changes);
    tcase_add_test(reading, test_restore);
    tcase_add_test(reading, test_release_of_what_was_replaced);
    tcase_add_test(reading, test_reads_whole_file);
    tcase_add_test(reading, test_reads_strange_names);
    tcase_add_test(reading, test_missing);
    tcase_add_test(reading, test_not_a_file);
    tcase_add_test(reading, test_fifo_is_never_opened);
    tcase_add_test(reading, test_empty);
    tcase_add_test(reading, test_no_right_to_read);
    tcase_add_test(reading, test_kernel_interface);
    tcase_add_test(reading, test_changed_meanwhile);
#ifndef SANITIZED
    tcase_add_test(reading, test_larger_than_memory);
#endif
    tcase_add_test(reading, test_path_longer_than_path_max);
    suite_add_tcase(suite, reading);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
