/*
 * The samples that libjpeg makes of a block, by the API that it was built for: since version 7
 * (Ubuntu's has 8) width and height are told apart.
 */
#ifndef ENGINE_JPEG_DCT_SIZE_H
#define ENGINE_JPEG_DCT_SIZE_H

#include <stdio.h>

#include <jpeglib.h>

#if JPEG_LIB_VERSION >= 70
#define DCT_WIDTH(component)  ((component)->DCT_h_scaled_size)
#define DCT_HEIGHT(component) ((component)->DCT_v_scaled_size)
#define IMCU_HEIGHT(cinfo)    ((cinfo)->min_DCT_v_scaled_size)
#else
#define DCT_WIDTH(component)  ((component)->DCT_scaled_size)
#define DCT_HEIGHT(component) ((component)->DCT_scaled_size)
#define IMCU_HEIGHT(cinfo)    ((cinfo)->min_DCT_scaled_size)
#endif

#endif
