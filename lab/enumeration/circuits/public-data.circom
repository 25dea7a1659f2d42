pragma circom 2.2.3;

include "lib/public-data.circom";
include "lib/range.circom";
include "state/update.circom";

template PublicDataProbe(n) {
    signal input words[n];
    signal input challenge;
    signal input commitment;
    signal input value;
    AssertPublicData(n)(words, commitment, challenge, value);
}

// PackUpdate of numbers that have the widths of their fields.
template PackUpdateProbe() {
    signal input market;
    signal input nonce;
    signal input cash;
    signal input size;
    signal input fundingIndex;
    signal input openBuy;
    signal input openSell;
    _ <== AssertBits(MARKET_BITS())(market);
    _ <== AssertBits(NONCE_BITS())(nonce);
    _ <== IsNegative(COLLATERAL_BITS())(cash);
    _ <== IsNegative(POSITION_BITS())(size);
    _ <== IsNegative(FUNDING_INDEX_BITS())(fundingIndex);
    _ <== AssertBits(POSITION_BITS())(openBuy);
    _ <== AssertBits(POSITION_BITS())(openSell);
    component pack = PackUpdate();
    pack.market <== market;
    pack.nonce <== nonce;
    pack.cash <== cash;
    pack.position.size <== size;
    pack.position.fundingIndex <== fundingIndex;
    pack.position.openBuy <== openBuy;
    pack.position.openSell <== openSell;
    signal output words[2] <== pack.words;
}
