// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IBatchErrors} from "./IBatchErrors.sol";
import {coverLeft, coverSpent} from "./QueueTerms.sol";

/// @title How fast the house pays for takeovers.
abstract contract Cover is IBatchErrors {
    /// @notice Quanta that the house pays for takeovers in an hour at most. What it paid comes back evenly.
    uint96 public coverPerHour;

    /// What the house paid lately, in quanta, as far as it had not worn off when it was counted, and when that was.
    uint216 private covered;
    uint40 private coveredAt;

    /// @notice Quanta that the house may pay now.
    function coverNow() public view returns (uint256) {
        return coverLeft(_spent(), coverPerHour);
    }

    /// Counts what the house pays.
    function _cover(uint256 asked) internal {
        (uint256 perHour, uint256 spent) = (coverPerHour, _spent());
        uint256 left = coverLeft(spent, perHour);
        if (asked > left) {
            uint256 wait = asked > perHour ? 0 : ((asked - left) * 1 hours + perHour - 1) / perHour;
            revert CoverLimited(asked, left, wait == 0 ? 0 : block.timestamp + wait);
        }
        (covered, coveredAt) = (uint216(spent + asked), uint40(block.timestamp));
    }

    /// What of it has not worn off.
    function _spent() private view returns (uint256) {
        return coverSpent(covered, coverPerHour, block.timestamp - coveredAt);
    }
}
