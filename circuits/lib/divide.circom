pragma circom 2.2.3;

include "lib/range.circom";

// out = ceil(in / divisor), the rounding that favours the venue, for a constant divisor.
// Soundness of `<--`: in + slack = out * divisor with 0 <= slack < divisor and no wrap, so out is the only quotient.
// @widths out < 2^quotientBits and divisor < 2^14: both sides stay below 2^(quotientBits + 14) < r
template DivideUp(divisor, quotientBits) {
    assert(divisor >= 1 && divisor < (1 << 14) && quotientBits + 15 <= 252);
    signal input in;
    signal output {maxbit} out;
    out.maxbit = quotientBits;
    out <-- (in + divisor - 1) \ divisor;
    signal slack <== out * divisor - in;
    _ <== AssertBits(quotientBits)(out);
    _ <== AssertBits(14)(slack);
    _ <== AssertBits(14)(divisor - 1 - slack);
}

// out = ceil(a * b / divisor): mulDivUp of the reference model (protocol.md#rounding).
template MulDivUp(divisor, quotientBits) {
    signal input a;
    signal input b;
    signal output {maxbit} out;
    signal product <== a * b;
    out <== DivideUp(divisor, quotientBits)(product);
}

// out = floor(in / divisor), of any divisor.
// Soundness of `<--`: in = out * divisor + rest with 0 <= rest < divisor and no wrap, so divisor >= 1 and out is the only quotient.
// @widths out < 2^quotientBits, divisor < 2^divisorBits: both sides stay below 2^(quotientBits + divisorBits) < r
// @assumes 0 <= in < 2^(quotientBits + divisorBits), and the quotient has quotientBits: who discharges it stands beside every use
template Divide(quotientBits, divisorBits) {
    assert(quotientBits + divisorBits <= 252);
    signal input in;
    signal input divisor;
    signal output {maxbit} out;
    out.maxbit = quotientBits;
    out <-- divisor == 0 ? 0 : in \ divisor;
    signal rest <== in - out * divisor;
    _ <== AssertBits(quotientBits)(out);
    _ <== AssertBits(divisorBits)(rest);
    _ <== AssertBits(divisorBits)(divisor - 1 - rest);
}
