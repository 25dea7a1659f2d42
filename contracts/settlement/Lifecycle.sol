// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ISettlement} from "./ISettlement.sol";

/// @title Whether the venue lives, which it does until it is frozen, for ever.
/// @dev Every function that moves money, entries of the queue or roots is entered alone: a token that calls back finds all of them
/// shut.
abstract contract Lifecycle is ISettlement, ReentrancyGuardTransient {
    /// @notice Why a venue was frozen.
    enum Cause {
        Overdue,
        WoundDown,
        VerifierBroken,
        ExitVerifierBroken
    }

    /// @inheritdoc ISettlement
    uint40 public frozenAt;
    /// @notice Why it was frozen, if it was.
    Cause public cause;

    /// @notice The venue is frozen: no batch moves it any more, and exits begin.
    event Frozen(Cause cause);

    /// This is done by a living venue only, and it was frozen at `frozenAt`.
    error VenueFrozen(uint40 frozenAt);
    /// This is done once the venue is frozen, and it lives.
    error VenueLives();

    modifier whenLive() {
        _requireLive();
        _;
    }

    modifier whenFrozen() {
        require(frozenAt != 0, VenueLives());
        _;
    }

    function _requireLive() private view {
        require(frozenAt == 0, VenueFrozen(frozenAt));
    }

    /// Ends the venue's life.
    function _freeze(Cause why) internal whenLive {
        (frozenAt, cause) = (uint40(block.timestamp), why);
        emit Frozen(why);
    }
}
