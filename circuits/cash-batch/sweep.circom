pragma circom 2.2.3;

include "lib/merkle.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "state/account.circom";
include "state/book.circom";

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

// Claim: enabled: one market's fees became 0, and the cash of the house, account 0, grew by them; else both roots stay.
// word is enabled | market | amount.
// @widths market < 4^bookLevels <= 2^8, amount < 2^80
template Sweep(M, K, levels, W, bookLevels) {
    signal input {binary} enabled;
    signal input market;
    input BookLeaf(W) book;
    signal input bookChildren[bookLevels][4];
    input House(M, K) house;
    signal input houseChildren[levels][4];
    signal input accountsRoot;
    signal input booksRoot;
    signal output newAccountsRoot;
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
    component accounts = MerkleUpdate(levels);
    accounts.index <== 0;
    accounts.children <== houseChildren;
    accounts.oldLeaf <== HashAccount(M, K)(
        house.keyX, house.keyY, house.ownerCommitment, house.viewKey, house.status, house.nonce,
        house.collateral, house.groups
    );
    accounts.newLeaf <== HashAccount(M, K)(
        house.keyX, house.keyY, house.ownerCommitment, house.viewKey, house.status, house.nonce, richer, house.groups
    );
    enabled * (accounts.oldRoot - accountsRoot) === 0;
    newAccountsRoot <== accountsRoot + enabled * (accounts.newRoot - accountsRoot);

    word <== enabled * ((1 << (MARKET_BITS() + FEES_BITS())) + market * (1 << FEES_BITS()) + book.fees);
    leaf <== enabled * accounts.newLeaf;
}
