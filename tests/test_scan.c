#include <imgloom/scan.h>

#include "base/strbuf.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include "support/user.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static loom_scan_options options;
static loom_scan *scan;

static void setup(void)
{
    tmpdir_enter();
    options = (loom_scan_options){0};
    scan = NULL;
}

static void teardown(void)
{
    loom_scan_free(scan);
    tmpdir_leave();
}

static void touch(const char *path)
{
    tmpdir_write_text(path, "x");
}

static void add(const char *path)
{
    if (scan == NULL)
        scan = loom_scan_create(&options);
    ck_assert_ptr_nonnull(scan);
    ck_assert_int_eq(loom_scan_add(scan, path, NULL), LOOM_OK);
}

/* The whole scan as text: "path", or "path!code", each ended by "|". */
static void expect(const char *text)
{
    loom_strbuf found = LOOM_STRBUF_INIT;

    for (size_t i = 0; i < loom_scan_count(scan); i++) {
        const loom_entry *entry = loom_scan_entry(scan, i);
        loom_strbuf_add_str(&found, entry->path);
        if (entry->error != NULL) {
            ck_assert_int_eq(entry->error->stage, LOOM_STAGE_SCAN);
            loom_strbuf_add_format(&found, "!%s", loom_status_name(entry->error->code));
        }
        loom_strbuf_add_char(&found, '|');
    }
    ck_assert_str_eq(loom_strbuf_str(&found), text);
    loom_strbuf_release(&found);
}

static void expect_relative(const char *text)
{
    loom_strbuf found = LOOM_STRBUF_INIT;

    for (size_t i = 0; i < loom_scan_count(scan); i++)
        loom_strbuf_add_format(&found, "%s|", loom_scan_entry(scan, i)->relative);
    ck_assert_str_eq(loom_strbuf_str(&found), text);
    loom_strbuf_release(&found);
}

/* ---- folders and files ---------------------------------------------------------------------- */

START_TEST(test_sorted_with_folders_among_files)
{
    touch("in/b.jpg");
    touch("in/a/z.png");
    touch("in/a/B.jpg");
    touch("in/a.jpg");
    touch("in/c/1.webp");
    touch("in/A.JPEG");
    touch("in/\xFF.gif");
    add("in");
    expect("in/A.JPEG|in/a/B.jpg|in/a/z.png|in/a.jpg|in/b.jpg|in/c/1.webp|in/\xFF.gif|");
    expect_relative("A.JPEG|a/B.jpg|a/z.png|a.jpg|b.jpg|c/1.webp|\xFF.gif|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 0);
}
END_TEST

START_TEST(test_paths_are_joined_by_one_slash)
{
    touch("in/a.jpg");
    add("in/");
    expect("in/a.jpg|");
    loom_scan_free(scan);
    scan = NULL;
    ck_assert_int_eq(chdir("in"), 0);
    add(".");
    expect("./a.jpg|");
    loom_scan_free(scan);
    scan = NULL;
    add("../in//");
    expect("../in//a.jpg|");
    expect_relative("a.jpg|");
    ck_assert_int_eq(chdir(".."), 0);
}
END_TEST

START_TEST(test_what_an_entry_holds)
{
    const struct timespec times[2] = {{1, 1}, {1700000000, 123456789}};
    struct stat info;

    tmpdir_write_text("in/a.jpg", "12345");
    ck_assert_int_eq(utimensat(AT_FDCWD, "in/a.jpg", times, 0), 0);
    ck_assert_int_eq(stat("in/a.jpg", &info), 0);
    touch("b.jpg");
    add("b.jpg");
    add("in");
    const loom_entry *entry = loom_scan_entry(scan, 1);
    ck_assert_uint_eq(entry->size, 5);
    ck_assert_int_eq(entry->mtime_ns, INT64_C(1700000000123456789));
    ck_assert_uint_eq(entry->id.inode, info.st_ino);
    ck_assert_uint_eq(entry->id.device, info.st_dev);
    ck_assert_uint_eq(entry->input, 1);
    ck_assert_uint_eq(loom_scan_entry(scan, 0)->input, 0);
    ck_assert_uint_eq(loom_scan_input_count(scan), 2);
    ck_assert_str_eq(loom_scan_input_path(scan, 0), "b.jpg");
    ck_assert_str_eq(loom_scan_input_path(scan, 1), "in");
    ck_assert_int_eq(loom_scan_input_kind(scan, 0), LOOM_INPUT_FILE);
    ck_assert_int_eq(loom_scan_input_kind(scan, 1), LOOM_INPUT_FOLDER);
}
END_TEST

START_TEST(test_extensions)
{
    static const char *const names[] = {"a.JpG",  "b.heic", "c.txt", "d.svg", "e.jxl",      "f",
                                        "g.jpg~", "h.tga",  "i.tif", "j.pdf", "Makefile.am"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[32];
        (void)snprintf(path, sizeof path, "in/%s", names[i]);
        touch(path);
    }
    add("in");
    expect("in/a.JpG|in/b.heic|in/h.tga|in/i.tif|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 7);
    add("in/c.txt"); /* named: always taken */
    add("in/d.svg");
    expect("in/a.JpG|in/b.heic|in/h.tga|in/i.tif|in/c.txt|in/d.svg|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 7);
}
END_TEST

START_TEST(test_untrusted_when_allowed)
{
    touch("in/a.svg");
    touch("in/b.JXL");
    touch("in/c.svgz");
    touch("in/d.pdf");
    touch("in/e.txt");
    add("in");
    expect("");
    ck_assert_uint_eq(loom_scan_ignored(scan), 5);
    loom_scan_free(scan);
    scan = NULL;
    options.allow_untrusted = true;
    add("in");
    expect("in/a.svg|in/b.JXL|in/c.svgz|in/d.pdf|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 1);
}
END_TEST

START_TEST(test_hidden)
{
    touch("in/.hidden.jpg");
    touch("in/.jpg");
    touch("in/.folder/a.jpg");
    touch("in/b.jpg");
    add("in");
    expect("in/b.jpg|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 0);
    add("in/.hidden.jpg");
    expect("in/b.jpg|in/.hidden.jpg|");
    loom_scan_free(scan);
    scan = NULL;
    options.hidden = true;
    add("in");
    expect("in/.folder/a.jpg|in/.hidden.jpg|in/b.jpg|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 1); /* ".jpg" has no extension */
}
END_TEST

START_TEST(test_max_depth)
{
    touch("in/1.jpg");
    touch("in/a/2.jpg");
    touch("in/a/b/3.jpg");
    options.max_depth = 1;
    add("in");
    expect("in/1.jpg|");
    loom_scan_free(scan);
    scan = NULL;
    options.max_depth = 2;
    add("in");
    expect("in/1.jpg|in/a/2.jpg|");
    add("in/a"); /* walked again, from there */
    expect("in/1.jpg|in/a/2.jpg|in/a/b/3.jpg|");
}
END_TEST

START_TEST(test_strange_names)
{
    touch("in/a\nb.jpg");
    touch("in/\xC3\x28\xFF.jpg");
    touch("in/-rf.jpg");
    touch("in/x[page=3].jpg");
    touch("in/ .jpg");
    add("in");
    expect("in/ .jpg|in/-rf.jpg|in/a\nb.jpg|in/x[page=3].jpg|in/\xC3\x28\xFF.jpg|");
}
END_TEST

START_TEST(test_globs)
{
    static const char *const include[] = {"*.jpg", "keep/*.png"};
    static const char *const exclude[] = {"raw", "tmp/", "keep/x*", "**/no.jpg"};

    touch("in/a.jpg");
    touch("in/a.png");
    touch("in/no.jpg");
    touch("in/tmp");
    touch("in/keep/sub/deep.png");
    touch("in/keep/sub/no.jpg");
    touch("in/keep/b.png");
    touch("in/keep/x.jpg");
    touch("in/raw/c.jpg");
    touch("in/keep/raw/c.jpg");
    touch("in/keep/tmp/c.jpg");
    touch("in/raw.jpg");
    touch("in/[x].jpg");
    options.include = include;
    options.include_count = 2;
    options.exclude = exclude;
    options.exclude_count = 4;
    add("in");
    expect("in/[x].jpg|in/a.jpg|in/keep/b.png|in/keep/sub/deep.png|in/raw.jpg|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 5); /* a.png, both no.jpg, tmp, keep/x.jpg */
}
END_TEST

START_TEST(test_prefix_and_suffix)
{
    touch("in/processed_a.jpg");
    touch("in/a.jpg");
    touch("in/a_small.jpg");
    touch("in/a_small_.jpg");
    touch("in/small.jpg");
    options.skip_prefix = "processed_";
    options.skip_suffix = "_small";
    add("in");
    expect("in/a.jpg|in/a_small_.jpg|in/small.jpg|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 2);
    add("in/processed_a.jpg");
    expect("in/a.jpg|in/a_small_.jpg|in/small.jpg|in/processed_a.jpg|");
}
END_TEST

START_TEST(test_output_root_is_not_entered)
{
    touch("in/a.jpg");
    touch("in/out/b.jpg");
    touch("in/sub/out/c.jpg");
    options.output_root = "in/./out";
    add("in");
    expect("in/a.jpg|in/sub/out/c.jpg|");
    add("in/out"); /* asked for by name: an input like others */
    expect("in/a.jpg|in/sub/out/c.jpg|in/out/b.jpg|");
}
END_TEST

/* With an output folder names tell outputs in that folder alone. */
START_TEST(test_prefix_in_the_output_root)
{
    touch("out/p_a.jpg");
    touch("out/sub/p_b.jpg");
    touch("out/sub/b.jpg");
    touch("in/p_c.jpg");
    ck_assert_int_eq(symlink("out/sub", "alias"), 0);
    options.output_root = "out";
    options.skip_prefix = "p_";
    add("in");
    add("alias");
    expect("in/p_c.jpg|alias/b.jpg|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 1);
}
END_TEST

START_TEST(test_links_into_the_output_root)
{
    touch("in/a.jpg");
    touch("out/sub/b.jpg");
    touch("other/c.jpg");
    ck_assert_int_eq(symlink("../out/sub", "in/link"), 0);
    ck_assert_int_eq(symlink("../other", "in/other"), 0);
    options.output_root = "out";
    options.follow = true;
    add("in");
    expect("in/a.jpg|in/other/c.jpg|");
}
END_TEST

START_TEST(test_deep_tree)
{
    enum { LEVELS = 1000 };
    loom_strbuf path = LOOM_STRBUF_INIT;

    touch("in/a.jpg");
    ck_assert_int_eq(chdir("in"), 0);
    loom_strbuf_add_str(&path, "in");
    for (int i = 0; i < LEVELS; i++) {
        ck_assert_int_eq(mkdir("folder", 0777), 0);
        ck_assert_int_eq(chdir("folder"), 0);
        loom_strbuf_add_str(&path, "/folder");
        touch("z.jpg"); /* after the folder: each level is opened again on the way back */
    }
    loom_strbuf_add_str(&path, "/z.jpg");
    ck_assert_int_eq(chdir(tmpdir_path()), 0);
    add("in");
    ck_assert_uint_eq(loom_scan_count(scan), LEVELS + 1);
    ck_assert_str_eq(loom_scan_entry(scan, 1)->path, path.data);
    ck_assert_str_eq(loom_scan_entry(scan, LEVELS)->path, "in/folder/z.jpg");
    for (size_t i = 0; i < loom_scan_count(scan); i++)
        ck_assert_ptr_null(loom_scan_entry(scan, i)->error);
    loom_strbuf_release(&path);
}
END_TEST

/* ---- links and special files ---------------------------------------------------------------- */

START_TEST(test_links_to_files)
{
    tmpdir_write_text("real.dat", "12345678");
    touch("in/b.jpg");
    ck_assert_int_eq(symlink("../real.dat", "in/a.jpg"), 0);
    ck_assert_int_eq(symlink("../real.dat", "in/a.txt"), 0);
    ck_assert_int_eq(symlink("nowhere", "in/c.jpg"), 0);
    ck_assert_int_eq(symlink("nowhere", "in/c.txt"), 0);
    ck_assert_int_eq(symlink("loop.jpg", "in/loop.jpg"), 0);
    add("in");
    expect("in/a.jpg|in/b.jpg|in/c.jpg!not-found|in/loop.jpg!not-found|");
    ck_assert_uint_eq(loom_scan_entry(scan, 0)->size, 8);
    ck_assert_uint_eq(loom_scan_ignored(scan), 2);
}
END_TEST

START_TEST(test_links_to_folders)
{
    touch("in/sub/a.jpg");
    touch("else/b.jpg");
    ck_assert_int_eq(symlink("../else", "in/link"), 0);
    ck_assert_int_eq(symlink("../else", "in/link.jpg"), 0);
    ck_assert_int_eq(symlink("..", "in/sub/up"), 0);
    ck_assert_int_eq(symlink(".", "in/self"), 0);
    add("in");
    expect("in/sub/a.jpg|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 0);
    loom_scan_free(scan);
    scan = NULL;
    options.follow = true;
    add("in");
    expect("in/link/b.jpg|in/sub/a.jpg|");
    loom_scan_free(scan);
    scan = NULL;
    options.follow = false;
    add("in/link"); /* a link that is named is followed */
    expect("in/link/b.jpg|");
}
END_TEST

START_TEST(test_special_files)
{
    touch("in/a.jpg");
    ck_assert_int_eq(mkfifo("in/fifo.jpg", 0666), 0);
    ck_assert_int_eq(mkfifo("in/fifo", 0666), 0);
    ck_assert_int_eq(symlink("/dev/null", "in/null.png"), 0);
    add("in");
    expect("in/a.jpg|in/fifo.jpg!not-a-file|in/null.png!not-a-file|");
    ck_assert_str_eq(loom_scan_entry(scan, 1)->error->message, "it is a FIFO, not a regular file");
    ck_assert_str_eq(loom_scan_entry(scan, 2)->error->message,
                     "it is a device, not a regular file");
    ck_assert_uint_eq(loom_scan_ignored(scan), 1);
    add("in/fifo");
    expect("in/a.jpg|in/fifo.jpg!not-a-file|in/null.png!not-a-file|in/fifo!not-a-file|");
}
END_TEST

START_TEST(test_missing_and_unreadable)
{
    touch("in/a/1.jpg");
    touch("in/b/2.jpg");
    touch("in/c/3.jpg");
    touch("in/c/4.jpg");
    touch("in/d.jpg");
    ck_assert_int_eq(chmod("in/b", 0), 0);
    ck_assert_int_eq(chmod("in/c", 0444), 0); /* names can be read, files cannot be found */
    user_drop();
    add("missing.jpg");
    add("in/d.jpg/x");
    add("in");
    add("in/b");
    add("");
    user_restore();
    ck_assert_int_eq(chmod("in/c", 0755), 0);
    expect("missing.jpg!not-found|in/d.jpg/x!not-found|in/a/1.jpg|in/b!permission|"
           "in/c/3.jpg!permission|in/c/4.jpg!permission|in/d.jpg|!not-found|");
    ck_assert_str_eq(loom_scan_entry(scan, 3)->error->message,
                     "cannot open the folder: Permission denied (EACCES)");
    ck_assert_int_eq(loom_scan_input_kind(scan, 0), LOOM_INPUT_FILE);
}
END_TEST

/* ---- the same file twice -------------------------------------------------------------------- */

START_TEST(test_same_path_once)
{
    touch("in/a.jpg");
    touch("in/sub/b.jpg");
    ck_assert_int_eq(symlink("in", "alias"), 0);
    ck_assert_int_eq(link("in/a.jpg", "in/hard.jpg"), 0);
    ck_assert_int_eq(symlink("a.jpg", "in/soft.jpg"), 0);
    add("in/sub/../a.jpg");
    add("in");
    add("./in/a.jpg");
    add("alias/a.jpg");
    add("alias");
    add("in/sub");
    add("in/sub/b.jpg");
    add("gone.jpg");
    add("./gone.jpg");
    add("no/gone.jpg");
    add("no/gone.jpg");
    expect("in/sub/../a.jpg|in/hard.jpg|in/soft.jpg|in/sub/b.jpg|gone.jpg!not-found|"
           "no/gone.jpg!not-found|");
}
END_TEST

START_TEST(test_equal_errors_are_shared)
{
    add("x1");
    add("x2");
    ck_assert_ptr_eq(loom_scan_entry(scan, 0)->error, loom_scan_entry(scan, 1)->error);
}
END_TEST

/* ---- lists ---------------------------------------------------------------------------------- */

static loom_status add_list(const char *path, bool null, loom_error *error)
{
    if (scan == NULL)
        scan = loom_scan_create(&options);
    ck_assert_ptr_nonnull(scan);
    return loom_scan_add_list(scan, path, null, error);
}

START_TEST(test_list_of_lines)
{
    touch("in/a.jpg");
    touch("in/b.txt");
    touch("in/sub/c.jpg");
    touch("in/sub/c.txt");
    tmpdir_write_text("list", "in/a.jpg\n\n.//./in/b.txt\nmissing\nin/sub");
    ck_assert_int_eq(add_list("list", false, NULL), LOOM_OK);
    expect("in/a.jpg|.//./in/b.txt|missing!not-found|in/sub/c.jpg|");
    expect_relative("in/a.jpg|in/b.txt|missing|in/sub/c.jpg|");
    ck_assert_uint_eq(loom_scan_input_count(scan), 1);
    ck_assert_int_eq(loom_scan_input_kind(scan, 0), LOOM_INPUT_LISTED);
    ck_assert_str_eq(loom_scan_input_path(scan, 0), "list");
    ck_assert_uint_eq(loom_scan_ignored(scan), 1);
}
END_TEST

START_TEST(test_list_ended_by_nul)
{
    static const char list[] = "in/a\nb.jpg\0\0in/\xFF.jpg\0in/c.jpg"; /* one more NUL ends it */

    touch("in/a\nb.jpg");
    touch("in/\xFF.jpg");
    touch("in/c.jpg");
    tmpdir_write("list", list, sizeof list);
    ck_assert_int_eq(add_list("list", true, NULL), LOOM_OK);
    expect("in/a\nb.jpg|in/\xFF.jpg|in/c.jpg|");
}
END_TEST

START_TEST(test_list_with_nul_by_mistake)
{
    loom_error error = LOOM_ERROR_INIT;

    tmpdir_write("list", "a.jpg\0b.jpg\0", 12);
    ck_assert_int_eq(add_list("list", false, &error), LOOM_ERR_USAGE);
    ck_assert_str_eq(error.message, "the list holds a NUL byte, but its paths are to end in "
                                    "newlines (is --null missing?)");
}
END_TEST

START_TEST(test_list_of_absolute_paths)
{
    char list[PATH_MAX + 32];

    touch("a.jpg");
    (void)snprintf(list, sizeof list, "%s/a.jpg\n.\n", tmpdir_path());
    tmpdir_write_text("list", list);
    ck_assert_int_eq(add_list("list", false, NULL), LOOM_OK);
    ck_assert_uint_eq(loom_scan_count(scan), 1); /* "." holds it, too */
    ck_assert_str_eq(loom_scan_entry(scan, 0)->relative, loom_scan_entry(scan, 0)->path + 1);
}
END_TEST

START_TEST(test_list_that_cannot_be_read)
{
    loom_error error = LOOM_ERROR_INIT;

    ck_assert_int_eq(add_list("missing", false, &error), LOOM_ERR_NOT_FOUND);
    ck_assert_str_eq(error.message, "cannot open the list: No such file or directory (ENOENT)");
    ck_assert_int_eq(add_list(".", false, NULL), LOOM_ERR_NOT_A_FILE);
}
END_TEST

START_TEST(test_list_on_standard_input)
{
    touch("a.jpg");
    tmpdir_write_text("list", "a.jpg\n");
    ck_assert_ptr_nonnull(freopen("list", "r", stdin));
    ck_assert_int_eq(add_list("-", false, NULL), LOOM_OK);
    expect("a.jpg|");
    ck_assert_str_eq(loom_scan_input_path(scan, 0), "-");
}
END_TEST

START_TEST(test_stop_ends_the_scan)
{
    loom_stop *stop = loom_stop_create();
    loom_error error = LOOM_ERROR_INIT;

    options.stop = stop;
    touch("in/a.jpg");
    tmpdir_write_text("list", "in/a.jpg\n");
    add("in");
    ck_assert(!loom_scan_stopped(scan));
    ck_assert_uint_eq(loom_scan_count(scan), 1);

    touch("in/b.jpg");
    loom_stop_request(stop);
    add("in");
    ck_assert(loom_scan_stopped(scan));
    ck_assert_int_eq(loom_scan_add_list(scan, "list", false, &error), LOOM_OK);
    ck_assert_uint_eq(loom_scan_count(scan), 1);
    loom_stop_free(stop);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("scan");
    TCase *walk = tcase_create("walk"), *links = tcase_create("links"),
          *lists = tcase_create("lists");

    tcase_set_timeout(walk, 60); /* a deep tree on a busy machine */
    tcase_add_checked_fixture(walk, setup, teardown);
    tcase_add_test(walk, test_sorted_with_folders_among_files);
    tcase_add_test(walk, test_paths_are_joined_by_one_slash);
    tcase_add_test(walk, test_what_an_entry_holds);
    tcase_add_test(walk, test_extensions);
    tcase_add_test(walk, test_untrusted_when_allowed);
    tcase_add_test(walk, test_hidden);
    tcase_add_test(walk, test_max_depth);
    tcase_add_test(walk, test_strange_names);
    tcase_add_test(walk, test_globs);
    tcase_add_test(walk, test_prefix_and_suffix);
    tcase_add_test(walk, test_output_root_is_not_entered);
    tcase_add_test(walk, test_prefix_in_the_output_root);
    tcase_add_test(walk, test_links_into_the_output_root);
    tcase_add_test(walk, test_deep_tree);
    suite_add_tcase(suite, walk);

    tcase_add_checked_fixture(links, setup, teardown);
    tcase_add_test(links, test_links_to_files);
    tcase_add_test(links, test_links_to_folders);
    tcase_add_test(links, test_special_files);
    tcase_add_test(links, test_missing_and_unreadable);
    tcase_add_test(links, test_same_path_once);
    tcase_add_test(links, test_equal_errors_are_shared);
    suite_add_tcase(suite, links);

    tcase_add_checked_fixture(lists, setup, teardown);
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
