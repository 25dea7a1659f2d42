pragma circom 2.2.3;

include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "lib/shared-top.circom";
include "state/account.circom";
include "state/risk.circom";
include "cash-batch/amounts.circom";
include "cash-batch/expire.circom";
include "cash-batch/kind.circom";
include "cash-batch/margin.circom";
include "cash-batch/operation.circom";
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
    signal cured;
    signal market; // that expires
}

// Claim: used: `before` stands at the account's index of the tree with these nodes at its top (for REGISTER: nothing does), and
// newNodes are those of the tree with what the operation makes of it there (protocol.md#cash-kinds); else newNodes = nodes. words
// say what happened.
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
    signal input {binary} posted;
    signal input {binary} current;
    signal input {binary} sheltered[M];
    input Account(M, K) before;
    signal input children[levels - TOP_LEVELS()][4];
    signal input nodes[TOP_NODES()];
    signal input worstLoss;
    signal input scenario;
    signal output newNodes[TOP_NODES()];
    signal output {maxbit} flaggedAt; // before
    signal output {binary} exposed; // it has a size in a sheltered market
    signal output closed[M]; // lots held that are no more
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
    flaggedAt <== standing.flaggedAt;
    component flat = IsFlat(M);
    flat.suspended <== standing.suspended;
    flat.position <== before.position;
    signal suspends <== is.suspend * (1 - standing.suspended);
    signal resumes <== is.resume * standing.suspended;
    signal lifted <== resumes * (1 - flat.open);
    signal flags <== is.flag * (time - flaggedAt);
    signal unflags <== operation.cured * flaggedAt;
    signal nonceChange <== is.signed * (operation.nonce - before.nonce);
    signal keyXChange <== is.keyed * (key.keyX - before.keyX);
    signal keyYChange <== is.keyed * (key.keyY - before.keyY);
    Account(M, K) after;
    after.keyX <== before.keyX + keyXChange;
    after.keyY <== before.keyY + keyYChange;
    after.ownerCommitment <== before.ownerCommitment;
    after.viewKey <== view.newKey;
    after.status <== before.status + suspends - lifted + 2 * (flags - unflags);
    after.nonce <== before.nonce + nonceChange;
    component groups = HashGroups(M);
    groups.position <== before.position;
    component expire = Expire(M, K, S);
    expire.expire <== is.expire;
    expire.market <== operation.market;
    expire.posted <== posted;
    expire.table <== table;
    expire.before <== before.position;
    expire.oldDigests <== groups.digests;
    after.position <== expire.after;
    closed <== expire.closed;
    for (var k = 0; k < K; k++) {
        after.collateral[k] <== before.collateral[k] + asset[k] * (amounts.received - operation.paid)
            + (k == 0 ? expire.worth : 0);
    }

    // 4. Its cash, and what it holds of the asset, stay in their widths, and what the slot says of its margin holds
    signal {binary} indebted <== IsNegative(COLLATERAL_BITS())(after.collateral[0]);
    signal left <== Pick(K)(asset, after.collateral);
    signal {binary} negative <== IsNegative(COLLATERAL_BITS())(left);
    signal clear <== IsZero()(flaggedAt);
    component shelter = IsExposed(M);
    shelter.sheltered <== sheltered;
    shelter.square <== flat.square;
    exposed <== shelter.exposed;
    component margin = CheckAccountMargin(M, K, S);
    margin.is <== is;
    margin.requested <== operation.requested;
    margin.paid <== operation.paid;
    margin.available <== operation.available;
    margin.asset <== asset;
    margin.left <== left;
    margin.negative <== negative;
    margin.indebted <== indebted;
    margin.flagged <== UncheckedBinary()(1 - clear); // discharged: IsZero's output
    margin.cured <== AssertBinary()(operation.cured);
    margin.suspended <== standing.suspended;
    margin.exposed <== exposed;
    margin.flat <== flat.flat;
    margin.collateral <== after.collateral;
    margin.position <== after.position;
    margin.table <== table;
    margin.current <== current;
    margin.worstLoss <== worstLoss;
    margin.scenario <== scenario;

    // 5. While a market is sheltered, whoever has a size in it signs nothing away; what is forced is told (protocol.md#exposed)
    is.signed * exposed === 0;
    signal forcedExposed <== is.forced * exposed;

    // 6. The leaf, opened and written back
    signal found <== HashAccount(M, K)(
        before.keyX, before.keyY, before.ownerCommitment, before.viewKey, before.status, before.nonce,
        before.collateral, groups.digests
    );
    component path = UpdateUnderTop(levels);
    path.enabled <== is.used;
    path.index <== operation.account;
    path.children <== children;
    path.nodes <== nodes;
    path.oldLeaf <== (1 - is.register) * found;
    path.newLeaf <== HashAccount(M, K)(
        after.keyX, after.keyY, after.ownerCommitment, after.viewKey, after.status, after.nonce,
        after.collateral, expire.digests
    );
    newNodes <== path.newNodes;

    // 7. Its words (protocol.md#cash-words). A kind uses one of the summands; who is exposed is not cured
    words.a <== amounts.word + key.wordX + view.word + expire.word;
    words.b <== key.wordY + is.signed * operation.nonce + operation.cured + 2 * margin.deferred + forcedExposed;
    words.c <== is.register * before.ownerCommitment;
    words.leaf <== is.used * path.newLeaf;
}
