pragma circom 2.2.3;

include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "state/account.circom";
include "state/risk.circom";

// Claim (protocol.md#expire): expire = 1: the market, one of the M, is settled at the table, which was posted, and `after` are
// the positions without the size in it, at its funding index; worth is what that size was worth, and closed[m] how many lots were
// held in market m and are no more. expire = 0: after is as before, and worth and closed are 0. word is
// market | price | fundingIndex + 2^64, or 0.
// @widths market < 2^8, price < 2^48 and |fundingIndex| < 2^64 of a posted table: a word of 121 bits has one meaning;
// |worth| < 2^(56 + 66)
// @assumes numbers of the positions are in range; where posted, the table is as protocol.md#risk-table requires
template Expire(M, K, S) {
    signal input {binary} expire;
    signal input market; // 0 where nothing expires
    signal input {binary} posted;
    input RiskTable(M, K, S) table;
    input Position() before[M];
    output Position() after[M];
    signal output digests[POSITION_GROUPS(M)]; // of the groups of `after`
    signal input oldDigests[POSITION_GROUPS(M)];
    signal output worth;
    signal output closed[M];
    signal output word;
    assert(M <= 1 << MARKET_BITS());
    _ <== table; // what follows reads a part of it

    signal {binary} hot[M] <== OneHot(M)(market, expire);
    component old = PickPosition(M);
    old.hot <== hot;
    old.position <== before;
    component price = Pick(M);
    component fundingIndex = Pick(M);
    component phase = Pick(M);
    price.hot <== hot;
    fundingIndex.hot <== hot;
    phase.hot <== hot;
    for (var m = 0; m < M; m++) {
        price.values[m] <== table.market[m].scenarioPrice[0];
        fundingIndex.values[m] <== table.market[m].fundingIndex;
        phase.values[m] <== table.market[m].phase;
    }
    // a price is final once it was posted: the table need not be fresh
    phase.out === expire * PHASE_SETTLED();
    expire * (1 - posted) === 0;

    worth <== old.picked.size * (price.out + old.picked.fundingIndex - fundingIndex.out);
    component replace = ReplacePosition(M);
    replace.hot <== hot;
    replace.position <== before;
    replace.old <== old.picked;
    replace.new.size <== 0;
    replace.new.fundingIndex <== fundingIndex.out;
    replace.new.openBuy <== old.picked.openBuy;
    replace.new.openSell <== old.picked.openSell;
    replace.oldDigests <== oldDigests;
    after <== replace.replaced;
    digests <== replace.digests;

    signal {binary} short <== IsNegative(POSITION_BITS())(old.picked.size);
    signal shortSize <== short * old.picked.size;
    for (var m = 0; m < M; m++) closed[m] <== hot[m] * (old.picked.size - 2 * shortSize);
    word <== (market * (1 << PRICE_BITS()) + price.out) * (1 << (FUNDING_INDEX_BITS() + 1))
        + fundingIndex.out + expire * (1 << FUNDING_INDEX_BITS());
}
