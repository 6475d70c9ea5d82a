/* Turns of a rectangle by quarters, and mirrored. */
#include "picture/geometry.h"

loom_turn loom_turn_of_orientation(int orientation)
{
    static const loom_turn turns[9] = {
        [1] = {0, false}, [2] = {0, true},  [3] = {2, false}, [4] = {2, true},
        [5] = {1, true},  [6] = {1, false}, [7] = {3, true},  [8] = {3, false},
    };

    return turns[orientation >= 1 && orientation <= 8 ? orientation : 1];
}

loom_turn loom_turn_then(loom_turn first, loom_turn second)
{
    /* A flop followed by a rotation equals the opposite rotation followed by a flop. */
    unsigned quarters = first.flop ? 4 - second.quarters : second.quarters;

    return (loom_turn){(first.quarters + quarters) % 4, first.flop != second.flop};
}

bool loom_turn_swaps(loom_turn turn)
{
    return turn.quarters % 2 == 1;
}

loom_rect loom_rect_turned(loom_rect part, uint32_t width, uint32_t height, loom_turn turn)
{
    const uint32_t right = width - part.x - part.width, below = height - part.y - part.height;
    loom_rect to = part;

    switch (turn.quarters) {
    case 1:
        to = (loom_rect){below, part.x, part.height, part.width};
        break;
    case 2:
        to = (loom_rect){right, below, part.width, part.height};
        break;
    case 3:
        to = (loom_rect){part.y, right, part.height, part.width};
        break;
    default:
        break;
    }
    if (turn.flop)
        to.x = (loom_turn_swaps(turn) ? height : width) - to.x - to.width;
    return to;
}

loom_rect loom_rect_unturned(loom_rect part, uint32_t width, uint32_t height, loom_turn turn)
{
    if (turn.flop)
        part.x = width - part.x - part.width;
    return loom_rect_turned(part, width, height, (loom_turn){(4 - turn.quarters) % 4, false});
}
