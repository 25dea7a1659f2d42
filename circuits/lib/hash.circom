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

// Hash of a fixed number of words: up to 16 at once; of more, the digests of full groups of 16 and then the words that filled
// none are hashed the same way.
template HashWords(tag, n) {
    signal input words[n];
    signal output digest;
    if (n <= 16) {
        digest <== Hash(tag, n)(words);
    } else {
        var groups = n \ 16;
        var rest = n % 16;
        signal next[groups + rest];
        component group[groups];
        for (var g = 0; g < groups; g++) {
            group[g] = Hash(tag, 16);
            for (var i = 0; i < 16; i++) group[g].words[i] <== words[16 * g + i];
            next[g] <== group[g].digest;
        }
        for (var i = 0; i < rest; i++) next[groups + i] <== words[16 * groups + i];
        digest <== HashWords(tag, groups + rest)(next);
    }
}
