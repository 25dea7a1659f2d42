pragma circom 2.2.3;

include "lib/parameters.circom";
include "lib/range.circom";
include "cash-batch/kind.circom";

// Claim: the three amounts of a slot are lots of 80 bits, and word is the only one that packs them, requested | paid |
// available; what the kind does not use is 0. The account gains `received` and gives `paid`.
//   a deposit and what a transfer brings: requested is received, nothing is paid
//   WITHDRAW, TRANSFER_OUT: requested is paid
//   FORCED: paid <= requested
//   FORCED, WITHDRAW: paid <= available, which is what the contract says that the vault has
// @widths the word has 3 * 80 bits
template CashAmounts() {
    input CashKind() is;
    signal input requested;
    signal input paid;
    signal input available;
    signal output word;
    signal output received;
    _ <== is; // what follows reads a part of it
    var bits = COLLATERAL_BITS();
    assert(3 * bits <= 253);
    _ <== AssertBits(bits)(requested);
    _ <== AssertBits(bits)(paid);
    _ <== AssertBits(bits)(available);
    _ <== AssertBits(bits)(requested - paid);
    _ <== AssertBits(bits)(is.draws * (available - paid));
    (1 - is.moves) * requested === 0; // and with it paid
    is.signed * (requested - paid) === 0;
    is.receives * paid === 0;
    (1 - is.draws) * available === 0;
    received <== is.receives * requested;
    word <== (requested * (1 << bits) + paid) * (1 << bits) + available;
}
