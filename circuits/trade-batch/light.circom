pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "lib/range.circom";
include "lib/shared-top.circom";
include "state/account.circom";
include "trade-batch/account.circom";

// How many positions a light account slot opens: those of one group.
function GROUP_LENGTH(M) { return M < POSITIONS_PER_GROUP() ? M : POSITIONS_PER_GROUP(); }

// group is hot for the group of the one hot market, and place for its place there.
template LocateMarket(M) {
    var P = GROUP_LENGTH(M);
    var G = POSITION_GROUPS(M);
    assert(G * P == M); // groups of one length
    signal input {binary} hot[M];
    signal output {binary} group[G];
    signal output {binary} place[P];
    for (var g = 0; g < G; g++) {
        var sum = 0;
        for (var i = 0; i < P; i++) sum += hot[g * P + i];
        group[g] <== UncheckedBinary()(sum); // discharged: a sum of parts of a one-hot vector; so below
    }
    for (var i = 0; i < P; i++) {
        var sum = 0;
        for (var g = 0; g < G; g++) sum += hot[g * P + i];
        place[i] <== UncheckedBinary()(sum);
    }
}

// Claim: the hot group's digest is oldDigest, and newDigests are the same with newDigest in its place.
template ReplaceDigest(G) {
    signal input {binary} group[G];
    signal input digests[G];
    signal input oldDigest;
    signal input newDigest;
    signal output newDigests[G];
    for (var g = 0; g < G; g++) {
        group[g] * (digests[g] - oldDigest) === 0;
        newDigests[g] <== digests[g] + group[g] * (newDigest - oldDigest);
    }
}

// Claim: enabled = 1: an account stands at `index` of the tree with these nodes at its top, whose positions in the group of this
// market are before's, the others having the digests that are given; and newNodes are those of the tree with what the batch makes of
// it (ChangeAccount) there; enabled = 0: newNodes = nodes.
template UpdateLightAccount(M, K, levels) {
    var P = GROUP_LENGTH(M);
    var G = POSITION_GROUPS(M);
    signal input {binary} enabled;
    signal input index;
    signal input children[levels - TOP_LEVELS()][4];
    signal input nodes[TOP_NODES()];
    signal input {binary} group[G]; // that this market is in
    signal input {binary} place[P]; // its place there
    signal input fundingIndex; // the record's
    input Account(P, K) before;
    signal input digests[G]; // of all groups, before
    input Position() old; // before's in this market
    input AccountChange() change;
    signal output newNodes[TOP_NODES()];
    signal output newLeaf; // whether enabled or not
    output Account(P, K) after;
    output Position() new; // after's in this market
    component made = ChangeAccount(P, K);
    made.market <== place;
    made.fundingIndex <== fundingIndex;
    made.before <== before;
    made.old <== old;
    made.change <== change;
    after <== made.after;
    new <== made.new;
    component replace = ReplaceDigest(G);
    replace.group <== group;
    replace.digests <== digests;
    replace.oldDigest <== made.oldDigests[0];
    replace.newDigest <== made.newDigests[0];
    component write = WriteAccount(M, P, K, levels);
    write.enabled <== enabled;
    write.index <== index;
    write.children <== children;
    write.nodes <== nodes;
    write.before <== before;
    write.after <== made.after;
    write.oldDigests <== digests;
    write.newDigests <== replace.newDigests;
    newNodes <== write.newNodes;
    newLeaf <== write.newLeaf;
}

// Claim: a light slot that is enabled has the account of no full slot that is. A slot's entry is 2 * index + 1, or 0 where it is not
// enabled (SlotEntries); a light one that is not enabled is taken for -1, which no entry is.
// @widths entries have 25 bits, so that equal field elements are equal numbers: the path to each account shows its index
template AssertInNoFullSlot(F) {
    signal input {binary} enabled;
    signal input entry;
    signal input full[F];
    signal product[F];
    for (var f = 0; f < F; f++) product[f] <== (f == 0 ? 1 : product[f - 1]) * (entry + enabled - 1 - full[f]);
    signal {binary} repeated <== IsZero()(product[F - 1]);
    repeated === 0;
}
