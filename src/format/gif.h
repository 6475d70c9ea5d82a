/*
 * Walks through a GIF (GIF89a specification): a screen, then blocks, in which only sub-blocks have
 * lengths. Frames include the data of the blocks before them. Nothing is decoded, and any bytes are
 * allowed.
 */
#ifndef LOOM_FORMAT_GIF_H
#define LOOM_FORMAT_GIF_H

#include "base/bytes.h"

/* Where a walk ended. */
typedef enum loom_gif_end {
    LOOM_GIF_TRAILER = 0, /* at the end marker; or the walk has not ended */
    LOOM_GIF_NO_TRAILER,  /* at the end of the file, between blocks */
    LOOM_GIF_CUT,         /* at the end of the file, within a block */
    LOOM_GIF_DAMAGED      /* at a block of unknown kind, or a malformed one */
} loom_gif_end;

/* Disposal methods 4 to 7 are undefined, but some encoders write 4 for 3, and browsers accept it.
 */
enum { LOOM_GIF_TO_BACKGROUND = 2, LOOM_GIF_TO_PREVIOUS = 3, LOOM_GIF_TO_PREVIOUS_TOO = 4 };

typedef struct loom_gif_frame {
    uint32_t left, top, width,
        height; /* px on the screen; the frame may extend beyond it, and its size may be 0 */
    bool interlaced;
    loom_bytes table; /* 3 bytes a colour, from the frame's table or the screen's; size 0: none */
    bool own_table;
    int transparent;    /* an index, perhaps beyond the table; -1: none */
    unsigned disposal;  /* 0..7 */
    unsigned delay;     /* 1/100 s */
    unsigned code_size; /* as in the file: 0..255 */
    size_t data;        /* offset of its sub-blocks */
    size_t control;     /* offset of the flags of the block that describes it; 0: there is none */
} loom_gif_frame;

typedef struct loom_gif {
    loom_bytes file;
    uint32_t width, height; /* px of the screen */
    loom_bytes table;       /* the screen's */
    size_t at;       /* offset of the next block, or of a sub-block of the last frame's data */
    uint64_t frames; /* found so far */
    loom_gif_end end;
    bool loops;     /* the file says that it is an animation */
    int loop;       /* number of plays; 0: endless */
    bool promise;   /* a block has described a frame that has not come yet */
    bool in_data;   /* within the data of the last frame */
    unsigned flags; /* of the block that describes it */
    unsigned delay, transparent;
    size_t control; /* offset of these flags; 0: there is no such block */
} loom_gif;

/* Reads the screen. False: the file ends in it, and `end` says so. `file` must outlive it. */
bool loom_gif_begin(loom_gif *gif, loom_bytes file);

/* Finds the next frame, whose data may be truncated. False: there is none, and `end` says why. */
bool loom_gif_next(loom_gif *gif, loom_gif_frame *frame);

/*
 * Reads the sub-block at *at, and moves *at past it; size 0: the last sub-block of its block.
 * False: the file ends in it; then *piece is the part that exists, and *at the file's size.
 */
bool loom_gif_piece(loom_bytes file, size_t *at, loom_bytes *piece);

/*
 * Makes the first frame of the `size` bytes of a GIF at `data` name no transparent colour. For a
 * file that we write: encoders name a colour that no pixel has. What is malformed stays unchanged.
 */
void loom_gif_name_no_alpha(unsigned char *data, size_t size);

#endif
