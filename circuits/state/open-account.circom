pragma circom 2.2.3;

include "state/account.circom";

// An account of its signals, with its leaf and the digests of its positions' groups.
template OpenAccount(M, K) {
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
    output Account(M, K) account;
    signal output digests[POSITION_GROUPS(M)];
    signal output leaf;
    account.keyX <== keyX;
    account.keyY <== keyY;
    account.ownerCommitment <== ownerCommitment;
    account.viewKey <== viewKey;
    account.status <== status;
    account.nonce <== nonce;
    account.collateral <== collateral;
    for (var m = 0; m < M; m++) {
        account.position[m].size <== size[m];
        account.position[m].fundingIndex <== fundingIndex[m];
        account.position[m].openBuy <== openBuy[m];
        account.position[m].openSell <== openSell[m];
    }
    digests <== HashGroups(M)(account.position);
    leaf <== HashAccount(M, K)(
        keyX, keyY, ownerCommitment, viewKey, status, nonce, collateral, digests
    );
}
