pragma circom 2.2.3;

include "lib/hash.circom";
include "lib/parameters.circom";

// What the state root commits to beside the accounts (protocol.md#open-interest): how many lots are open in each market, and
// the tree of books, whose salts hide both.
template HashMarkets(M) {
    signal input openInterest[M];
    signal input booksRoot;
    signal output root;
    component hash = HashWords(TAG_MARKETS(), M + 1);
    for (var m = 0; m < M; m++) hash.words[m] <== openInterest[m];
    hash.words[M] <== booksRoot;
    root <== hash.digest;
}
