#include "files/naming.h"

#include "base/index_set.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <string.h>
#include <unistd.h>

static loom_strbuf out;

static void setup(void)
{
    out = (loom_strbuf)LOOM_STRBUF_INIT;
}

static void teardown(void)
{
    loom_strbuf_release(&out);
}

static const struct {
    const char *name;
    loom_format wanted;
    const char *prefix, *suffix, *result;
    loom_format format;
} names[] = {
    {"a.jpg", LOOM_FORMAT_SAME, "", "", "a.jpg", LOOM_FORMAT_JPEG},
    {"a.jpeg", LOOM_FORMAT_SAME, "", "", "a.jpeg", LOOM_FORMAT_JPEG},
    {"a.JPG", LOOM_FORMAT_SAME, "processed_", "", "processed_a.JPG", LOOM_FORMAT_JPEG},
    {"a.JfIf", LOOM_FORMAT_JPEG, "", "_s", "a_s.JfIf", LOOM_FORMAT_JPEG},
    {"a.TIFF", LOOM_FORMAT_SAME, "p", "s", "pas.TIFF", LOOM_FORMAT_TIFF},
    {"a.png", LOOM_FORMAT_JPEG, "", "", "a.jpg", LOOM_FORMAT_JPEG},
    {"a.jpg", LOOM_FORMAT_TIFF, "", "", "a.tif", LOOM_FORMAT_TIFF},
    {"a.bmp", LOOM_FORMAT_SAME, "", "", "a.png", LOOM_FORMAT_PNG},
    {"a.HEIC", LOOM_FORMAT_SAME, "", "", "a.jpg", LOOM_FORMAT_JPEG},
    {"a", LOOM_FORMAT_SAME, "", "", "a.png", LOOM_FORMAT_PNG},
    {"a", LOOM_FORMAT_WEBP, "p_", "_s", "p_a_s.webp", LOOM_FORMAT_WEBP},
    {"a.dat", LOOM_FORMAT_SAME, "", "", "a.png", LOOM_FORMAT_PNG},
    {"a.b.c.jpg", LOOM_FORMAT_PNG, "", "-s", "a.b.c-s.png", LOOM_FORMAT_PNG},
    {".jpg", LOOM_FORMAT_SAME, "", "", ".jpg.png", LOOM_FORMAT_PNG},
    {".hidden.jpg", LOOM_FORMAT_SAME, "", "_s", ".hidden_s.jpg", LOOM_FORMAT_JPEG},
    {"a.", LOOM_FORMAT_JPEG, "", "", "a.jpg", LOOM_FORMAT_JPEG},
    {"a\n\xFF[page=1].gif", LOOM_FORMAT_SAME, "", "", "a\n\xFF[page=1].gif", LOOM_FORMAT_GIF},
};

START_TEST(test_file_names)
{
    loom_format format = loom_naming_format(names[_i].name, names[_i].wanted);

    ck_assert_int_eq(format, names[_i].format);
    loom_strbuf_add_str(&out, "dir/");
    loom_naming_file(&out, names[_i].name, format, names[_i].prefix, names[_i].suffix);
    ck_assert_int_eq(strncmp(loom_strbuf_str(&out), "dir/", 4), 0);
    ck_assert_str_eq(loom_strbuf_str(&out) + 4, names[_i].result);
}
END_TEST

/* A dot in the folder's name is no extension. */
START_TEST(test_format_by_last_component)
{
    ck_assert_int_eq(loom_naming_format("a.jpg/b", LOOM_FORMAT_SAME), LOOM_FORMAT_PNG);
    ck_assert_int_eq(loom_naming_format("a.jpg/b.gif", LOOM_FORMAT_SAME), LOOM_FORMAT_GIF);
}
END_TEST

static const struct {
    const char *folder, *result; /* NULL: leaves */
} trees[] = {
    {"", "root"},
    {"a/b/", "root/a/b"},
    {"a//b", "root/a/b"},
    {"./a/./b/.", "root/a/b"},
    {"a/../b/", "root/b"},
    {"a/b/../../", "root"},
    {"a/b/../../c", "root/c"},
    {"..", NULL},
    {"../a", NULL},
    {"a/../../b", NULL},
    {"a/../../root", NULL},
    {"...", "root/..."},
    {"..a/b..", "root/..a/b.."},
};

START_TEST(test_trees)
{
    loom_strbuf_add_str(&out, "to/root");
    bool inside = loom_naming_tree(&out, trees[_i].folder, strlen(trees[_i].folder));
    ck_assert_int_eq(inside, trees[_i].result != NULL);
    ck_assert_str_eq(loom_strbuf_str(&out) + 3, inside ? trees[_i].result : "root");
}
END_TEST

static const struct {
    const char *folder, *result;
} bases[] = {
    {"photos", "photos"},
    {"photos///", "photos"},
    {"a/photos", "photos"},
    {"/a/photos/", "photos"},
    {"sub/.", "sub"},
    {"sub/inner/..", "sub"},
    {"link/.", "sub"},
    {"../up", "up"},
    {"/", ""},
    {"/..", ""},
    {"sub/../sub/./.", "sub"},
    {".hidden", ".hidden"},
};

START_TEST(test_folder_bases)
{
    tmpdir_enter();
    tmpdir_mkdir("sub/inner");
    ck_assert_int_eq(symlink("sub", "link"), 0);
    ck_assert(loom_naming_folder_base(&out, bases[_i].folder));
    ck_assert_str_eq(loom_strbuf_str(&out), bases[_i].result);
    tmpdir_leave();
}
END_TEST

START_TEST(test_base_of_current_folder)
{
    tmpdir_enter();
    ck_assert(loom_naming_folder_base(&out, "."));
    ck_assert_str_eq(loom_strbuf_str(&out), strrchr(tmpdir_path(), '/') + 1);
    ck_assert(!loom_naming_folder_base(&out, "missing/."));
    tmpdir_leave();
}
END_TEST

static const struct {
    const char *text, *folded;
} folds[] = {
    {"", ""},
    {"IMG_01.JPG", "img_01.jpg"},
    {"Ä Ö Ü ß", "ä ö ü ß"},
    {"ΣΊΣΥΦΟΣ", "σίσυφοσ"},
    {"Σίσυφος", "σίσυφοσ"},
    {"ЖЁ", "жё"},
    {"\U00010400", "\U00010428"}, /* Deseret: four bytes */
    {"日本", "日本"},
    {"A\xFF\xC3Z", "a\xFF\xC3z"},
};

START_TEST(test_fold)
{
    loom_naming_fold(&out, folds[_i].text, strlen(folds[_i].text));
    ck_assert_str_eq(loom_strbuf_str(&out), folds[_i].folded);
}
END_TEST

/* ---- templates ----------------------------------------------------------- */

static const struct {
    const char *name_template, *dir;
    loom_size size;
    const char *result;
    bool good;
} expansions[] = {
    {"{dir}/{stem}.{ext}", "a/b", {0, 0, 0}, "a/b/S.T.JPG", true},
    {"{dir}/{stem}.{ext}", "", {0, 0, 0}, "S.T.JPG", true},
    {"x/{dir}/{stem}.{ext}", "", {0, 0, 0}, "x/S.T.JPG", true},
    {"x{dir}/{stem}", "", {0, 0, 0}, "x/S.T", true},
    {"x{dir}/{stem}", "d", {0, 0, 0}, "xd/S.T", true},
    {"{dir}/{dir}/y", "", {0, 0, 0}, "y", true},
    {"{dir}//y", "", {0, 0, 0}, "/y", false},
    {"{width}x{height}", "", {800, 600, 0}, "800x600", true},
    {"{width}x{height}", "", {800, 0, 0}, "800xauto", true},
    {"{width}x{height}", "", {0, 600, 0}, "autox600", true},
    {"{width}x{height}", "", {0, 0, 0}, "autoxauto", true},
    {"{width}x{height}", "", {0, 0, 50}, "50px50p", true},
    {"{format}{{{stem}}}", "", {0, 0, 0}, "jpeg{S.T}", true},
    {"{{stem}}", "", {0, 0, 0}, "{stem}", true},
    {"}}{{", "", {0, 0, 0}, "}{", true},
    {"{n}-{date}.{inputext}", "", {0, 0, 0}, "007-2024-05-01.PNG", true},
    {"{taken}{parent}{n}", "", {0, 0, 0}, "007", true},
    {"a//b/./c", "", {0, 0, 0}, "a/b/c", true},
    {"./a", "", {0, 0, 0}, "a", true},
    {"...", "", {0, 0, 0}, "...", true},
    {"a..b", "", {0, 0, 0}, "a..b", true},
    {"{dir}/..x", "", {0, 0, 0}, "..x", true},
    {"x../{stem}", "", {0, 0, 0}, "x../S.T", true},
    {"{dir}", "..", {0, 0, 0}, "..", false},
    {"a/{dir}", "..", {0, 0, 0}, "a/..", false},
    {"a/{dir}/b", "..", {0, 0, 0}, "a/../b", false},
    {"{dir}/b", "..", {0, 0, 0}, "../b", false},
    {"{dir}../b", "", {0, 0, 0}, "../b", false},
    {"{parent}/b", "", {0, 0, 0}, "/b", false},
    {"a/.", "", {0, 0, 0}, "a/.", false},
    {"a/{dir}", "", {0, 0, 0}, "a/", false},
    {"{dir}", "", {0, 0, 0}, "", false},
    {"\xFF\n%s", "", {0, 0, 0}, "\xFF\n%s", true},
};

START_TEST(test_template_expand)
{
    const loom_name_parts parts = {.dir = expansions[_i].dir,
                                   .stem = "S.T!",
                                   .stem_size = 3,
                                   .extension = "JPG",
                                   .format = "jpeg",
                                   .size = expansions[_i].size,
                                   .input_extension = "PNG",
                                   .number = "007",
                                   .date = "2024-05-01"};

    ck_assert_int_eq(loom_name_template_check(expansions[_i].name_template, NULL), LOOM_OK);
    loom_strbuf_add_str(&out, "root/");
    const char *reason = loom_name_template_expand(&out, expansions[_i].name_template, &parts);
    ck_assert_str_eq(loom_strbuf_str(&out) + 5, expansions[_i].result);
    ck_assert_int_eq(reason == NULL, expansions[_i].good);
}
END_TEST

#define FIELDS                                                                                     \
    ": {dir}, {parent}, {stem}, {inputext}, {ext}, {format}, {width}, {height}, {n}, {date} or "   \
    "{taken}; {{ and }} stand for braces"

#define BELOW "; names are paths below the output folder"

static const struct {
    const char *name_template, *message;
} refusals[] = {
    {"", "the name template is empty"},
    {"{dir}/", "'{dir}/' ends in a slash; it must end in a file's name"},
    {"a{wdth}b", "'{wdth}' is not a field of a name" FIELDS},
    {"{}", "'{}' is not a field of a name" FIELDS},
    {"{Stem}", "'{Stem}' is not a field of a name" FIELDS},
    {"{stem }", "'{stem }' is not a field of a name" FIELDS},
    {"{stem", "'{stem' lacks its closing brace" FIELDS},
    {"a{", "'{' lacks its closing brace" FIELDS},
    {"{ste{stem}", "'{ste' lacks its closing brace" FIELDS},
    {"{{{stem", "'{stem' lacks its closing brace" FIELDS},
    {"../{stem}", "'../{stem}' has a folder '..'" BELOW},
    {"a/../{stem}", "'a/../{stem}' has a folder '..'" BELOW},
    {"{dir}/..", "'{dir}/..' has a folder '..'" BELOW},
    {"..", "'..' has a folder '..'" BELOW},
    {"/{stem}", "'/{stem}' begins with a slash" BELOW},
    {"stem}", "'stem}' has a closing brace without an opening one; }} stands for a brace"},
    {"{stem}}", "'{stem}}' has a closing brace without an opening one; }} stands for a brace"},
};

START_TEST(test_template_check)
{
    loom_error error = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_name_template_check(refusals[_i].name_template, &error), LOOM_ERR_USAGE);
    ck_assert_str_eq(error.message, refusals[_i].message);
}
END_TEST

START_TEST(test_template_check_sizes)
{
    loom_recipe recipe = {.sizes = {{11, 1, 0}, {1, 11, 0}, {0, 0, 1}, {0, 0, 0}}, .size_count = 4};
    loom_error error = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_name_template_check_outputs("{width}.{height}", &recipe, NULL), LOOM_OK);
    ck_assert_int_eq(loom_name_template_check_outputs("{width}{height}", &recipe, &error),
                     LOOM_ERR_USAGE);
    ck_assert_str_eq(error.message, "the name template '{width}{height}' gives the sizes 11x1 and "
                                    "1x11 the same name; use {width} and {height}");
    recipe.size_count = 1;
    ck_assert_int_eq(loom_name_template_check_outputs("{stem}", &recipe, NULL), LOOM_OK);
    recipe.formats[0] = recipe.format = LOOM_FORMAT_WEBP;
    recipe.formats[1] = LOOM_FORMAT_AVIF;
    recipe.format_count = 2;
    ck_assert_int_eq(loom_name_template_check_outputs("{stem}.{ext}", &recipe, NULL), LOOM_OK);
    ck_assert_int_eq(loom_name_template_check_outputs("{format}/{stem}", &recipe, NULL), LOOM_OK);
    loom_error_clear(&error);
    ck_assert_int_eq(loom_name_template_check_outputs("{stem}.x", &recipe, &error), LOOM_ERR_USAGE);
    ck_assert_str_eq(error.message, "the name template '{stem}.x' gives the formats webp and avif "
                                    "the same name; use {ext} or {format}");
}
END_TEST

static bool same_number(const void *context, uint32_t item, const void *key)
{
    (void)context;
    return item == *(const uint32_t *)key;
}

/* Many items under few hashes: all are found, none that was not added. */
START_TEST(test_path_set)
{
    loom_index_set set = {NULL, 0, 0};
    uint32_t number = 7;

    ck_assert_uint_eq(loom_index_set_find(&set, 1, same_number, NULL, &number),
                      LOOM_INDEX_SET_NONE);
    for (number = 0; number < 1000; number++)
        ck_assert(loom_index_set_add(&set, (uint64_t)(number % 5) << 40, number));
    ck_assert_uint_eq(set.count, 1000);
    for (number = 0; number < 1000; number++) {
        ck_assert_uint_eq(
            loom_index_set_find(&set, (uint64_t)(number % 5) << 40, same_number, NULL, &number),
            number);
        ck_assert_uint_eq(loom_index_set_find(&set, (uint64_t)((number + 1) % 5) << 40, same_number,
                                              NULL, &number),
                          LOOM_INDEX_SET_NONE);
    }
    loom_index_set_release(&set);
    ck_assert_uint_eq(set.capacity, 0);
}
END_TEST

START_TEST(test_hashes)
{
    const loom_file_id one = {1, 2}, other = {2, 1};

    /* Test vectors of FNV-1a 64, from draft-eastlake-fnv appendix C. */
    ck_assert_uint_eq(loom_hash_bytes(0, "", 0), UINT64_C(0xcbf29ce484222325));
    ck_assert_uint_eq(loom_hash_bytes(0, "foobar", 6), UINT64_C(0x85944171f73967e8));
    ck_assert_uint_ne(loom_hash_bytes(1, "a", 1), loom_hash_bytes(2, "a", 1));
    ck_assert_uint_ne(loom_hash_id(one), loom_hash_id(other));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("naming");
    TCase *naming = tcase_create("naming");

    tcase_add_checked_fixture(naming, setup, teardown);
    tcase_add_loop_test(naming, test_file_names, 0, COUNT(names));
    tcase_add_test(naming, test_format_by_last_component);
    tcase_add_loop_test(naming, test_trees, 0, COUNT(trees));
    tcase_add_loop_test(naming, test_folder_bases, 0, COUNT(bases));
    tcase_add_test(naming, test_base_of_current_folder);
    tcase_add_loop_test(naming, test_fold, 0, COUNT(folds));
    tcase_add_loop_test(naming, test_template_expand, 0, COUNT(expansions));
    tcase_add_loop_test(naming, test_template_check, 0, COUNT(refusals));
    tcase_add_test(naming, test_template_check_sizes);
    tcase_add_test(naming, test_path_set);
    tcase_add_test(naming, test_hashes);
    suite_add_tcase(suite, naming);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
