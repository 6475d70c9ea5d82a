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
