pragma circom 2.2.3;

include "risk-update/parameters.circom";

// What components can read of the widths of a bus.
template MarketWidthsProbe() {
    input MarketParameters() market;
    signal output word;
    assert(market.multiplier.maxbit == MULTIPLIER_BITS() && market.maxPrice.maxbit == PRICE_BITS());
    assert(market.fundingCapPpm.maxbit == 16 && market.expiry.maxbit == TIME_BITS());
    word <== market.kind;
    _ <== market;
}

template UnderlyingWidthsProbe() {
    input UnderlyingParameters() underlying;
    signal output word;
    assert(underlying.cap.maxbit == 20 && underlying.stepPerHour.maxbit == 20);
    assert(underlying.factor.maxbit == SHOCK_FACTOR_BITS() && underlying.memory.maxbit == MEMORY_BITS());
    word <== underlying.cap;
    _ <== underlying;
}

// The opened parameters as flat outputs: what the words do not say themselves.
template RiskParametersProbe(M, K, S, U, n) {
    signal input words[PARAMETER_WORDS(M, K, S, U, n)];
    signal output parametersRoot;
    signal output kinds[M][4];
    signal output ofMarket[M][U];
    signal output ofCollateral[K - 1][U];
    component open = OpenRiskParameters(M, K, S, U, n);
    open.words <== words;
    parametersRoot <== open.parametersRoot;
    for (var m = 0; m < M; m++) {
        kinds[m][0] <== open.parameters.market[m].isListed;
        kinds[m][1] <== open.parameters.market[m].isPerpetual;
        kinds[m][2] <== open.parameters.market[m].isOption;
        kinds[m][3] <== open.parameters.market[m].isPut;
        ofMarket[m] <== open.parameters.underlyingOfMarket[m];
    }
    assert(open.parameters.maxAge.maxbit == MAX_AGE_BITS() && open.parameters.jumpBps.maxbit == JUMP_BITS());
    _ <== MarketWidthsProbe()(open.parameters.market[M - 1]);
    _ <== UnderlyingWidthsProbe()(open.parameters.underlying[U - 1]);
    for (var k = 0; k < K - 1; k++) ofCollateral[k] <== open.parameters.underlyingOfCollateral[k];
}
