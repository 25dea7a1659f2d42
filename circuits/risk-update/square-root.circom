pragma circom 2.2.3;

include "lib/range.circom";

// floor(sqrt(x)) for x < 2^(2 * n), found bit by bit.
function ROOT_OF(x, n) {
    var root = 0;
    for (var k = n - 1; k >= 0; k--) {
        var more = root + (1 << k);
        if (more * more <= x) root = more;
    }
    return root;
}

// out = floor(sqrt(in / divisor)).
// Soundness of `<--`: out is an integer below 2^n with divisor * out^2 <= in < divisor * (out + 1)^2, which is one alone: both
// differences are in range, and no side wraps.
// @widths divisor < 2^d: divisor * out^2 < 2^(d + 2n), and in exceeds it by less than 2^(d + n + 1), which is above the most
// that fits, divisor * (2 * out + 1)
// @assumes in < divisor * 2^(2n): nothing satisfies this for more
template RootOfQuotient(n, divisor, d) {
    assert(divisor >= 1 && divisor < (1 << d) && d + 2 * n + 1 <= 252);
    signal input in;
    signal output {maxbit} out;
    out.maxbit = n;
    out <-- ROOT_OF(in \ divisor, n);
    _ <== AssertBits(n)(out);
    signal square <== out * out;
    signal rest <== in - divisor * square;
    _ <== AssertBits(d + n + 1)(rest);
    _ <== AssertBits(d + n + 1)(divisor * (2 * out + 1) - 1 - rest);
}

// out = floor(sqrt(in)), for in < 2^n with an even n: isqrt of the reference model.
template SquareRoot(n) {
    assert(n % 2 == 0);
    signal input {maxbit} in;
    signal output {maxbit} out;
    assert(in.maxbit <= n);
    out.maxbit = n \ 2;
    out <== RootOfQuotient(n \ 2, 1, 1)(in);
}
