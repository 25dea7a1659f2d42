pragma circom 2.2.3;

include "lib/compare.circom";
include "lib/parameters.circom";
include "lib/range.circom";
include "state/risk.circom";
include "state/slot.circom";

// What holds for the whole batch.
bus BatchRules {
    signal {maxbit} timestamp;
    signal {binary} halted; // stale risk table or closed market
    signal {maxbit} bidLimit; // a bid is out of band iff its priority + 2^49 is below; likewise asks
    signal {maxbit} askLimit;
    signal {maxbit} minOrder;
    signal {maxbit} maxPosition; // + 2^57, as exposures are; 0 + 2^57 where closingOnly = 1
    signal {maxbit} maxHeld; // twice maxOpenInterest, since open interest counts both sides
    signal {binary} settled; // the market
    signal {binary} closingOnly; // positions may only be closed (protocol.md#closing-only)
    signal takerFeeBps;
    signal makerFeeBps;
}

// Priorities and band limits are compared with 2^49 added, since mark - band may be negative.
function BAND_OFFSET() { return 1 << (PRICE_BITS() + 1); }

// Exposures are compared with 2^57 added: size + open + order is in (-2^56, 2^58).
function EXPOSURE_OFFSET() { return 1 << (POSITION_BITS() + 1); }

// Open interest is below 2^79, with what an order opens below 2^80 (protocol.md#open-interest).
function OPEN_INTEREST_BITS() { return ACCOUNT_BITS() + POSITION_BITS(); }

// What the batch's time and its market's record make of the rules. Stale: not asOf <= timestamp <= asOf + maxAge.
template ReadRules(S) {
    signal input {maxbit} timestamp;
    signal input {binary} closingOnly;
    input MarketRisk(S) record;
    signal input takerFeeBps;
    signal input makerFeeBps;
    signal input asOf;
    signal input maxAge;
    output BatchRules rules;
    _ <== record; // what follows reads a part of it
    // discharged, all of the record's widths: checked by whatever publishes a risk table
    signal {maxbit} from <== UncheckedBits(TIME_BITS())(asOf);
    signal {maxbit} until <== UncheckedBits(TIME_BITS() + 1)(asOf + maxAge);
    signal {maxbit} close <== UncheckedBits(TIME_BITS())(record.lastTradeTime);
    signal {binary} early <== IsLess()(timestamp, from);
    signal {binary} late <== IsLess()(until, timestamp);
    signal {binary} closed <== IsLess()(close, timestamp);
    signal {binary} stale <== Or()(early, late);
    rules.timestamp <== timestamp;
    rules.settled <== IsSame()(record.phase, PHASE_SETTLED());
    rules.halted <== Or()(stale, closed);
    var mark = record.scenarioPrice[0];
    rules.bidLimit <== UncheckedBits(PRICE_BITS() + 3)(BAND_OFFSET() + PRICE_MIRROR() - mark - record.band);
    rules.askLimit <== UncheckedBits(PRICE_BITS() + 3)(BAND_OFFSET() + mark - record.band);
    rules.minOrder <== UncheckedBits(SIZE_BITS())(record.minOrder);
    signal maxPosition <== record.maxPosition - closingOnly * record.maxPosition;
    rules.maxPosition <== UncheckedBits(POSITION_BITS() + 3)(maxPosition + EXPOSURE_OFFSET());
    rules.maxHeld <== UncheckedBits(POSITION_BITS())(2 * record.maxOpenInterest);
    rules.closingOnly <== closingOnly;
    rules.takerFeeBps <== takerFeeBps;
    rules.makerFeeBps <== makerFeeBps;
}
