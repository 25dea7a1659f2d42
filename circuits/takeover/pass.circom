pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "lib/compare.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "state/account.circom";

// Claim: funding of both is realised, and all sizes and collateral of the victim pass to the bidder, who pays the price; the victim is left with
// `paid` quanta. The bidder's numbers stay in their ranges, and in each market where it took over lots it could not come beyond
// maxPosition, or what it took over if that is more, on their side (protocol.md#takeover). taken and cash are what the victim held of positions
// and cash, its funding realised; openInterestFall is by how much fewer lots the two hold afterwards, long and short.
// @widths sizes < 2^56, indices < 2^64, so that funding of a position is < 2^(56 + 65), and of M <= 16 < 2^125: cash before its check
// is < 2^126. exposure is in (-2^56, 2^57 + 2^56): what is left to the limit, which is at most 2^56, is in (-2^58, 2^57 + 2^56)
// @assumes numbers of both are in range: whatever wrote the state checked them; maxPosition < 2^55: a published table's
template PassPortfolio(M, K) {
    assert(M <= 16);
    input Account(M, K) victim;
    input Account(M, K) bidder;
    signal input fundingIndex[M];
    signal input maxPosition[M];
    signal input price;
    signal input paid;
    signal input nonce; // of the bid
    output Account(M, K) poorer;
    output Account(M, K) richer;
    output Position() taken[M];
    signal output cash;
    signal output openInterestFall[M];

    // 1. What stays
    poorer.keyX <== victim.keyX;
    poorer.keyY <== victim.keyY;
    poorer.ownerCommitment <== victim.ownerCommitment;
    poorer.viewKey <== victim.viewKey;
    poorer.status <== victim.status;
    poorer.nonce <== victim.nonce;
    richer.keyX <== bidder.keyX;
    richer.keyY <== bidder.keyY;
    richer.ownerCommitment <== bidder.ownerCommitment;
    richer.viewKey <== bidder.viewKey;
    richer.status <== bidder.status;
    richer.nonce <== nonce;
    _ <== bidder.nonce; // the bid's is above it: AssertBid

    // 2. Positions
    var realised = 0;
    var funding = 0;
    signal victimFunding[M];
    signal bidderFunding[M];
    signal {binary} none[M];
    signal {binary} short[M];
    signal exposure[M];
    signal {maxbit} limit[M];
    signal room[M];
    signal {binary} wasShort[M];
    signal {binary} isShort[M];
    signal shortBefore[M];
    signal shortTaken[M];
    signal shortAfter[M];
    for (var m = 0; m < M; m++) {
        victimFunding[m] <== victim.position[m].size * (victim.position[m].fundingIndex - fundingIndex[m]);
        bidderFunding[m] <== bidder.position[m].size * (bidder.position[m].fundingIndex - fundingIndex[m]);
        realised += victimFunding[m];
        funding += bidderFunding[m];
        taken[m].size <== victim.position[m].size;
        taken[m].fundingIndex <== fundingIndex[m];
        taken[m].openBuy <== victim.position[m].openBuy;
        taken[m].openSell <== victim.position[m].openSell;
        var size = bidder.position[m].size + taken[m].size;
        none[m] <== IsSame()(taken[m].size, 0);
        short[m] <== IsNegative(POSITION_BITS())(taken[m].size);
        exposure[m] <== size + bidder.position[m].openBuy
            + short[m] * (bidder.position[m].openSell - bidder.position[m].openBuy - 2 * size);
        shortTaken[m] <== short[m] * taken[m].size;
        limit[m] <== Greater()(
            UncheckedBits(POSITION_BITS())(maxPosition[m]), // discharged: a published table's is below 2^55
            UncheckedBits(POSITION_BITS() + 1)(taken[m].size - 2 * shortTaken[m]) // discharged: |taken| <= 2^56
        );
        room[m] <== (1 - none[m]) * (limit[m] - exposure[m]);
        _ <== AssertBits(POSITION_BITS() + 2)(room[m]);
        wasShort[m] <== IsNegative(POSITION_BITS())(bidder.position[m].size);
        isShort[m] <== IsNegative(POSITION_BITS() + 1)(size);
        shortBefore[m] <== wasShort[m] * bidder.position[m].size;
        shortAfter[m] <== isShort[m] * size;
        // of |taken| + |before| - |after|, where the sizes themselves cancel
        openInterestFall[m] <== 2 * (shortAfter[m] - shortTaken[m] - shortBefore[m]);
        poorer.position[m].size <== 0;
        poorer.position[m].fundingIndex <== fundingIndex[m];
        poorer.position[m].openBuy <== victim.position[m].openBuy;
        poorer.position[m].openSell <== victim.position[m].openSell;
        richer.position[m].size <== size;
        richer.position[m].fundingIndex <== fundingIndex[m];
        richer.position[m].openBuy <== bidder.position[m].openBuy;
        richer.position[m].openSell <== bidder.position[m].openSell;
    }

    // 3. Collateral
    cash <== victim.collateral[0] + realised;
    _ <== AssertBits(COLLATERAL_BITS() + 1)(cash + (1 << COLLATERAL_BITS()));
    for (var k = 0; k < K; k++) {
        poorer.collateral[k] <== k == 0 ? paid : 0;
        richer.collateral[k] <== bidder.collateral[k] + (k == 0 ? cash + funding - price : victim.collateral[k]);
        if (k == 0) _ <== AssertBits(COLLATERAL_BITS() + 1)(richer.collateral[k] + (1 << COLLATERAL_BITS()));
        else _ <== AssertBits(COLLATERAL_BITS())(richer.collateral[k]);
    }
}
