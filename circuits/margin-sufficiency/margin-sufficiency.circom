pragma circom 2.2.3;

include "lib/parameters.circom";
include "lib/range.circom";
include "state/account.circom";
include "state/margin.circom";
include "state/owned-account.circom";
include "state/risk.circom";

// Claim: I own an account in stateRoot that meets ratioBps at riskRoot; context is what I prove it for; nullifier =
// Poseidon(NULLIFIER; domain, ownerSecret, context). Nothing about size, positions, equity or index is revealed.
// @assumes numbers of stateRoot are in range: genesis and every circuit that writes a state check them; the risk table is
// as protocol.md#risk-table requires: risk-update proves it
template MarginSufficiency(M, K, S, levels) {
    // public
    signal input domain;
    signal input stateRoot;
    signal input riskRoot;
    signal input ratioBps;
    signal input context;
    signal input nullifier;
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
    signal input worstLoss; // hint: see AssertExcess

    // 1. The ratio is in range
    signal {maxbit} ratio <== AssertBits(BASIS_POINTS_BITS())(ratioBps);

    // 2. riskRoot commits to the risk table
    component risk = OpenRiskTable(M, K, S);
    risk.words <== riskWords;
    risk.riskRoot === riskRoot;

    // 3. The account is mine and stands in stateRoot; the nullifier ties owner, venue and context
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
    Position() position[M];
    for (var m = 0; m < M; m++) {
        position[m].size <== size[m];
        position[m].fundingIndex <== fundingIndex[m];
        position[m].openBuy <== openBuy[m];
        position[m].openSell <== openSell[m];
    }
    own.position <== position;
    own.stateRoot === stateRoot;
    own.nullifier === nullifier;

    // 4. It meets the ratio
    component standing = UnpackStatus();
    standing.status <== status;
    component value = ValuePortfolio(M, K, S);
    value.collateral <== collateral;
    value.suspended <== standing.suspended;
    value.position <== position;
    value.table <== risk.table;
    component excess = AssertExcess(M, S, LOSS_BITS() + 1);
    excess.scaled <== value.portfolio.scaledNet;
    excess.ratioBps <== ratio;
    excess.worstLoss <== worstLoss;
    excess.portfolio <== value.portfolio;
}
