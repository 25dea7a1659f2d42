pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/divide.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "risk-update/memory.circom";
include "risk-update/volatility.circom";

function FUNDING_CAP_BITS() { return WIDTH_OF(MAX_FUNDING_CAP()); }

// price = floor(index * multiplier / 10^6), at most `most`.
// @widths index * multiplier < 2^(48 + 40); the quotient by 10^6 > 2^19 < 2^69
template LotPrice() {
    signal input {maxbit} index;
    signal input {maxbit} multiplier;
    signal input {maxbit} most;
    signal output {maxbit} price;
    assert(index.maxbit <= PRICE_BITS() && multiplier.maxbit <= MULTIPLIER_BITS());
    component quotient = Divide(69, 20);
    quotient.in <== index * multiplier;
    quotient.divisor <== PPM();
    price <== Lesser()(quotient.out, most);
}

// out = in, but not below -bound and not above it.
// @widths |in| < 2^n, bound < 2^n
template ClampSigned(n) {
    signal input in;
    signal input bound;
    signal output out;
    signal {binary} above <== IsNegative(n + 1)(bound - in);
    signal notAbove <== in + above * (bound - in);
    signal {binary} below <== IsNegative(n + 1)(notAbove + bound);
    out <== notAbove + below * (- bound - notAbove);
}

// Claim: the cumulative funding of a lot, and the part of a quantum that it has not moved for, after so many seconds at the premium
// of the table before (protocol.md#funding-index).
// @widths the premium is within a cap < 2^(48 + 16 - 19), so premium * seconds < 2^(45 + 20); the index before is within 2^12 * maxPrice
// < 2^60, and with 28,800 < 2^15 what was paid stays below 2^75 + 2^65 + 2^15 < 2^76
// @assumes what the table before holds is in range
template NextFunding() {
    signal input {maxbit} mark; // of the table before, as the next three
    signal input {maxbit} index;
    signal input fundingIndex;
    signal input {maxbit} fundingRest;
    signal input {maxbit} seconds;
    signal input {maxbit} multiplier;
    signal input {maxbit} fundingCap;
    signal input {maxbit} maxPrice;
    signal output nextIndex;
    signal output nextRest;
    assert(mark.maxbit <= PRICE_BITS() && maxPrice.maxbit <= PRICE_BITS());
    assert(seconds.maxbit <= MAX_AGE_BITS() && fundingCap.maxbit <= FUNDING_CAP_BITS());

    signal {maxbit} price <== LotPrice()(index, multiplier, maxPrice);
    component cap = Divide(PRICE_BITS() + FUNDING_CAP_BITS() - 19, 20);
    cap.in <== price * fundingCap;
    cap.divisor <== PPM();
    signal premium <== ClampSigned(PRICE_BITS())(mark - price, cap.out);
    signal change <== premium * seconds;
    signal paid <== ClampSigned(76)(
        fundingIndex * FUNDING_PERIOD() + fundingRest + change, maxPrice * (1 << 12) * FUNDING_PERIOD()
    );

    // floor of a number that may be negative: 28,800 * 2^61 more make it positive
    component whole = Divide(62, FUNDING_REST_BITS());
    whole.in <== paid + FUNDING_PERIOD() * (1 << 61);
    whole.divisor <== FUNDING_PERIOD();
    nextIndex <== whole.out - (1 << 61);
    nextRest <== paid - nextIndex * FUNDING_PERIOD();
}
