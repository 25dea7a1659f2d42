pragma circom 2.2.3;

include "lib/parameters.circom";
include "state/portfolio.circom";

// Words of a batch before its slots, of a slot, and after the slots (protocol.md#cash-words).
function CASH_HEAD_WORDS() { return 6; }
function CASH_SLOT_WORDS() { return 5; }
function CASH_LAST_WORDS() { return 3; }
function CASH_WORDS(M, K, N) {
    return CASH_HEAD_WORDS() + N * CASH_SLOT_WORDS() + PORTFOLIO_WORDS(M, K) + CASH_LAST_WORDS();
}

// Bits of each number of the word of sizes.
function COUNT_BITS() { return 8; }

// Bits of a message below its head.
function CASH_MESSAGE_SHIFT() { return COLLATERAL_BITS() + NONCE_BITS() + TIME_BITS(); }

// The public words of a slot. a, b and c hold what the kind needs.
bus CashSlotWords {
    signal head; // kind | account | counterAccount | asset
    signal a;
    signal b;
    signal c;
    signal leaf; // the account's, afterwards
}

// kind | account | counterAccount | asset, which a slot's words and a message begin with.
// @assumes each has the width of its field; who discharges it stands beside the use
template PackHead() {
    signal input kind;
    signal input account;
    signal input counterAccount;
    signal input asset;
    signal output head;
    head <== ((kind * (1 << ACCOUNT_BITS()) + account) * (1 << ACCOUNT_BITS()) + counterAccount) * (1 << ASSET_BITS()) + asset;
}

// All public words of a batch, in order.
// @widths used <= N, M and K < 2^8
template CashWords(M, K, N) {
    assert(N < 1 << COUNT_BITS() && M < 1 << COUNT_BITS() && K < 1 << COUNT_BITS());
    signal input domain;
    signal input timestamp;
    signal input riskRoot;
    signal input oldStateRoot;
    signal input newStateRoot;
    signal input newMarketsRoot;
    input CashSlotWords() slot[N];
    signal input portfolio[PORTFOLIO_WORDS(M, K)];
    signal input used; // how many slots are
    signal input sweep;
    signal input houseLeaf;
    signal output words[CASH_WORDS(M, K, N)];
    words[0] <== domain;
    words[1] <== timestamp;
    words[2] <== riskRoot;
    words[3] <== oldStateRoot;
    words[4] <== newStateRoot;
    words[5] <== newMarketsRoot;
    var at = CASH_HEAD_WORDS();
    for (var n = 0; n < N; n++) {
        words[at] <== slot[n].head;
        words[at + 1] <== slot[n].a;
        words[at + 2] <== slot[n].b;
        words[at + 3] <== slot[n].c;
        words[at + 4] <== slot[n].leaf;
        at += CASH_SLOT_WORDS();
    }
    for (var w = 0; w < PORTFOLIO_WORDS(M, K); w++) words[at + w] <== portfolio[w];
    at += PORTFOLIO_WORDS(M, K);
    var sizes = (N * (1 << COUNT_BITS()) + M) * (1 << COUNT_BITS()) + K;
    words[at] <== used * (1 << (3 * COUNT_BITS())) + sizes;
    words[at + 1] <== sweep;
    words[at + 2] <== houseLeaf;
}
