pragma circom 2.2.3;

include "circomlib/circuits/bitify.circom";
include "circomlib/circuits/comparators.circom";
include "lib/compare.circom";
include "lib/hash.circom";
include "lib/parameters.circom";
include "lib/public-data.circom";
include "lib/range.circom";
include "lib/select.circom";
include "risk-update/breaker.circom";
include "risk-update/market.circom";
include "risk-update/memory.circom";
include "risk-update/parameters.circom";
include "risk-update/reports.circom";
include "risk-update/volatility.circom";
include "state/risk.circom";

// The words of a risk update before the packed medians (protocol.md#risk-update).
function RISK_UPDATE_HEAD_WORDS() { return 6; }
function MOST_MARKETS() { return 16; } // of any profile: the width of a set of markets
function RISK_UPDATE_WORDS(M, U) { return RISK_UPDATE_HEAD_WORDS() + REPORT_WORDS(U + 2 * M); }

// What concerns a market of its underlying, which is the one that is hot; moves are those of the underlying in each pair of scenarios.
template PickUnderlying(U, moves) {
    signal input {binary} hot[U];
    signal input index[U];
    signal input oldIndex[U];
    signal input shock[U];
    signal input closed[U];
    signal input sheltered[U];
    signal input move[U][moves];
    output UnderlyingNow(moves) picked;
    picked.index <== UncheckedBits(INDEX_PRICE_BITS())(Pick(U)(hot, index)); // discharged: one of them is picked; so below
    picked.oldIndex <== UncheckedBits(INDEX_PRICE_BITS())(Pick(U)(hot, oldIndex));
    picked.shock <== UncheckedBits(SHOCK_BITS())(Pick(U)(hot, shock));
    picked.closed <== UncheckedBinary()(Pick(U)(hot, closed));
    picked.sheltered <== UncheckedBinary()(Pick(U)(hot, sheltered));
    component pick[moves];
    for (var j = 0; j < moves; j++) {
        pick[j] = Pick(U);
        pick[j].hot <== hot;
        for (var u = 0; u < U; u++) pick[j].values[u] <== move[u][j];
        picked.move[j] <== pick[j].out;
    }
}

// riskRoot commits to the table: the inverse of OpenRiskTable.
template HashRiskTable(M, K, S) {
    input MarketRisk(S) market[M];
    signal input initialMarginBps;
    signal input takerFeeBps;
    signal input makerFeeBps;
    signal input asOf;
    signal input maxAge;
    signal input grace;
    signal input auction;
    signal input firstDiscountBps;
    signal input lastDiscountBps;
    signal input collateralPrice[K - 1]; // of each asset but cash
    signal input collateralWeight[K - 1];
    signal input memory;
    signal output riskRoot;
    component hash = HashWords(TAG_RISK(), RISK_WORDS(M, K, S));
    var at = 0;
    for (var m = 0; m < M; m++) {
        hash.words[at] <== market[m].fundingIndex;
        hash.words[at + 1] <== market[m].longRisk;
        hash.words[at + 2] <== market[m].shortRisk;
        hash.words[at + 3] <== market[m].shortOptionMinimum;
        hash.words[at + 4] <== market[m].band;
        hash.words[at + 5] <== market[m].minOrder;
        hash.words[at + 6] <== market[m].maxPosition;
        hash.words[at + 7] <== market[m].lastTradeTime;
        hash.words[at + 8] <== market[m].phase;
        hash.words[at + 9] <== market[m].largeLots;
        hash.words[at + 10] <== market[m].largeRisk;
        hash.words[at + 11] <== market[m].maxOpenInterest;
        for (var s = 0; s < S; s++) hash.words[at + 12 + s] <== market[m].scenarioPrice[s];
        at += MARKET_WORDS(S);
    }
    hash.words[at] <== initialMarginBps;
    hash.words[at + 1] <== takerFeeBps;
    hash.words[at + 2] <== makerFeeBps;
    hash.words[at + 3] <== asOf;
    hash.words[at + 4] <== maxAge;
    hash.words[at + 5] <== grace;
    hash.words[at + 6] <== auction;
    hash.words[at + 7] <== firstDiscountBps;
    hash.words[at + 8] <== lastDiscountBps;
    at += TABLE_HEAD_WORDS();
    for (var k = 0; k < K - 1; k++) {
        hash.words[at + 2 * k] <== collateralPrice[k];
        hash.words[at + 2 * k + 1] <== collateralWeight[k];
    }
    hash.words[at + 2 * (K - 1)] <== memory;
    riskRoot <== hash.digest;
}

// Claim: the table with newRiskRoot follows, by the parameters with parametersRoot, from the medians of reports that at least a quorum
// of the oracles signed, and from the table with oldRiskRoot (protocol.md#risk-update). The words that are public are domain, asOf,
// parametersRoot, oldRiskRoot, newRiskRoot, listings, which is retired * 2^16 + relisted, a bit for each market, and the medians.
// @assumes oldRiskRoot is 0 or the newRiskRoot of such a proof, parametersRoot is in force, and what is retired has neither
// positions nor orders: the contract holds all three
template RiskUpdate(M, K, S, U, n) {
    assert(M <= MOST_MARKETS());
    // public
    signal input dataCommitment;
    signal input dataChallenge;
    signal input dataValue;
    // words that the rest does not determine
    signal input domain;
    signal input oldRiskRoot;
    signal input retired; // markets that may be relisted, a bit for each
    // committed
    signal input parameterWords[PARAMETER_WORDS(M, K, S, U, n)];
    signal input oldTableWords[RISK_WORDS(M, K, S) - 1]; // all but the memory's digest
    signal input memoryWords[MEMORY_WORDS(U, M)];
    // the reports, in the places of their oracles
    signal input used[n];
    signal input timestamp[n];
    signal input values[n][U + 2 * M];
    signal input R8x[n];
    signal input R8y[n];
    signal input window[n][FIXED_BASE_WINDOWS() + 1][2];

    // 1. The parameters
    component opened = OpenRiskParameters(M, K, S, U, n);
    opened.words <== parameterWords;

    // 2. The table before and its memory; blank if there was none
    signal {binary} first <== IsSame()(oldRiskRoot, 0);
    component memory = OpenMemory(U, M);
    memory.blank <== first;
    memory.words <== memoryWords;
    component old = OpenRiskTable(M, K, S);
    for (var i = 0; i < RISK_WORDS(M, K, S) - 1; i++) old.words[i] <== oldTableWords[i];
    old.words[RISK_WORDS(M, K, S) - 1] <== memory.digest;
    (1 - first) * (old.riskRoot - oldRiskRoot) === 0;
    signal {maxbit} from <== UncheckedBits(TIME_BITS())((1 - first) * old.table.asOf); // discharged: of a table proved before

    // 3. The reports
    component reports = Reports(n, U, M);
    for (var i = 0; i < n; i++) {
        reports.keyX[i] <== opened.parameters.oracleX[i];
        reports.keyY[i] <== opened.parameters.oracleY[i];
    }
    reports.feedSet <== opened.parameters.feedSet;
    reports.quorum <== opened.parameters.quorum;
    reports.reportAge <== opened.parameters.reportAge;
    reports.oldAsOf <== from;
    reports.used <== used;
    reports.timestamp <== timestamp;
    reports.values <== values;
    reports.R8x <== R8x;
    reports.R8y <== R8y;
    reports.window <== window;
    signal {maxbit} elapsed <== UncheckedBits(TIME_BITS())((1 - first) * (reports.asOf - from)); // discharged: each is newer
    signal {maxbit} oldMaxAge <== UncheckedBits(MAX_AGE_BITS())((1 - first) * old.table.maxAge); // discharged: of a table proved before
    signal {binary} outage <== IsLess()(oldMaxAge, elapsed);

    // 4. Each underlying
    UnderlyingMemory() underlying[U];
    signal index[U];
    signal shock[U];
    component volatility[U];
    component breaker[U];
    for (var u = 0; u < U; u++) {
        index[u] <== reports.median[u];
        underlying[u].index <== UncheckedBits(INDEX_PRICE_BITS())(index[u]); // discharged: Reports, 4; so below
        volatility[u] = NextVolatility();
        volatility[u].first <== first;
        volatility[u].index <== AssertBits(INDEX_PRICE_BITS())(index[u]); // nothing new, but an argument less
        volatility[u].asOf <== reports.asOf;
        volatility[u].elapsed <== elapsed;
        volatility[u].before <== memory.underlying[u];
        volatility[u].floor <== opened.parameters.underlying[u].floor;
        volatility[u].cap <== opened.parameters.underlying[u].cap;
        volatility[u].factor <== opened.parameters.underlying[u].factor;
        volatility[u].stepPerHour <== opened.parameters.underlying[u].stepPerHour;
        volatility[u].memory <== opened.parameters.underlying[u].memory;
        underlying[u].sampleIndex <== volatility[u].sampleIndex;
        underlying[u].sampleTime <== volatility[u].sampleTime;
        underlying[u].variance <== volatility[u].variance;
        shock[u] <== volatility[u].shock;
        underlying[u].shock <== volatility[u].shock;
        breaker[u] = NextBreaker();
        breaker[u].first <== first;
        breaker[u].index <== UncheckedBits(INDEX_PRICE_BITS())(index[u]);
        breaker[u].asOf <== reports.asOf;
        breaker[u].outage <== outage;
        breaker[u].before <== memory.underlying[u];
        breaker[u].jumpBps <== opened.parameters.jumpBps;
        breaker[u].cooldown <== opened.parameters.cooldown;
        underlying[u].closedUntil <== breaker[u].closedUntil;
        underlying[u].closedSince <== breaker[u].closedSince;
    }

    // 5. Each market
    signal retiredBit[M] <== Num2Bits(M)(retired);
    signal move[U][MOVES(S)];
    for (var u = 0; u < U; u++) {
        for (var j = 0; j < MOVES(S); j++) {
            var s = SCENARIO_OF(S, j);
            move[u][j] <== opened.parameters.scenario[s].move * (1 - 2 * opened.parameters.scenario[s].opposed[u]);
        }
    }
    var relisted = 0;
    signal {maxbit} maxFeeBps <== Greater()(opened.parameters.takerFeeBps, opened.parameters.makerFeeBps);
    component of[M];
    component market[M];
    for (var m = 0; m < M; m++) {
        of[m] = PickUnderlying(U, MOVES(S));
        of[m].hot <== opened.parameters.underlyingOfMarket[m];
        for (var u = 0; u < U; u++) {
            of[m].index[u] <== index[u];
            of[m].oldIndex[u] <== memory.underlying[u].index;
            of[m].shock[u] <== shock[u];
            of[m].closed[u] <== breaker[u].closed;
            of[m].sheltered[u] <== breaker[u].sheltered;
        }
        of[m].move <== move;
        market[m] = NextMarket(S);
        market[m].market <== opened.parameters.market[m];
        market[m].underlying <== of[m].picked;
        market[m].forward <== UncheckedBits(INDEX_PRICE_BITS())(reports.median[U + m]);
        market[m].volatility <== UncheckedBits(VOLATILITY_BITS())(reports.median[U + M + m]);
        market[m].from <== from;
        market[m].asOf <== reports.asOf;
        market[m].oldMaxAge <== oldMaxAge;
        market[m].initialMarginBps <== opened.parameters.initialMarginBps;
        market[m].maxFeeBps <== maxFeeBps;
        for (var s = 0; s < S; s++) market[m].volatilityMove[s] <== opened.parameters.scenario[s].volatilityMove;
        for (var i = 0; i < 2; i++) market[m].extreme[i] <== opened.parameters.scenario[S - 2 + i].extreme;
        market[m].oldMark <== UncheckedBits(PRICE_BITS())((1 - first) * old.table.market[m].scenarioPrice[0]); // discharged: of a
        market[m].oldFundingIndex <== (1 - first) * old.table.market[m].fundingIndex; // table proved before
        market[m].before <== memory.market[m];
        market[m].retired <== UncheckedBinary()(retiredBit[m]); // discharged: a bit
        relisted += market[m].relisted * (1 << m);
    }

    // 6. Collateral
    component collateral[K - 1];
    component price[K - 1];
    for (var k = 0; k < K - 1; k++) {
        collateral[k] = Pick(U);
        collateral[k].hot <== opened.parameters.underlyingOfCollateral[k];
        for (var u = 0; u < U; u++) collateral[k].values[u] <== index[u];
        price[k] = LotPrice();
        price[k].most <== Constant((1 << COLLATERAL_PRICE_BITS()) - 1, COLLATERAL_PRICE_BITS())();
        price[k].index <== UncheckedBits(INDEX_PRICE_BITS())(collateral[k].out); // discharged: one of the indices
        price[k].multiplier <== opened.parameters.collateral[k].multiplier;
    }

    // 7. The table and its memory
    component hashMemory = HashMemory(U, M);
    hashMemory.underlying <== underlying;
    component table = HashRiskTable(M, K, S);
    for (var m = 0; m < M; m++) {
        hashMemory.market[m] <== market[m].after;
        table.market[m] <== market[m].record;
    }
    table.initialMarginBps <== opened.parameters.initialMarginBps;
    table.takerFeeBps <== opened.parameters.takerFeeBps;
    table.makerFeeBps <== opened.parameters.makerFeeBps;
    table.asOf <== reports.asOf;
    table.maxAge <== opened.parameters.maxAge;
    table.grace <== opened.parameters.grace;
    table.auction <== opened.parameters.auction;
    table.firstDiscountBps <== opened.parameters.firstDiscountBps;
    table.lastDiscountBps <== opened.parameters.lastDiscountBps;
    for (var k = 0; k < K - 1; k++) {
        table.collateralPrice[k] <== price[k].price;
        table.collateralWeight[k] <== opened.parameters.collateral[k].weight;
    }
    table.memory <== hashMemory.digest;

    // 8. The words
    component data = AssertPublicData(RISK_UPDATE_WORDS(M, U));
    data.words[0] <== domain;
    data.words[1] <== reports.asOf;
    data.words[2] <== opened.parametersRoot;
    data.words[3] <== oldRiskRoot;
    data.words[4] <== table.riskRoot;
    data.words[5] <== retired * (1 << MOST_MARKETS()) + relisted;
    for (var w = 0; w < REPORT_WORDS(U + 2 * M); w++) data.words[RISK_UPDATE_HEAD_WORDS() + w] <== reports.words[w];
    data.commitment <== dataCommitment;
    data.challenge <== dataChallenge;
    data.value <== dataValue;
}
