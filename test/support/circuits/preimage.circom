pragma circom 2.2.3;

include "circomlib/circuits/poseidon.circom";
include "circomlib/circuits/comparators.circom";
include "circomlib/circuits/bitify.circom";

// I know a number below `bound` whose Poseidon hash is `digest`.
template Preimage(bits) {
    signal input digest;
    signal input bound;
    signal input secret;

    _ <== Num2Bits(bits)(bound);
    _ <== Num2Bits(bits)(secret);
    signal below <== LessThan(bits)([secret, bound]);
    below === 1;
    signal hash <== Poseidon(1)([secret]);
    hash === digest;
}
