pragma circom 2.2.3;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";
include "lib/compare.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "risk-update/logarithm.circom";
include "risk-update/normal.circom";
include "risk-update/square-root.circom";

// A market's deviation is at most 4, a scenario's below 8, in units of 2^-32.
function DEVIATION_BITS() { return FIXED_POINT_BITS() + 3; }

// out = sigma * sqrt(T), at most 4: deviation of the reference model (protocol.md#option-prices).
// @widths volatility^2 * seconds < 2^88; the year in ppm^2 is below 2^65, so 16 years are below 2^69; capped * 2^64 < 2^133, and
// its root over a year is at most 2^34
template Deviation() {
    signal input {maxbit} volatility;
    signal input {maxbit} seconds;
    signal output {maxbit} out;
    assert(volatility.maxbit <= VOLATILITY_BITS() && seconds.maxbit <= TIME_BITS());
    out.maxbit = DEVIATION_BITS();
    var year = PPM() * PPM() * YEAR();
    signal squared <== volatility * volatility;
    signal {maxbit} square <== UncheckedBits(88)(squared * seconds); // discharged: 2 * 24 + 40 bits
    signal {maxbit} most <== UncheckedBits(69)(16 * year); // discharged: a constant
    signal {binary} capped <== IsLess()(most, square);
    signal counted <== square + capped * (most - square);
    out <== RootOfQuotient(DEVIATION_BITS(), year, 65)(counted * (1 << (2 * FIXED_POINT_BITS())));
}

// out = floor(deviation * (10^6 + move) / 10^6): scaledDeviation of the reference model.
// @assumes deviation <= 4 * 2^32, which Deviation gives, and |move| < 10^6, which OpenRiskParameters checks: so out is below 8
// Soundness of `<--`: product = out * 10^6 + rest with rest < 10^6, all below 2^56, so out is the only quotient.
template ScaledDeviation() {
    signal input {maxbit} deviation;
    signal input move;
    signal output {maxbit} out;
    assert(deviation.maxbit <= DEVIATION_BITS());
    out.maxbit = DEVIATION_BITS();
    signal product <== deviation * (PPM() + move);
    out <-- product \ PPM();
    signal rest <== product - out * PPM();
    _ <== AssertBits(DEVIATION_BITS())(out);
    _ <== AssertBits(20)(rest); // 10^6 < 2^20
    _ <== AssertBits(20)(PPM() - 1 - rest);
}

// What is cut off a difference of logarithms before a deviation divides it: to units of 2^-65, so that the quotient is in those
// of 2^-33.
function CUT_BITS() { return LOGARITHM_FRACTION_BITS() - FIXED_POINT_BITS() - (DEVIATE_BITS() - 3); }

// y = floor(distance / 2^cut / deviation), for a deviation of n bits; fixed = 1 iff the deviation is 0, which then counts as 1.
// @assumes distance is in [0, 2^253), and |y| < 2^m with m + n + cut + 2 <= 253: who discharges it stands beside every use
// Soundness of `<--`: distance = (y * divisor + rest) * 2^cut + dropped, with dropped < 2^cut and rest < divisor, where divisor is
// in [1, 2^n]. Nothing wraps, so y is the only quotient.
template Deviates(cut, n) {
    signal input distance;
    signal input {maxbit} deviation;
    signal output y;
    signal output {binary} fixed;
    assert(deviation.maxbit <= n);
    fixed <== IsSame()(deviation, 0);
    signal divisor <== deviation + fixed;
    signal dropped;
    signal rest;
    dropped <-- distance & ((1 << cut) - 1);
    rest <-- (distance >> cut) % divisor;
    y <-- (distance >> cut) \ divisor;
    signal whole <== y * divisor;
    (whole + rest) * (1 << cut) + dropped === distance;
    _ <== AssertBits(cut)(dropped);
    _ <== AssertBits(n)(rest);
    _ <== AssertBits(n)(divisor - 1 - rest);
}

// Claim: `negative` says whether in < 0, and the bits spell |in|.
// @widths n <= 252: not both in and -in are in [0, 2^n), unless they are 0
// Soundness of `<--`: `negative` is 0 or 1, and the wrong one leaves no |in| in range; where in is 0, only 0 is a multiple of
// it. `inverse` is read by that constraint alone, which says that it exists; where in is 0 any will do.
template SignedBits(n) {
    assert(n <= 252);
    signal input in;
    signal output {binary} negative;
    signal output {binary} bits[n];
    negative <-- in < 0 ? 1 : 0;
    negative * (1 - negative) === 0;
    signal inverse;
    inverse <-- in == 0 ? 0 : negative / in;
    inverse * in === negative;
    signal size <== (1 - 2 * negative) * in;
    component decompose = Num2Bits(n);
    decompose.in <== size;
    for (var i = 0; i < n; i++) bits[i] <== UncheckedBinary()(decompose.out[i]); // a bit of Num2Bits
}

// out = the price of the call and of the put that pay nothing now: outOfTheMoney of the reference model, at most `low`.
// 1. y, and how far it is above or below half the deviation: 72 bits
// 2. live: there is a deviation, and y - s/2 < 8; else the price is 0
// 3. the two chances, N(s/2 - y) by |y - s/2| and its sign, and N(-s/2 - y), which is 0 from 8 on
// 4. the value, exactly, then its whole quanta if it is positive
// @assumes 1 <= low <= high < 2^48, and distance is the difference of their logarithms
// @widths y < 2^(114 - 43) = 2^71 and s < 2^35, so |y - s| < 2^72; y + s < 2^36 + 2 * 2^35 = 2^37 where live
//   chances are in [0, 2^148], so |value| < 2^(48 + 148)
template OutOfTheMoney() {
    signal input high;
    signal input low;
    signal input distance;
    signal input {maxbit} deviation;
    signal output {maxbit} out;
    out.maxbit = PRICE_BITS();
    var certain = 1 << TAIL_FRACTION_BITS();

    // 1
    component deviates = Deviates(CUT_BITS(), DEVIATION_BITS()); // discharged: distance < 2^114; |y| < 2^73 by near
    deviates.distance <== distance;
    deviates.deviation <== deviation;
    component near = SignedBits(72);
    near.in <== deviates.y - deviation;

    // 2
    var beyond = 0;
    for (var i = DEVIATE_BITS(); i < 72; i++) beyond += (1 << (i - DEVIATE_BITS())) * near.bits[i];
    signal live <== IsZero()(beyond + deviates.fixed);

    // 3
    component nearTail = NormalTail();
    for (var i = 0; i < DEVIATE_BITS(); i++) nearTail.u[i] <== near.bits[i];
    signal first <== nearTail.out + near.negative * (certain - 2 * nearTail.out);
    signal far[DEVIATE_BITS() + 1] <== Num2Bits(DEVIATE_BITS() + 1)(live * (deviates.y + deviation));
    component farTail = NormalTail();
    for (var i = 0; i < DEVIATE_BITS(); i++) farTail.u[i] <== UncheckedBinary()(far[i]); // a bit of Num2Bits
    signal second <== (1 - far[DEVIATE_BITS()]) * farTail.out;

    // 4
    signal gained <== low * first;
    signal paid <== high * second;
    component value = SignedBits(TAIL_FRACTION_BITS() + PRICE_BITS());
    value.in <== live * (gained - paid);
    var whole = 0;
    for (var i = 0; i < PRICE_BITS(); i++) whole += (1 << i) * value.bits[TAIL_FRACTION_BITS() + i];
    out <== (1 - value.negative) * whole;
}

// price = what the call, or the put, is worth: blackPrice of the reference model (protocol.md#option-prices).
// @assumes forward, strike >= 1, and lnForward, lnStrike are their logarithms, by Logarithm
// @widths distance >= 0 since the logarithm is monotone; price <= low + high - low < 2^48
template BlackPrice() {
    signal input {maxbit} forward;
    signal input lnForward;
    signal input {maxbit} strike;
    signal input lnStrike;
    signal input {maxbit} deviation;
    signal input {binary} isPut;
    signal output {maxbit} price;
    assert(forward.maxbit <= PRICE_BITS() && strike.maxbit <= PRICE_BITS());

    signal {binary} isBelow <== IsLess()(forward, strike);
    signal above <== isBelow * (strike - forward);
    signal high <== forward + above;
    signal low <== strike - above;
    signal distance <== (1 - 2 * isBelow) * (lnForward - lnStrike);

    component side = OutOfTheMoney();
    side.high <== high;
    side.low <== low;
    side.distance <== distance;
    side.deviation <== deviation;

    // a put pays now where the forward is below the strike, a call where it is not
    signal both <== isBelow * isPut;
    signal paysNow <== (1 - isBelow - isPut + 2 * both) * (high - low);
    price <== UncheckedBits(PRICE_BITS())(side.out + paysNow); // discharged: see widths
}
