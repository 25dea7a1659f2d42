pragma circom 2.2.3;

include "circomlib/circuits/bitify.circom";
include "lib/hash.circom";
include "lib/merkle.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";

// A tree of which one circuit writes many leaves is hashed from its top nodes to the root twice only: before them and after them
// (protocol.md#shared-top). Each leaf in turn changes one of the nodes.

// How many nodes stand TOP_LEVELS below the root; the index of each is what the upper bits of its leaves' indices spell.
function TOP_NODES() { return 4 ** TOP_LEVELS(); }

// The root of the tree that has these nodes.
template TopRoot() {
    assert(TOP_LEVELS() == 2);
    signal input nodes[TOP_NODES()];
    signal output root;
    signal above[4];
    for (var i = 0; i < 4; i++) {
        above[i] <== Hash(TAG_NODE(), 4)([nodes[4 * i], nodes[4 * i + 1], nodes[4 * i + 2], nodes[4 * i + 3]]);
    }
    root <== Hash(TAG_NODE(), 4)(above);
}

// Claim: enabled = 1: oldLeaf stands at `index` of the tree with these nodes, and newNodes are those of the tree with newLeaf
// there; enabled = 0: newNodes = nodes. children are those of the path up to the node.
// No index beyond the tree satisfies it, enabled or not.
template UpdateUnderTop(levels) {
    assert(TOP_LEVELS() == 2 && levels > TOP_LEVELS());
    var below = levels - TOP_LEVELS();
    signal input {binary} enabled;
    signal input index;
    signal input oldLeaf;
    signal input newLeaf;
    signal input children[below][4];
    signal input nodes[TOP_NODES()];
    signal output newNodes[TOP_NODES()];

    signal bits[2 * levels] <== Num2Bits(2 * levels)(index);
    var rest = 0; // the index below its node
    for (var i = 0; i < 2 * below; i++) rest += bits[i] * (1 << i);
    component path = MerkleUpdate(below);
    path.index <== rest;
    path.oldLeaf <== oldLeaf;
    path.newLeaf <== newLeaf;
    path.children <== children;

    signal column[4] <== ChildPosition()(bits[2 * below], bits[2 * below + 1]);
    signal row[4] <== ChildPosition()(bits[2 * below + 2], bits[2 * below + 3]);
    signal {binary} hot[TOP_NODES()];
    for (var n = 0; n < TOP_NODES(); n++) hot[n] <== UncheckedBinary()(row[n \ 4] * column[n % 4]); // discharged: a product of bits
    signal node <== Pick(TOP_NODES())(hot, nodes);
    enabled * (node - path.oldRoot) === 0;
    signal change <== enabled * (path.newRoot - path.oldRoot);
    for (var n = 0; n < TOP_NODES(); n++) newNodes[n] <== nodes[n] + hot[n] * change;
}
