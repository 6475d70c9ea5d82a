/*
 * libjpeg counts in the first of two passes, by a function that its entropy coder has for that,
 * and makes the tables by another one when the pass ends. Both are replaced. The next pass's start
 * sets libjpeg's own functions again.
 */
#include "engine/jpeg/count.h"

#ifdef LOOM_JPEG_INTERNALS

#include "engine/jpeg/huffman.h"
#include <jpegint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { ZEROS_16 = 0xF0, LAST = DCTSIZE2 - 1 };

/* Where a coefficient stands in a block's zigzag (T.81, figure A.6). */
static const uint8_t zigzag[DCTSIZE2] = {
    0,  1,  5,  6,  14, 15, 27, 28, 2,  4,  7,  13, 16, 26, 29, 42, 3,  8,  12, 17, 25, 30,
    41, 43, 9,  11, 18, 24, 31, 40, 44, 53, 10, 19, 23, 32, 39, 45, 52, 54, 20, 22, 33, 38,
    46, 51, 55, 60, 21, 34, 37, 47, 50, 56, 59, 61, 35, 36, 48, 49, 57, 58, 62, 63};

static const uint8_t natural[DCTSIZE2] = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

/* A bit for each coefficient that is not 0, in the block's own order. */
static uint64_t find_set(const JCOEF *block)
{
    uint64_t set = 0;

#ifdef __SSE2__
    const __m128i zero = _mm_setzero_si128();
    const __m128i *rows = (const __m128i *)(const void *)block;
    for (unsigned i = 0; i < 4; i++) {
        const __m128i a = _mm_cmpeq_epi16(_mm_loadu_si128(rows + 2 * i), zero);
        const __m128i b = _mm_cmpeq_epi16(_mm_loadu_si128(rows + 2 * i + 1), zero);
        const unsigned zeros = (unsigned)_mm_movemask_epi8(_mm_packs_epi16(a, b));
        set |= (uint64_t)(~zeros & 0xFFFF) << 16 * i;
    }
#else
    for (unsigned i = 0; i < DCTSIZE2; i++)
        set |= (uint64_t)(block[i] != 0) << i;
#endif
    return set;
}

/* The length of a value in bits: 0 for 0. */
static unsigned bits_of(int value)
{
    const unsigned size = (unsigned)abs(value);

    return size == 0 ? 0 : (unsigned)(8 * sizeof size) - (unsigned)__builtin_clz(size);
}

static void count_ac(const JCOEF *block, uint64_t *counts)
{
    uint64_t in_order = 0;
    unsigned before = 0;

    for (uint64_t set = find_set(block) & ~UINT64_C(1); set != 0; set &= set - 1)
        in_order |= UINT64_C(1) << zigzag[__builtin_ctzll(set)];
    for (uint64_t set = in_order; set != 0; set &= set - 1) {
        const unsigned at = (unsigned)__builtin_ctzll(set), zeros = at - before - 1;
        counts[ZEROS_16] += zeros / 16;
        counts[zeros % 16 * 16 + bits_of(block[natural[at]])]++;
        before = at;
    }
    if (before < LAST)
        counts[0]++; /* end of block */
}

static boolean count_mcu(j_compress_ptr cinfo, JBLOCKROW *blocks)
{
    loom_jpeg_counts *counts = cinfo->client_data;

    for (int i = 0; i < cinfo->blocks_in_MCU; i++) {
        const int at = cinfo->MCU_membership[i];
        const jpeg_component_info *component = cinfo->cur_comp_info[at];
        const JCOEF *block = blocks[i][0];
        counts->dc[component->dc_tbl_no][bits_of(block[0] - counts->last_dc[at])]++;
        counts->last_dc[at] = block[0];
        count_ac(block, counts->ac[component->ac_tbl_no]);
    }
    return TRUE;
}

static void make_table(j_compress_ptr cinfo, const uint64_t *counts, JHUFF_TBL **table)
{
    loom_huffman made;

    if (*table == NULL)
        *table = jpeg_alloc_huff_table((j_common_ptr)cinfo);
    loom_huffman_make(counts, &made);
    memcpy((*table)->bits, made.lengths, sizeof(*table)->bits);
    memcpy((*table)->huffval, made.symbols, sizeof(*table)->huffval);
    (*table)->sent_table = FALSE;
}

static void make_tables(j_compress_ptr cinfo)
{
    const loom_jpeg_counts *counts = cinfo->client_data;

    for (int i = 0; i < cinfo->comps_in_scan; i++) {
        const jpeg_component_info *component = cinfo->cur_comp_info[i];
        const int dc = component->dc_tbl_no, ac = component->ac_tbl_no;
        make_table(cinfo, counts->dc[dc], &cinfo->dc_huff_tbl_ptrs[dc]);
        make_table(cinfo, counts->ac[ac], &cinfo->ac_huff_tbl_ptrs[ac]);
    }
}

void loom_jpeg_count(j_compress_ptr cinfo)
{
    if (!cinfo->optimize_coding || cinfo->progressive_mode || cinfo->arith_code ||
        cinfo->restart_interval != 0 || cinfo->restart_in_rows != 0 || cinfo->num_scans != 1)
        return;
    for (int i = 0; i < cinfo->num_components; i++)
        if (cinfo->comp_info[i].dc_tbl_no >= LOOM_JPEG_TABLES ||
            cinfo->comp_info[i].ac_tbl_no >= LOOM_JPEG_TABLES)
            return;
    cinfo->entropy->encode_mcu = count_mcu;
    cinfo->entropy->finish_pass = make_tables;
}

#else

void loom_jpeg_count(j_compress_ptr cinfo)
{
    (void)cinfo;
}

#endif
