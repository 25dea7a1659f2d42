pragma circom 2.2.3;

// Non-boolean selectors: an indicator that is neither 0 nor 1, or two places that are both hot.

include "circomlib/circuits/poseidon.circom";

// Claim: out = values[index].
// Planted: the sum of the places is right for two hot ones too, such as 1 and 2 for index 3.
template TwoHot(n) {
    signal input index;
    signal input values[n];
    signal output out;
    signal hot[n];
    signal terms[n];
    var place = 0;
    var sum = 0;
    for (var i = 0; i < n; i++) {
        hot[i] <-- index == i ? 1 : 0;
        hot[i] * (1 - hot[i]) === 0;
        terms[i] <== hot[i] * values[i];
        place += i * hot[i];
        sum += terms[i];
    }
    place === index;
    out <== sum;
}

// Claim: out = values[index], and the indicators add up to 1.
// Planted: the indicators need not be 0 or 1.
template AnyHot(n) {
    signal input index;
    signal input values[n];
    signal output out;
    signal hot[n];
    signal terms[n];
    var place = 0;
    var count = 0;
    var sum = 0;
    for (var i = 0; i < n; i++) {
        hot[i] <-- index == i ? 1 : 0;
        terms[i] <== hot[i] * values[i];
        place += i * hot[i];
        count += hot[i];
        sum += terms[i];
    }
    place === index;
    count === 1;
    out <== sum;
}

// Claim: out = values[index].
template OneHotPick(n) {
    signal input index;
    signal input values[n];
    signal output out;
    signal hot[n];
    signal terms[n];
    var place = 0;
    var count = 0;
    var sum = 0;
    for (var i = 0; i < n; i++) {
        hot[i] <-- index == i ? 1 : 0;
        hot[i] * (1 - hot[i]) === 0;
        terms[i] <== hot[i] * values[i];
        place += i * hot[i];
        count += hot[i];
        sum += terms[i];
    }
    place === index;
    count === 1;
    out <== sum;
}

// Claim: out = values[index], and the indicators add up to 1.
template OneHotPickOfThree(n) {
    signal input index;
    signal input values[n];
    signal output out <== OneHotPick(n)(index, values);
}

// Claim: out = yes if the condition is 1, no if it is 0; it is nothing else.
// Planted: a condition of 2 gives 2 * yes - no.
template AnyCondition() {
    signal input condition;
    signal input yes;
    signal input no;
    signal output out;
    out <== no + condition * (yes - no);
}

// Claim: out = yes if the condition is 1, no if it is 0; it is nothing else.
template BinaryCondition() {
    signal input condition;
    signal input yes;
    signal input no;
    signal output out;
    condition * (1 - condition) === 0;
    out <== no + condition * (yes - no);
}

// Claim: root is that of the path from the leaf, turns[l] = 1 if the node of level l is a right child.
// Planted: a turn of another value mixes the two children, so that a prover picks what is hashed.
template AnyTurn(levels) {
    signal input leaf;
    signal input siblings[levels];
    signal input turns[levels];
    signal output root;
    signal nodes[levels + 1];
    signal left[levels];
    nodes[0] <== leaf;
    for (var l = 0; l < levels; l++) {
        left[l] <== nodes[l] + turns[l] * (siblings[l] - nodes[l]);
        nodes[l + 1] <== Poseidon(2)([left[l], nodes[l] + siblings[l] - left[l]]);
    }
    root <== nodes[levels];
}

// Claim: root is that of the path from the leaf, turns[l] = 1 if the node of level l is a right child.
template BinaryTurn(levels) {
    signal input leaf;
    signal input siblings[levels];
    signal input turns[levels];
    signal output root;
    signal nodes[levels + 1];
    signal left[levels];
    nodes[0] <== leaf;
    for (var l = 0; l < levels; l++) {
        turns[l] * (1 - turns[l]) === 0;
        left[l] <== nodes[l] + turns[l] * (siblings[l] - nodes[l]);
        nodes[l + 1] <== Poseidon(2)([left[l], nodes[l] + siblings[l] - left[l]]);
    }
    root <== nodes[levels];
}
