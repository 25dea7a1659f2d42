pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "lib/hash.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/signature.circom";

function REPORT_FIELD_BITS() { return 48; }
function REPORT_FIELDS() { return 5; }

// How many words V values fill.
function REPORT_WORDS(V) {
    return (V + REPORT_FIELDS() - 1) \ REPORT_FIELDS();
}

// The values as words: five to one, the first lowest.
// @widths each value is below 2^48: its field, and no other, holds it; five make 240 bits
template PackReport(V) {
    signal input {maxbit} values[V];
    signal output words[REPORT_WORDS(V)];
    assert(values.maxbit <= REPORT_FIELD_BITS());
    for (var w = 0; w < REPORT_WORDS(V); w++) {
        var word = 0;
        for (var f = 0; f < REPORT_FIELDS() && REPORT_FIELDS() * w + f < V; f++) {
            word += values[REPORT_FIELDS() * w + f] * (1 << (REPORT_FIELD_BITS() * f));
        }
        words[w] <== word;
    }
}

// Claim: used = 1: whoever makes the witness knows the key's signature of a report of that feed set, time and values, all of
// them in their ranges. used = 0: the numbers have the widths, and nothing else is said of them.
// @assumes where used = 1 the key is a point of the prime-order subgroup other than the neutral element: whoever agrees to
// the risk parameters checks it (protocol.md#risk-parameters)
template ReadReport(U, M) {
    signal input {binary} used;
    signal input keyX;
    signal input keyY;
    signal input feedSet;
    signal input timestamp;
    signal input values[U + 2 * M];
    signal input R8x;
    signal input R8y;
    signal input window[FIXED_BASE_WINDOWS() + 1][2];
    signal output {maxbit} time;
    signal output {maxbit} price[U + M]; // indices, then forwards
    signal output {maxbit} volatility[M];

    // 1. ranges
    time <== AssertBits(TIME_BITS())(timestamp);
    signal zero[U + M];
    for (var i = 0; i < U + M; i++) {
        price[i] <== AssertBits(INDEX_PRICE_BITS())(values[i]);
        zero[i] <== IsZero()(price[i]);
        used * zero[i] === 0;
    }
    for (var i = 0; i < M; i++) volatility[i] <== AssertBits(VOLATILITY_BITS())(values[U + M + i]);

    // 2. signature
    component pack = PackReport(U + 2 * M);
    for (var i = 0; i < U + 2 * M; i++) {
        pack.values[i] <== UncheckedBits(REPORT_FIELD_BITS())(values[i]); // discharged: by 1, all are narrower
    }
    component digest = HashWords(TAG_REPORT(), 2 + REPORT_WORDS(U + 2 * M));
    digest.words[0] <== feedSet;
    digest.words[1] <== timestamp;
    for (var w = 0; w < REPORT_WORDS(U + 2 * M); w++) digest.words[2 + w] <== pack.words[w];
    component signature = AssertSignature();
    signature.enabled <== used;
    signature.keyX <== keyX;
    signature.keyY <== keyY;
    signature.R8x <== R8x;
    signature.R8y <== R8y;
    signature.message <== digest.digest;
    signature.window <== window;
}
