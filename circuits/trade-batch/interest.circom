pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "trade-batch/touched.circom";

// lots = max(0, reducible): how many of a position's lots an order closes, reducible being the position, with the sign that makes
// it positive where the order's side closes it.
template Closable() {
    signal input reducible;
    signal output {maxbit} lots;
    signal {binary} negative <== IsNegative(POSITION_BITS())(reducible);
    lots <== UncheckedBits(POSITION_BITS())(reducible - negative * reducible); // discharged: IsNegative bounds it
}

// Claim (protocol.md#open-interest): opened is what a fill adds to the open interest of its market: its lots, less those
// by which either side closes its position.
// @assumes fill is 0 or the lots of a trade between the account whose position has `closable` lots for the order's side to
// close, and the one of the T that is `maker`
template CountOpened(T) {
    signal input fill;
    signal input {binary} sell; // side of the order in hand
    signal input {maxbit} closable;
    signal input {binary} maker[T];
    input Touched(T) touched;
    signal output opened;
    _ <== touched; // what follows reads a part of it
    signal {maxbit} lots <== UncheckedBits(SIZE_BITS())(fill); // discharged: no more than the size of the order's remainder
    signal {maxbit} takerCloses <== Lesser()(lots, closable);
    signal makerSize <== Pick(T)(maker, touched.size);
    signal makerReducible <== makerSize * (1 - 2 * sell);
    signal {maxbit} makerClosable <== Closable()(makerReducible);
    signal {maxbit} makerCloses <== Lesser()(lots, makerClosable);
    opened <== fill - takerCloses - makerCloses;
}
