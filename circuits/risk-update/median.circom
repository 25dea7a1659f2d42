pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/range.circom";

// The smaller and the larger of two numbers.
template Sorted() {
    signal input {maxbit} a;
    signal input {maxbit} b;
    signal output {maxbit} low;
    signal output {maxbit} high;
    signal {binary} swapped <== IsLess()(b, a);
    signal change <== swapped * (b - a);
    low <== UncheckedBits(a.maxbit)(a + change); // discharged: it is a or b, which have one width; so below
    high <== UncheckedBits(a.maxbit)(b - change);
}

// Claim: out is the lower median of the used values (protocol.md#oracle-reports): of k >= 1 of them, in ascending order, the one
// at place (k - 1) \ 2, counted from 0.
// 1. What is not used is put at the end, as the largest number of the width; 2. the lower places are filled one after
// another, each with the smallest of what is left; 3. the one is picked.
// @assumes at[(k - 1) \ 2] is 1 and the rest of it 0: Reports makes it
template LowerMedian(n) {
    var PLACES = (n + 1) \ 2;
    signal input {binary} used[n];
    signal input {binary} at[PLACES];
    signal input {maxbit} values[n];
    signal output {maxbit} out;
    var bits = values.maxbit;
    var last = (1 << bits) - 1;

    // 1.
    signal moved[n];
    var line[n];
    for (var i = 0; i < n; i++) {
        moved[i] <== used[i] * (values[i] - last);
        line[i] = last + moved[i];
    }

    // 2.
    component sorted[PLACES][n];
    for (var p = 0; p < PLACES; p++) {
        for (var i = p + 1; i < n; i++) {
            sorted[p][i] = Sorted();
            sorted[p][i].a <== UncheckedBits(bits)(line[p]); // discharged: a value or `last`; so below
            sorted[p][i].b <== UncheckedBits(bits)(line[i]);
            line[p] = sorted[p][i].low;
            line[i] = sorted[p][i].high;
        }
    }

    // 3.
    signal terms[PLACES];
    var median = 0;
    for (var p = 0; p < PLACES; p++) {
        terms[p] <== at[p] * line[p];
        median += terms[p];
    }
    out <== UncheckedBits(bits)(median);
}
