pragma circom 2.2.3;

// Several valid witnesses: the constraints hold for more than one choice of a hint, and an output shows the choice.

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";

// Claim: distance = |from - to| for numbers below 2^n.
// Planted: of the two square roots of (from - to)^2, either passes.
template EitherRoot(n) {
    signal input from;
    signal input to;
    signal output distance;
    _ <== Num2Bits(n)(from);
    _ <== Num2Bits(n)(to);
    distance <-- from > to ? from - to : to - from;
    signal square <== (from - to) * (from - to);
    distance * distance === square;
}

// Claim: distance = |from - to| for numbers below 2^n.
template SmallRoot(n) {
    signal input from;
    signal input to;
    signal output distance;
    _ <== Num2Bits(n)(from);
    _ <== Num2Bits(n)(to);
    distance <-- from > to ? from - to : to - from;
    signal square <== (from - to) * (from - to);
    distance * distance === square;
    _ <== Num2Bits(n)(distance); // the other root is r - distance, which is no n-bit number
}

// Claim: index is the first place of `values` that holds `wanted`.
// Planted: any place that holds it passes.
template SomeIndex(n) {
    signal input values[n];
    signal input wanted;
    signal output index;
    signal hot[n];
    var seen = 0;
    var sum = 0;
    var place = 0;
    for (var i = 0; i < n; i++) {
        hot[i] <-- seen == 0 && values[i] == wanted ? 1 : 0;
        seen += hot[i];
        hot[i] * (1 - hot[i]) === 0;
        hot[i] * (values[i] - wanted) === 0;
        sum += hot[i];
        place += i * hot[i];
    }
    sum === 1;
    index <== place;
}

// Claim: index is the first place of `values` that holds `wanted`.
template FirstIndex(n) {
    signal input values[n];
    signal input wanted;
    signal output index;
    signal same[n];
    signal hot[n];
    signal seen[n + 1];
    seen[0] <== 0;
    var place = 0;
    for (var i = 0; i < n; i++) {
        same[i] <== IsEqual()([values[i], wanted]);
        hot[i] <== same[i] * (1 - seen[i]);
        seen[i + 1] <== seen[i] + hot[i];
        place += i * hot[i];
    }
    seen[n] === 1;
    index <== place;
}

// Claim: out = x + 1.
// Planted: what is added is the hint of a test for zero of a constant, which is free.
template HintOfZeroAdded() {
    signal input x;
    signal output out;
    signal none <== 0;
    signal hint <-- 1; // free: it is multiplied by 0
    signal isNone <== 1 - none * hint;
    none * isNone === 0;
    out <== x + hint;
}

// Claim: out = x + 1.
template TestOfZeroAdded() {
    signal input x;
    signal output out;
    signal none <== 0;
    signal hint <-- 1; // free: it is multiplied by 0, and nothing else reads it
    signal isNone <== 1 - none * hint;
    none * isNone === 0;
    out <== x + isNone;
}
