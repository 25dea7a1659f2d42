pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "risk-update/memory.circom";

// Claim: whether the markets on an underlying are closed, and sheltered from flags, and until and since when
// (protocol.md#breaker). `first`: nothing is.
// @widths |index - old| * 10^4 < 2^(47 + 14), jumpBps * old < 2^(16 + 47)
// @assumes what the memory holds is in range, and 0 where first
template NextBreaker() {
    signal input {binary} first;
    signal input {maxbit} index;
    signal input {maxbit} asOf;
    signal input {binary} outage; // more than maxAge has passed since the table before
    input UnderlyingMemory() before;
    signal input {maxbit} jumpBps;
    signal input {maxbit} cooldown;
    signal output {maxbit} closedUntil;
    signal output {maxbit} closedSince;
    signal output {binary} closed;
    signal output {binary} sheltered;
    _ <== before; // what follows reads a part of it
    assert(index.maxbit <= INDEX_PRICE_BITS() && asOf.maxbit <= TIME_BITS());
    assert(jumpBps.maxbit <= 16 && cooldown.maxbit <= 20);

    // 1. A jump
    signal {binary} down <== IsLess()(index, before.index);
    signal move <== (1 - 2 * down) * (index - before.index);
    signal {maxbit} moved <== UncheckedBits(61)(move * BASIS_POINTS()); // discharged: |index - old| < 2^47
    signal {maxbit} allowed <== UncheckedBits(63)(jumpBps * before.index); // discharged: a product of the two
    signal {binary} beyond <== IsLess()(allowed, moved);
    signal {binary} jumped <== And()(beyond, Not()(first));

    // 2. Closed in tables before closedUntil; since the first of a row
    closedUntil <== UncheckedBits(CLOSED_UNTIL_BITS())(
        before.closedUntil + jumped * (asOf + cooldown - before.closedUntil)
    ); // discharged: one of two times
    closed <== IsLess()(asOf, closedUntil);
    signal {binary} fresh <== IsSame()(before.closedSince, 0);
    signal since <== before.closedSince + fresh * (asOf - before.closedSince);
    closedSince <== UncheckedBits(TIME_BITS())(closed * since); // discharged: asOf, a time before it, or 0

    // 3. Sheltered while closed, for `cooldown` seconds of the row at most, and after an outage
    signal {maxbit} end <== UncheckedBits(CLOSED_UNTIL_BITS())(since + cooldown); // discharged: a sum of the two
    signal {binary} young <== IsLess()(asOf, end);
    signal {binary} youngClosed <== And()(closed, young);
    sheltered <== Or()(outage, youngClosed);
}
