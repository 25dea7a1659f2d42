pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/hash.circom";
include "lib/merkle.circom";
include "lib/parameters.circom";
include "lib/public-data.circom";
include "lib/range.circom";
include "lib/select.circom";
include "state/account.circom";
include "state/risk.circom";

// @widths of what an account is owed, M <= 16 markets: |quote| < 2^80 + 2^(56 + 66 + 4) < 2^127; times 10^4 < 2^141
function QUOTE_BITS() { return 127; }
// what is paid of it < 2^(80 + 64 + 14)
function REST_BITS() { return COLLATERAL_BITS() + COLLATERAL_PRICE_BITS() + 14; }

// Claim: sold = min(lots, ceil(debt / unit)) lots of an asset stay in the pool for a debt, and left = max(0, debt - sold * unit)
// is owed after them; an asset without a unit pays with all its lots, if anything is owed (protocol.md#exit).
// sold and covers are hints, of which one pair fits. covers = 0 says that all lots are sold and that something is owed after
// them. covers = 1 says that nothing is owed after `sold` lots, and would be after one fewer, or that none is sold. For debt = 0
// the first has no witness, since rest <= 0, and the second only sold = 0. For debt > 0 and unit = 0 rest = debt, so the second
// has none. For debt > 0 and unit > 0 the first asks for lots * unit < debt, the second for (sold - 1) * unit < debt <=
// sold * unit, which is the quotient rounded up, and sold <= lots: one of them holds.
// @widths lots < 2^80, unit < 2^78, debt < 2^141: |rest| < 2^158
// @assumes those: of a state, a published table, and the asset before
template PayWithAsset() {
    signal input lots;
    signal input unit;
    signal input debt;
    signal input sold; // hints
    signal input covers;
    signal output left;
    signal {binary} covered <== AssertBinary()(covers);
    _ <== AssertBits(COLLATERAL_BITS())(sold);
    _ <== AssertBits(COLLATERAL_BITS())(lots - sold);
    (1 - covered) * (lots - sold) === 0;

    signal paid <== sold * unit;
    signal rest <== debt - paid;
    left <== (1 - covered) * rest;
    // covered: -rest >= 0; else rest >= 1
    signal sign <== (1 - 2 * covered) * rest;
    _ <== AssertBits(REST_BITS())(sign - 1 + covered);
    // covered by some: rest + unit >= 1
    signal {binary} none <== IsSame()(sold, 0);
    signal {binary} some <== And()(covered, Not()(none));
    signal slack <== some * (rest + unit - 1);
    _ <== AssertBits(REST_BITS())(slack);
}

// Claim: the account stands in stateRoot at that index and is owed, at the table with riskRoot, `claim` lots of each asset
// (protocol.md#exit). Nothing else of it is revealed. The words that are public are domain, stateRoot, riskRoot, account and
// claim.
// @assumes numbers of stateRoot are in range: genesis and every circuit that writes a state check them; the risk table is as
// protocol.md#risk-table requires: risk-update proves it; the contract knows the words, and asks once for each account
template Exit(M, K, S, levels) {
    assert(M <= 16);
    // public
    signal input dataCommitment;
    signal input dataChallenge;
    signal input dataValue;
    // words that the rest does not determine
    signal input domain;
    signal input riskRoot;
    signal input account;
    // private
    signal input priced; // whether a table is opened
    signal input riskWords[RISK_WORDS(M, K, S)];
    signal input marketsRoot;
    signal input accountChildren[levels][4];
    signal input keyX;
    signal input keyY;
    signal input ownerCommitment;
    signal input viewKey;
    signal input status;
    signal input nonce;
    signal input collateral[K];
    signal input size[M];
    signal input fundingIndex[M];
    signal input openBuy[M];
    signal input openSell[M];
    // hints: see PayWithAsset, of each asset but cash
    signal input sold[K - 1];
    signal input covers[K - 1];

    // 1. The account stands in stateRoot
    Position() position[M];
    for (var m = 0; m < M; m++) {
        position[m].size <== size[m];
        position[m].fundingIndex <== fundingIndex[m];
        position[m].openBuy <== openBuy[m];
        position[m].openSell <== openSell[m];
    }
    signal groups[POSITION_GROUPS(M)] <== HashGroups(M)(position);
    component path = MerkleRoot(levels);
    path.index <== account;
    path.leaf <== HashAccount(M, K)(
        keyX, keyY, ownerCommitment, viewKey, status, nonce, collateral, groups
    );
    path.children <== accountChildren;
    signal stateRoot <== Hash(TAG_STATE(), 2)([path.root, marketsRoot]);

    // 2. riskRoot commits to the table; without one the account has no position and no debt
    signal {binary} isPriced <== AssertBinary()(priced);
    component risk = OpenRiskTable(M, K, S);
    risk.words <== riskWords;
    isPriced * (risk.riskRoot - riskRoot) === 0;
    for (var m = 0; m < M; m++) (1 - isPriced) * size[m] === 0;

    // 3. What its positions end at
    var quote = collateral[0];
    signal worth[M];
    for (var m = 0; m < M; m++) {
        worth[m] <== size[m]
            * (risk.table.market[m].scenarioPrice[0] + fundingIndex[m] - risk.table.market[m].fundingIndex);
        quote += worth[m];
    }
    signal {binary} owes <== IsNegative(QUOTE_BITS())(quote);
    (1 - isPriced) * owes === 0;

    // 4. What of the other assets pays a debt
    signal claim[K];
    claim[0] <== (1 - owes) * quote;
    signal debt[K];
    debt[0] <== owes * (- BASIS_POINTS() * quote);
    signal unit[K];
    unit[0] <== 0;
    signal unitIfPriced[K];
    unitIfPriced[0] <== 0;
    component pay[K];
    for (var k = 1; k < K; k++) {
        unit[k] <== risk.table.collateralPrice[k] * risk.table.collateralWeight[k];
        unitIfPriced[k] <== isPriced * unit[k]; // nobody answers for a table that is not opened
        pay[k] = PayWithAsset();
        pay[k].lots <== collateral[k];
        pay[k].unit <== unitIfPriced[k];
        pay[k].debt <== debt[k - 1];
        pay[k].sold <== sold[k - 1];
        pay[k].covers <== covers[k - 1];
        debt[k] <== pay[k].left;
        claim[k] <== collateral[k] - sold[k - 1];
    }

    // 5. The words
    component data = AssertPublicData(4 + K);
    data.words[0] <== domain;
    data.words[1] <== stateRoot;
    data.words[2] <== riskRoot;
    data.words[3] <== account;
    for (var k = 0; k < K; k++) data.words[4 + k] <== claim[k];
    data.commitment <== dataCommitment;
    data.challenge <== dataChallenge;
    data.value <== dataValue;
}
