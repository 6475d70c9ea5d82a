/*
 * Walking through a GIF (GIF89a specification): a screen, then blocks, of which only sub-blocks
 * have lengths. Frames come with what the blocks before them say. Nothing is decoded, and any bytes
 * are allowed.
 */
#ifndef LOOM_FORMAT_GIF_H
#define LOOM_FORMAT_GIF_H

#include "base/bytes.h"

/* Where a walk ended. */
typedef enum loom_gif_end {
    LOOM_GIF_TRAILER = 0, /* at the end marker; or it goes on */
    LOOM_GIF_NO_TRAILER,  /* at the end of the file, where another block could be */
    LOOM_GIF_CUT,         /* at the end of the file, within a block */
    LOOM_GIF_DAMAGED      /* at a block that is of no kind, or not formed as its kind is */
} loom_gif_end;

/* Disposal methods 4 to 7 are nobody's, but some encoders write 4 for 3, and browsers know it. */
enum { LOOM_GIF_TO_BACKGROUND = 2, LOOM_GIF_TO_PREVIOUS = 3, LOOM_GIF_TO_PREVIOUS_TOO = 4 };

typedef struct loom_gif_frame {
    uint32_t left, top, width,
        height; /* px on the screen, beyond which it may reach; size may be 0 */
    bool interlaced;
    loom_bytes table; /* 3 bytes a colour, the frame's own or the screen's; size 0: there is none */
    bool own_table;
    int transparent;    /* an index, perhaps not in the table; -1: none */
    unsigned disposal;  /* 0..7 */
    unsigned delay;     /* 1/100 s */
    unsigned code_size; /* as the file has it: 0..255 */
    size_t data;        /* offset of its sub-blocks */
} loom_gif_frame;

typedef struct loom_gif {
    loom_bytes file;
    uint32_t width, height; /* px of the screen */
    loom_bytes table;       /* the screen's */
    size_t at;              /* of the next block, or of a sub-block of the last frame's data */
    uint64_t frames;        /* that were found */
    loom_gif_end end;
    bool loops;     /* it says that it is an animation */
    int loop;       /* how often it is shown; 0: for ever */
    bool promise;   /* a block has spoken of a frame that is not there yet */
    bool in_data;   /* of the last frame */
    unsigned flags; /* of the block that has */
    unsigned delay, transparent;
} loom_gif;

/* Reads the screen. False: the file is cut in there, and `end` says so. `file` must outlive it. */
bool loom_gif_begin(loom_gif *gif, loom_bytes file);

/* The next frame, whose data may be cut. False: there is none, and `end` says why. */
bool loom_gif_next(loom_gif *gif, loom_gif_frame *frame);

/*
 * The sub-block at *at, and steps over it; of size 0: the last one of its block. False: the file
 * ends in it; then *piece is what there is, and *at the file's size.
 */
bool loom_gif_piece(loom_bytes file, size_t *at, loom_bytes *piece);

#endif
