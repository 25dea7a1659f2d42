// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Parameters} from "../Parameters.sol";
import {Queue} from "./Queue.sol";
import {coverLeft, coverSpent} from "./QueueTerms.sol";

/// @title What a proved takeover must not go before, and how fast the house pays for takeovers.
/// @notice The proof says who took over what, and that it was flagged and to be had; here its words meet the queue and the clock.
abstract contract Takeovers is Queue {
    /// A takeover's words: the six of every batch; victim | bidder; opens | resumedAt; price + 2^80; leaves; what was held.
    uint256 private constant TIMES_WORD = 7;
    uint256 private constant PRICE_WORD = 8;

    /// What the house paid lately, in quanta, as far as it has not worn off when it was counted, and when that was.
    uint216 private covered;
    uint40 private coveredAt;

    /// Entry `index` of the queue was asked for at `askedAt`, before the auction opened: serve it first, it may save the account.
    error QueueGoesFirst(uint256 index, uint40 askedAt, uint256 opens);
    /// The house would pay `asked` quanta and may pay `left` now; from `from` on it may pay that, or never if that is 0.
    error CoverLimited(uint256 asked, uint256 left, uint256 from);

    /// Checks the words of a takeover, and counts what the house pays: at most `perHour` quanta, which come back evenly in an hour.
    function _applyTakeover(uint256[] calldata words, uint256 perHour) internal {
        uint256 opens = words[TIMES_WORD] >> Parameters.TIME_BITS;
        uint40 askedAt = _firstAskedAt();
        require(askedAt == 0 || askedAt >= opens, QueueGoesFirst(queueFront, askedAt, opens));
        uint256 price = words[PRICE_WORD];
        if (price < 2 ** Parameters.COLLATERAL_BITS) _cover(2 ** Parameters.COLLATERAL_BITS - price, perHour);
    }

    /// The house pays.
    function _cover(uint256 asked, uint256 perHour) private {
        uint256 spent = coverSpent(covered, perHour, block.timestamp - coveredAt);
        uint256 left = coverLeft(spent, perHour);
        if (asked > left) {
            uint256 wait = asked > perHour ? 0 : ((asked - left) * 1 hours + perHour - 1) / perHour;
            revert CoverLimited(asked, left, wait == 0 ? 0 : block.timestamp + wait);
        }
        (covered, coveredAt) = (uint216(spent + asked), uint40(block.timestamp));
    }
}
