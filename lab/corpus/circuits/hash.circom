pragma circom 2.2.3;

// Hash domains: one hash for two uses lets the digest of one pass for that of the other.

include "circomlib/circuits/poseidon.circom";

// Poseidon of two words with a tag of the use in its capacity.
template TaggedPair(tag) {
    signal input words[2];
    signal output out;
    signal digest[1] <== PoseidonEx(2, 1)(words, tag);
    out <== digest[0];
}

// Claim: the entry (key, value) is a leaf below root: a child of the root, or a grandchild.
template EntryBelow(leafTag, nodeTag) {
    signal input root;
    signal input key;
    signal input value;
    signal input deep;
    signal input turns[2];
    signal input siblings[2];
    deep * (1 - deep) === 0;
    signal nodes[3];
    signal left[2];
    nodes[0] <== TaggedPair(leafTag)([key, value]);
    for (var l = 0; l < 2; l++) {
        turns[l] * (1 - turns[l]) === 0;
        left[l] <== nodes[l] + turns[l] * (siblings[l] - nodes[l]);
        nodes[l + 1] <== TaggedPair(nodeTag)([left[l], nodes[l] + siblings[l] - left[l]]);
    }
    root === nodes[1] + deep * (nodes[2] - nodes[1]);
}

// Claim: the entry (key, value) is a leaf below root: a child of the root, or a grandchild.
// Planted: leaves and nodes are hashed alike, so that the two children of a node pass for a key and its value.
template LeafOrNode() {
    signal input root;
    signal input key;
    signal input value;
    signal input deep;
    signal input turns[2];
    signal input siblings[2];
    EntryBelow(0, 0)(root, key, value, deep, turns, siblings);
}

// Claim: the entry (key, value) is a leaf below root: a child of the root, or a grandchild.
template LeafNotNode() {
    signal input root;
    signal input key;
    signal input value;
    signal input deep;
    signal input turns[2];
    signal input siblings[2];
    EntryBelow(1, 4)(root, key, value, deep, turns, siblings);
}

// Claim: the two lists, of at most two words each, are the same; words beyond a list's length do not count.
template SameList(countsLength) {
    signal input lengths[2];
    signal input words[2][2];
    signal pairs[2];
    signal kept[2][2];
    signal digests[2];
    for (var i = 0; i < 2; i++) {
        pairs[i] <== lengths[i] * (lengths[i] - 1);
        pairs[i] * (lengths[i] - 2) === 0;
        // a length of 0, 1 or 2: pairs / 2 says whether there is a second word
        kept[i][0] <== (lengths[i] - pairs[i] / 2) * words[i][0];
        kept[i][1] <== pairs[i] / 2 * words[i][1];
        digests[i] <== Poseidon(3)([countsLength * lengths[i], kept[i][0], kept[i][1]]);
    }
    digests[0] === digests[1];
}

// Claim: the two lists, of at most two words each, are the same; words beyond a list's length do not count.
// Planted: short lists are padded with 0 and hashed without their length: [5] and [5, 0] pass for the same.
template PaddedList() {
    signal input lengths[2];
    signal input words[2][2];
    SameList(0)(lengths, words);
}

// Claim: the two lists, of at most two words each, are the same; words beyond a list's length do not count.
template CountedList() {
    signal input lengths[2];
    signal input words[2][2];
    SameList(1)(lengths, words);
}
