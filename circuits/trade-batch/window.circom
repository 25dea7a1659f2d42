pragma circom 2.2.3;

include "lib/select.circom";
include "state/slot.circom";

// The window that a step works on.
template TargetWindow(W) {
    signal input bids[W];
    signal input asks[W];
    signal input {binary} onBids;
    signal output slots[W];
    for (var j = 0; j < W; j++) slots[j] <== asks[j] + onBids * (bids[j] - asks[j]);
}

// The slots on both sides of a place: slots[place - 1] and slots[place], with 0 before the first. Behind the last stands
// 0 in `there` and 2^192 in `next`.
template Neighbours(W) {
    signal input slots[W];
    signal input {binary} place[W + 1];
    signal output previous;
    signal output there;
    signal output next;
    signal before[W];
    signal here[W];
    var sumBefore = 0;
    var sumHere = 0;
    for (var j = 0; j < W; j++) {
        before[j] <== place[j + 1] * slots[j];
        here[j] <== place[j] * slots[j];
        sumBefore += before[j];
        sumHere += here[j];
    }
    previous <== sumBefore;
    there <== sumHere;
    next <== sumHere + place[W] * (1 << SLOT_BITS());
}

// Both windows after the step: `word` inserted at the place of the target window, or the slot there removed, and
// `reduction` lots taken from its head. What an insertion pushes out leaves: the last slot; where place = W the last slot
// makes way for the word itself.
// @assumes at most one of insert, remove is 1; onBids says which window the slots are
template ShiftWindow(W) {
    signal input bids[W];
    signal input asks[W];
    signal input slots[W];
    signal input {binary} onBids;
    signal input {binary} place[W + 1];
    signal input {binary} insert;
    signal input {binary} remove;
    signal input word;
    signal input previous;
    signal input reduction;
    signal output newBids[W];
    signal output newAsks[W];

    // Behind the place an insertion moves every slot up by one and a removal down by one.
    signal inserting[W];
    signal neighbour[W];
    signal shift[W];
    signal placed[W];
    signal moved[W];
    // At the place an insertion first moves `previous` there, as behind it; the word comes in its stead.
    signal correction <== insert * (word - previous);
    var from = 0;
    for (var j = 0; j < W; j++) {
        var below = j == 0 ? 0 : slots[j - 1];
        var above = j == W - 1 ? EMPTY_SLOT() : slots[j + 1];
        from += place[j];
        inserting[j] <== insert * (below - slots[j]);
        neighbour[j] <== inserting[j] + remove * (above - slots[j]);
        shift[j] <== from * neighbour[j];
        placed[j] <== (j == W - 1 ? place[j] + place[W] : place[j]) * correction;
        var change = shift[j] + placed[j] - (j == 0 ? reduction : 0);
        moved[j] <== onBids * change;
        newBids[j] <== bids[j] + moved[j];
        newAsks[j] <== asks[j] + change - moved[j];
    }
}
