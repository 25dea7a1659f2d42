// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import "contracts/settlement/Accounting.sol";
import "contracts/settlement/QueueTerms.sol";

// What the model checker proves of the rules: each assertion, for every input that the requirements let in, and that nothing
// overflows. One contract a rule, so that each is a problem of its own.

contract Receiving {
    function prove(uint256 queued, uint256 others, uint256 amount) external pure {
        require(queued < NET_DEPOSITS_BOUND && others < NET_DEPOSITS_BOUND);
        uint256 full = received(queued, queued + others, amount);
        assert(full > queued && full - queued == amount);
        assert(full + others < NET_DEPOSITS_BOUND);
    }
}

contract Consuming {
    function prove(uint256 queued, uint256 vault, uint256 amount) external pure {
        require(queued < NET_DEPOSITS_BOUND && vault < NET_DEPOSITS_BOUND);
        (uint256 left, uint256 full) = consumed(queued, vault, amount);
        assert(left + full == queued + vault);
        assert(full >= vault && full - vault == amount);
    }
}

contract Refunding {
    function prove(uint256 queued, uint256 claimable, uint256 amount) external pure {
        require(queued < NET_DEPOSITS_BOUND && claimable < NET_DEPOSITS_BOUND);
        (uint256 left, uint256 full) = refunded(queued, claimable, amount);
        assert(left + full == queued + claimable);
        assert(full >= claimable && full - claimable == amount);
    }
}

contract Crediting {
    function prove(uint256 vault, uint256 claimable, uint256 amount) external pure {
        require(vault < NET_DEPOSITS_BOUND && claimable < NET_DEPOSITS_BOUND);
        (uint256 left, uint256 full) = credited(vault, claimable, amount);
        assert(left + full == vault + claimable);
        assert(full >= claimable && full - claimable == amount);
    }
}

contract Pulling {
    function prove(uint256 claimable, uint256 credit, uint256 others, uint256 amount) external pure {
        require(claimable < NET_DEPOSITS_BOUND && others <= claimable && credit <= claimable - others);
        (uint256 left, uint256 rest) = pulled(claimable, credit, amount);
        assert(claimable - left == amount && credit - rest == amount);
        assert(rest + others <= left);
    }
}

contract ComingDue {
    function prove(
        uint256 time,
        uint256 later,
        uint256 before,
        uint256 period,
        uint256 spacing,
        uint256 most
    ) external pure {
        require(time < 2 ** 40 && later < 2 ** 40 && period < 2 ** 32 && spacing < 2 ** 32 && most < 2 ** 32);
        require(time <= later && period <= most && before <= time + most);
        uint256 due = deadlineOf(time, before, period, spacing, most);
        assert(due >= time + period && due <= time + most);
        assert(deadlineOf(later, due, period, spacing, most) >= due);
    }
}

contract Leaving {
    function prove(uint256 held, uint256 floor, uint256 spent) external pure {
        require(held < NET_DEPOSITS_BOUND && floor < NET_DEPOSITS_BOUND && spent < NET_DEPOSITS_BOUND);
        assert(outflowLeft(held, floor, WHOLE, spent) >= held);
    }
}

contract Remaining {
    function prove(uint256 there, uint256 claims) external pure {
        uint256 left = leftOf(there, claims);
        assert(left <= there);
        assert(claims > there ? left == 0 : left + claims == there);
    }
}

contract Covering {
    function prove(uint256 spent, uint256 perHour, uint256 asked) external pure {
        require(spent < 2 ** 97 && perHour < 2 ** 96 && asked > 0 && asked <= coverLeft(spent, perHour));
        assert(spent + asked <= perHour);
    }
}
