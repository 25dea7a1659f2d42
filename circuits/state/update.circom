pragma circom 2.2.3;

include "lib/hash.circom";
include "lib/parameters.circom";
include "state/account.circom";

// All that a trade batch can change of an account, as two words (protocol.md#account-update):
// market | nonce | cash + 2^80, and size + 2^56 | fundingIndex + 2^64 | openBuy | openSell. Linear, so it costs nothing.
// @widths 8 + 64 + 81 = 153 and 57 + 65 + 56 + 56 = 234 bits: neither sum reaches r, so words and fields are one to one
// @assumes each number is in the range of its field: they are those of an account's leaf (protocol.md#numbers)
template PackUpdate() {
    assert(MARKET_BITS() + NONCE_BITS() + COLLATERAL_BITS() + 1 <= 253);
    assert(POSITION_BITS() + 1 + FUNDING_INDEX_BITS() + 1 + 2 * POSITION_BITS() <= 253);
    signal input market;
    signal input nonce;
    signal input cash;
    input Position() position;
    signal output words[2];
    var head = market;
    head = head * (1 << NONCE_BITS()) + nonce;
    head = head * (1 << (COLLATERAL_BITS() + 1)) + cash + (1 << COLLATERAL_BITS());
    words[0] <== head;
    var rest = position.size + (1 << POSITION_BITS());
    rest = rest * (1 << (FUNDING_INDEX_BITS() + 1)) + position.fundingIndex + (1 << FUNDING_INDEX_BITS());
    rest = rest * (1 << POSITION_BITS()) + position.openBuy;
    rest = rest * (1 << POSITION_BITS()) + position.openSell;
    words[1] <== rest;
}

// What a trade batch publishes of an account slot: enabled = 1: the update, under a keystream that hangs on the account's view
// key, its new leaf and the market (protocol.md#encryption); enabled = 0: zeros.
// @assumes viewKey is that of the leaf, and is not 0: whatever opens the account shows it
template EncryptUpdate() {
    signal input {binary} enabled;
    signal input viewKey;
    signal input leaf;
    signal input market;
    signal input nonce;
    signal input cash;
    input Position() position;
    signal output words[2];
    component pack = PackUpdate();
    pack.market <== market;
    pack.nonce <== nonce;
    pack.cash <== cash;
    pack.position <== position;
    signal keystream[2] <== HashPair(TAG_ENCRYPT(), 3)([viewKey, leaf, market]);
    for (var i = 0; i < 2; i++) words[i] <== enabled * (pack.words[i] + keystream[i]);
}
