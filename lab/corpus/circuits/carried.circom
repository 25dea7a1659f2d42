pragma circom 2.2.3;

// A signal that is free far from the output: what stands between has to let its difference through.

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";

// Two numbers in one.
template Blend() {
    signal input left;
    signal input right;
    signal output out;
    out <== (left + 2 * right + 5) * (3 * left + right + 7);
}

// Claim: ratio = (x^2 - y^2) / (x - y), and x and y are what the digest commits to.
// Planted: x may be y. A witness of any other digest than that of (x, y) does not exist.
template CommittedRatio() {
    signal input digest;
    signal input x;
    signal input y;
    signal output ratio;
    signal first <== Blend()(x, y);
    signal computed <== Blend()(first, x);
    digest === computed;
    signal xx <== x * x;
    signal yy <== y * y;
    ratio <-- x != y ? (xx - yy) / (x - y) : 0; // free where x is y
    ratio * (x - y) === xx - yy;
}

// Claim: ratio = (x^2 - y^2) / (x - y), and x and y are what the digest commits to, and differ.
template GuardedRatio() {
    signal input digest;
    signal input x;
    signal input y;
    signal output ratio;
    signal first <== Blend()(x, y);
    signal computed <== Blend()(first, x);
    digest === computed;
    signal xx <== x * x;
    signal yy <== y * y;
    signal inverse <-- x != y ? 1 / (x - y) : 0; // determined: the next line has one solution, and none where what is inverted is 0
    inverse * (x - y) === 1;
    ratio <-- (xx - yy) * inverse; // determined: what the next line multiplies it by is not 0
    ratio * (x - y) === xx - yy;
}

// Claim: out mixes the halves of x, of 128 and 126 bits.
// Planted: x + r has 254 bits too, and other halves.
template AliasedMix() {
    signal input x;
    signal output out;
    signal bits[254] <== Num2Bits(254)(x);
    signal (low, high) <== Halves()(bits);
    out <== Blend()(low, high);
}

// Claim: out mixes the halves of x, of 128 and 126 bits.
template StrictMix() {
    signal input x;
    signal output out;
    signal bits[254] <== Num2Bits_strict()(x);
    signal (low, high) <== Halves()(bits);
    out <== Blend()(low, high);
}

template Halves() {
    signal input bits[254];
    signal output low;
    signal output high;
    var sums[2] = [0, 0];
    for (var i = 0; i < 254; i++) sums[i \ 128] += (1 << (i % 128)) * bits[i];
    low <== sums[0];
    high <== sums[1];
}

// Claim: out is the node of the given depth on the way up from leaf: node 0 is the leaf, and node i + 1 is
// (node i + plus[i]) / by[i].
// Planted: by[i] may be 0 where node i is -plus[i].
template AnyQuotients(n) {
    signal input depth;
    signal input leaf;
    signal input plus[n];
    signal input by[n];
    signal output out;
    signal nodes[n + 1];
    nodes[0] <== leaf;
    for (var i = 0; i < n; i++) {
        nodes[i + 1] <-- by[i] != 0 ? (nodes[i] + plus[i]) / by[i] : 0; // free where by[i] and what it divides are 0
        nodes[i + 1] * by[i] === nodes[i] + plus[i];
    }
    component at = NodeAt(n);
    at.depth <== depth;
    at.nodes <== nodes;
    out <== at.out;
}

// Claim: out is the node of the given depth on the way up from leaf: node 0 is the leaf, and node i + 1 is
// (node i + plus[i]) / by[i]; no by[i] is 0.
template GuardedQuotients(n) {
    signal input depth;
    signal input leaf;
    signal input plus[n];
    signal input by[n];
    signal output out;
    signal nodes[n + 1];
    signal inverses[n];
    nodes[0] <== leaf;
    for (var i = 0; i < n; i++) {
        inverses[i] <-- by[i] != 0 ? 1 / by[i] : 0; // determined: the next line has one solution, and none where what is inverted is 0
        inverses[i] * by[i] === 1;
        nodes[i + 1] <-- (nodes[i] + plus[i]) * inverses[i]; // determined: what the next line multiplies it by is not 0
        nodes[i + 1] * by[i] === nodes[i] + plus[i];
    }
    component at = NodeAt(n);
    at.depth <== depth;
    at.nodes <== nodes;
    out <== at.out;
}

// The node of a depth of at most n; 0 for any other depth.
template NodeAt(n) {
    signal input depth;
    signal input nodes[n + 1];
    signal output out;
    signal isAt[n + 1];
    signal sums[n + 2];
    sums[0] <== 0;
    for (var i = 0; i <= n; i++) {
        isAt[i] <== IsEqual()([depth, i]);
        sums[i + 1] <== sums[i] + isAt[i] * nodes[i];
    }
    out <== sums[n + 1];
}

// Claim: root is the node of the given depth on the way up from leaf, turning as the lowest bits of index say.
// Planted: index + r has 254 bits too, and other turns.
template AliasedWay() {
    signal input depth;
    signal input leaf;
    signal input index;
    signal input siblings[3];
    signal output root;
    signal turns[254] <== Num2Bits(254)(index);
    component way = Way(3);
    way.depth <== depth;
    way.leaf <== leaf;
    way.turns <== [turns[0], turns[1], turns[2]];
    way.siblings <== siblings;
    root <== way.out;
}

// Claim: root is the node of the given depth on the way up from leaf, turning as the lowest bits of index say.
template StrictWay() {
    signal input depth;
    signal input leaf;
    signal input index;
    signal input siblings[3];
    signal output root;
    signal turns[254] <== Num2Bits_strict()(index);
    component way = Way(3);
    way.depth <== depth;
    way.leaf <== leaf;
    way.turns <== [turns[0], turns[1], turns[2]];
    way.siblings <== siblings;
    root <== way.out;
}

template Way(n) {
    signal input depth;
    signal input leaf;
    signal input turns[n];
    signal input siblings[n];
    signal output out;
    signal nodes[n + 1];
    signal left[n];
    signal right[n];
    nodes[0] <== leaf;
    for (var i = 0; i < n; i++) {
        left[i] <== nodes[i] + turns[i] * (siblings[i] - nodes[i]);
        right[i] <== nodes[i] + siblings[i] - left[i];
        nodes[i + 1] <== Blend()(left[i], right[i]);
    }
    component at = NodeAt(n);
    at.depth <== depth;
    at.nodes <== nodes;
    out <== at.out;
}
