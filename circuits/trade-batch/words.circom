pragma circom 2.2.3;

include "lib/parameters.circom";

// Words of a batch before those of its accounts, and of an account (protocol.md#trade-words).
function TRADE_HEAD_WORDS() { return 7; }
function TRADE_ACCOUNT_WORDS() { return 3; }

// An account slot as one number, 2 * index + 1 or 0, and how many of them share a word.
function ENTRY_BITS() { return ACCOUNT_BITS() + 1; }
function ENTRIES_PER_WORD() { return 253 \ ENTRY_BITS(); }
function ENTRY_WORDS(T) { return (T + ENTRIES_PER_WORD() - 1) \ ENTRIES_PER_WORD(); }
function TRADE_WORDS(T) { return TRADE_HEAD_WORDS() + ENTRY_WORDS(T) + T * TRADE_ACCOUNT_WORDS(); }

// The account slots as numbers.
// @assumes where enabled = 1 index is below 2^24: the path to the account shows it
template SlotEntries(T) {
    signal input {binary} enabled[T];
    signal input index[T];
    signal output entry[T];
    for (var t = 0; t < T; t++) entry[t] <== enabled[t] * (2 * index[t] + 1);
}

// All public words of a batch, in order; of a slot that is not enabled zeros.
// @widths an entry has 25 bits, ten of them 250: a word tells its entries, and the entries the slots
// @assumes entries are those of the slots: SlotEntries; update is 0 where enabled = 0
template TradeWords(T) {
    assert(ENTRY_BITS() * ENTRIES_PER_WORD() <= 253);
    signal input domain;
    signal input timestamp;
    signal input riskRoot;
    signal input oldStateRoot;
    signal input newStateRoot;
    signal input newMarketsRoot;
    signal input {binary} closingOnly;
    signal input {binary} enabled[T];
    signal input entry[T];
    signal input leaf[T];
    signal input update[T][2];
    signal output words[TRADE_WORDS(T)];
    words[0] <== domain;
    words[1] <== timestamp;
    words[2] <== riskRoot;
    words[3] <== oldStateRoot;
    words[4] <== newStateRoot;
    words[5] <== newMarketsRoot;
    words[6] <== closingOnly;
    var at = TRADE_HEAD_WORDS();
    for (var w = 0; w < ENTRY_WORDS(T); w++) {
        var word = 0;
        for (var t = ENTRIES_PER_WORD() * w; t < T && t < ENTRIES_PER_WORD() * (w + 1); t++) {
            word += entry[t] * (1 << (ENTRY_BITS() * (t - ENTRIES_PER_WORD() * w)));
        }
        words[at] <== word;
        at++;
    }
    for (var t = 0; t < T; t++) {
        words[at] <== enabled[t] * leaf[t];
        words[at + 1] <== update[t][0];
        words[at + 2] <== update[t][1];
        at += TRADE_ACCOUNT_WORDS();
    }
}
