pragma circom 2.2.3;

include "lib/merkle.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "lib/shared-top.circom";
include "state/account.circom";
include "state/book.circom";
include "state/slot.circom";

// A market's book as the books tree commits to it.
bus BookLeaf(W) {
    signal bids[W];
    signal asks[W];
    signal nextSequence;
    signal fees;
    signal messageChain;
    signal hand;
    signal salt;
}

// The house's account, its positions by their digests: a sweep reads none.
bus House(M, K) {
    signal keyX;
    signal keyY;
    signal ownerCommitment;
    signal viewKey;
    signal status;
    signal nonce;
    signal collateral[K];
    signal groups[POSITION_GROUPS(M)];
}

// Claim: retires: at the table of the batch the market is settled, nobody holds a lot in it, and no order is in its book or in
// hand (protocol.md#retiring).
// @assumes windows are sorted, EMPTY last: every state's are
template AssertRetired(M, W) {
    signal input {binary} retires;
    signal input market;
    input BookLeaf(W) book;
    signal input {binary} posted; // there is a table
    signal input phase[M];
    signal input openInterest[M]; // as the batch leaves it
    _ <== book; // what follows reads a part of it
    signal named <== retires * market;
    signal {binary} hot[M] <== OneHot(M)(named, retires);
    signal picked <== Pick(M)(hot, phase);
    picked === PHASE_SETTLED() * retires;
    retires * (1 - posted) === 0;
    signal lots <== Pick(M)(hot, openInterest);
    lots === 0;
    retires * (book.bids[0] - EMPTY_SLOT()) === 0;
    retires * (book.asks[0] - EMPTY_SLOT()) === 0;
    retires * book.hand === 0;
}

// Claim: enabled: one market's fees became 0, and the cash of the house, account 0, grew by them; else both trees stay.
// word is retires | enabled | market | amount; retires, which takes enabled, says that nothing is left in the market.
// @widths market < 4^bookLevels <= 2^8, amount < 2^80
template Sweep(M, K, levels, W, bookLevels) {
    signal input {binary} enabled;
    signal input {binary} retires;
    signal input market;
    input BookLeaf(W) book;
    signal input bookChildren[bookLevels][4];
    input House(M, K) house;
    signal input houseChildren[levels - TOP_LEVELS()][4];
    signal input accountNodes[TOP_NODES()]; // at the top of the tree of accounts
    signal input booksRoot;
    signal input {binary} posted; // there is a table, of these phases
    signal input phase[M];
    signal input openInterest[M];
    signal output newAccountNodes[TOP_NODES()];
    signal output newBooksRoot;
    signal output word;
    signal output leaf; // the house's, afterwards; 0 if not enabled
    assert(2 * bookLevels <= MARKET_BITS());
    var G = POSITION_GROUPS(M);

    component found = HashBook(W);
    found.bids <== book.bids;
    found.asks <== book.asks;
    found.nextSequence <== book.nextSequence;
    found.fees <== book.fees;
    found.messageChain <== book.messageChain;
    found.hand <== book.hand;
    found.salt <== book.salt;
    component swept = HashBook(W);
    swept.bids <== book.bids;
    swept.asks <== book.asks;
    swept.nextSequence <== book.nextSequence;
    swept.fees <== 0;
    swept.messageChain <== book.messageChain;
    swept.hand <== book.hand;
    swept.salt <== book.salt;
    component books = MerkleUpdate(bookLevels);
    books.index <== market;
    books.oldLeaf <== found.digest;
    books.newLeaf <== swept.digest;
    books.children <== bookChildren;
    enabled * (books.oldRoot - booksRoot) === 0;
    newBooksRoot <== booksRoot + enabled * (books.newRoot - booksRoot);

    _ <== AssertBits(FEES_BITS())(book.fees);
    signal richer[K];
    for (var k = 0; k < K; k++) richer[k] <== house.collateral[k] + (k == 0 ? book.fees : 0);
    _ <== IsNegative(COLLATERAL_BITS())(richer[0]); // cash enters the state within its width
    component accounts = UpdateUnderTop(levels);
    accounts.enabled <== enabled;
    accounts.index <== 0;
    accounts.nodes <== accountNodes;
    accounts.children <== houseChildren;
    accounts.oldLeaf <== HashAccount(M, K)(
        house.keyX, house.keyY, house.ownerCommitment, house.viewKey, house.status, house.nonce,
        house.collateral, house.groups
    );
    accounts.newLeaf <== HashAccount(M, K)(
        house.keyX, house.keyY, house.ownerCommitment, house.viewKey, house.status, house.nonce, richer, house.groups
    );
    newAccountNodes <== accounts.newNodes;

    component retired = AssertRetired(M, W);
    retired.retires <== retires;
    retired.market <== market;
    retired.book <== book;
    retired.posted <== posted;
    retired.phase <== phase;
    retired.openInterest <== openInterest;
    retires * (1 - enabled) === 0;

    word <== enabled * ((1 + 2 * retires) * (1 << (MARKET_BITS() + FEES_BITS())) + market * (1 << FEES_BITS()) + book.fees);
    leaf <== enabled * accounts.newLeaf;
}
