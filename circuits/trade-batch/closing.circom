pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "trade-batch/touched.circom";

// Claim (protocol.md#closing-only): out = 1 iff closingOnly = 1 and the open lots of the account on that side could, if all
// of them fill, carry its position beyond 0 to that side.
// @assumes account is the one of the T that is meant; its numbers are those of a state, or as a step left them
// @widths a position is in (-2^56, 2^56) and open lots in [0, 2^56): the sum is in (-2^57, 2^57)
template MayOpen(T) {
    signal input {binary} closingOnly;
    signal input {binary} account[T];
    signal input {binary} bids; // which side
    input Touched(T) touched;
    signal output {binary} out;
    _ <== touched; // what follows reads a part of it

    component buying = Pick(T);
    component selling = Pick(T);
    buying.hot <== account;
    selling.hot <== account;
    for (var t = 0; t < T; t++) {
        buying.values[t] <== touched.size[t] + touched.openBuy[t];
        selling.values[t] <== touched.openSell[t] - touched.size[t];
    }
    signal exposure <== Choose()(bids, buying.out, selling.out);
    signal {binary} exceeds <== IsNegative(POSITION_BITS() + 1)(-exposure);
    out <== And()(closingOnly, exceeds);
}
