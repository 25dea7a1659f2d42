pragma circom 2.2.3;

include "lib/hash.circom";
include "lib/parameters.circom";
include "lib/range.circom";

// What the next table needs to know of an underlying, and of a market (protocol.md#risk-memory).
bus UnderlyingMemory() {
    signal {maxbit} index;
    signal {maxbit} sampleIndex;
    signal {maxbit} sampleTime;
    signal {maxbit} variance;
    signal {maxbit} shock;
    signal {maxbit} closedUntil;
    signal {maxbit} closedSince;
}

bus MarketMemory() {
    signal identity;
    signal {maxbit} expiry;
    signal {maxbit} averageSum;
    signal {maxbit} averageSeconds;
    signal {maxbit} settlement;
    signal {maxbit} fundingRest;
}

function UNDERLYING_WORDS() { return 7; }
function MARKET_MEMORY_WORDS() { return 6; }
function MEMORY_WORDS(U, M) { return U * UNDERLYING_WORDS() + M * MARKET_MEMORY_WORDS(); }

// Widths of a memory's numbers.
// @widths closedUntil = asOf + cooldown < 2^40 + 2^20; averageSum is of 1,800 s of prices below 2^47, and 1,800 < 2^11
function SHOCK_BITS() { return 20; }
function CLOSED_UNTIL_BITS() { return TIME_BITS() + 1; }
function AVERAGE_SECONDS_BITS() { return 11; }
function AVERAGE_SUM_BITS() { return INDEX_PRICE_BITS() + AVERAGE_SECONDS_BITS(); }
function SETTLEMENT_BITS() { return PRICE_BITS() + 1; }
function FUNDING_REST_BITS() { return WIDTH_OF(FUNDING_PERIOD()); }

// Claim: digest commits to these words, and what they say is the memory; where `blank` all of it is 0, whatever the words.
// @assumes where not blank each number is in its range: the memory is one that this circuit made for the table before. Whoever
// takes a table's root as old, asks for a root that such a proof gave
template OpenMemory(U, M) {
    signal input {binary} blank;
    signal input words[MEMORY_WORDS(U, M)];
    signal output digest;
    output UnderlyingMemory() underlying[U];
    output MarketMemory() market[M];
    digest <== HashWords(TAG_MEMORY(), MEMORY_WORDS(U, M))(words);
    signal kept[MEMORY_WORDS(U, M)];
    for (var i = 0; i < MEMORY_WORDS(U, M); i++) kept[i] <== (1 - blank) * words[i];
    var at = 0;
    for (var u = 0; u < U; u++) {
        underlying[u].index <== UncheckedBits(INDEX_PRICE_BITS())(kept[at]); // discharged: see the assumption, as all below
        underlying[u].sampleIndex <== UncheckedBits(INDEX_PRICE_BITS())(kept[at + 1]);
        underlying[u].sampleTime <== UncheckedBits(TIME_BITS())(kept[at + 2]);
        underlying[u].variance <== UncheckedBits(VARIANCE_BITS())(kept[at + 3]);
        underlying[u].shock <== UncheckedBits(SHOCK_BITS())(kept[at + 4]);
        underlying[u].closedUntil <== UncheckedBits(CLOSED_UNTIL_BITS())(kept[at + 5]);
        underlying[u].closedSince <== UncheckedBits(TIME_BITS())(kept[at + 6]);
        at += UNDERLYING_WORDS();
    }
    for (var m = 0; m < M; m++) {
        market[m].identity <== kept[at];
        market[m].expiry <== UncheckedBits(TIME_BITS())(kept[at + 1]);
        market[m].averageSum <== UncheckedBits(AVERAGE_SUM_BITS())(kept[at + 2]);
        market[m].averageSeconds <== UncheckedBits(AVERAGE_SECONDS_BITS())(kept[at + 3]);
        market[m].settlement <== UncheckedBits(SETTLEMENT_BITS())(kept[at + 4]);
        market[m].fundingRest <== UncheckedBits(FUNDING_REST_BITS())(kept[at + 5]);
        at += MARKET_MEMORY_WORDS();
    }
}

// digest commits to the memory.
template HashMemory(U, M) {
    input UnderlyingMemory() underlying[U];
    input MarketMemory() market[M];
    signal output digest;
    component hash = HashWords(TAG_MEMORY(), MEMORY_WORDS(U, M));
    var at = 0;
    for (var u = 0; u < U; u++) {
        hash.words[at] <== underlying[u].index;
        hash.words[at + 1] <== underlying[u].sampleIndex;
        hash.words[at + 2] <== underlying[u].sampleTime;
        hash.words[at + 3] <== underlying[u].variance;
        hash.words[at + 4] <== underlying[u].shock;
        hash.words[at + 5] <== underlying[u].closedUntil;
        hash.words[at + 6] <== underlying[u].closedSince;
        at += UNDERLYING_WORDS();
    }
    for (var m = 0; m < M; m++) {
        hash.words[at] <== market[m].identity;
        hash.words[at + 1] <== market[m].expiry;
        hash.words[at + 2] <== market[m].averageSum;
        hash.words[at + 3] <== market[m].averageSeconds;
        hash.words[at + 4] <== market[m].settlement;
        hash.words[at + 5] <== market[m].fundingRest;
        at += MARKET_MEMORY_WORDS();
    }
    digest <== hash.digest;
}
