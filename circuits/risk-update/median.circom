pragma circom 2.2.3;

include "lib/range.circom";

// Claim: out is the lower median of the used values (protocol.md#oracle-reports), of which there are k >= 1: the one that is
// named. Half of them, rounded down, are marked high.
// 1. out is used and not high, any other used value is high and >= out or not high and <= out; 2. so 2 * #(<= out) >=
// 2 * (k - half) >= k and 2 * #(>= out) >= 2 * (half + 1) >= k + 1, which one value satisfies, whatever is named and marked.
// @assumes half = floor(k / 2), k being the number of used values: Reports counts them
// @widths values and out have b bits: a difference of two is in (-2^b, 2^b), and of b bits iff it is >= 0
template AssertLowerMedian(n) {
    signal input {binary} used[n];
    signal input half;
    signal input {maxbit} values[n];
    signal input named[n];
    signal input high[n];
    signal output {maxbit} out;
    assert(values.maxbit <= 252);
    signal terms[n];
    var names = 0;
    var highs = 0;
    var median = 0;
    for (var i = 0; i < n; i++) {
        named[i] * (used[i] - named[i]) === 0; // 0, or 1 where used is
        high[i] * (used[i] - named[i] - high[i]) === 0; // likewise, and 0 where it is named
        terms[i] <== named[i] * values[i];
        names += named[i];
        highs += high[i];
        median += terms[i];
    }
    names === 1;
    highs === half;
    out <== UncheckedBits(values.maxbit)(median); // discharged: it is one of the values
    signal beyond[n];
    for (var i = 0; i < n; i++) {
        beyond[i] <== (2 * high[i] - used[i]) * (values[i] - out);
        _ <== AssertBits(values.maxbit)(beyond[i]);
    }
}

// The lower median of the used values.
// Soundness of `<--`: AssertLowerMedian takes no other value, whatever is named and marked; which of equal values it is does
// not matter.
template LowerMedian(n) {
    signal input {binary} used[n];
    signal input half;
    signal input {maxbit} values[n];
    signal output {maxbit} out;
    component median = AssertLowerMedian(n);
    median.used <== used;
    median.half <== half;
    median.values <== values;
    for (var i = 0; i < n; i++) {
        var count = 0;
        var place = 1; // among the used values, in ascending order
        for (var j = 0; j < n; j++) {
            if (used[j] == 1) {
                count++;
                if (values[j] < values[i] || (values[j] == values[i] && j < i)) place++;
            }
        }
        median.named[i] <-- used[i] == 1 && place == (count + 1) \ 2 ? 1 : 0;
        median.high[i] <-- used[i] == 1 && place > (count + 1) \ 2 ? 1 : 0;
    }
    out <== median.out;
}
