/* Folders that are walked: which files are taken, by which names. */
#include "support/scan_run.h"

#include "base/strbuf.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

START_TEST(test_sorted_with_folders_among_files)
{
    tmpdir_touch("in/b.jpg");
    tmpdir_touch("in/a/z.png");
    tmpdir_touch("in/a/B.jpg");
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/c/1.webp");
    tmpdir_touch("in/A.JPEG");
    tmpdir_touch("in/\xFF.gif");
    scan_add("in");
    scan_expect("in/A.JPEG|in/a/B.jpg|in/a/z.png|in/a.jpg|in/b.jpg|in/c/1.webp|in/\xFF.gif|");
    scan_expect_relative("A.JPEG|a/B.jpg|a/z.png|a.jpg|b.jpg|c/1.webp|\xFF.gif|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 0);
}
END_TEST

START_TEST(test_paths_are_joined_by_one_slash)
{
    tmpdir_touch("in/a.jpg");
    scan_add("in/");
    scan_expect("in/a.jpg|");
    scan_again();
    ck_assert_int_eq(chdir("in"), 0);
    scan_add(".");
    scan_expect("./a.jpg|");
    scan_again();
    scan_add("../in//");
    scan_expect("../in//a.jpg|");
    scan_expect_relative("a.jpg|");
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
    tmpdir_touch("b.jpg");
    scan_add("b.jpg");
    scan_add("in");
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
        tmpdir_touch(path);
    }
    scan_add("in");
    scan_expect("in/a.JpG|in/b.heic|in/h.tga|in/i.tif|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 7);
    scan_add("in/c.txt"); /* named: always taken */
    scan_add("in/d.svg");
    scan_expect("in/a.JpG|in/b.heic|in/h.tga|in/i.tif|in/c.txt|in/d.svg|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 7);
    scan_add("./in/"); /* ignored again: counted once */
    ck_assert_uint_eq(loom_scan_ignored(scan), 7);
}
END_TEST

/* "path:reason" of each, ended by "|". */
static void expect_ignored(const char *text)
{
    loom_strbuf found = LOOM_STRBUF_INIT;

    for (size_t i = 0; i < loom_scan_ignored_count(scan); i++) {
        const loom_ignored_file *file = loom_scan_ignored_file(scan, i);
        loom_strbuf_add_format(&found, "%s:%s|", file->path, loom_ignored_name(file->reason));
    }
    ck_assert_str_eq(loom_strbuf_str(&found), text);
    loom_strbuf_release(&found);
}

/* Each file for the first reason that applies, in the order of the walk. */
START_TEST(test_ignored_are_named)
{
    static const char *const include[] = {"*.jpg", "*.svg"}, *const exclude[] = {"no*"};
    static const char *const names[] = {
        "in/a.jpg", "in/b.png",  "in/made_c.jpg", "in/d/x.txt",   "in/d/no.jpg",
        "in/e.svg", "in/no.txt", "in/.hidden",    "in/nofolder/", "in/made_.doc"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        tmpdir_touch(names[i][strlen(names[i]) - 1] == '/' ? "in/nofolder/y.txt" : names[i]);
    scan_options.include = include;
    scan_options.include_count = 2;
    scan_options.exclude = exclude;
    scan_options.exclude_count = 1;
    scan_options.skip_prefix = "made_";
    for (scan_options.list_ignored = 100;; scan_options.list_ignored = 0) {
        scan_add("in");
        scan_expect("in/a.jpg|");
        ck_assert_uint_eq(loom_scan_ignored(scan), 8);
        ck_assert_uint_eq(loom_scan_ignored_for(scan, LOOM_IGNORED_KIND), 4);
        ck_assert_uint_eq(loom_scan_ignored_for(scan, LOOM_IGNORED_UNTRUSTED), 1);
        ck_assert_uint_eq(loom_scan_ignored_for(scan, LOOM_IGNORED_OUTPUT), 1);
        ck_assert_uint_eq(loom_scan_ignored_for(scan, LOOM_IGNORED_EXCLUDED), 1);
        ck_assert_uint_eq(loom_scan_ignored_for(scan, LOOM_IGNORED_NOT_INCLUDED), 1);
        if (scan_options.list_ignored == 0)
            break;
        expect_ignored("in/.hidden:kind|in/b.png:not-included|in/d/no.jpg:excluded|in/d/x.txt:kind|"
                       "in/e.svg:untrusted|in/made_.doc:kind|in/made_c.jpg:output|in/no.txt:kind|");
        scan_add("./in"); /* again: neither counted nor named */
        ck_assert_uint_eq(loom_scan_ignored_count(scan), 8);
        scan_again();
    }
    expect_ignored("");
    scan_again();
    scan_options.list_ignored = 2;
    scan_add("in");
    expect_ignored("in/.hidden:kind|in/b.png:not-included|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 8);
}
END_TEST

/*
 * What hides a picture is the last reason looked for. A folder counts as one; the output folder and
 * folders that other options leave out do not.
 */
START_TEST(test_what_is_hidden_or_linked)
{
    static const char *const exclude[] = {"no*", ".no*"};
    static const char *const names[] = {"in/a.jpg",      "in/.b.jpg",    "in/.DS_Store",
                                        "in/.c/x.jpg",   "in/.no/x.jpg", "in/.no.jpg",
                                        "in/.out/x.jpg", "else/d.jpg"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        tmpdir_touch(names[i]);
    ck_assert_int_eq(symlink("../else", "in/e"), 0);
    ck_assert_int_eq(symlink("../else", "in/.e"), 0);
    ck_assert_int_eq(symlink("../else", "in/no_e"), 0);
    ck_assert_int_eq(symlink(".out", "in/o"), 0);
    ck_assert_int_eq(symlink("../else/d.jpg", "in/.f.jpg"), 0);
    scan_options.exclude = exclude;
    scan_options.exclude_count = 2;
    scan_options.output_root = "in/.out";
    for (scan_options.list_ignored = 100;; scan_options.list_ignored = 0) {
        scan_add("in");
        scan_expect("in/a.jpg|");
        ck_assert_uint_eq(loom_scan_ignored(scan), 7);
        ck_assert_uint_eq(loom_scan_ignored_for(scan, LOOM_IGNORED_KIND), 1);
        ck_assert_uint_eq(loom_scan_ignored_for(scan, LOOM_IGNORED_EXCLUDED), 1);
        ck_assert_uint_eq(loom_scan_ignored_for(scan, LOOM_IGNORED_HIDDEN), 4);
        ck_assert_uint_eq(loom_scan_ignored_for(scan, LOOM_IGNORED_LINKED_FOLDER), 1);
        if (scan_options.list_ignored == 0)
            break;
        expect_ignored("in/.DS_Store:kind|in/.b.jpg:hidden|in/.c/:hidden|in/.e/:hidden|"
                       "in/.f.jpg:hidden|in/.no.jpg:excluded|in/e/:linked-folder|");
        scan_add("./in"); /* again: neither counted nor named */
        ck_assert_uint_eq(loom_scan_ignored(scan), 7);
        scan_again();
    }
    scan_again();
    scan_options.hidden = scan_options.follow = true;
    scan_options.list_ignored = 100;
    scan_add("in");
    expect_ignored("in/.DS_Store:kind|in/.no.jpg:excluded|");
    scan_again();
    scan_options.hidden = scan_options.follow = false;
    scan_options.max_depth = 1; /* nothing below is looked at */
    scan_add("in");
    expect_ignored("in/.DS_Store:kind|in/.b.jpg:hidden|in/.f.jpg:hidden|in/.no.jpg:excluded|");
}
END_TEST

START_TEST(test_globs_ignore_case_if_told)
{
    static const char *const include[] = {"img_*.jpg"}, *const exclude[] = {"Private/"};

    tmpdir_touch("in/IMG_1.JPG");
    tmpdir_touch("in/img_2.jpg");
    tmpdir_touch("in/private/img_3.jpg");
    scan_options.include = include;
    scan_options.include_count = 1;
    scan_options.exclude = exclude;
    scan_options.exclude_count = 1;
    scan_add("in");
    scan_expect("in/img_2.jpg|in/private/img_3.jpg|");
    scan_again();
    scan_options.ignore_case = true;
    scan_add("in");
    scan_expect("in/IMG_1.JPG|in/img_2.jpg|");
}
END_TEST

START_TEST(test_untrusted_when_allowed)
{
    tmpdir_touch("in/a.svg");
    tmpdir_touch("in/b.JXL");
    tmpdir_touch("in/c.svgz");
    tmpdir_touch("in/d.pdf");
    tmpdir_touch("in/e.txt");
    scan_add("in");
    scan_expect("");
    ck_assert_uint_eq(loom_scan_ignored(scan), 5);
    scan_again();
    scan_options.allow_untrusted = true;
    scan_add("in");
    scan_expect("in/a.svg|in/b.JXL|in/c.svgz|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 2);
}
END_TEST

/* Raw files of cameras, if they are asked for; the reason comes before that of outputs. */
START_TEST(test_raw_when_asked)
{
    static const char *const names[] = {"a.CR2", "b.nef", "c.dng", "d.raf", "e.srw", "f.crw"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[32];
        (void)snprintf(path, sizeof path, "in/%s", names[i]);
        tmpdir_touch(path);
    }
    scan_options.skip_prefix = "c";
    scan_add("in");
    scan_expect("");
    ck_assert_uint_eq(loom_scan_ignored_for(scan, LOOM_IGNORED_RAW), 5);
    ck_assert_uint_eq(loom_scan_ignored_for(scan, LOOM_IGNORED_KIND), 1);
    scan_add("in/a.CR2"); /* named: always taken */
    scan_expect("in/a.CR2|");
    scan_again();
    scan_options.raw = true;
    scan_add("in");
    scan_expect("in/a.CR2|in/b.nef|in/d.raf|in/e.srw|");
    ck_assert_uint_eq(loom_scan_ignored_for(scan, LOOM_IGNORED_RAW), 0);
    ck_assert_uint_eq(loom_scan_ignored_for(scan, LOOM_IGNORED_OUTPUT), 1);
}
END_TEST

START_TEST(test_hidden)
{
    tmpdir_touch("in/.hidden.jpg");
    tmpdir_touch("in/.jpg");
    tmpdir_touch("in/.folder/a.jpg");
    tmpdir_touch("in/b.jpg");
    scan_add("in");
    scan_expect("in/b.jpg|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 3); /* a folder counts as one */
    scan_add("in/.hidden.jpg");
    scan_expect("in/b.jpg|in/.hidden.jpg|");
    scan_again();
    scan_options.hidden = true;
    scan_add("in");
    scan_expect("in/.folder/a.jpg|in/.hidden.jpg|in/b.jpg|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 1); /* ".jpg" has no extension */
}
END_TEST

START_TEST(test_max_depth)
{
    tmpdir_touch("in/1.jpg");
    tmpdir_touch("in/a/2.jpg");
    tmpdir_touch("in/a/b/3.jpg");
    scan_options.max_depth = 1;
    scan_add("in");
    scan_expect("in/1.jpg|");
    scan_again();
    scan_options.max_depth = 2;
    scan_add("in");
    scan_expect("in/1.jpg|in/a/2.jpg|");
    scan_add("in/a"); /* walked again, from there */
    scan_expect("in/1.jpg|in/a/2.jpg|in/a/b/3.jpg|");
}
END_TEST

START_TEST(test_strange_names)
{
    tmpdir_touch("in/a\nb.jpg");
    tmpdir_touch("in/\xC3\x28\xFF.jpg");
    tmpdir_touch("in/-rf.jpg");
    tmpdir_touch("in/x[page=3].jpg");
    tmpdir_touch("in/ .jpg");
    scan_add("in");
    scan_expect("in/ .jpg|in/-rf.jpg|in/a\nb.jpg|in/x[page=3].jpg|in/\xC3\x28\xFF.jpg|");
}
END_TEST

START_TEST(test_globs)
{
    static const char *const include[] = {"*.jpg", "keep/*.png"};
    static const char *const exclude[] = {"raw", "tmp/", "keep/x*", "**/no.jpg"};

    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/a.png");
    tmpdir_touch("in/no.jpg");
    tmpdir_touch("in/tmp");
    tmpdir_touch("in/keep/sub/deep.png");
    tmpdir_touch("in/keep/sub/no.jpg");
    tmpdir_touch("in/keep/b.png");
    tmpdir_touch("in/keep/x.jpg");
    tmpdir_touch("in/raw/c.jpg");
    tmpdir_touch("in/keep/raw/c.jpg");
    tmpdir_touch("in/keep/tmp/c.jpg");
    tmpdir_touch("in/raw.jpg");
    tmpdir_touch("in/[x].jpg");
    scan_options.include = include;
    scan_options.include_count = 2;
    scan_options.exclude = exclude;
    scan_options.exclude_count = 4;
    scan_add("in");
    scan_expect("in/[x].jpg|in/a.jpg|in/keep/b.png|in/keep/sub/deep.png|in/raw.jpg|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 5); /* a.png, both no.jpg, tmp, keep/x.jpg */
}
END_TEST

/* Which globs match is known also behind another one that does, and of what is ignored. */
START_TEST(test_globs_that_match_nothing)
{
    static const char *const include[] = {"a*", "*.jpg", "*.png", "notes*"};
    static const char *const exclude[] = {"sub", "sub/b.jpg", "*.txt", "*.tmp", "*/", ".h"};
    static const bool included[] = {true, true, false, false};
    static const bool excluded[] = {true, false, true, false, true, true};

    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/sub/b.jpg");
    tmpdir_touch("in/.h/b.jpg");
    tmpdir_touch("in/notes.txt");
    scan_options.include = include;
    scan_options.include_count = 4;
    scan_options.exclude = exclude;
    scan_options.exclude_count = 6;
    for (size_t list = 0; list < 2; list++) { /* as it is, and naming what is ignored */
        scan_options.list_ignored = list * 10;
        scan_again();
        scan_add("in");
        scan_expect("in/a.jpg|");
        for (size_t i = 0; i < 4; i++)
            ck_assert_int_eq(loom_scan_include_matched(scan, i), included[i]);
        for (size_t i = 0; i < 6; i++)
            ck_assert_int_eq(loom_scan_exclude_matched(scan, i), excluded[i]);
    }
}
END_TEST

START_TEST(test_prefix_and_suffix)
{
    tmpdir_touch("in/processed_a.jpg");
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/a_small.jpg");
    tmpdir_touch("in/a_small_.jpg");
    tmpdir_touch("in/small.jpg");
    scan_options.skip_prefix = "processed_";
    scan_options.skip_suffix = "_small";
    scan_add("in");
    scan_expect("in/a.jpg|in/a_small_.jpg|in/small.jpg|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 2);
    scan_add("in/processed_a.jpg");
    scan_expect("in/a.jpg|in/a_small_.jpg|in/small.jpg|in/processed_a.jpg|");
}
END_TEST

START_TEST(test_output_root_is_not_entered)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/out/b.jpg");
    tmpdir_touch("in/sub/out/c.jpg");
    scan_options.output_root = "in/./out";
    scan_add("in");
    scan_expect("in/a.jpg|in/sub/out/c.jpg|");
    scan_add("in/out"); /* asked for by name: an input like others */
    scan_expect("in/a.jpg|in/sub/out/c.jpg|in/out/b.jpg|");
}
END_TEST

/* With an output folder names tell outputs in that folder alone. */
START_TEST(test_prefix_in_the_output_root)
{
    tmpdir_touch("out/p_a.jpg");
    tmpdir_touch("out/sub/p_b.jpg");
    tmpdir_touch("out/sub/b.jpg");
    tmpdir_touch("in/p_c.jpg");
    ck_assert_int_eq(symlink("out/sub", "alias"), 0);
    scan_options.output_root = "out";
    scan_options.skip_prefix = "p_";
    scan_add("in");
    scan_add("alias");
    scan_expect("in/p_c.jpg|alias/b.jpg|");
    ck_assert_uint_eq(loom_scan_ignored(scan), 1);
}
END_TEST

START_TEST(test_links_into_the_output_root)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("out/sub/b.jpg");
    tmpdir_touch("other/c.jpg");
    ck_assert_int_eq(symlink("../out/sub", "in/link"), 0);
    ck_assert_int_eq(symlink("../other", "in/other"), 0);
    scan_options.output_root = "out";
    scan_options.follow = true;
    scan_add("in");
    scan_expect("in/a.jpg|in/other/c.jpg|");
}
END_TEST

START_TEST(test_deep_tree)
{
    enum { LEVELS = 1000 };
    loom_strbuf path = LOOM_STRBUF_INIT;

    tmpdir_touch("in/a.jpg");
    ck_assert_int_eq(chdir("in"), 0);
    loom_strbuf_add_str(&path, "in");
    for (int i = 0; i < LEVELS; i++) {
        ck_assert_int_eq(mkdir("folder", 0777), 0);
        ck_assert_int_eq(chdir("folder"), 0);
        loom_strbuf_add_str(&path, "/folder");
        tmpdir_touch("z.jpg"); /* after the folder: each level is opened again on the way back */
    }
    loom_strbuf_add_str(&path, "/z.jpg");
    ck_assert_int_eq(chdir(tmpdir_path()), 0);
    scan_add("in");
    ck_assert_uint_eq(loom_scan_count(scan), LEVELS + 1);
    ck_assert_str_eq(loom_scan_entry(scan, 1)->path, path.data);
    ck_assert_str_eq(loom_scan_entry(scan, LEVELS)->path, "in/folder/z.jpg");
    for (size_t i = 0; i < loom_scan_count(scan); i++)
        ck_assert_ptr_null(loom_scan_entry(scan, i)->error);
    loom_strbuf_release(&path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("scan");
    TCase *walk = tcase_create("walk");

    tcase_set_timeout(walk, 60); /* a deep tree on a busy machine */
    tcase_add_checked_fixture(walk, scan_setup, scan_teardown);
    tcase_add_test(walk, test_sorted_with_folders_among_files);
    tcase_add_test(walk, test_paths_are_joined_by_one_slash);
    tcase_add_test(walk, test_what_an_entry_holds);
    tcase_add_test(walk, test_extensions);
    tcase_add_test(walk, test_ignored_are_named);
    tcase_add_test(walk, test_what_is_hidden_or_linked);
    tcase_add_test(walk, test_globs_ignore_case_if_told);
    tcase_add_test(walk, test_untrusted_when_allowed);
    tcase_add_test(walk, test_raw_when_asked);
    tcase_add_test(walk, test_hidden);
    tcase_add_test(walk, test_max_depth);
    tcase_add_test(walk, test_strange_names);
    tcase_add_test(walk, test_globs);
    tcase_add_test(walk, test_globs_that_match_nothing);
    tcase_add_test(walk, test_prefix_and_suffix);
    tcase_add_test(walk, test_output_root_is_not_entered);
    tcase_add_test(walk, test_prefix_in_the_output_root);
    tcase_add_test(walk, test_links_into_the_output_root);
    tcase_add_test(walk, test_deep_tree);
    suite_add_tcase(suite, walk);

    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
