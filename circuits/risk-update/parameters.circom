pragma circom 2.2.3;

include "circomlib/circuits/bitify.circom";
include "lib/compare.circom";
include "lib/hash.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";
include "risk-update/market-parameters.circom";

// One way in which prices may move at once; both moves are signed.
bus ScenarioParameters(U) {
    signal move;
    signal volatilityMove;
    signal {binary} extreme;
    signal {binary} opposed[U]; // the underlying moves the other way
}

// How the shock of an underlying follows from its volatility.
bus UnderlyingParameters() {
    signal {maxbit} floor;
    signal {maxbit} cap;
    signal {maxbit} factor;
    signal {maxbit} stepPerHour;
    signal {maxbit} memory;
}

// How a collateral asset other than cash is valued.
bus CollateralParameters() {
    signal {maxbit} multiplier;
    signal {maxbit} weight;
}

// What governs how risk tables follow from reports, as parametersRoot commits to it.
bus RiskParameters(M, K, S, U, n) {
    signal {maxbit} initialMarginBps;
    signal {maxbit} takerFeeBps;
    signal {maxbit} makerFeeBps;
    signal {maxbit} maxAge;
    signal {maxbit} feedSet;
    signal oracleX[n];
    signal oracleY[n];
    signal {maxbit} quorum;
    signal {maxbit} reportAge;
    signal {maxbit} jumpBps;
    signal {maxbit} cooldown;
    signal {maxbit} grace;
    signal {maxbit} auction;
    signal {maxbit} firstDiscountBps;
    signal {maxbit} lastDiscountBps;
    ScenarioParameters(U) scenario[S];
    UnderlyingParameters() underlying[U];
    MarketParameters() market[M];
    CollateralParameters() collateral[K - 1]; // [0] is that of asset 1
    signal {binary} underlyingOfMarket[M][U]; // one-hot
    signal {binary} underlyingOfCollateral[K - 1][U]; // one-hot
}

function UNDERLYING_PARAMETER_WORDS() { return 5; }
function SCENARIO_WORDS() { return 4; }
function COLLATERAL_WORDS() { return 3; }

// Words that parametersRoot commits to.
function PARAMETER_WORDS(M, K, S, U, n) {
    return 13 + 2 * n + SCENARIO_WORDS() * S + UNDERLYING_PARAMETER_WORDS() * U
        + MARKET_PARAMETER_WORDS() * M + COLLATERAL_WORDS() * (K - 1);
}

// Claim: a scenario's words are in their bounds; magnitude is |move|. `alone`: it is none of a pair, and may be extreme.
// @widths both moves, shifted by their bound, are below 2 * 10 * 10^6 + 1 < 2^25
template OpenScenario(U, alone) {
    signal input words[SCENARIO_WORDS()];
    output ScenarioParameters(U) scenario;
    signal output {maxbit} magnitude;
    var n = WIDTH_OF(MAX_MOVE());
    signal {binary} falls <== IsNegative(n)(words[0]);
    magnitude <== AssertWithin(0, MAX_MOVE() + 1)((1 - 2 * falls) * words[0]);
    _ <== AssertWithin(0, 2 * PPM() - 1)(words[1] + PPM() - 1);
    scenario.move <== words[0];
    scenario.volatilityMove <== words[1];
    scenario.extreme <== AssertBinary()(words[2]);
    if (!alone) words[2] === 0;
    signal opposed[U] <== Num2Bits(U)(words[3]);
    for (var u = 0; u < U; u++) scenario.opposed[u] <== UncheckedBinary()(opposed[u]); // discharged: a bit
}

// Claim: all scenarios are in their bounds; the first moves nothing; but for the last two they come in pairs with one move, opposed of
// the same underlyings, and are not extreme; furthest is the largest |move|.
template OpenScenarios(S, U) {
    assert(S >= 4 && S % 2 == 0);
    signal input words[S][SCENARIO_WORDS()];
    output ScenarioParameters(U) scenario[S];
    signal output {maxbit} furthest;
    component open[S];
    component larger[S];
    for (var s = 0; s < S; s++) {
        open[s] = OpenScenario(U, s >= S - 2);
        open[s].words <== words[s];
        scenario[s] <== open[s].scenario;
        if (s > 0) {
            larger[s] = Greater();
            larger[s].a <== s == 1 ? open[0].magnitude : larger[s - 1].out;
            larger[s].b <== open[s].magnitude;
        }
        if (s % 2 == 1 && s < S - 2) {
            words[s][0] === words[s - 1][0];
            words[s][3] === words[s - 1][3];
        }
    }
    words[0][0] === 0;
    words[0][1] === 0;
    words[0][3] === 0;
    furthest <== larger[S - 1].out;
}

// Claim: an underlying's words are in their bounds, and no scenario takes more than MAX_FALL off a price.
// @widths cap * furthest < 2^(20 + 24), and 0.9 * 10^12 < 2^40
template OpenUnderlying() {
    signal input words[UNDERLYING_PARAMETER_WORDS()];
    signal input {maxbit} furthest;
    output UnderlyingParameters() underlying;
    signal {maxbit} floor <== AssertWithin(0, PPM())(words[0]);
    signal {maxbit} cap <== AssertWithin(0, PPM())(words[1]);
    _ <== AssertBits(WIDTH_OF(PPM()))(cap - floor);
    _ <== AssertBits(WIDTH_OF(MAX_FALL() * PPM()))(MAX_FALL() * PPM() - cap * furthest);
    underlying.floor <== floor;
    underlying.cap <== cap;
    underlying.factor <== AssertWithin(1, 1 << SHOCK_FACTOR_BITS())(words[2]);
    underlying.stepPerHour <== AssertWithin(1, PPM() + 1)(words[3]);
    underlying.memory <== AssertWithin(SAMPLE_GAP(), 1 << MEMORY_BITS())(words[4]);
}

// Claim: a collateral asset's words are in their bounds; underlying is the index of its underlying, as a one-hot.
template OpenCollateral(U) {
    signal input words[COLLATERAL_WORDS()];
    output CollateralParameters() collateral;
    signal output {binary} underlying[U];
    underlying <== OneHot(U)(words[0], One()());
    collateral.multiplier <== AssertWithin(1, 1 << MULTIPLIER_BITS())(words[1]);
    collateral.weight <== AssertWithin(0, BASIS_POINTS() + 1)(words[2]);
}

// Claim: parametersRoot commits to these words, parameters is what they say, and every one of them is in the bounds of
// protocol.md#risk-parameters.
// @assumes the oracles' keys are points of the prime-order subgroup, none neutral and no two the same: whoever governs the
// parameters answers for that, checkRiskParameters checks it, and the words are public before they take effect
template OpenRiskParameters(M, K, S, U, n) {
    signal input words[PARAMETER_WORDS(M, K, S, U, n)];
    signal output parametersRoot;
    output RiskParameters(M, K, S, U, n) parameters;
    parametersRoot <== HashWords(TAG_PARAMETERS(), PARAMETER_WORDS(M, K, S, U, n))(words);

    // 1. What holds for the whole venue
    parameters.initialMarginBps <== AssertWithin(BASIS_POINTS(), MAX_INITIAL_MARGIN_BPS() + 1)(words[0]);
    parameters.takerFeeBps <== AssertWithin(0, MAX_FEE_BPS() + 1)(words[1]);
    parameters.makerFeeBps <== AssertWithin(0, MAX_FEE_BPS() + 1)(words[2]);
    parameters.maxAge <== AssertWithin(1, 1 << MAX_AGE_BITS())(words[3]);
    parameters.feedSet <== AssertBits(FEED_SET_BITS())(words[4]);
    var at = 5;
    for (var i = 0; i < n; i++) {
        parameters.oracleX[i] <== words[at];
        parameters.oracleY[i] <== words[at + 1];
        at += 2;
    }
    parameters.quorum <== AssertWithin(1, n + 1)(words[at]);
    parameters.reportAge <== AssertBits(REPORT_AGE_BITS())(words[at + 1]);
    parameters.jumpBps <== AssertWithin(1, 1 << JUMP_BITS())(words[at + 2]);
    parameters.cooldown <== AssertBits(COOLDOWN_BITS())(words[at + 3]);
    signal {maxbit} firstDiscountBps <== AssertWithin(0, BASIS_POINTS() + 1)(words[at + 6]);
    signal {maxbit} lastDiscountBps <== AssertWithin(0, BASIS_POINTS() + 1)(words[at + 7]);
    parameters.grace <== AssertBits(LIQUIDATION_BITS())(words[at + 4]);
    parameters.auction <== AssertWithin(1, 1 << LIQUIDATION_BITS())(words[at + 5]);
    parameters.firstDiscountBps <== firstDiscountBps;
    parameters.lastDiscountBps <== lastDiscountBps;
    _ <== AssertBits(WIDTH_OF(BASIS_POINTS()))(lastDiscountBps - firstDiscountBps);
    at += 8;

    // 2. Scenarios
    component scenarios = OpenScenarios(S, U);
    for (var s = 0; s < S; s++) {
        for (var w = 0; w < SCENARIO_WORDS(); w++) scenarios.words[s][w] <== words[at + w];
        at += SCENARIO_WORDS();
    }
    parameters.scenario <== scenarios.scenario;

    // 3. Underlyings
    component underlying[U];
    for (var u = 0; u < U; u++) {
        underlying[u] = OpenUnderlying();
        for (var w = 0; w < UNDERLYING_PARAMETER_WORDS(); w++) underlying[u].words[w] <== words[at + w];
        underlying[u].furthest <== scenarios.furthest;
        parameters.underlying[u] <== underlying[u].underlying;
        at += UNDERLYING_PARAMETER_WORDS();
    }

    // 4. Markets
    component market[M];
    for (var m = 0; m < M; m++) {
        market[m] = OpenMarket(U);
        for (var w = 0; w < MARKET_PARAMETER_WORDS(); w++) market[m].words[w] <== words[at + w];
        parameters.market[m] <== market[m].market;
        parameters.underlyingOfMarket[m] <== market[m].underlying;
        at += MARKET_PARAMETER_WORDS();
    }

    // 5. Collateral assets
    component collateral[K - 1];
    for (var k = 0; k < K - 1; k++) {
        collateral[k] = OpenCollateral(U);
        for (var w = 0; w < COLLATERAL_WORDS(); w++) collateral[k].words[w] <== words[at + w];
        parameters.collateral[k] <== collateral[k].collateral;
        parameters.underlyingOfCollateral[k] <== collateral[k].underlying;
        at += COLLATERAL_WORDS();
    }
}
