// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {opensOf, victimOf} from "./LiquidationWords.sol";
import {Queue} from "./Queue.sol";

/// @title What a proved takeover, or deleveraging, must not go before.
/// @notice The proof says who took over what, or what was closed, of an account that was flagged and to be had; here its words meet the
/// queue. What the counterparty of a deleveraging asked for does not matter: a request, which costs a fee, would be a way out.
abstract contract Takeovers is Queue {
    /// A deposit or a cure of the account waits, from before its auction opened, or shelter kept one from being decided. Entry `index` of
    /// the queue, the first, was queued at `askedAt`: serve what may save the account.
    error RescueGoesFirst(uint256 account, uint256 index, uint40 askedAt, uint256 opens);

    /// Reverts if the account asked for something that goes first.
    function _requireTurn(uint256 kind, uint256[] calldata words) internal view {
        (uint256 victim, uint256 opens) = (victimOf(kind, words), opensOf(words));
        (uint40 since, uint40 askedAt) = (_rescueSince(victim), _firstAskedAt());
        // Once the first entry is from later, so are all: who goes on asking puts nothing off. A cure that may be tried again waits for none.
        bool isLater = askedAt >= opens && !_isRetried(victim);
        bool isFree = since == 0 || since >= opens || isLater;
        require(isFree, RescueGoesFirst(victim, queueFront, askedAt, opens));
    }
}
