pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "lib/compare.circom";
include "lib/hash.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/signature.circom";
include "state/account.circom";
include "state/portfolio.circom";

// held is the digest of a portfolio as a bid names it (protocol.md#bid): of its words with funding indices and cash left out, and of cash
// with the funding of all positions counted from index 0.
// @widths cash < 2^80, and a position's funding < 2^(56 + 64): a sum of at most 16 cannot wrap. The words are those of PackPortfolio
// @assumes numbers of the account are in range
template HashHeld(M, K) {
    assert(M <= 16 && PORTFOLIO_WORDS(M, K) + 1 > 3); // more words than AssertBid hashes: no digest is both
    input Position() position[M];
    signal input collateral[K];
    signal output held;
    signal {binary} always <== UncheckedBinary()(1); // discharged: a constant
    component rest = PackPortfolio(M, K);
    rest.enabled <== always;
    var cash = collateral[0];
    signal funding[M];
    for (var m = 0; m < M; m++) {
        _ <== position[m]; // a part of it
        funding[m] <== position[m].size * position[m].fundingIndex;
        cash += funding[m];
        rest.position[m].size <== position[m].size;
        rest.position[m].fundingIndex <== 0;
        rest.position[m].openBuy <== 0;
        rest.position[m].openSell <== 0;
    }
    for (var k = 0; k < K; k++) rest.collateral[k] <== k == 0 ? 0 : collateral[k];
    component digest = HashWords(TAG_BID(), PORTFOLIO_WORDS(M, K) + 1);
    digest.words[0] <== cash;
    for (var w = 0; w < PORTFOLIO_WORDS(M, K); w++) digest.words[1 + w] <== rest.words[w];
    held <== digest.digest;
}

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
    signal input held;
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
    signal digest <== Hash(TAG_BID(), 3)([domain, held, word]);
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
