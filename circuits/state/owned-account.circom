pragma circom 2.2.3;

include "lib/hash.circom";
include "lib/merkle.circom";
include "state/account.circom";

// Claim: whoever knows ownerSecret owns the account, which stands in the state with stateRoot at that index; nullifier is the
// account's pseudonym for domain and context (protocol.md#nullifier).
// @assumes numbers of the state are in range: genesis and every circuit that writes a state check them
template OwnedAccount(M, K, levels) {
    signal input domain;
    signal input context;
    signal input ownerSecret;
    signal input marketsRoot;
    signal input index;
    signal input children[levels][4];
    signal input keyX;
    signal input keyY;
    signal input viewKey;
    signal input status;
    signal input nonce;
    signal input collateral[K];
    input Position() position[M];
    signal output stateRoot;
    signal output nullifier;

    signal ownerCommitment <== Hash(TAG_OWNER(), 1)([ownerSecret]);
    signal groups[POSITION_GROUPS(M)] <== HashGroups(M)(position);
    component path = MerkleRoot(levels);
    path.index <== index;
    path.leaf <== HashAccount(M, K)(
        keyX, keyY, ownerCommitment, viewKey, status, nonce, collateral, groups
    );
    path.children <== children;
    stateRoot <== Hash(TAG_STATE(), 2)([path.root, marketsRoot]);
    nullifier <== Hash(TAG_NULLIFIER(), 3)([domain, ownerSecret, context]);
}
