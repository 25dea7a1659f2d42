pragma circom 2.2.3;

include "circomlib/circuits/babyjub.circom";
include "circomlib/circuits/eddsaposeidon.circom";
include "lib/range.circom";

// Claim: enabled = 1: (R8, S) is an EdDSA-Poseidon signature of `message` under the key.
// circomlib's verifier bounds S by the subgroup's order and refuses keys of small order, but takes any R8: that R8 is on
// the curve is checked here, always.
// @assumes the key is on the curve and in the prime-order subgroup: whatever puts an account into the state checks it
template AssertSignature() {
    signal input {binary} enabled;
    signal input keyX;
    signal input keyY;
    signal input R8x;
    signal input R8y;
    signal input S;
    signal input message;
    BabyCheck()(R8x, R8y);
    EdDSAPoseidonVerifier()(enabled, keyX, keyY, S, R8x, R8y, message);
}
