pragma circom 2.2.3;

// Public inputs: one that no constraint mentions is no part of what is proved; whoever relays the proof can change it.

// Claim: tag belongs to the secret, and its owner wants the payment to go to the recipient.
// Planted: the recipient stands in no constraint.
template UnboundRecipient() {
    signal input secret;
    signal input recipient;
    signal output tag;
    tag <== secret * secret;
}

// Claim: tag belongs to the secret, and its owner wants the payment to go to the recipient.
template BoundRecipient() {
    signal input secret;
    signal input recipient;
    signal output tag;
    tag <== secret * secret;
    signal bound <== recipient * recipient;
}

// Claim: tag belongs to the secret, and its owner wants the payment to go to the recipient.
// Planted: the recipient stands in a constraint that holds for any, and that simplification takes away.
template CancelledRecipient() {
    signal input secret;
    signal input recipient;
    signal output tag;
    tag <== secret * secret;
    signal copy <== recipient;
}

// Claim: tag belongs to the secret, and its owner wants the payment to go to the recipient.
template SquaredRecipient() {
    signal input secret;
    signal input recipient;
    signal output tag;
    tag <== secret * secret;
    signal copy <== recipient;
    signal bound <== copy * copy;
}
