pragma circom 2.2.3;

include "lib/range.circom";
include "risk-update/coefficients.circom";
include "risk-update/curve.circom";

// Bits of a normal deviate in [0, 8), whose unit is 2^-33.
function DEVIATE_BITS() { return TAIL_OFFSET_BITS() + 6; }

// out = the chance that a standard normal deviate is above u, in units of 2^-148, for u in [0, 8) spelt in bits: 0 < out <= 1/2.
template NormalTail() {
    signal input {binary} u[DEVIATE_BITS()];
    signal output out <== Curve(TAIL_OFFSET_BITS(), 4, TAIL_CURVE())(u);
}
