/* What a scan is given: links, special files, what cannot be read, one file twice, lists, and the
 * small pictures of pages. */
#include "support/scan_run.h"

#include "support/suite.h"
#include "support/tmpdir.h"
#include "support/user.h"
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- small pictures that pages have -------------------------------------- */

static void expect_ignored(uint64_t outputs, uint64_t all)
{
    ck_assert_uint_eq(loom_scan_ignored_for(scan, LOOM_IGNORED_OUTPUT), outputs);
    ck_assert_uint_eq(loom_scan_ignored(scan), all);
}

START_TEST(test_small_pictures_of_pages)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/site/index.html");
    tmpdir_touch("in/site/pictures-1/.imgloom-pictures");
    tmpdir_touch("in/site/pictures-1/000/000000.webp");
    tmpdir_touch("in/site/pictures-2/.imgloom-pictures");
    tmpdir_touch("in/site/pictures-2/1/000/000000.webp");
    scan_options.list_ignored = 9;
    scan_add("in");
    scan_expect("in/a.jpg|");
    expect_ignored(2, 3); /* and the page, of another kind */
    ck_assert_str_eq(loom_scan_ignored_file(scan, 1)->path, "in/site/pictures-1/");
    ck_assert_int_eq(loom_scan_ignored_file(scan, 1)->reason, LOOM_IGNORED_OUTPUT);
    scan_add("in/site"); /* a walk that has been here counts nothing again */
    scan_expect("in/a.jpg|");
    expect_ignored(2, 3);
    scan_add("in/site/pictures-1"); /* asked for by name: an input like others */
    scan_expect("in/a.jpg|in/site/pictures-1/000/000000.webp|");
}
END_TEST

/* Neither the name nor the mark is enough, so that nobody loses pictures of theirs by accident. */
START_TEST(test_folders_like_those_of_small_pictures)
{
    tmpdir_touch("in/.imgloom-pictures");
    tmpdir_touch("in/mine/.imgloom-pictures");
    tmpdir_touch("in/mine/a.jpg");
    tmpdir_touch("in/pictures-2024/b.jpg");
    tmpdir_touch("in/pictures-folder/.imgloom-pictures/c.jpg");
    tmpdir_touch("in/pictures-link/d.jpg");
    ck_assert_int_eq(symlink("../.imgloom-pictures", "in/pictures-link/.imgloom-pictures"), 0);
    tmpdir_touch("in/pictures/.imgloom-pictures");
    tmpdir_touch("in/pictures/e.jpg");
    scan_add("in");
    scan_expect("in/mine/a.jpg|in/pictures/e.jpg|in/pictures-2024/b.jpg|in/pictures-link/d.jpg|");
    ck_assert_uint_eq(loom_scan_ignored_for(scan, LOOM_IGNORED_OUTPUT), 0);
}
END_TEST

START_TEST(test_links_to_small_pictures)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("site/pictures-1/.imgloom-pictures");
    tmpdir_touch("site/pictures-1/000/000000.webp");
    ck_assert_int_eq(symlink("../site/pictures-1", "in/pictures-1"), 0);
    ck_assert_int_eq(symlink("../site", "in/site"), 0);
    scan_options.follow = true;
    scan_add("in");
    scan_expect("in/a.jpg|");
    expect_ignored(2, 2);
}
END_TEST

/* ---- links and special files --------------------------------------------- */

START_TEST(test_links_to_files)
{
    tmpdir_write_text("real.dat", "12345678");
    tmpdir_touch("in/b.jpg");
    ck_assert_int_eq(symlink("../real.dat", "in/a.jpg"), 0);
    ck_assert_int_eq(symlink("../real.dat", "in/a.txt"), 0);
    ck_assert_int_eq(symlink("nowhere", "in/c.jpg"), 0);
    ck_assert_int_eq(symlink("nowhere", "in/c.txt"), 0);
    ck_assert_int_eq(symlink("loop.jpg", "in/loop.jpg"), 0);
    scan_add("in");
    scan_expect("in/a.jpg|in/b.jpg|in/c.jpg!not-found|in/loop.jpg!not-found|");
    ck_assert_uint_eq(loom_scan_entry(scan, 0)->size, 8);
    ck_assert_uint_eq(loom_scan_ignored(scan), 2);
}
END_TEST

START_TEST(test_links_to_folders)
{
    tmpdir_touch("in/sub/a.jpg");
    tmpdir_touch("else/b.jpg");
    ck_assert_int_eq(symlink("../else", "in/link"), 0);
    ck_assert_int_eq(symlink("../else", "in/link.jpg"), 0);
    ck_assert_int_eq(symlink("..", "in/sub/up"), 0);
    ck_assert_int_eq(symlink(".", "in/self"), 0);
    scan_add("in");
    scan_expect("in/sub/a.jpg|");
    ck_assert_uint_eq(loom_scan_ignored_for(scan, LOOM_IGNORED_LINKED_FOLDER), 4);
    scan_again();
    scan_options.follow = true;
    scan_add("in");
    scan_expect("in/link/b.jpg|in/sub/a.jpg|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 0);
    scan_again();
    scan_options.follow = false;
    scan_add("in/link"); /* a link that is named is followed */
    scan_expect("in/link/b.jpg|");
}
END_TEST

START_TEST(test_special_files)
{
    tmpdir_touch("in/a.jpg");
    ck_assert_int_eq(mkfifo("in/fifo.jpg", 0666), 0);
    ck_assert_int_eq(mkfifo("in/fifo", 0666), 0);
    ck_assert_int_eq(symlink("/dev/null", "in/null.png"), 0);
    scan_add("in");
    scan_expect("in/a.jpg|in/fifo.jpg!not-a-file|in/null.png!not-a-file|");
    ck_assert_str_eq(loom_scan_entry(scan, 1)->error->message, "it is a FIFO, not a regular file");
    ck_assert_str_eq(loom_scan_entry(scan, 2)->error->message,
                     "it is a device, not a regular file");
    ck_assert_uint_eq(loom_scan_ignored(scan), 1);
    scan_add("in/fifo");
    scan_expect("in/a.jpg|in/fifo.jpg!not-a-file|in/null.png!not-a-file|in/fifo!not-a-file|");
}
END_TEST

START_TEST(test_missing_and_unreadable)
{
    tmpdir_touch("in/a/1.jpg");
    tmpdir_touch("in/b/2.jpg");
    tmpdir_touch("in/c/3.jpg");
    tmpdir_touch("in/c/4.jpg");
    tmpdir_touch("in/d.jpg");
    ck_assert_int_eq(chmod("in/b", 0), 0);
    ck_assert_int_eq(chmod("in/c", 0444), 0); /* names can be read, files cannot be found */
    user_drop();
    scan_add("missing.jpg");
    scan_add("in/d.jpg/x");
    scan_add("in");
    scan_add("in/b");
    scan_add("");
    user_restore();
    ck_assert_int_eq(chmod("in/c", 0755), 0);
    scan_expect("missing.jpg!not-found|in/d.jpg/x!not-found|in/a/1.jpg|in/b!permission|"
                "in/c/3.jpg!permission|in/c/4.jpg!permission|in/d.jpg|!not-found|");
    ck_assert_str_eq(loom_scan_entry(scan, 3)->error->message,
                     "cannot open the folder: Permission denied (EACCES)");
    ck_assert_int_eq(loom_scan_input_kind(scan, 0), LOOM_INPUT_FILE);
}
END_TEST

/* ---- the same file twice ------------------------------------------------- */

START_TEST(test_same_path_once)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/sub/b.jpg");
    ck_assert_int_eq(symlink("in", "alias"), 0);
    ck_assert_int_eq(link("in/a.jpg", "in/hard.jpg"), 0);
    ck_assert_int_eq(symlink("a.jpg", "in/soft.jpg"), 0);
    scan_add("in/sub/../a.jpg");
    scan_add("in");
    scan_add("./in/a.jpg");
    scan_add("alias/a.jpg");
    scan_add("alias");
    scan_add("in/sub");
    scan_add("in/sub/b.jpg");
    scan_add("gone.jpg");
    scan_add("./gone.jpg");
    scan_add("no/gone.jpg");
    scan_add("no/gone.jpg");
    scan_expect("in/sub/../a.jpg|in/hard.jpg|in/soft.jpg|in/sub/b.jpg|gone.jpg!not-found|"
                "no/gone.jpg!not-found|");
}
END_TEST

START_TEST(test_equal_errors_are_shared)
{
    scan_add("x1");
    scan_add("x2");
    ck_assert_ptr_eq(loom_scan_entry(scan, 0)->error, loom_scan_entry(scan, 1)->error);
}
END_TEST

/* ---- lists --------------------------------------------------------------- */

START_TEST(test_list_of_lines)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/b.txt");
    tmpdir_touch("in/sub/c.jpg");
    tmpdir_touch("in/sub/c.txt");
    tmpdir_write_text("list", "in/a.jpg\n\n.//./in/b.txt\nmissing\nin/sub");
    ck_assert_int_eq(scan_add_list("list", false, NULL), LOOM_OK);
    scan_expect("in/a.jpg|.//./in/b.txt|missing!not-found|in/sub/c.jpg|");
    scan_expect_relative("in/a.jpg|in/b.txt|missing|in/sub/c.jpg|");
    ck_assert_uint_eq(loom_scan_input_count(scan), 1);
    ck_assert_int_eq(loom_scan_input_kind(scan, 0), LOOM_INPUT_LISTED);
    ck_assert_str_eq(loom_scan_input_path(scan, 0), "list");
    ck_assert_uint_eq(loom_scan_ignored(scan), 1);
}
END_TEST

START_TEST(test_list_ended_by_nul)
{
    static const char list[] = "in/a\nb.jpg\0\0in/\xFF.jpg\0in/c.jpg"; /* one more NUL ends it */

    tmpdir_touch("in/a\nb.jpg");
    tmpdir_touch("in/\xFF.jpg");
    tmpdir_touch("in/c.jpg");
    tmpdir_write("list", list, sizeof list);
    ck_assert_int_eq(scan_add_list("list", true, NULL), LOOM_OK);
    scan_expect("in/a\nb.jpg|in/\xFF.jpg|in/c.jpg|");
}
END_TEST

START_TEST(test_list_with_nul_by_mistake)
{
    loom_error error = LOOM_ERROR_INIT;

    tmpdir_write("list", "a.jpg\0b.jpg\0", 12);
    ck_assert_int_eq(scan_add_list("list", false, &error), LOOM_ERR_USAGE);
    ck_assert_str_eq(error.message,
                     "the list contains a NUL byte, but its paths must end in newlines");
}
END_TEST

START_TEST(test_list_of_absolute_paths)
{
    char list[PATH_MAX + 32];

    tmpdir_touch("a.jpg");
    (void)snprintf(list, sizeof list, "%s/a.jpg\n.\n", tmpdir_path());
    tmpdir_write_text("list", list);
    ck_assert_int_eq(scan_add_list("list", false, NULL), LOOM_OK);
    ck_assert_uint_eq(loom_scan_count(scan), 1); /* "." holds it, too */
    ck_assert_str_eq(loom_scan_entry(scan, 0)->relative, loom_scan_entry(scan, 0)->path + 1);
}
END_TEST

START_TEST(test_list_that_cannot_be_read)
{
    loom_error error = LOOM_ERROR_INIT;

    ck_assert_int_eq(scan_add_list("missing", false, &error), LOOM_ERR_NOT_FOUND);
    ck_assert_str_eq(error.message, "cannot open the list: No such file or directory (ENOENT)");
    ck_assert_int_eq(scan_add_list(".", false, NULL), LOOM_ERR_NOT_A_FILE);
}
END_TEST

START_TEST(test_list_on_standard_input)
{
    tmpdir_touch("a.jpg");
    tmpdir_write_text("list", "a.jpg\n");
    ck_assert_ptr_nonnull(freopen("list", "r", stdin));
    ck_assert_int_eq(scan_add_list("-", false, NULL), LOOM_OK);
    scan_expect("a.jpg|");
    ck_assert_str_eq(loom_scan_input_path(scan, 0), "-");
}
END_TEST

/* ---- stopping ------------------------------------------------------------ */

START_TEST(test_stop_ends_the_scan)
{
    loom_stop *stop = loom_stop_create();
    loom_error error = LOOM_ERROR_INIT;

    scan_options.stop = stop;
    tmpdir_touch("in/a.jpg");
    tmpdir_write_text("list", "in/a.jpg\n");
    scan_add("in");
    ck_assert(!loom_scan_stopped(scan));
    ck_assert_uint_eq(loom_scan_count(scan), 1);

    tmpdir_touch("in/b.jpg");
    loom_stop_request(stop);
    scan_add("in");
    ck_assert(loom_scan_stopped(scan));
    ck_assert_int_eq(loom_scan_add_list(scan, "list", false, &error), LOOM_OK);
    ck_assert_uint_eq(loom_scan_count(scan), 1);
    loom_stop_free(stop);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("scan_inputs");
    TCase *links = tcase_create("links"), *lists = tcase_create("lists");
    TCase *pictures = tcase_create("pictures");

    tcase_add_checked_fixture(pictures, scan_setup, scan_teardown);
    tcase_add_test(pictures, test_small_pictures_of_pages);
    tcase_add_test(pictures, test_folders_like_those_of_small_pictures);
    tcase_add_test(pictures, test_links_to_small_pictures);
    suite_add_tcase(suite, pictures);

    tcase_add_checked_fixture(links, scan_setup, scan_teardown);
    tcase_add_test(links, test_links_to_files);
    tcase_add_test(links, test_links_to_folders);
    tcase_add_test(links, test_special_files);
    tcase_add_test(links, test_missing_and_unreadable);
    tcase_add_test(links, test_same_path_once);
    tcase_add_test(links, test_equal_errors_are_shared);
    suite_add_tcase(suite, links);

    tcase_add_checked_fixture(lists, scan_setup, scan_teardown);
    tcase_add_test(lists, test_list_of_lines);
    tcase_add_test(lists, test_list_ended_by_nul);
    tcase_add_test(lists, test_list_with_nul_by_mistake);
    tcase_add_test(lists, test_list_of_absolute_paths);
    tcase_add_test(lists, test_list_that_cannot_be_read);
    tcase_add_test(lists, test_list_on_standard_input);
    tcase_add_test(lists, test_stop_ends_the_scan);
    suite_add_tcase(suite, lists);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
