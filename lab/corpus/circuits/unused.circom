pragma circom 2.2.3;

// Signals that no constraint mentions: whatever is assigned to them counts for nothing.

include "circomlib/circuits/comparators.circom";
include "circomlib/circuits/poseidon.circom";

// Claim: nullifier = Poseidon(secret, topic), and commitment = Poseidon(secret).
// Planted: the nullifier is assigned, and no constraint mentions it.
template UnboundNullifier() {
    signal input secret;
    signal input topic;
    signal output commitment;
    signal output nullifier;
    commitment <== Poseidon(1)([secret]);
    nullifier <-- secret + topic; // free: no constraint mentions it
}

// Claim: nullifier = Poseidon(secret, topic), and commitment = Poseidon(secret).
template BoundNullifier() {
    signal input secret;
    signal input topic;
    signal output commitment;
    signal output nullifier;
    commitment <== Poseidon(1)([secret]);
    nullifier <== Poseidon(2)([secret, topic]);
}

// Claim: each price is twice its amount.
// Planted: the price of the second item is declared, and nothing ever assigns it.
template HalfOfPrices() {
    signal input amounts[2];
    signal output doubled[2];
    doubled[0] <== 2 * amounts[0];
}

// Claim: each price is twice its amount.
template BothPrices() {
    signal input amounts[2];
    signal output doubled[2];
    doubled[0] <== 2 * amounts[0];
    doubled[1] <== 2 * amounts[1];
}

// Claim: root = a, where a is not 0.
// Planted: that a is not 0 is only computed: nothing reads the flag.
template UnreadFlag() {
    signal input a;
    signal output root;
    signal isSound <-- a != 0 ? 1 : 0; // free: no constraint mentions it
    root <== a;
}

// Claim: root = a, where a is not 0.
template ReadFlag() {
    signal input a;
    signal output root;
    signal isZero <== IsZero()(a);
    isZero === 0;
    root <== a;
}
