pragma circom 2.2.3;

include "lib/merkle.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "state/account.circom";
include "state/risk.circom";
include "cash-batch/amounts.circom";
include "cash-batch/kind.circom";
include "cash-batch/operation.circom";
include "cash-batch/withdrawal.circom";
include "cash-batch/words.circom";

// What the prover says of the operation of a slot.
bus CashOperation {
    signal account;
    signal counterAccount; // of a transfer
    signal asset;
    signal requested;
    signal paid;
    signal available;
    signal nonce;
    signal expiry;
    signal R8x;
    signal R8y;
    signal pointX;
    signal pointY;
    signal viewKey;
}

// Claim: used: `before` stands at the account's index of the tree with root oldRoot (for REGISTER: nothing does), and newRoot
// is that tree with what the operation makes of it there (protocol.md#cash-kinds); else newRoot = oldRoot. words say what
// happened.
// @assumes numbers of `before` are in range and its key is in the prime-order subgroup: whatever writes a state checks them;
// counterAccount is an account's index, and 0 except in a transfer: CashBatch takes it from the other slot
template CashSlot(M, K, S, levels) {
    input CashKind() is;
    signal input number; // of the kind
    input CashOperation() operation;
    signal input window[FIXED_BASE_WINDOWS() + 1][2]; // of the operation's signature
    signal input domain;
    signal input time;
    input RiskTable(M, K, S) table;
    signal input {binary} current;
    input Account(M, K) before;
    signal input children[levels][4];
    signal input oldRoot;
    signal input worstLoss;
    signal input scenario;
    signal output newRoot;
    output CashSlotWords() words;
    assert(2 * levels <= ACCOUNT_BITS());
    assert(K <= 1 << ASSET_BITS());

    // 1. A slot that is not used is all zeros; REGISTER finds zeros, all but the commitment, which stays as it is found
    (1 - is.used) * operation.account === 0;
    is.register * before.viewKey === 0;
    is.register * before.status === 0;
    is.register * before.nonce === 0;
    for (var k = 0; k < K; k++) is.register * before.collateral[k] === 0;
    for (var m = 0; m < M; m++) {
        is.register * before.position[m].size === 0;
        is.register * before.position[m].fundingIndex === 0;
        is.register * before.position[m].openBuy === 0;
        is.register * before.position[m].openSell === 0;
    }

    // 2. What the operation says, and its signature
    component amounts = CashAmounts();
    amounts.is <== is;
    amounts.requested <== operation.requested;
    amounts.paid <== operation.paid;
    amounts.available <== operation.available;
    signal {binary} asset[K] <== OneHot(K)(operation.asset, is.moves);
    component key = RegisteredKey();
    key.enabled <== is.keyed;
    key.pointX <== operation.pointX;
    key.pointY <== operation.pointY;
    component view = SetViewKey();
    view.view <== is.view;
    view.key <== before.viewKey;
    view.given <== operation.viewKey;
    words.head <== PackHead()(number, operation.account, operation.counterAccount, operation.asset); // discharged: ReadKind, the path below, OneHot
    component message = CheckCashMessage();
    message.signed <== is.signed;
    message.domain <== domain;
    message.time <== time;
    message.head <== words.head;
    message.amount <== operation.requested;
    message.nonce <== operation.nonce;
    message.expiry <== operation.expiry;
    message.oldNonce <== before.nonce;
    message.keyX <== before.keyX;
    message.keyY <== before.keyY;
    message.R8x <== operation.R8x;
    message.R8y <== operation.R8y;
    message.window <== window;

    // 3. The account afterwards. What is not named stays
    component standing = UnpackStatus();
    standing.status <== before.status;
    component flat = IsFlat(M);
    flat.suspended <== standing.suspended;
    flat.position <== before.position;
    signal suspends <== is.suspend * (1 - standing.suspended);
    signal resumes <== is.resume * standing.suspended;
    signal lifted <== resumes * (1 - flat.open);
    signal nonceChange <== is.signed * (operation.nonce - before.nonce);
    signal keyXChange <== is.keyed * (key.keyX - before.keyX);
    signal keyYChange <== is.keyed * (key.keyY - before.keyY);
    Account(M, K) after;
    after.keyX <== before.keyX + keyXChange;
    after.keyY <== before.keyY + keyYChange;
    after.ownerCommitment <== before.ownerCommitment;
    after.viewKey <== view.newKey;
    after.status <== before.status + suspends - lifted;
    after.nonce <== before.nonce + nonceChange;
    after.position <== before.position;
    for (var k = 0; k < K; k++) {
        after.collateral[k] <== before.collateral[k] + asset[k] * (amounts.received - operation.paid);
    }

    // 4. What it holds of the asset stays in its width, and it may be paid
    signal {binary} indebted <== IsNegative(COLLATERAL_BITS())(before.collateral[0]);
    signal left <== Pick(K)(asset, after.collateral);
    signal {binary} negative <== IsNegative(COLLATERAL_BITS())(left);
    signal clear <== IsZero()(standing.flaggedAt);
    component withdrawal = CheckWithdrawal(M, K, S);
    withdrawal.is <== is;
    withdrawal.requested <== operation.requested;
    withdrawal.paid <== operation.paid;
    withdrawal.available <== operation.available;
    withdrawal.asset <== asset;
    withdrawal.left <== left;
    withdrawal.negative <== negative;
    withdrawal.indebted <== indebted;
    withdrawal.flagged <== UncheckedBinary()(1 - clear); // discharged: IsZero's output
    withdrawal.suspended <== standing.suspended;
    withdrawal.flat <== flat.flat;
    withdrawal.collateral <== after.collateral;
    withdrawal.position <== after.position;
    withdrawal.table <== table;
    withdrawal.current <== current;
    withdrawal.worstLoss <== worstLoss;
    withdrawal.scenario <== scenario;

    // 5. The leaf, opened and written back
    component groups = HashGroups(M);
    groups.position <== before.position;
    signal found <== HashAccount(M, K)(
        before.keyX, before.keyY, before.ownerCommitment, before.viewKey, before.status, before.nonce,
        before.collateral, groups.digests
    );
    component path = MerkleUpdate(levels);
    path.index <== operation.account;
    path.children <== children;
    path.oldLeaf <== (1 - is.register) * found;
    path.newLeaf <== HashAccount(M, K)(
        after.keyX, after.keyY, after.ownerCommitment, after.viewKey, after.status, after.nonce,
        after.collateral, groups.digests
    );
    is.used * (path.oldRoot - oldRoot) === 0;
    newRoot <== oldRoot + is.used * (path.newRoot - oldRoot);

    // 6. Its words (protocol.md#cash-words). A kind uses one of the summands
    words.a <== amounts.word + key.wordX + view.word;
    words.b <== key.wordY + is.signed * operation.nonce;
    words.c <== is.register * before.ownerCommitment;
    words.leaf <== is.used * path.newLeaf;
}
