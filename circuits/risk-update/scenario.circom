pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/divide.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "risk-update/black.circom";
include "risk-update/logarithm.circom";

// Scenarios come in pairs with one move of the price, but for the last two, which may be extreme and have each its own
// (protocol.md#scenario-prices). So the forward of a pair, and its logarithm, are computed once.
function MOVES(S) { return S \ 2 + 1; }
function MOVE_OF(S, s) { return s < S - 2 ? s \ 2 : (S - 2) \ 2 + s - (S - 2); }
function SCENARIO_OF(S, j) { return j < (S - 2) \ 2 ? 2 * j : S - 2 + j - (S - 2) \ 2; }

// enabled = 1: out is a third of the way from one price to the other, rounded away from the first; else the other.
template ThirdOfTheWay() {
    signal input enabled; // 0 or 1
    signal input {maxbit} from;
    signal input {maxbit} to;
    signal output out;
    assert(from.maxbit <= PRICE_BITS() && to.maxbit <= PRICE_BITS());
    signal {binary} below <== IsLess()(to, from);
    signal distance <== (1 - 2 * below) * (to - from);
    signal third <== DivideUp(3, PRICE_BITS())(distance);
    signal near <== from + (1 - 2 * below) * third;
    out <== to + enabled * (near - to);
}

// Claim: price[s] is the market's under scenario s: the forward's, or an option on it, at most maxPrice; of an extreme one a third of the way from
// price[0], rounded away from it.
// @widths forward < 2^47, and 1 + move * shock is in [0.1, 1.9]: moved forwards are in [1, 2^48), and so are prices below 2^48: an
// option costs no more than the forward (call) or the strike (put)
// @assumes |move * shock| <= 0.9 * 10^12, |volatilityMove| < 10^6, both of a pair have one move, only the last two are extreme:
// OpenRiskParameters checks it; forward >= 1: Reports does
template ScenarioPrices(S) {
    assert(S >= 4 && S % 2 == 0);
    signal input {binary} isOption;
    signal input {binary} isPut;
    signal input {maxbit} strike;
    signal input {maxbit} maxPrice;
    signal input {maxbit} forward;
    signal input {maxbit} volatility;
    signal input {maxbit} shock;
    signal input {maxbit} seconds; // to expiry
    signal input move[MOVES(S)]; // of each pair, and of the last two
    signal input volatilityMove[S];
    signal input extreme[2]; // of the last two, 0 or 1
    signal output price[S];
    assert(forward.maxbit <= INDEX_PRICE_BITS() && strike.maxbit <= INDEX_PRICE_BITS());

    // 1. The forward where the underlying moved
    var trillion = PPM() * PPM();
    signal change[MOVES(S)];
    component moved[MOVES(S)];
    component lnMoved[MOVES(S)];
    for (var j = 0; j < MOVES(S); j++) {
        change[j] <== move[j] * shock;
        moved[j] = Divide(PRICE_BITS(), 40);
        moved[j].in <== forward * (trillion + change[j]) + trillion - 1;
        moved[j].divisor <== trillion;
        lnMoved[j] = Logarithm();
        lnMoved[j].in <== moved[j].out;
    }

    // 2. An option on it. What is none is priced at a strike of 1, and not asked for
    signal {maxbit} someStrike <== UncheckedBits(PRICE_BITS())(strike + 1 - isOption); // discharged: strike < 2^47
    signal lnStrike <== Logarithm()(someStrike);
    signal {maxbit} unmoved <== Deviation()(volatility, seconds);
    component scaled[S];
    component option[S];
    component raw[S]; // at most maxPrice
    for (var s = 0; s < S; s++) {
        var j = MOVE_OF(S, s);
        scaled[s] = ScaledDeviation();
        scaled[s].deviation <== unmoved;
        scaled[s].move <== volatilityMove[s];
        option[s] = BlackPrice();
        option[s].forward <== moved[j].out;
        option[s].lnForward <== lnMoved[j].out;
        option[s].strike <== someStrike;
        option[s].lnStrike <== lnStrike;
        option[s].deviation <== scaled[s].out;
        option[s].isPut <== isPut;
        raw[s] = Lesser();
        raw[s].a <== UncheckedBits(PRICE_BITS())(
            moved[j].out + isOption * (option[s].price - moved[j].out)
        ); // discharged: see widths
        raw[s].b <== maxPrice;
    }

    // 3. Extremes
    for (var s = 0; s < S - 2; s++) price[s] <== raw[s].out;
    component extremes[2];
    for (var i = 0; i < 2; i++) {
        extremes[i] = ThirdOfTheWay();
        extremes[i].enabled <== extreme[i];
        extremes[i].from <== raw[0].out;
        extremes[i].to <== raw[S - 2 + i].out;
        price[S - 2 + i] <== extremes[i].out;
    }
}
