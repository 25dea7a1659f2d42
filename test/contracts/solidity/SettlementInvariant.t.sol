// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {SettlementActor} from "./SettlementActor.sol";
import {Fate} from "./SettlementBooks.sol";

/// Lets the runner only choose seeds: each of its calls is many of the actor's.
contract Sequence {
    SettlementActor public immutable actor = new SettlementActor();
    /// What the actor itself failed with, and so did not do: the fault of these books.
    bytes public failure;

    function next(uint256 seed) external {
        try actor.steps(seed, 10) {} catch (bytes memory reason) {
            failure = reason;
        }
    }
}

contract SettlementInvariantTest {
    Sequence private sequence;

    error Wrong(string what, uint256 calls);
    error Failed(bytes reason);
    error Reached(Fate fate, uint256 calls, uint256 batches, uint256 frozen, uint256 payouts);

    function setUp() public {
        sequence = new Sequence();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(sequence);
    }

    /// Every call went as it must, and the books agreed after each.
    function invariant_moneyGoesOnlyWhereItMay() public view {
        SettlementActor actor = sequence.actor();
        if (sequence.failure().length != 0) revert Failed(sequence.failure());
        if (bytes(actor.wrong()).length != 0) revert Wrong(actor.wrong(), actor.calls());
    }

    /// Each run got somewhere: batches were settled, and a venue that was to end at once did. An announced end may come after the
    /// last call, and so may payouts, which few runs do not come to.
    function afterInvariant() public view {
        SettlementActor actor = sequence.actor();
        Fate fate = actor.fate();
        bool ends = fate != Fate.Lives && fate != Fate.WoundDown;
        if (actor.batches() < 10 || (ends && actor.frozenTimes() != 1)) {
            revert Reached(fate, actor.calls(), actor.batches(), actor.frozenTimes(), actor.payouts());
        }
    }
}
