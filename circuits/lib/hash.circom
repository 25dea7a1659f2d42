pragma circom 2.2.3;

include "circomlib/circuits/poseidon.circom";

// Poseidon with circomlib's parameters; the tag of the use is the capacity element.
template Hash(tag, n) {
    assert(n >= 1 && n <= 16);
    signal input words[n];
    signal output digest;
    component permutation = PoseidonEx(n, 1);
    permutation.initialState <== tag;
    permutation.inputs <== words;
    digest <== permutation.out[0];
}

// The first two words that the permutation makes, of which Hash is the first.
template HashPair(tag, n) {
    assert(n >= 1 && n <= 16);
    signal input words[n];
    signal output pair[2];
    component permutation = PoseidonEx(n, 2);
    permutation.initialState <== tag;
    permutation.inputs <== words;
    pair <== permutation.out;
}

// Hash of a fixed number of words: up to 16 at once, more in groups of 16 whose digests are hashed the same way.
template HashWords(tag, n) {
    signal input words[n];
    signal output digest;
    if (n <= 16) {
        digest <== Hash(tag, n)(words);
    } else {
        var groups = (n + 15) \ 16;
        signal digests[groups];
        component group[groups];
        for (var g = 0; g < groups; g++) {
            var length = g < groups - 1 ? 16 : n - 16 * g;
            group[g] = Hash(tag, length);
            for (var i = 0; i < length; i++) group[g].words[i] <== words[16 * g + i];
            digests[g] <== group[g].digest;
        }
        digest <== HashWords(tag, groups)(digests);
    }
}
