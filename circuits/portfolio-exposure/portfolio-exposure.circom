pragma circom 2.2.3;

include "lib/parameters.circom";
include "lib/public-data.circom";
include "lib/range.circom";
include "state/account.circom";
include "state/margin.circom";
include "state/owned-account.circom";
include "state/risk.circom";

// Words before the bounds.
function EXPOSURE_HEAD_WORDS() { return 6; }

// Claim: I own an account in stateRoot whose profit in every scenario s >= 1 of riskRoot is in [low_s, high_s]; context is
// what I prove it for, memo what I say with it, nullifier my pseudonym (protocol.md#portfolio-exposure). Nothing else of the
// account is revealed. The words that are public are domain, stateRoot, riskRoot, context, memo, nullifier, low and high.
// @widths |profit| < 2^LOSS_BITS = 2^108, and both slacks are in [0, 2^(PROFIT_BITS + 1)): so each bound is an integer within
// 2^109 of 0, and what a reader takes the field element for, whether it looks at its width or not
// @assumes numbers of stateRoot are in range: genesis and every circuit that writes a state check them; the risk table is
// as protocol.md#risk-table requires: risk-update proves it; the contract knows domain, roots, context and memo
template PortfolioExposure(M, K, S, levels) {
    // public
    signal input dataCommitment;
    signal input dataChallenge;
    signal input dataValue;
    // words that the rest does not determine
    signal input domain;
    signal input context;
    signal input memo;
    signal input low[S - 1];
    signal input high[S - 1];
    // private
    signal input ownerSecret;
    signal input riskWords[RISK_WORDS(M, K, S)];
    signal input marketsRoot;
    signal input index;
    signal input accountChildren[levels][4];
    signal input keyX;
    signal input keyY;
    signal input viewKey;
    signal input status;
    signal input nonce;
    signal input collateral[K];
    signal input size[M];
    signal input fundingIndex[M];
    signal input openBuy[M];
    signal input openSell[M];

    // 1. riskRoot commits to the risk table
    component risk = OpenRiskTable(M, K, S);
    risk.words <== riskWords;

    // 2. The account is mine and stands in stateRoot; the nullifier ties owner, venue and context
    component own = OwnedAccount(M, K, levels);
    own.domain <== domain;
    own.context <== context;
    own.ownerSecret <== ownerSecret;
    own.marketsRoot <== marketsRoot;
    own.index <== index;
    own.children <== accountChildren;
    own.keyX <== keyX;
    own.keyY <== keyY;
    own.viewKey <== viewKey;
    own.status <== status;
    own.nonce <== nonce;
    own.collateral <== collateral;
    for (var m = 0; m < M; m++) {
        own.position[m].size <== size[m];
        own.position[m].fundingIndex <== fundingIndex[m];
        own.position[m].openBuy <== openBuy[m];
        own.position[m].openSell <== openSell[m];
    }

    // 3. What it gains or loses under each scenario is within the bounds
    component scan = ScenarioLosses(M, S);
    scan.size <== size;
    for (var m = 0; m < M; m++) scan.price[m] <== risk.table.market[m].scenarioPrice;
    for (var s = 1; s < S; s++) {
        _ <== AssertBits(PROFIT_BITS() + 1)(-scan.loss[s] - low[s - 1]);
        _ <== AssertBits(PROFIT_BITS() + 1)(high[s - 1] + scan.loss[s]);
    }

    // 4. The words
    component data = AssertPublicData(EXPOSURE_HEAD_WORDS() + 2 * (S - 1));
    data.words[0] <== domain;
    data.words[1] <== own.stateRoot;
    data.words[2] <== risk.riskRoot;
    data.words[3] <== context;
    data.words[4] <== memo;
    data.words[5] <== own.nullifier;
    for (var s = 1; s < S; s++) {
        data.words[EXPOSURE_HEAD_WORDS() + s - 1] <== low[s - 1];
        data.words[EXPOSURE_HEAD_WORDS() + S - 1 + s - 1] <== high[s - 1];
    }
    data.commitment <== dataCommitment;
    data.challenge <== dataChallenge;
    data.value <== dataValue;
}
