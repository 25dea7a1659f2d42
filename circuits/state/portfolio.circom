pragma circom 2.2.3;

include "lib/parameters.circom";
include "state/account.circom";

// Bits of a position in its word: size and funding index, each with a sign; and of an asset's lots.
function HOLDING_BITS() { return POSITION_BITS() + 1 + FUNDING_INDEX_BITS() + 1; }
function LOTS_BITS() { return COLLATERAL_BITS() + 1; }

// Positions and assets of a word, and words of a portfolio.
function HOLDINGS_PER_WORD() { return 2; }
function LOTS_PER_WORD() { return 3; }
function HOLDING_WORDS(M) { return (M + HOLDINGS_PER_WORD() - 1) \ HOLDINGS_PER_WORD(); }
function PORTFOLIO_WORDS(M, K) { return HOLDING_WORDS(M) + (K + LOTS_PER_WORD() - 1) \ LOTS_PER_WORD(); }

// words tell the positions and the collateral (protocol.md#cash-words), or are 0 if not enabled.
// @widths 2 * 122 and 3 * 81 bits: a number of an account, with 2^n added, has n + 1 bits, so a word has one meaning
// @assumes the numbers are in range: those of a committed state are (protocol.md#numbers)
template PackPortfolio(M, K) {
    signal input {binary} enabled;
    input Position() position[M];
    signal input collateral[K];
    signal output words[PORTFOLIO_WORDS(M, K)];
    assert(HOLDINGS_PER_WORD() * HOLDING_BITS() <= 253 && LOTS_PER_WORD() * LOTS_BITS() <= 253);
    var packed[PORTFOLIO_WORDS(M, K)];
    for (var m = 0; m < M; m++) {
        _ <== position[m]; // a part of it
        var holding = (position[m].size + (1 << POSITION_BITS())) * (1 << (FUNDING_INDEX_BITS() + 1))
            + position[m].fundingIndex + (1 << FUNDING_INDEX_BITS());
        packed[m \ HOLDINGS_PER_WORD()] += holding * (1 << (HOLDING_BITS() * (m % HOLDINGS_PER_WORD())));
    }
    for (var k = 0; k < K; k++) {
        var lots = collateral[k] + (1 << COLLATERAL_BITS());
        packed[HOLDING_WORDS(M) + k \ LOTS_PER_WORD()] += lots * (1 << (LOTS_BITS() * (k % LOTS_PER_WORD())));
    }
    for (var w = 0; w < PORTFOLIO_WORDS(M, K); w++) words[w] <== enabled * packed[w];
}
