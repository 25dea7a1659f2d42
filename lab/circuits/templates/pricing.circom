pragma circom 2.2.3;

// Mains for the tests of the templates that price options: flat signals in, flat signals out.

include "lib/range.circom";
include "risk-update/black.circom";

template CurveProbe() {
    signal input point;
    signal output out;
    signal bits[32] <== Num2Bits(32)(point);
    signal {binary} place[32];
    for (var i = 0; i < 32; i++) place[i] <== UncheckedBinary()(bits[i]);
    out <== Curve(26, 3, LOGARITHM_CURVE())(place);
}

template LogarithmProbe(n) {
    signal input in;
    signal output out;
    signal {maxbit} checked <== AssertBits(n)(in);
    component ln = Logarithm();
    ln.in <== checked;
    out <== ln.out;
}

template RootProbe(n) {
    signal input in;
    signal output out;
    signal {maxbit} checked <== UncheckedBits(n)(in);
    component root = SquareRoot(n);
    root.in <== checked;
    out <== root.out;
}

template DeviationProbe(volatilityBits, timeBits) {
    signal input volatility;
    signal input seconds;
    signal output out;
    signal {maxbit} v <== AssertBits(volatilityBits)(volatility);
    signal {maxbit} t <== AssertBits(timeBits)(seconds);
    out <== Deviation()(v, t);
}

template ScaledDeviationProbe(n) {
    signal input deviation;
    signal input move;
    signal output out;
    signal {maxbit} checked <== AssertBits(n)(deviation);
    component scaled = ScaledDeviation();
    scaled.deviation <== checked;
    scaled.move <== move;
    out <== scaled.out;
}

template SignedBitsProbe(n) {
    signal input in;
    signal output negative;
    signal output size;
    component spell = SignedBits(n);
    spell.in <== in;
    negative <== spell.negative;
    var sum = 0;
    for (var i = 0; i < n; i++) sum += (1 << i) * spell.bits[i];
    size <== sum;
}

template OutOfTheMoneyProbe(n, m) {
    signal input high;
    signal input low;
    signal input distance;
    signal input deviation;
    signal output price;
    component option = OutOfTheMoney();
    option.high <== AssertBits(n)(high);
    option.low <== AssertBits(n)(low);
    option.distance <== distance;
    option.deviation <== AssertBits(m)(deviation);
    price <== option.out;
}

// An option with the logarithms of its own forward and strike.
template BlackProbe(n, m) {
    signal input forward;
    signal input strike;
    signal input deviation;
    signal input isPut;
    signal output price;
    signal {maxbit} f <== AssertBits(n)(forward);
    signal {maxbit} k <== AssertBits(n)(strike);
    signal {maxbit} s <== AssertBits(m)(deviation);
    signal {binary} put <== AssertBinary()(isPut);
    component black = BlackPrice();
    black.forward <== f;
    black.lnForward <== Logarithm()(f);
    black.strike <== k;
    black.lnStrike <== Logarithm()(k);
    black.deviation <== s;
    black.isPut <== put;
    price <== black.price;
}
