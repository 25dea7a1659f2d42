pragma circom 2.2.3;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";
include "lib/hash.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "state/slot.circom";

// Positions hashed together, so that a change in one market re-hashes one group only.
function POSITIONS_PER_GROUP() { return 4; }
function POSITION_GROUPS(M) { return (M + POSITIONS_PER_GROUP() - 1) \ POSITIONS_PER_GROUP(); }

// Holdings in one market. size and fundingIndex are signed.
bus Position() {
    signal size;
    signal fundingIndex;
    signal openBuy;
    signal openSell;
}

// An account as the leaf of the account tree commits to it.
// @assumes its numbers are in range: they were checked when the leaf was written (genesis, or the circuit that wrote it)
bus Account(M, K) {
    signal keyX;
    signal keyY;
    signal ownerCommitment;
    signal viewKey;
    signal status;
    signal nonce;
    signal collateral[K];
    Position() position[M];
}

// Claim: status is flaggedAt (40) | suspended, and barred = 1 iff it is not 0 (protocol.md#barred).
template UnpackStatus() {
    signal input status;
    signal output {maxbit} flaggedAt;
    signal output {binary} suspended;
    signal output {binary} barred;
    signal bits[TIME_BITS() + 1] <== Num2Bits(TIME_BITS() + 1)(status);
    component time = FromBits(TIME_BITS());
    for (var i = 0; i < TIME_BITS(); i++) time.bits[i] <== bits[i + 1];
    flaggedAt <== time.out;
    suspended <== UncheckedBinary()(bits[0]); // discharged: a bit
    signal {binary} clear <== IsZero()(status);
    barred <== UncheckedBinary()(1 - clear); // discharged: IsZero's output
}

// Digest of group g of an account's positions.
template HashPositions(n) {
    input Position() position[n];
    signal output digest;
    component hash = Hash(TAG_POSITIONS(), 4 * n);
    for (var i = 0; i < n; i++) {
        hash.words[4 * i] <== position[i].size;
        hash.words[4 * i + 1] <== position[i].fundingIndex;
        hash.words[4 * i + 2] <== position[i].openBuy;
        hash.words[4 * i + 3] <== position[i].openSell;
    }
    digest <== hash.digest;
}

// Digests of all groups of an account's positions.
template HashGroups(M) {
    input Position() position[M];
    signal output digests[POSITION_GROUPS(M)];
    component hash[POSITION_GROUPS(M)];
    for (var g = 0; g < POSITION_GROUPS(M); g++) {
        var start = g * POSITIONS_PER_GROUP();
        var length = M - start < POSITIONS_PER_GROUP() ? M - start : POSITIONS_PER_GROUP();
        hash[g] = HashPositions(length);
        for (var i = 0; i < length; i++) hash[g].position[i] <== position[start + i];
        digests[g] <== hash[g].digest;
    }
}

// The leaf of an account whose positions' groups have these digests.
template HashAccount(M, K) {
    signal input keyX;
    signal input keyY;
    signal input ownerCommitment;
    signal input viewKey;
    signal input status;
    signal input nonce;
    signal input collateral[K];
    signal input groups[POSITION_GROUPS(M)];
    signal output leaf;
    var n = 6 + K + POSITION_GROUPS(M);
    component hash = HashWords(TAG_ACCOUNT(), n);
    hash.words[0] <== keyX;
    hash.words[1] <== keyY;
    hash.words[2] <== ownerCommitment;
    hash.words[3] <== viewKey;
    hash.words[4] <== status;
    hash.words[5] <== nonce;
    for (var k = 0; k < K; k++) hash.words[6 + k] <== collateral[k];
    for (var g = 0; g < POSITION_GROUPS(M); g++) hash.words[6 + K + g] <== groups[g];
    leaf <== hash.digest;
}

// The position in the one hot market.
template PickPosition(M) {
    signal input {binary} hot[M];
    input Position() position[M];
    output Position() picked;
    component pick[4];
    for (var w = 0; w < 4; w++) {
        pick[w] = Pick(M);
        pick[w].hot <== hot;
    }
    for (var m = 0; m < M; m++) {
        pick[0].values[m] <== position[m].size;
        pick[1].values[m] <== position[m].fundingIndex;
        pick[2].values[m] <== position[m].openBuy;
        pick[3].values[m] <== position[m].openSell;
    }
    picked.size <== pick[0].out;
    picked.fundingIndex <== pick[1].out;
    picked.openBuy <== pick[2].out;
    picked.openSell <== pick[3].out;
}

// The positions with the one hot market's replaced, and the digests of their groups. Only the group that changed is
// hashed; the others keep their digests.
template ReplacePosition(M) {
    var P = POSITIONS_PER_GROUP();
    var G = POSITION_GROUPS(M);
    assert(G * P == M || G == 1); // groups of one length, so that the changed one can be picked before it is hashed
    var length = M < P ? M : P;
    signal input {binary} hot[M];
    input Position() position[M];
    input Position() old;
    input Position() new;
    signal input oldDigests[G];
    output Position() replaced[M];
    signal output digests[G];

    for (var m = 0; m < M; m++) {
        replaced[m].size <== position[m].size + hot[m] * (new.size - old.size);
        replaced[m].fundingIndex <== position[m].fundingIndex + hot[m] * (new.fundingIndex - old.fundingIndex);
        replaced[m].openBuy <== position[m].openBuy + hot[m] * (new.openBuy - old.openBuy);
        replaced[m].openSell <== position[m].openSell + hot[m] * (new.openSell - old.openSell);
    }

    component pick[4 * length];
    component group[G];
    for (var w = 0; w < 4 * length; w++) pick[w] = Pick(G);
    for (var g = 0; g < G; g++) {
        var hotGroup = 0;
        for (var i = 0; i < length; i++) hotGroup += hot[g * length + i];
        group[g] = UncheckedBinary(); // discharged: a sum of parts of a one-hot vector
        group[g].in <== hotGroup;
        for (var i = 0; i < length; i++) {
            for (var w = 0; w < 4; w++) pick[4 * i + w].hot[g] <== group[g].out;
            pick[4 * i].values[g] <== replaced[g * length + i].size;
            pick[4 * i + 1].values[g] <== replaced[g * length + i].fundingIndex;
            pick[4 * i + 2].values[g] <== replaced[g * length + i].openBuy;
            pick[4 * i + 3].values[g] <== replaced[g * length + i].openSell;
        }
    }
    component hash = Hash(TAG_POSITIONS(), 4 * length);
    for (var w = 0; w < 4 * length; w++) hash.words[w] <== pick[w].out;
    for (var g = 0; g < G; g++) digests[g] <== oldDigests[g] + group[g].out * (hash.digest - oldDigests[g]);
}
