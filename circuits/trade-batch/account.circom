pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/merkle.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "state/account.circom";
include "state/margin.circom";

// Claim: enabled = 1: `before` stands at `index` of the tree with root oldRoot, and newRoot is that tree with `after` there,
// which differs from `before` in this market's position, in cash and in the nonce only; enabled = 0: newRoot = oldRoot.
// Funding is realised first: cash += size * (its index - the record's), index = the record's (protocol.md#funding).
template UpdateAccount(M, K, levels) {
    signal input {binary} enabled;
    signal input index;
    signal input children[levels][4];
    signal input oldRoot;
    signal input {binary} market[M];
    signal input fundingIndex; // the record's
    input Account(M, K) before;
    input Position() old; // before's in this market
    signal input nonce; // the new values
    signal input size;
    signal input openBuy;
    signal input openSell;
    signal input cashChange;
    signal output newRoot;
    output Account(M, K) after;

    signal funding <== old.size * (old.fundingIndex - fundingIndex);
    Position() new;
    new.size <== size;
    new.fundingIndex <== fundingIndex;
    new.openBuy <== openBuy;
    new.openSell <== openSell;

    component groups = HashGroups(M);
    groups.position <== before.position;
    component replace = ReplacePosition(M);
    replace.hot <== market;
    replace.position <== before.position;
    replace.old <== old;
    replace.new <== new;
    replace.oldDigests <== groups.digests;

    after.keyX <== before.keyX;
    after.keyY <== before.keyY;
    after.ownerCommitment <== before.ownerCommitment;
    after.nonce <== nonce;
    after.position <== replace.replaced;
    for (var k = 0; k < K; k++) after.collateral[k] <== before.collateral[k] + (k == 0 ? funding + cashChange : 0);
    // cash enters the state within its width, |cash| < 2^80 (the lowest value of the range is one more)
    _ <== IsNegative(COLLATERAL_BITS())(after.collateral[0]);

    component path = MerkleUpdate(levels);
    path.index <== index;
    path.children <== children;
    path.oldLeaf <== HashAccount(M, K)(
        before.keyX, before.keyY, before.ownerCommitment, before.nonce, before.collateral, groups.digests
    );
    path.newLeaf <== HashAccount(M, K)(
        after.keyX, after.keyY, after.ownerCommitment, after.nonce, after.collateral, replace.digests
    );
    enabled * (path.oldRoot - oldRoot) === 0;
    newRoot <== oldRoot + enabled * (path.newRoot - oldRoot);
}

// Claim (protocol.md#rule-margin): loaded = 1: the account meets initial margin after the batch; or (maintenance = 1) its
// worst maintenance excess did not fall, excess_s after >= excess_scenario before for every s, and its net is >= 0 or
// (notFallen = 1) not lower than before.
// Any `scenario` will do: its old excess is at least the old minimum. worstLoss: see AssertExcess.
template CheckMargin(M, K, S) {
    signal input {binary} loaded;
    signal input {binary} market[M];
    input RiskTable(M, K, S) table;
    input MarketRisk(S) record;
    input Account(M, K) after;
    input Position() old; // in this market
    input Position() new;
    signal input cashChange; // by trades, without funding: equity counts funding as it accrues
    // hints
    signal input {binary} maintenance;
    signal input scenario;
    signal input {binary} notFallen;
    signal input worstLoss;

    _ <== record; // what follows reads a part of these
    _ <== after;
    _ <== old;
    _ <== new;

    component value = ValuePortfolio(M, K, S);
    value.collateral <== after.collateral;
    value.position <== after.position;
    value.table <== table;

    // what the batch changed: one position and cash
    signal change <== new.size - old.size;
    signal worthChange <== change * record.scenarioPrice[0];
    signal buyChange <== (new.openBuy - old.openBuy) * record.longRisk;
    signal sellChange <== (new.openSell - old.openSell) * record.shortRisk;
    signal netBefore <== value.portfolio.scaledNet
        - BASIS_POINTS() * (cashChange + worthChange - buyChange - sellChange);

    signal {binary} always <== UncheckedBinary()(1); // discharged: a constant
    signal {binary} chosen[S] <== OneHot(S)(scenario, always);
    component fall = Pick(S);
    fall.hot <== chosen;
    for (var s = 0; s < S; s++) fall.values[s] <== record.scenarioPrice[0] - record.scenarioPrice[s];
    signal lossAfter <== Pick(S)(chosen, value.portfolio.loss);
    signal lossChange <== change * fall.out;
    signal {binary} wasShort <== IsNegative(POSITION_BITS())(old.size);
    signal oldShortSize <== wasShort * old.size;
    signal newShortSize <== Pick(M)(market, value.portfolio.shortSize);
    signal minimumChange <== (oldShortSize - newShortSize) * record.shortOptionMinimum;
    signal excessBefore <== netBefore
        - BASIS_POINTS() * (lossAfter - lossChange + value.portfolio.shortMinimum - minimumChange);

    signal ratioBps <== table.initialMarginBps + maintenance * (BASIS_POINTS() - table.initialMarginBps);
    signal floor <== maintenance * excessBefore;
    component excess = AssertExcess(M, S);
    excess.scaled <== loaded * (value.portfolio.scaledNet - floor);
    excess.ratioBps <== UncheckedBits(BASIS_POINTS_BITS())(loaded * ratioBps); // discharged: a published table's, or 10^4
    excess.worstLoss <== worstLoss;
    excess.portfolio <== value.portfolio;

    signal {binary} netMatters <== And()(loaded, maintenance);
    signal netFloor <== notFallen * netBefore;
    component net = AssertBits(EXCESS_BITS());
    net.in <== netMatters * (value.portfolio.scaledNet - netFloor);
}
