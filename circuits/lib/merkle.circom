pragma circom 2.2.3;

include "circomlib/circuits/bitify.circom";
include "lib/hash.circom";
include "lib/parameters.circom";
include "lib/range.circom";

// The four indicators of a 2-bit child position.
template ChildPosition() {
    signal input low;
    signal input high;
    signal output hot[4];
    hot[3] <== low * high;
    hot[1] <== low - hot[3];
    hot[2] <== high - hot[3];
    hot[0] <== 1 - low - high + hot[3];
}

// Claim: leaf stands at `index` of the 4-ary tree with that root. children[l] are the four children on level l of the
// way up, level 0 being the leaves.
template MerkleRoot(levels) {
    signal input index;
    signal input leaf;
    signal input children[levels][4];
    signal output root;
    signal bits[2 * levels] <== Num2Bits(2 * levels)(index);
    signal nodes[levels + 1];
    signal hot[levels][4];
    signal picked[levels][3];
    nodes[0] <== leaf;
    for (var l = 0; l < levels; l++) {
        hot[l] <== ChildPosition()(bits[2 * l], bits[2 * l + 1]);
        for (var c = 0; c < 3; c++) picked[l][c] <== hot[l][c] * children[l][c];
        hot[l][3] * children[l][3] === nodes[l] - picked[l][0] - picked[l][1] - picked[l][2];
        nodes[l + 1] <== Hash(TAG_NODE(), 4)(children[l]);
    }
    root <== nodes[levels];
}

// Claim: leaf stands at `index` of the tree with root oldRoot, and newRoot is that tree with newLeaf there.
template MerkleUpdate(levels) {
    signal input index;
    signal input oldLeaf;
    signal input newLeaf;
    signal input children[levels][4];
    signal output oldRoot;
    signal output newRoot;
    signal bits[2 * levels] <== Num2Bits(2 * levels)(index);
    signal hot[levels][4];
    signal picked[levels][3];
    signal updated[levels][4];
    signal oldNodes[levels + 1];
    signal newNodes[levels + 1];
    oldNodes[0] <== oldLeaf;
    newNodes[0] <== newLeaf;
    for (var l = 0; l < levels; l++) {
        hot[l] <== ChildPosition()(bits[2 * l], bits[2 * l + 1]);
        for (var c = 0; c < 3; c++) picked[l][c] <== hot[l][c] * children[l][c];
        hot[l][3] * children[l][3] === oldNodes[l] - picked[l][0] - picked[l][1] - picked[l][2];
        oldNodes[l + 1] <== Hash(TAG_NODE(), 4)(children[l]);
        for (var c = 0; c < 4; c++) updated[l][c] <== children[l][c] + hot[l][c] * (newNodes[l] - oldNodes[l]);
        newNodes[l + 1] <== Hash(TAG_NODE(), 4)(updated[l]);
    }
    oldRoot <== oldNodes[levels];
    newRoot <== newNodes[levels];
}
