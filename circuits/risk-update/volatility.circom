pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/divide.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "risk-update/logarithm.circom";
include "risk-update/memory.circom";
include "risk-update/square-root.circom";

// A number that the source gives, with its width.
template Constant(value, bits) {
    assert(value < (1 << bits));
    signal output {maxbit} out;
    out.maxbit = bits;
    out <== value;
}

// @widths of the variance: a return is a difference of logarithms, which are in [0, 34): 38 bits; its square is below
//   (34 * 2^32)^2 < 2^75;
//   variance * memory * 2^64 < 2^(48 + 28 + 64) and square * 10^12 * YEAR < 2^(75 + 40 + 25): their sum < 2^141
//   (memory + gap) * 2^64 < 2^(41 + 64), and at least 600 * 2^64 > 2^73: the quotient < 2^68
function RETURN_BITS() { return FIXED_POINT_BITS() + 6; }

// Claim: variance and shock follow from those before, the index and the time that passed (protocol.md#volatility), and so does
// where the next return is taken from. `first`: the shock is the cap, and the variance such that it would be.
// @assumes elapsed and what the memory holds is in range; sampleTime <= asOf unless first, when it is 0: times only grow
template NextVolatility() {
    signal input {binary} first;
    signal input {maxbit} index;
    signal input {maxbit} asOf;
    signal input {maxbit} elapsed; // seconds since the table before
    input UnderlyingMemory() before;
    signal input {maxbit} floor;
    signal input {maxbit} cap;
    signal input {maxbit} factor;
    signal input {maxbit} stepPerHour;
    signal input {maxbit} memory;
    signal output {maxbit} sampleIndex;
    signal output {maxbit} sampleTime;
    signal output {maxbit} variance;
    signal output {maxbit} shock;
    _ <== before; // what follows reads a part of it
    assert(index.maxbit <= INDEX_PRICE_BITS() && asOf.maxbit <= TIME_BITS() && elapsed.maxbit <= TIME_BITS());
    assert(floor.maxbit <= SHOCK_BITS() && cap.maxbit <= SHOCK_BITS() && stepPerHour.maxbit <= SHOCK_BITS());
    assert(factor.maxbit <= SHOCK_FACTOR_BITS() && memory.maxbit <= MEMORY_BITS());

    // 1. Whether this is a sample: SAMPLE_GAP seconds after the last. The first table takes its own values for those before
    signal {maxbit} since <== UncheckedBits(TIME_BITS())(asOf - before.sampleTime - first * asOf); // discharged: see above
    signal {maxbit} least <== Constant(SAMPLE_GAP(), 10)();
    signal {binary} early <== IsLess()(since, least);
    signal {binary} sampled <== Not()(early);
    signal beforeTime <== before.sampleTime + first * asOf;
    sampleTime <== UncheckedBits(TIME_BITS())(beforeTime + sampled * (asOf - beforeTime)); // discharged: one of two times
    signal {maxbit} beforeIndex <== AssertBits(INDEX_PRICE_BITS())(before.sampleIndex + first * index); // one is 0
    sampleIndex <== UncheckedBits(INDEX_PRICE_BITS())(beforeIndex + sampled * (index - beforeIndex)); // discharged: one of two

    // 2. The variance, if it is
    signal now <== Logarithm()(index);
    signal then <== Logarithm()(beforeIndex);
    signal {binary} fell <== IsLess()(index, beforeIndex);
    signal distance <== (1 - 2 * fell) * (now - then);
    component change = Divide(RETURN_BITS(), FINE_BITS() - FIXED_POINT_BITS() + 1);
    change.in <== distance;
    change.divisor <== (1 << (FINE_BITS() - FIXED_POINT_BITS()));
    signal square <== change.out * change.out;
    signal kept <== before.variance * memory;
    component average = Divide(68, MEMORY_BITS() + 13 + 2 * FIXED_POINT_BITS());
    average.in <== kept * (1 << (2 * FIXED_POINT_BITS())) + square * PPM() * PPM() * YEAR();
    average.divisor <== (memory + since) * (1 << (2 * FIXED_POINT_BITS()));
    signal {maxbit} most <== Constant((1 << VARIANCE_BITS()) - 1, VARIANCE_BITS())();
    signal {maxbit} averaged <== Lesser()(average.out, most);
    signal later <== before.variance + sampled * (averaged - before.variance);

    // 3. That of the first table
    component fitting = Divide(40, SHOCK_FACTOR_BITS());
    fitting.in <== cap * PPM();
    fitting.divisor <== factor;
    signal {maxbit} mostVolatility <== Constant((1 << VOLATILITY_BITS()) - 1, VOLATILITY_BITS())();
    signal {maxbit} fit <== Lesser()(fitting.out, mostVolatility);
    signal fitted <== fit * fit;
    variance <== UncheckedBits(VARIANCE_BITS())(later + first * (fitted - later)); // discharged: one of three

    // 4. The shock: ceil(factor * sqrt(variance)), no further from the one before than the step allows, within floor and cap
    signal {maxbit} volatility <== SquareRoot(VARIANCE_BITS())(variance);
    component wanted = Divide(SHOCK_FACTOR_BITS() + VOLATILITY_BITS() - 19, 20);
    wanted.in <== factor * volatility + PPM() - 1;
    wanted.divisor <== PPM();
    component hours = Divide(SHOCK_BITS() + TIME_BITS() - 11, 12);
    hours.in <== stepPerHour * elapsed + 3599; // rounded up
    hours.divisor <== 3600;
    signal {maxbit} all <== Constant(PPM(), SHOCK_BITS())();
    signal {maxbit} step <== Lesser()(hours.out, all); // no shock is further than that from another
    signal {maxbit} up <== UncheckedBits(SHOCK_BITS() + 1)(before.shock + step); // discharged: a sum of two
    signal {maxbit} raised <== UncheckedBits(SHOCK_FACTOR_BITS() + VOLATILITY_BITS() - 18)(wanted.out + step); // likewise
    signal {binary} falls <== IsLess()(raised, before.shock);
    signal {maxbit} notBelow <== UncheckedBits(SHOCK_FACTOR_BITS() + VOLATILITY_BITS() - 19)(
        wanted.out + falls * (before.shock - step - wanted.out)
    ); // discharged: where it falls, wanted < shock - step < 2^20
    signal {maxbit} reached <== Lesser()(notBelow, up);
    signal {maxbit} notUnder <== Greater()(reached, floor);
    signal {maxbit} moved <== Lesser()(notUnder, cap);
    shock <== UncheckedBits(SHOCK_BITS())(moved + first * (cap - moved)); // discharged: at most the cap
}
