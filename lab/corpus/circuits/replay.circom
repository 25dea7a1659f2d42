pragma circom 2.2.3;

// Replay: what was signed for one place is accepted in another.

include "circomlib/circuits/poseidon.circom";

// Claim: digest is that of the message (chain, nonce, amount), so that its signature holds on that chain alone.
// Planted: the digest leaves the chain out.
template DigestOfAnyChain() {
    signal input chain;
    signal input nonce;
    signal input amount;
    signal output digest;
    digest <== Poseidon(2)([nonce, amount]);
}

// Claim: digest is that of the message (chain, nonce, amount), so that its signature holds on that chain alone.
template DigestOfChain() {
    signal input chain;
    signal input nonce;
    signal input amount;
    signal output digest;
    digest <== Poseidon(3)([chain, nonce, amount]);
}

// Claim: the message (chain, nonce, amount) is the one that was signed: its digest is the one given.
// Planted: chain and nonce are hashed as their sum: the next chain takes the message with the nonce before.
template SummedDomain() {
    signal input digest;
    signal input chain;
    signal input nonce;
    signal input amount;
    signal own <== Poseidon(2)([chain + nonce, amount]);
    digest === own;
}

// Claim: the message (chain, nonce, amount) is the one that was signed: its digest is the one given.
template SeparateDomain() {
    signal input digest;
    signal input chain;
    signal input nonce;
    signal input amount;
    signal own <== Poseidon(3)([chain, nonce, amount]);
    digest === own;
}
