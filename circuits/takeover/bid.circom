pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "lib/compare.circom";
include "lib/hash.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/signature.circom";

// Claim: the bidder signed this bid for this domain, not in vain: it has not expired, and its nonce is above the bidder's
// (protocol.md#bid). offset is price + 2^80.
// @widths victim | bidder | price + 2^80 | nonce | expiry: 24 + 24 + 81 + 64 + 40 = 233 bits
// @assumes victim and bidder have 24 bits: their paths show it; the key is on the curve and in the prime-order subgroup: whatever puts
// an account into the state checks it
template AssertBid() {
    signal input domain;
    signal input time;
    signal input victim;
    signal input bidder;
    signal input victimLeaf;
    signal input price;
    signal input nonce;
    signal input expiry;
    signal input oldNonce;
    signal input keyX;
    signal input keyY;
    signal input R8x;
    signal input R8y;
    signal input window[FIXED_BASE_WINDOWS() + 1][2];
    signal output offset;
    offset <== AssertBits(COLLATERAL_BITS() + 1)(price + (1 << COLLATERAL_BITS()));
    _ <== AssertBits(NONCE_BITS())(nonce);
    _ <== AssertBits(TIME_BITS())(expiry);
    _ <== AssertBits(NONCE_BITS())(nonce - oldNonce - 1);
    _ <== AssertBits(TIME_BITS())(expiry - time);
    var word = victim;
    word = word * (1 << ACCOUNT_BITS()) + bidder;
    word = word * (1 << (COLLATERAL_BITS() + 1)) + offset;
    word = word * (1 << NONCE_BITS()) + nonce;
    word = word * (1 << TIME_BITS()) + expiry;
    signal digest <== Hash(TAG_BID(), 3)([domain, victimLeaf, word]);
    component signature = AssertSignature();
    signal {binary} always <== UncheckedBinary()(1); // discharged: a constant
    signature.enabled <== always;
    signature.keyX <== keyX;
    signature.keyY <== keyY;
    signature.R8x <== R8x;
    signature.R8y <== R8y;
    signature.message <== digest;
    signature.window <== window;
}
