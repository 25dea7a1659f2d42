pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/divide.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "risk-update/funding.circom";
include "risk-update/memory.circom";

// Claim: the average with what of the time from the table before to this one lies in the window before expiry, at the index price of
// the table before (protocol.md#settlement-price). `listed` = 0: there is none.
// @widths from, to, expiry < 2^40; the windows of one market do not overlap, so all seconds are at most 1,800
// @assumes what the memory holds is in range
template NextAverage() {
    signal input {binary} listed; // in the table before
    signal input {maxbit} from;
    signal input {maxbit} to;
    signal input {maxbit} index; // of the table before
    signal input {maxbit} expiry;
    signal input {binary} expired; // to >= expiry
    signal input averageSum;
    signal input averageSeconds;
    signal output {maxbit} sum;
    signal output {maxbit} seconds;
    signal {maxbit} fromAndWindow <== UncheckedBits(TIME_BITS() + 1)(from + SETTLEMENT_WINDOW()); // discharged: a sum
    signal {binary} before <== IsLess()(fromAndWindow, expiry);
    signal begin <== from + before * (expiry - SETTLEMENT_WINDOW() - from);
    signal end <== to + expired * (expiry - to);
    signal {binary} none <== IsNegative(TIME_BITS() + 1)(end - begin);
    signal counted <== (1 - none) * (end - begin);
    signal {maxbit} all <== UncheckedBits(AVERAGE_SECONDS_BITS())(listed * (averageSeconds + counted)); // discharged: see widths
    seconds <== all;
    signal product <== index * counted;
    signal {maxbit} allProducts <== UncheckedBits(AVERAGE_SUM_BITS())(listed * (averageSum + product)); // likewise
    sum <== allProducts;
}

// Claim: what a lot is settled at: the average, or the index of this table if there is none; of an option the payoff.
// @widths sum * multiplier < 2^(58 + 40); the quotient by seconds * 10^6 > 2^19 < 2^79
template SettlementPrice() {
    signal input {maxbit} averageSum;
    signal input {maxbit} averageSeconds;
    signal input {maxbit} index;
    signal input {maxbit} multiplier;
    signal input {binary} isOption;
    signal input {binary} isPut;
    signal input {maxbit} strike;
    signal input {maxbit} maxPrice;
    signal output {maxbit} price;
    assert(averageSum.maxbit <= AVERAGE_SUM_BITS() && index.maxbit <= AVERAGE_SUM_BITS());
    signal {binary} empty <== IsSame()(averageSeconds, 0);
    component average = Divide(79, AVERAGE_SECONDS_BITS() + 20);
    signal total <== averageSum + empty * (index - averageSum);
    average.in <== total * multiplier;
    average.divisor <== (averageSeconds + empty) * PPM();
    signal {maxbit} most <== Constant((1 << PRICE_BITS()) - 1, PRICE_BITS())();
    signal {maxbit} lot <== Lesser()(average.out, most);
    signal {binary} below <== IsLess()(lot, strike);
    // a call is worth lot - strike where that is above 0, a put strike - lot
    signal difference <== (1 - 2 * isPut) * (lot - strike);
    signal {binary} side <== IsSame()(below, isPut);
    signal payoff <== side * difference;
    signal {maxbit} worth <== UncheckedBits(PRICE_BITS())(lot + isOption * (payoff - lot)); // discharged: |lot - strike| < 2^48
    price <== Lesser()(worth, maxPrice);
}
