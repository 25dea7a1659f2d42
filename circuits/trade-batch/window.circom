pragma circom 2.2.3;

include "lib/select.circom";
include "state/slot.circom";

// The two windows, that of the bids first if onBids, else last. They stand as wasOnBids says.
template TurnWindows(W) {
    signal input {binary} wasOnBids;
    signal input {binary} onBids;
    signal input window[W];
    signal input other[W];
    signal output first[W];
    signal output second[W];
    signal turned <== wasOnBids + onBids - 2 * wasOnBids * onBids;
    for (var j = 0; j < W; j++) {
        first[j] <== window[j] + turned * (other[j] - window[j]);
        second[j] <== window[j] + other[j] - first[j];
    }
}

// The slots on both sides of a place: slots[place - 1] and slots[place], with 0 before the first. Behind the last stands
// 0 in `there` and 2^192 in `next`. put is what `word` changes by standing at the place, in the last slot where place = W.
template Neighbours(W) {
    signal input slots[W];
    signal input {binary} place[W + 1];
    signal input word;
    signal output previous;
    signal output there;
    signal output next;
    signal output put[W];
    signal before[W];
    var sumBefore = 0;
    var sumPut = 0;
    for (var j = 0; j < W; j++) {
        before[j] <== place[j + 1] * slots[j];
        put[j] <== (j == W - 1 ? place[j] + place[W] : place[j]) * (word - slots[j]);
        sumBefore += before[j];
        sumPut += put[j];
    }
    previous <== sumBefore;
    // the sum is word - slots[place], or word - slots[W - 1] where place = W, which alone before[W - 1] is then
    there <== word - sumPut - before[W - 1];
    next <== there + place[W] * (1 << SLOT_BITS());
}

// The window after the step: `word` inserted at the place, or the slot there removed, and `reduction` lots taken from the head. What
// an insertion pushes out leaves: the last slot; where place = W the last slot makes way for the word itself.
// @assumes at most one of insert, remove is 1; put is that of Neighbours
template ShiftWindow(W) {
    signal input slots[W];
    signal input {binary} place[W + 1];
    signal input put[W];
    signal input {binary} insert;
    signal input {binary} remove;
    signal input reduction;
    signal output newSlots[W];

    // From the place on, a removal moves every slot down by one: falls[j] is what it changes slot j by. Behind the place, an insertion
    // moves up what stands below, which changes slot j by -falls[j - 1].
    signal falls[W];
    signal removing[W];
    signal inserting[W];
    var from = 0;
    for (var j = 0; j < W; j++) {
        var above = j == W - 1 ? EMPTY_SLOT() : slots[j + 1];
        from += place[j];
        falls[j] <== from * (above - slots[j]);
        removing[j] <== remove * falls[j];
        inserting[j] <== insert * (put[j] - (j == 0 ? 0 : falls[j - 1]));
        newSlots[j] <== slots[j] + removing[j] + inserting[j] - (j == 0 ? reduction : 0);
    }
    _ <== place[W]; // behind the last slot nothing moves
}
