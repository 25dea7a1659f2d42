pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "lib/shared-top.circom";
include "state/account.circom";
include "state/margin.circom";

// What a batch makes of an account: new values, and what its trades changed of the cash.
bus AccountChange() {
    signal nonce;
    signal size; // in this market; so below
    signal openBuy;
    signal openSell;
    signal cash; // a difference, without funding
}

// Claim: `after` differs from `before` in this market's position, in cash and in the nonce only; oldDigests and newDigests are those
// of the positions of both. Funding is realised first: cash += size * (its index - the record's), index = the record's
// (protocol.md#funding). P positions are opened: those of all markets, or of the group that this market is in.
template ChangeAccount(P, K) {
    signal input {binary} market[P];
    signal input fundingIndex; // the record's
    input Account(P, K) before;
    input Position() old; // before's in this market
    input AccountChange() change;
    output Account(P, K) after;
    output Position() new; // after's in this market
    signal output oldDigests[POSITION_GROUPS(P)];
    signal output newDigests[POSITION_GROUPS(P)];
    _ <== before; // what follows reads all of it but the nonce

    signal funding <== old.size * (old.fundingIndex - fundingIndex);
    new.size <== change.size;
    new.fundingIndex <== fundingIndex;
    new.openBuy <== change.openBuy;
    new.openSell <== change.openSell;

    component groups = HashGroups(P);
    groups.position <== before.position;
    oldDigests <== groups.digests;
    component replace = ReplacePosition(P);
    replace.hot <== market;
    replace.position <== before.position;
    replace.old <== old;
    replace.new <== new;
    replace.oldDigests <== groups.digests;
    newDigests <== replace.digests;

    after.keyX <== before.keyX;
    after.keyY <== before.keyY;
    after.ownerCommitment <== before.ownerCommitment;
    after.viewKey <== before.viewKey;
    after.status <== before.status;
    after.nonce <== change.nonce;
    after.position <== replace.replaced;
    for (var k = 0; k < K; k++) after.collateral[k] <== before.collateral[k] + (k == 0 ? funding + change.cash : 0);
    // cash enters the state within its width, |cash| < 2^80 (the lowest value of the range is one more)
    _ <== IsNegative(COLLATERAL_BITS())(after.collateral[0]);
}

// Claim: enabled = 1: `before`, with oldDigests of its positions in M markets, stands at `index` of the tree with these nodes at its
// top, and newNodes are those of the tree with `after`, with newDigests, there; enabled = 0: newNodes = nodes. The P positions are
// not read.
template WriteAccount(M, P, K, levels) {
    signal input {binary} enabled;
    signal input index;
    signal input children[levels - TOP_LEVELS()][4];
    signal input nodes[TOP_NODES()];
    input Account(P, K) before;
    input Account(P, K) after;
    signal input oldDigests[POSITION_GROUPS(M)];
    signal input newDigests[POSITION_GROUPS(M)];
    signal output newNodes[TOP_NODES()];
    signal output newLeaf; // whether enabled or not
    _ <== before;
    _ <== after;

    component path = UpdateUnderTop(levels);
    path.enabled <== enabled;
    path.index <== index;
    path.children <== children;
    path.nodes <== nodes;
    path.oldLeaf <== HashAccount(M, K)(
        before.keyX, before.keyY, before.ownerCommitment, before.viewKey, before.status, before.nonce,
        before.collateral, oldDigests
    );
    newLeaf <== HashAccount(M, K)(
        after.keyX, after.keyY, after.ownerCommitment, after.viewKey, after.status, after.nonce,
        after.collateral, newDigests
    );
    path.newLeaf <== newLeaf;
    newNodes <== path.newNodes;
}

// Claim: enabled = 1: `before` stands at `index` of the tree with these nodes at its top, and newNodes are those of the tree with
// `after` there, which is what the batch makes of it (ChangeAccount); enabled = 0: newNodes = nodes.
template UpdateAccount(M, K, levels) {
    signal input {binary} enabled;
    signal input index;
    signal input children[levels - TOP_LEVELS()][4];
    signal input nodes[TOP_NODES()];
    signal input {binary} market[M];
    signal input fundingIndex; // the record's
    input Account(M, K) before;
    input Position() old; // before's in this market
    input AccountChange() change;
    signal output newNodes[TOP_NODES()];
    signal output newLeaf; // whether enabled or not
    output Account(M, K) after;
    output Position() new; // after's in this market
    component made = ChangeAccount(M, K);
    made.market <== market;
    made.fundingIndex <== fundingIndex;
    made.before <== before;
    made.old <== old;
    made.change <== change;
    after <== made.after;
    new <== made.new;
    component write = WriteAccount(M, M, K, levels);
    write.enabled <== enabled;
    write.index <== index;
    write.children <== children;
    write.nodes <== nodes;
    write.before <== before;
    write.after <== made.after;
    write.oldDigests <== made.oldDigests;
    write.newDigests <== made.newDigests;
    newNodes <== write.newNodes;
    newLeaf <== write.newLeaf;
}

// Claim (protocol.md#rule-margin): ordered = 1: the account meets initial margin after the batch; or (closing = 1) it
// did no more than close, (m1) to (m4) below.
// The risk before is that of one `scenario`, the risk after that of worstLoss (see AssertExcess): any other choice than
// the worst of each lets the account do less. So does the other choice of `wasLarge`: whichever bit it is, the lots beyond
// largeLots before the batch count as at most max(0, |size| - largeLots).
template CheckMargin(M, K, S) {
    signal input {binary} ordered; // it loaded an order with effect
    signal input {binary} suspended;
    signal input ordersLeft; // how many orders of it came to rest, or are in hand at the end
    signal input {binary} market[M];
    input RiskTable(M, K, S) table;
    input MarketRisk(S) record;
    input Account(M, K) after;
    signal input oldSize; // of its position in this market
    signal input newSize;
    signal input cashChange; // by trades, without funding: equity counts funding as it accrues
    // hints
    signal input {binary} closing;
    signal input scenario;
    signal input {binary} wasLarge; // the position in this market was beyond its largeLots
    signal input worstLoss;

    _ <== record; // what follows reads a part of these
    _ <== after;

    component value = ValuePortfolio(M, K, S);
    value.collateral <== after.collateral;
    value.suspended <== suspended;
    value.position <== after.position;
    value.table <== table;

    // what the batch changed: one position and cash. cost = max(0, equity before - equity after)
    signal change <== newSize - oldSize;
    signal worthChange <== change * record.scenarioPrice[0];
    signal equityChange <== cashChange + worthChange;
    signal {binary} paid <== IsNegative(EQUITY_CHANGE_BITS())(equityChange);
    signal cost <== -paid * equityChange;

    // what it released: loss_scenario + fixedRisk before, less worstLoss + fixedRisk after
    signal {binary} always <== UncheckedBinary()(1); // discharged: a constant
    signal {binary} chosen[S] <== OneHot(S)(scenario, always);
    component fall = Pick(S);
    fall.hot <== chosen;
    for (var s = 0; s < S; s++) fall.values[s] <== record.scenarioPrice[0] - record.scenarioPrice[s];
    signal lossAfter <== Pick(S)(chosen, value.portfolio.loss);
    signal lossChange <== change * fall.out;
    signal {binary} wasShort <== IsNegative(POSITION_BITS())(oldSize);
    signal oldShortSize <== wasShort * oldSize;
    signal newShortSize <== Pick(M)(market, value.portfolio.shortSize);
    signal minimumChange <== (oldShortSize - newShortSize) * record.shortOptionMinimum;
    signal oldOverLots <== wasLarge * (oldSize - 2 * oldShortSize - record.largeLots);
    signal newOverLots <== Pick(M)(market, value.portfolio.overLots);
    signal additionChange <== (newOverLots - oldOverLots) * record.largeRisk;
    signal released <== lossAfter - lossChange - minimumChange - additionChange - worstLoss;

    // of who is not asked for margin no loss counts: however far they lie apart, no other has to wait (protocol.md#loss-spread)
    Portfolio(M, S) asked;
    asked.scaledNet <== value.portfolio.scaledNet;
    for (var s = 0; s < S; s++) asked.loss[s] <== ordered * value.portfolio.loss[s];
    asked.shortSize <== value.portfolio.shortSize;
    asked.overLots <== value.portfolio.overLots;
    asked.fixedRisk <== value.portfolio.fixedRisk;

    // initial margin; (m3) net >= 0 unless closing cost nothing, net being the excess at ratio 0
    signal {binary} closes <== And()(ordered, closing);
    signal {binary} pays <== And()(closes, paid);
    component excess = AssertExcess(M, S, LOSS_SPREAD_BITS());
    excess.scaled <== (ordered - closes + pays) * value.portfolio.scaledNet;
    excess.ratioBps <== UncheckedBits(BASIS_POINTS_BITS())((ordered - closes) * table.initialMarginBps); // discharged: a published table's, or 0
    excess.worstLoss <== worstLoss;
    excess.portfolio <== asked;

    // (m1) no order is left
    closes * ordersLeft === 0;

    // (m2) risk did not grow, and equity less risk did not fall: released >= 0 and released >= equity before - after
    component releases = AssertBits(RISK_BITS());
    releases.in <== closes * (released - cost);

    // (m4) the new size is of the old one's sign or 0, and no lot closed cost more than band, fee and one quantum. Since
    // cost >= 0, this shows too that the position did not grow
    signal sameSide <== wasShort * newSize; // its negative part, if it did not change sides
    closes * (newShortSize - sameSide) === 0;
    signal closed <== (2 * wasShort - 1) * change;
    signal scaledFee <== (record.scenarioPrice[0] + record.band) * table.takerFeeBps;
    signal scaledAllowance <== closed * (BASIS_POINTS() * (record.band + 1) + scaledFee);
    component insideBand = AssertBits(CLOSING_COST_BITS());
    insideBand.in <== closes * (scaledAllowance - BASIS_POINTS() * cost);
}
