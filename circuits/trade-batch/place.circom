pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "state/slot.circom";
include "trade-batch/decide.circom";
include "trade-batch/load.circom";
include "trade-batch/window.circom";

// What a step does to the windows besides removing or filling a head: at most one of insert, dropWorse, cancelled is 1.
bus Placement {
    signal {binary} onBids; // which window the step works on
    signal {binary} insert; // the order comes to rest
    signal {binary} dropWorse; // it is dropped: it is worse than every slot of a full window
    signal {binary} evict; // the insertion pushes `victim` out
    signal {binary} cancelled; // `victim` is taken out
    Slot victim;
}

// Claim: newWindow and newOther are the windows after the step, that of the bids first if placement.onBids. An order that rests stands
// where its price, then its arrival puts it, or is dropped where a full window has no room (protocol.md#eviction); a head is removed, or reduced
// by the fill; a cancel takes out its slot, if that is there and of the same account (protocol.md#cancel), and a cancel of all some
// slot of the same account, if one is to be taken out (protocol.md#cancel-all). All else stays as it is. With work.deadOnly = 1 no
// step is possible but one that takes out an order which anybody may take back for what it is (protocol.md#barred).
// @assumes both windows are sorted, EMPTY last, and no key is there twice: the state's are, and every step keeps them
// so
// @widths words, and keys * 2^112, are below 2^192: differences of them are below it too, or negative, with 254 bits
// in the field
template Place(W) {
    signal input {maxbit} timestamp;
    input Work work;
    input Decision decision;
    signal input {binary} wasOnBids; // the first window is that of the bids
    signal input window[W];
    signal input other[W];
    signal input nextSequence;
    signal input placeHint;
    output Placement placement;
    signal output newWindow[W];
    signal output newOther[W];
    signal output newSequence;
    _ <== work; // what follows reads a part of these
    _ <== decision;

    // ---- The window at work, and the place in it
    signal {binary} atHead <== UncheckedBinary()(decision.removeDead + decision.removeOwn + decision.trade); // discharged: exclusive
    signal atHeadOnBids <== atHead * (2 * work.order.sell - 1);
    placement.onBids <== UncheckedBinary()(1 - work.order.sell + atHeadOnBids); // discharged: own side, or the other at a head
    component turn = TurnWindows(W);
    turn.wasOnBids <== wasOnBids;
    turn.onBids <== placement.onBids;
    turn.window <== window;
    turn.other <== other;
    signal slots[W] <== turn.first;
    newOther <== turn.second;
    signal {binary} always <== UncheckedBinary()(1); // discharged: a constant
    signal {binary} place[W + 1] <== OneHot(W + 1)(placeHint, always);
    Slot rested; // the slot of the order, if it comes to rest
    rested.priority <== work.priority;
    rested.sequence <== UncheckedBits(SEQUENCE_BITS())(nextSequence); // discharged: committed, or a step's newSequence
    rested.account <== work.order.account;
    rested.expiry <== work.order.expiry;
    rested.size <== work.order.remaining;
    signal {maxbit} word <== PackSlot()(rested);
    component neighbours = Neighbours(W);
    neighbours.slots <== slots;
    neighbours.place <== place;
    neighbours.word <== word;
    signal {binary} named <== UncheckedBinary()(work.cancel - work.cancelAll); // discharged: cancelAll implies cancel
    (1 - decision.resting - named - work.takesOut) * (1 - place[0]) === 0;

    // ---- The slot that is evicted or cancelled
    signal victimWord <== Choose()(work.cancel, neighbours.there, slots[W - 1]);
    component unpackVictim = UnpackSlot();
    unpackVictim.word <== victimWord;
    placement.victim <== unpackVictim.slot;
    signal {binary} lastExpired <== IsLess()(placement.victim.expiry, timestamp);
    signal {binary} lastEmpty <== IsSame()(victimWord, EMPTY_SLOT());

    // ---- (g) the cancelled slot is at the place, or its neighbours show that it is not there
    signal {maxbit} cancelKey <== OrderKey()(work.priority, work.sequence);
    signal {maxbit} victimKey <== OrderKey()(placement.victim.priority, placement.victim.sequence);
    signal {binary} sameKey <== IsSame()(victimKey, cancelKey);
    signal {binary} found <== And()(named, sameKey);
    signal {binary} missed <== UncheckedBinary()(named - found); // discharged: found implies named
    signal {binary} victimIsActor <== IsSame()(placement.victim.account, work.order.account);
    placement.cancelled <== And()(UncheckedBinary()(found + work.takesOut), victimIsActor); // discharged: takesOut implies that nothing is named

    // ---- Taken back without its owner: what has expired, and the best order if it is out of the band (protocol.md#barred)
    signal {binary} bestOut <== And()(place[0], decision.outOfBand);
    signal {binary} dead <== Or()(lastExpired, bestOut);
    signal {binary} clears <== And()(placement.cancelled, dead);
    work.deadOnly * (1 - clears) === 0;

    // ---- (h) what is taken out is a slot of the account: neither an unused place, which spells one too, nor behind the last
    work.takesOut * (1 - victimIsActor + lastEmpty + place[W]) === 0;

    // ---- (b) insertion: strictly between its neighbours. A miss of (g): no slot between K * 2^112 and (K + 1) * 2^112
    signal from <== Choose()(decision.resting, word, cancelKey * (1 << ORDER_KEY_SHIFT()));
    signal span <== Choose()(decision.resting, 1, 1 << ORDER_KEY_SHIFT());
    signal {binary} placing <== UncheckedBinary()(decision.resting + missed); // discharged: never both
    component abovePrevious = AssertBits(SLOT_BITS());
    abovePrevious.in <== placing * (from - neighbours.previous - 1);
    component belowNext = AssertBits(SLOT_BITS());
    belowNext.in <== placing * (neighbours.next - from - span);

    // a full window: behind the last slot there is room only if that has expired
    signal {binary} noRoom <== And()(place[W], UncheckedBinary()(1 - lastExpired)); // discharged: a bit's complement
    placement.dropWorse <== And()(decision.resting, noRoom);
    placement.insert <== UncheckedBinary()(decision.resting - placement.dropWorse); // discharged: dropWorse implies resting
    placement.evict <== And()(placement.insert, UncheckedBinary()(1 - lastEmpty));

    // ---- The window afterwards
    signal {binary} remove <== UncheckedBinary()(atHead - decision.headLeft + placement.cancelled); // discharged: exclusive, and headLeft implies a trade
    component shift = ShiftWindow(W);
    shift.slots <== slots;
    shift.place <== place;
    shift.put <== neighbours.put;
    shift.insert <== placement.insert;
    shift.remove <== remove;
    shift.reduction <== decision.headLeft * decision.fill;
    newWindow <== shift.newSlots;
    newSequence <== nextSequence + placement.insert;
}
