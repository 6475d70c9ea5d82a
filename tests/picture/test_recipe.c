/* A recipe's defaults, and which combinations and ranges it may have. */
#include "picture/recipe_fields.h"
#include "support/fresh_recipe.h"
#include "support/suite.h"

#include <math.h>

START_TEST(init_changes_nothing)
{
    loom_recipe recipe;

    memset(&recipe, 0xFF, sizeof recipe);
    loom_recipe_init(&recipe);
    ck_assert_uint_eq(recipe.size_count, 1);
    for (unsigned i = 0; i < LOOM_SIZES_MAX; i++)
        recipe_assert_size(&recipe.sizes[i], 0, 0, 0);
    ck_assert_int_eq(recipe.fit, LOOM_FIT_COVER);
    ck_assert_int_eq(recipe.position, LOOM_POSITION_CENTRE);
    ck_assert_int_eq(recipe.kernel, LOOM_KERNEL_LANCZOS3);
    ck_assert(!recipe.no_upscale && !recipe.flip && !recipe.flop && !recipe.animated);
    ck_assert_double_eq(recipe.rotation, 0);
    ck_assert(recipe.auto_orient);
    ck_assert_int_eq(recipe.grayscale, LOOM_GRAYSCALE_NONE);
    ck_assert_int_eq(recipe.icc, LOOM_ICC_SRGB);
    ck_assert_int_eq(recipe.metadata, LOOM_METADATA_NONE);
    ck_assert_int_eq(recipe.effort, -1);
    ck_assert(!recipe.lossless && !recipe.progressive && recipe.max_bytes == 0);
    ck_assert_int_eq(recipe.chroma, LOOM_CHROMA_DEFAULT);
    ck_assert_int_eq(recipe.format, LOOM_FORMAT_SAME);
    ck_assert_int_eq(recipe.quality, 0);
    ck_assert(!recipe.background_given);
    ck_assert(recipe.background.red == 0 && recipe.background.green == 0 &&
              recipe.background.blue == 0 && recipe.background.alpha == 255);
    ck_assert_int_eq(loom_recipe_check(&recipe, NULL), LOOM_OK);
}
END_TEST

/* ---- check --------------------------------------------------------------- */

static const struct {
    const char *json;    /* laid over the defaults */
    const char *message; /* NULL: allowed */
} checks[] = {
    {"{\"width\":65500,\"height\":1,\"quality\":100,\"rotation\":270,\"flip\":true}", NULL},
    {"{\"autoOrient\":false,\"width\":10}", NULL},
    {"{\"background\":\"#ff000080\"}", NULL},
    {"{\"background\":\"#ff000080\",\"format\":\"png\"}", NULL},
    {"{\"background\":\"#ff0000\",\"format\":\"jpeg\"}", NULL},
    {"{\"background\":\"transparent\",\"format\":\"jpeg\"}",
     "a background that is not opaque needs a format with alpha, and jpeg has none"},
    {"{\"percent\":50,\"width\":10}", "a size of 50% cannot be combined with a width or height"},
    {"{\"percent\":50,\"height\":10}", "a size of 50% cannot be combined with a width or height"},
#define TURNED                                                                                     \
    "a rotation, flip or flop needs auto-orientation, because it starts from the upright picture"
    {"{\"autoOrient\":false,\"rotation\":90}", TURNED},
    {"{\"autoOrient\":false,\"flip\":true}", TURNED},
    {"{\"autoOrient\":false,\"flop\":true}", TURNED},
    {"{\"autoOrient\":false,\"rotation\":0.5}", TURNED},
    {"{\"autoOrient\":false,\"rotation\":360}", NULL},
    {"{\"position\":\"entropy\"}", NULL},
    {"{\"position\":\"attention\",\"fit\":\"cover\"}", NULL},
    {"{\"position\":\"south\",\"fit\":\"contain\"}", NULL},
    {"{\"position\":\"entropy\",\"fit\":\"contain\"}",
     "the position entropy selects the part that a crop keeps, so it needs the fit cover, not "
     "contain"},
    {"{\"position\":\"attention\",\"fit\":\"inside\"}",
     "the position attention selects the part that a crop keeps, so it needs the fit cover, not "
     "inside"},
    {"{\"sizes\":[{\"width\":8},{\"height\":8},{\"width\":8,\"height\":8},{\"percent\":8},{}]}",
     NULL},
    {"{\"sizes\":[{\"width\":8},{\"width\":9},{\"width\":8}]}",
     "sizes number 1 and 3 are the same"},
    {"{\"sizes\":[{\"width\":9},{\"width\":8,\"percent\":5}]}",
     "a size of 5% cannot be combined with a width or height"},
    {"{\"lossless\":true}", NULL},
    {"{\"lossless\":true,\"format\":\"webp\",\"chroma\":\"444\"}", NULL},
    {"{\"lossless\":true,\"format\":\"avif\"}", NULL},
    {"{\"lossless\":true,\"format\":\"jxl\"}", NULL},
    {"{\"lossless\":true,\"format\":\"png\"}", NULL},
    {"{\"lossless\":true,\"format\":\"tiff\"}", NULL},
#define LOSSY(format) "lossless is an option of webp, avif and jxl, not of " format
    {"{\"lossless\":true,\"format\":\"jpeg\"}", LOSSY("jpeg")},
    {"{\"lossless\":true,\"format\":\"gif\"}", LOSSY("gif")},
    {"{\"lossless\":true,\"chroma\":\"420\"}",
     "lossless cannot be combined with a chroma of 420, which loses colour samples"},
    {"{\"lossless\":true,\"maxBytes\":1000}",
     "lossless cannot be combined with a file size limit: there is no quality to search"},
    {"{\"maxBytes\":1000}", NULL},
    {"{\"maxBytes\":1000,\"quality\":90,\"format\":\"jxl\"}", NULL},
#define NO_QUALITY(format) "max-bytes is an option of jpeg, webp, avif and jxl, not of " format
    {"{\"maxBytes\":1000,\"format\":\"png\"}", NO_QUALITY("png")},
    {"{\"maxBytes\":1000,\"format\":\"gif\"}", NO_QUALITY("gif")},
    {"{\"maxBytes\":1000,\"format\":\"tiff\"}", NO_QUALITY("tiff")},
    {"{\"ssim\":0.98}", NULL},
    {"{\"ssim\":0.98,\"quality\":90,\"format\":\"avif\"}", NULL},
    {"{\"ssim\":0.98,\"maxBytes\":1000}",
     "a file size limit and a similarity cannot be combined: each of them is what the quality is "
     "searched for"},
    {"{\"ssim\":0.98,\"lossless\":true}",
     "lossless cannot be combined with a similarity: there is no quality to search"},
    {"{\"ssim\":0.98,\"nearLossless\":60,\"format\":\"webp\"}",
     "lossless cannot be combined with a similarity: there is no quality to search"},
    {"{\"ssim\":0.98,\"format\":\"png\"}",
     "ssim is an option of jpeg, webp, avif and jxl, not of png"},
    {"{\"ssim\":0.98,\"format\":\"tiff\"}",
     "ssim is an option of jpeg, webp, avif and jxl, not of tiff"},
    {"{\"ssim\":0.98,\"palette\":true,\"format\":\"png\"}",
     "ssim is an option of jpeg, webp, avif and jxl, not of png"},
    {"{\"ssim\":98}", "the recipe's 'ssim' is not a number from 0.5 to 1 or null"},
    {"{\"chroma\":\"444\"}", NULL},
    {"{\"chroma\":\"444\",\"format\":\"jpeg\"}", NULL},
    {"{\"chroma\":\"420\",\"format\":\"webp\"}", NULL},
    {"{\"chroma\":\"420\",\"format\":\"avif\"}", NULL},
#define NO_CHROMA(format) "chroma is an option of jpeg, webp and avif, not of " format
    {"{\"chroma\":\"420\",\"format\":\"png\"}", NO_CHROMA("png")},
    {"{\"chroma\":\"444\",\"format\":\"gif\"}", NO_CHROMA("gif")},
    {"{\"chroma\":\"444\",\"format\":\"tiff\"}", NO_CHROMA("tiff")},
    {"{\"chroma\":\"444\",\"format\":\"jxl\"}", NO_CHROMA("jxl")},
    {"{\"progressive\":true}", NULL},
    {"{\"progressive\":true,\"format\":\"jpeg\"}", NULL},
    {"{\"progressive\":true,\"format\":\"png\"}", NULL},
    {"{\"progressive\":true,\"format\":\"gif\"}", NULL},
#define NOT_PROGRESSIVE(format) "progressive is an option of jpeg, png and gif, not of " format
    {"{\"progressive\":true,\"format\":\"webp\"}", NOT_PROGRESSIVE("webp")},
    {"{\"progressive\":true,\"format\":\"avif\"}", NOT_PROGRESSIVE("avif")},
    {"{\"progressive\":true,\"format\":\"tiff\"}", NOT_PROGRESSIVE("tiff")},
    {"{\"progressive\":true,\"format\":\"jxl\"}", NOT_PROGRESSIVE("jxl")},
};

START_TEST(check_of_combinations)
{
    loom_recipe recipe = recipe_fresh();
    loom_error err = LOOM_ERROR_INIT;
    loom_status status =
        loom_recipe_from_json(&recipe, checks[_i].json, strlen(checks[_i].json), &err);

    ck_assert_str_eq(err.message, checks[_i].message != NULL ? checks[_i].message : "");
    ck_assert_int_eq(status, checks[_i].message != NULL ? LOOM_ERR_USAGE : LOOM_OK);
}
END_TEST

#define REFUSED(member, value, text)                                                               \
    do {                                                                                           \
        loom_recipe recipe = recipe_fresh();                                                       \
        loom_error err = LOOM_ERROR_INIT;                                                          \
        recipe.member = (value);                                                                   \
        ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_ERR_USAGE);                        \
        ck_assert_str_eq(err.message, text);                                                       \
    } while (0)

static loom_status check_rotation(double degrees)
{
    loom_recipe recipe = recipe_fresh();

    recipe.rotation = degrees;
    return loom_recipe_check(&recipe, NULL);
}

START_TEST(check_of_ranges)
{
    REFUSED(sizes[0].width, 65501, "a width of 65501 is not from 1 to 65500");
    REFUSED(sizes[0].height, 65501, "a height of 65501 is not from 1 to 65500");
    REFUSED(sizes[0].percent, 10001, "a size of 10001% is not from 1% to 10000%");
    REFUSED(size_count, 0, "a number of 0 sizes is not from 1 to 16");
    REFUSED(size_count, 17, "a number of 17 sizes is not from 1 to 16");
    REFUSED(size_count, 2, "sizes number 1 and 2 are the same");
    REFUSED(rotation, 360, "a rotation of 360 is not from 0 to less than 360");
    REFUSED(rotation, -90, "a rotation of -90 is not from 0 to less than 360");
    REFUSED(rotation, INFINITY, "a rotation of inf is not from 0 to less than 360");
    ck_assert_int_eq(check_rotation(NAN), LOOM_ERR_USAGE);
    REFUSED(effort, 11, "the recipe's 'effort' is not from 0 to 10");
    REFUSED(effort, -2, "the recipe's 'effort' is not from 0 to 10");
    REFUSED(max_bytes, UINT64_MAX, "the recipe's 'maxBytes' is not from 1 to 9223372036854775807");
    REFUSED(quality, 101, "the recipe's 'quality' is not from 1 to 100");
    REFUSED(quality, -1, "the recipe's 'quality' is not from 1 to 100");
    REFUSED(format, LOOM_FORMAT_HEIC, "heic is not an output format");
    REFUSED(format, LOOM_FORMAT_COUNT, "unknown is not an output format");
    REFUSED(fit, (loom_fit)5, "there is no fit number 5");
    REFUSED(position, (loom_position)11, "there is no position number 11");
    REFUSED(kernel, (loom_kernel)6, "there is no kernel number 6");
    REFUSED(grayscale, (loom_grayscale)3, "there is no grayscale number 3");
    REFUSED(icc, (loom_icc)2, "there is no icc number 2");
    REFUSED(metadata, (loom_metadata)32, "there is no metadata number 32");
    REFUSED(dpi, 65536, "the recipe's 'dpi' is not from 1 to 65535");
    REFUSED(format_count, 9, "a number of 9 formats is more than 8");
    REFUSED(chroma, (loom_chroma)3, "there is no chroma number 3");
}
END_TEST

START_TEST(made_by_functions)
{
    const loom_recipe fresh = recipe_fresh();
    loom_recipe *recipe = loom_recipe_create();

    ck_assert_ptr_nonnull(recipe);
    ck_assert_mem_eq(recipe, &fresh, sizeof fresh);
    recipe->quality = 7;
    loom_recipe *copy = loom_recipe_copy(recipe);
    ck_assert_ptr_nonnull(copy);
    ck_assert_mem_eq(copy, recipe, sizeof fresh);
    loom_recipe_free(recipe);
    ck_assert_int_eq(copy->quality, 7);
    loom_recipe_free(copy);
    loom_recipe_free(NULL);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("recipe");
    TCase *check = tcase_create("check");

    tcase_add_test(check, init_changes_nothing);
    tcase_add_test(check, made_by_functions);
    tcase_add_loop_test(check, check_of_combinations, 0, COUNT(checks));
    tcase_add_test(check, check_of_ranges);
    suite_add_tcase(suite, check);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
