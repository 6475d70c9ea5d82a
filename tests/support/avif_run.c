#include "support/avif_run.h"

#include "support/engine_run.h"
#include "support/patches.h"
#include "support/tmpdir.h"

void avif_make(heif_file *file, const oracle_image *picture, const sample_extras *extras)
{
    engine_request request = engine_request_default();

    request.format = LOOM_FORMAT_AVIF;
    request.recipe.quality = 100;
    request.recipe.chroma = LOOM_CHROMA_444;
    sample_png("coded.png", picture, extras);
    loom_outcome outcome = engine_run_written(&request, "coded.png", "coded.avif", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
    heif_file_read(file, "coded.avif");
}

oracle_image avif_render(heif_file *file)
{
    const engine_request request = engine_request_default();

    heif_file_write(file, "in.avif");
    heif_file_release(file);
    return engine_render(&request, "in.avif");
}

void avif_make_gray(heif_file *file)
{
    oracle_image picture = patches_make(4, 255, 255);

    for (uint32_t i = 0; i < PATCHES; i++)
        sample_fill(&picture, i * PATCH, 0, PATCH, PATCH,
                    (const uint16_t[]){9, 9, 9, patch_colours[i][0]});
    avif_make(file, &picture, NULL);
    file->primary = file->primary == 1 ? 2 : 1;
    file->reference_count = 0;
    heif_file_drop_property(file, file->primary, "auxC");
    heif_file_set_codes(file, file->primary, 1, 13, 2, true);
    oracle_release(&picture);
}

void avif_write_ten_bits(const char *path)
{
    static const unsigned char ten_bits[] = {
        0,   0,   0,   32,  102, 116, 121, 112, 97,  118, 105, 102, 0,   0,   0,   0,   97,  118,
        105, 102, 109, 105, 102, 49,  109, 105, 97,  102, 77,  65,  49,  65,  0,   0,   0,   242,
        109, 101, 116, 97,  0,   0,   0,   0,   0,   0,   0,   40,  104, 100, 108, 114, 0,   0,
        0,   0,   0,   0,   0,   0,   112, 105, 99,  116, 0,   0,   0,   0,   0,   0,   0,   0,
        0,   0,   0,   0,   108, 105, 98,  97,  118, 105, 102, 0,   0,   0,   0,   14,  112, 105,
        116, 109, 0,   0,   0,   0,   0,   1,   0,   0,   0,   30,  105, 108, 111, 99,  0,   0,
        0,   0,   68,  0,   0,   1,   0,   1,   0,   0,   0,   1,   0,   0,   1,   26,  0,   0,
        0,   47,  0,   0,   0,   40,  105, 105, 110, 102, 0,   0,   0,   0,   0,   1,   0,   0,
        0,   26,  105, 110, 102, 101, 2,   0,   0,   0,   0,   1,   0,   0,   97,  118, 48,  49,
        67,  111, 108, 111, 114, 0,   0,   0,   0,   106, 105, 112, 114, 112, 0,   0,   0,   75,
        105, 112, 99,  111, 0,   0,   0,   20,  105, 115, 112, 101, 0,   0,   0,   0,   0,   0,
        0,   32,  0,   0,   0,   16,  0,   0,   0,   16,  112, 105, 120, 105, 0,   0,   0,   0,
        3,   10,  10,  10,  0,   0,   0,   12,  97,  118, 49,  67,  129, 32,  64,  0,   0,   0,
        0,   19,  99,  111, 108, 114, 110, 99,  108, 120, 0,   1,   0,   13,  0,   6,   128, 0,
        0,   0,   23,  105, 112, 109, 97,  0,   0,   0,   0,   0,   0,   0,   1,   0,   1,   4,
        1,   2,   131, 4,   0,   0,   0,   55,  109, 100, 97,  116, 18,  0,   10,  8,   56,  16,
        255, 236, 224, 33,  160, 210, 50,  33,  16,  64,  0,   0,   64,  0,   181, 12,  76,  253,
        166, 164, 205, 220, 153, 30,  25,  115, 26,  127, 70,  2,   171, 47,  156, 193, 9,   230,
        7,   97,  200, 220, 42};

    tmpdir_write(path, ten_bits, sizeof ten_bits);
}
