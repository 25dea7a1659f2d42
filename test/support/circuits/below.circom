pragma circom 2.2.3;

include "circomlib/circuits/comparators.circom";
include "circomlib/circuits/bitify.circom";

// I know a number below `bound`.
template Below(bits) {
    signal input bound;
    signal input secret;

    _ <== Num2Bits(bits)(bound);
    _ <== Num2Bits(bits)(secret);
    signal below <== LessThan(bits)([secret, bound]);
    below === 1;
}
