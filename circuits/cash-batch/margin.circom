pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "lib/compare.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "state/account.circom";
include "state/margin.circom";
include "state/risk.circom";
include "cash-batch/kind.circom";

// flat = 1 iff no price matters to the positions: there is no size, and no open lots but those of a suspended account.
// @widths squares of sizes < 2^(2 * 56), open lots < 2^57 a market; sums over at most 16 markets cannot wrap
template IsFlat(M) {
    assert(M <= 16);
    signal input {binary} suspended;
    input Position() position[M];
    signal output {binary} flat;
    signal output {binary} open; // an order may be open in some market
    signal output square[M]; // of each size
    var squares = 0;
    var lots = 0;
    for (var m = 0; m < M; m++) {
        _ <== position[m].fundingIndex; // funding comes to a position by its size
        square[m] <== position[m].size * position[m].size;
        squares += square[m];
        lots += position[m].openBuy + position[m].openSell;
    }
    signal sizeless <== IsZero()(squares);
    signal orderless <== IsZero()(lots);
    open <== UncheckedBinary()(1 - orderless); // discharged: IsZero's output
    signal waiting <== (1 - suspended) * open;
    flat <== UncheckedBinary()(sizeless * (1 - waiting)); // discharged: a product of bits
}

// exposed = 1 iff the account has a size in a sheltered market (protocol.md#exposed), given the squares of its sizes.
// @widths squares of sizes < 2^(2 * 56): a sum over at most 16 markets cannot wrap
template IsExposed(M) {
    assert(M <= 16);
    signal input {binary} sheltered[M];
    signal input square[M];
    signal output {binary} exposed;
    signal part[M];
    var squares = 0;
    for (var m = 0; m < M; m++) {
        part[m] <== sheltered[m] * square[m];
        squares += part[m];
    }
    signal clear <== IsZero()(squares);
    exposed <== UncheckedBinary()(1 - clear); // discharged: IsZero's output
}

// Claim: what the slot says of the account's margin, with what it holds afterwards, holds.
//   a payment: the account may be left with it, and a FORCED one could not pay a lot more (protocol.md#may-withdraw)
//   FLAG: it is below maintenance, its open orders counted as nothing (protocol.md#flag)
//   CURE, and a DEPOSIT: cured = 1 iff it is flagged, not exposed, and meets maintenance; deferred = 1 iff it is flagged and
//   exposed (protocol.md#cure)
// @assumes the account's numbers are in range, and after's collateral too: CashSlot checks what it writes; where `current`,
// the table is that of riskRoot, and as protocol.md#risk-table requires: risk-update proves it
template CheckAccountMargin(M, K, S) {
    input CashKind() is;
    signal input requested;
    signal input paid;
    signal input available;
    signal input {binary} asset[K]; // of which is paid
    signal input left; // lots of it afterwards
    signal input {binary} negative; // they are below 0
    signal input {binary} indebted; // cash is negative
    signal input {binary} flagged; // before
    signal input {binary} cured;
    signal input {binary} suspended;
    signal input {binary} exposed; // it has a size in a sheltered market
    signal input {binary} flat;
    signal input collateral[K]; // afterwards
    input Position() position[M];
    input RiskTable(M, K, S) table;
    signal input {binary} current; // the table is that of riskRoot, and fresh
    // hints
    signal input worstLoss;
    signal input scenario;
    signal output {binary} deferred; // CURE or DEPOSIT of a flagged account that is exposed: they decide nothing
    _ <== is; // what follows reads a part of it

    // 1. Who pays keeps the asset at 0 or above, and is not flagged. A request that pays nothing is no payment
    signal {binary} nothing <== IsZero()(paid);
    signal {binary} pays <== UncheckedBinary()(is.signed + is.forced * (1 - nothing)); // discharged: kinds exclude each other
    pays * negative === 0;
    pays * flagged === 0;

    // 2. Of a flagged account CURE and DEPOSIT decide whether it is one afterwards: one that is exposed is
    signal {binary} decides <== And()(flagged, is.cures);
    signal {binary} weighs <== And()(decides, Not()(exposed));
    deferred <== UncheckedBinary()(decides - weighs); // discharged: weighs implies decides
    cured * (1 - weighs) === 0;

    // 3. Unless it is flat and owes nothing, prices are needed to pay or to turn down, to cure or not: the table must be
    // current. For FLAG it always must
    signal {binary} priced <== UncheckedBinary()(1 - flat * (1 - indebted)); // discharged: a product of bits
    signal asks <== (is.forced + is.signed + decides) * priced + is.flag;
    asks * (1 - current) === 0;

    // 4. If prices are needed, a payer meets initial margin afterwards, and who is cured meets maintenance
    component value = ValuePortfolio(M, K, S);
    value.collateral <== collateral;
    value.suspended <== Or()(suspended, is.flag);
    value.position <== position;
    value.table <== table;
    signal ratio <== table.initialMarginBps + is.maintains * (BASIS_POINTS() - table.initialMarginBps);
    signal margined <== (pays + cured) * priced;
    component excess = AssertExcess(M, S, LOSS_BITS() + 1);
    excess.scaled <== margined * value.portfolio.scaledNet;
    excess.ratioBps <== UncheckedBits(BASIS_POINTS_BITS())(margined * ratio); // discharged: a published table's, 10^4, or 0
    excess.worstLoss <== worstLoss;
    excess.portfolio <== value.portfolio;

    // 5. FORCED pays all that was asked for, or all that the vault has, or all that the account has of the asset; or the
    // account is flagged or owes of the asset; or else with one lot less it would miss initial margin in one scenario.
    // Who is flagged, or not cured without being exposed, misses maintenance in one. Who needs no prices misses nothing
    signal short <== (requested - paid) * (available - paid);
    signal exhausted <== IsZero()(short * left);
    signal able <== (1 - negative) * (1 - flagged);
    signal spare <== is.forced * (1 - exhausted);
    signal withheld <== spare * able;
    signal {binary} refused <== AssertBinary()(withheld + is.flag + weighs - cured); // nothing new: kinds exclude each other, and cured implies weighs
    refused * (1 - priced) === 0;
    signal {binary} chosen[S] <== OneHot(S)(scenario, refused);
    signal loss <== Pick(S)(chosen, value.portfolio.loss);
    signal price <== Pick(K)(asset, table.collateralPrice);
    signal weight <== Pick(K)(asset, table.collateralWeight);
    signal lot <== price * weight;
    signal forgone <== is.forced * lot;
    signal risk <== ratio * (loss + value.portfolio.fixedRisk);
    component misses = AssertBits(EXCESS_BITS()); // scaledNet - forgone - risk < 0
    misses.in <== refused * (risk + forgone - value.portfolio.scaledNet - 1);
}
