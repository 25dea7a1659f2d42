// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Parameters} from "../Parameters.sol";
import {Queue} from "./Queue.sol";

/// @title What a proved takeover must not go before.
/// @notice The proof says who took over what, and that it was flagged and to be had; here its words meet the queue.
abstract contract Takeovers is Queue {
    /// A takeover's words: the six of every batch; victim | bidder | nonce; opens | resumedAt; price + 2^80; leaves; what passed.
    uint256 private constant ACCOUNTS_WORD = 6;
    uint256 private constant TIMES_WORD = 7;
    uint256 private constant PRICE_WORD = 8;

    /// A deposit or a cure of the account waits, from before its auction opened, and so does entry `index` of the queue, the first,
    /// which was queued at `askedAt`: serve what is from before, it may save the account.
    error RescueGoesFirst(uint256 account, uint256 index, uint40 askedAt, uint256 opens);
    /// Checks the words of a takeover.
    /// @return paid What the house pays, in quanta.
    function _requireTurn(uint256[] calldata words) internal view returns (uint256 paid) {
        uint256 opens = words[TIMES_WORD] >> Parameters.TIME_BITS;
        uint256 victim = words[ACCOUNTS_WORD] >> (Parameters.ACCOUNT_BITS + Parameters.NONCE_BITS);
        (uint40 since, uint40 askedAt) = (_rescueSince(victim), _firstAskedAt());
        // Once the first entry is from later, so are all: who goes on asking puts nothing off.
        bool isFree = since == 0 || since >= opens || askedAt >= opens;
        require(isFree, RescueGoesFirst(victim, queueFront, askedAt, opens));
        uint256 price = words[PRICE_WORD];
        if (price < 2 ** Parameters.COLLATERAL_BITS) paid = 2 ** Parameters.COLLATERAL_BITS - price;
    }
}
