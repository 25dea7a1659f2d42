pragma circom 2.2.3;

include "circomlib/circuits/eddsaposeidon.circom";

// The holder of a key signed `message`. circomlib's own templates leave signals unconstrained here.
template Signed() {
    signal input message;
    signal input key[2];
    signal input nonce[2];
    signal input response;

    EdDSAPoseidonVerifier()(1, key[0], key[1], response, nonce[0], nonce[1], message);
}
