// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Parameters} from "../Parameters.sol";
import {DELEVERAGE} from "../Types.sol";

// What contracts read of the words of a takeover and of a deleveraging (docs/protocol.md#takeover-words, #deleverage-words). That
// every field is in its range is proved, and that there are so many words was checked.

// Behind the six words of every batch, of both: who it is about; opens | resumedAt.
uint256 constant ACCOUNTS_WORD = 6;
uint256 constant TIMES_WORD = 7;
// Of a takeover: price + 2^80. Of a deleveraging: A | score.
uint256 constant PRICE_WORD = 8;
uint256 constant ASKED_WORD = 9;

// Behind the victim stand in a takeover bidder | nonce, in a deleveraging counterparty | market | mark | fundingIndex + 2^64 | houseFails.
uint256 constant BEHIND_TAKEN = Parameters.ACCOUNT_BITS + Parameters.NONCE_BITS;
uint256 constant BEHIND_CLOSED =
    Parameters.ACCOUNT_BITS + Parameters.MARKET_BITS + Parameters.PRICE_BITS + Parameters.FUNDING_INDEX_BITS + 2;
uint256 constant SCORE_BITS = Parameters.NOTIONAL_BITS + Parameters.WEIGHT_BITS;

/// The flagged account.
function victimOf(uint256 kind, uint256[] calldata words) pure returns (uint256) {
    return words[ACCOUNTS_WORD] >> (kind == DELEVERAGE ? BEHIND_CLOSED : BEHIND_TAKEN);
}

/// When its auction opened.
function opensOf(uint256[] calldata words) pure returns (uint256) {
    return words[TIMES_WORD] >> Parameters.TIME_BITS;
}

/// When the last pause ended, by which that was counted.
function resumedAtOf(uint256[] calldata words) pure returns (uint256) {
    return words[TIMES_WORD] % 2 ** Parameters.TIME_BITS;
}

/// What the house pays for a takeover, in quanta.
function paidOf(uint256[] calldata words) pure returns (uint256) {
    (uint256 price, uint256 nothing) = (words[PRICE_WORD], 2 ** Parameters.COLLATERAL_BITS);
    return price < nothing ? nothing - price : 0;
}

/// Whether a deleveraging shows that the house could not have paid what a bidder may ask of it, and how much that is, in quanta.
function askedOf(uint256[] calldata words) pure returns (bool houseFails, uint256 asked) {
    return (words[ACCOUNTS_WORD] % 2 == 1, words[ASKED_WORD] >> SCORE_BITS);
}
