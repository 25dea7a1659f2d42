pragma circom 2.2.3;

// Signed digits: each is `unit` or -unit for one `unit` other than 0, which costs a single constraint (digit^2 = unit^2).
// They spell the number that has the bit 1 where the digit is `unit` and 0 where it is -unit.

// How many runs of zeros the lowest n bits of `number` have.
function ZERO_RUNS(n, number) {
    var runs = 0;
    var after = 1; // the bit above
    for (var k = n - 1; k >= 0; k--) {
        var bit = (number >> k) & 1;
        if (bit == 0 && after == 1) runs++;
        after = bit;
    }
    return runs;
}

// Claim: the digits spell at most `most`. One constraint for each run of zeros in `most`.
// From the top: while no 1 of `most` is missing in the number, the number has no 1 where `most` has a 0.
// @assumes each digit is unit or -unit, and unit is not 0: who discharges it stands beside every use
// @widths `missing` and `beyond` are 2 * unit times a count of at most n digits, so that they are 0 iff the count is
// Soundness of `<--`: a quotient is read by its own constraint only, which says that missing = 0 implies beyond = 0; any
// quotient will do where both are 0.
template AssertAtMost(n, most) {
    assert(n <= 253 && (most >> (n - 1)) == 1 && ZERO_RUNS(n, most) > 0); // of n bits, and some number is larger
    signal input unit;
    signal input digit[n];
    signal quotient[ZERO_RUNS(n, most)];
    var missing = 0;
    var beyond = 0;
    var run = 0;
    for (var k = n - 1; k >= 0; k--) {
        if ((most >> k) & 1 == 1) {
            missing += unit - digit[k];
        } else {
            beyond += unit + digit[k];
            if (k == 0 || (most >> (k - 1)) & 1 == 1) {
                quotient[run] <-- missing == 0 ? 0 : beyond / missing;
                quotient[run] * missing === beyond;
                run++;
                beyond = 0;
            }
        }
    }
}
