pragma circom 2.2.3;

include "lib/range.circom";

// Claim: enabled = 1: exactly out[index] is 1; enabled = 0: all of out is 0, and index is 0.
// Soundness of `<--`: every out[i] is 0 or 1 and their sum is `enabled`, so at most one is 1; sum(i * out[i]) = index then
// leaves the one place that index names. An index outside [0, n) satisfies nothing.
template OneHot(n) {
    signal input index;
    signal input {binary} enabled;
    signal output {binary} out[n];
    var sum = 0;
    var place = 0;
    for (var i = 0; i < n; i++) {
        out[i] <-- enabled * (index == i ? 1 : 0);
        out[i] * (1 - out[i]) === 0;
        sum += out[i];
        place += i * out[i];
    }
    sum === enabled;
    place === index;
}

// out = values[i] for the i that is hot, 0 if none is.
template Pick(n) {
    signal input {binary} hot[n];
    signal input values[n];
    signal output out;
    signal terms[n];
    var sum = 0;
    for (var i = 0; i < n; i++) {
        terms[i] <== hot[i] * values[i];
        sum += terms[i];
    }
    out <== sum;
}

// out = condition ? yes : no.
template Choose() {
    signal input {binary} condition;
    signal input yes;
    signal input no;
    signal output out;
    out <== no + condition * (yes - no);
}
