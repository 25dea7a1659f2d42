// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Fate} from "./SettlementBooks.sol";
import {SettlementEnd} from "./SettlementEnd.sol";
import {SettlementUsers} from "./SettlementUsers.sol";
import {SettlementVenue} from "./SettlementVenue.sol";
import {VM} from "./Vm.sol";

/// Does to a settlement what anybody could, honest and not. Each call of a handler says beforehand whether it must go through; where
/// that is not so, or the books do not agree afterwards, `wrong` names it.
contract SettlementActor is SettlementUsers, SettlementVenue, SettlementEnd {
    /// From so many calls on a venue meets its fate.
    uint256 private constant PRIME = 200;

    /// One call after another, chosen by the seed; stops at the first that went wrong.
    function steps(uint256 seed, uint256 count) external {
        for (uint256 i = 0; i < count && bytes(wrong).length == 0; i++) {
            step(uint256(keccak256(abi.encode(seed, i))));
        }
    }

    function step(uint256 seed) public {
        if (calls++ == 0) fate = Fate((seed >> 64) % 6);
        uint256 choice = fated(seed % 40);
        uint256 more = uint256(keccak256(abi.encode(seed)));
        string memory name = "pass";
        if (choice < 4) pass(more);
        else if (choice < 7) (name, ) = ("deposit", deposit(more));
        else if (choice < 8) (name, ) = ("register", register(more));
        else if (choice < 10) (name, ) = ("request", request(more));
        else if (choice < 20) (name, ) = ("settleCash", settleCash(more));
        else if (choice < 21) (name, ) = ("settleTrade", settleTrade(more));
        else if (choice < 22) (name, ) = ("liquidate", liquidate(more));
        else if (choice < 26) (name, ) = ("claim", claim(more));
        else if (choice < 27) (name, ) = ("postTable", postTable(more));
        else if (choice < 28) (name, ) = ("freeze", freeze(more));
        else if (choice < 29) (name, ) = ("refund", refund(more));
        else if (choice < 31) (name, ) = ("exit", exit(more));
        else if (choice < 36) (name, ) = ("govern", govern(more));
        else if (choice < 37) (name, ) = ("changeOwner", changeOwner(more));
        else if (choice < 38) (name, ) = ("donate", donate(more));
        else if (choice < 39)
            (name, ) = ("stopBatches", stopBatches(more, fate == Fate.BatchVerifierBroken && isPrime()));
        else (name, ) = ("stopExits", stopExits(more, exitsAreToBreak()));
        if (bytes(wrong).length == 0 && !agrees()) wrong = string.concat("books after ", name);
        check(authorityAgrees(), "authority");
    }

    /// What is done instead, at the end and after it.
    function fated(uint256 choice) private view returns (uint256) {
        bool busy = choice >= 7 && choice < 22;
        if (broken && busy) return choice % 2 == 0 ? 0 : 31;
        if (exitsAreToBreak() && calls % 8 == 0) return 39;
        if (frozen != 0) return busy ? (choice % 2 == 0 ? 0 : 29) : choice;
        if (!isPrime()) return choice;
        if (fate == Fate.BatchVerifierBroken && calls % 8 == 0) return 38;
        if (fate == Fate.WoundDown && windDownAt == 0) return 31;
        if (fate == Fate.WoundDown && calls % 16 == 0) return 27;
        if (isDead() && busy) return choice % 2 == 0 ? 0 : 27;
        return choice;
    }

    function isPrime() private view returns (bool) {
        return calls > PRIME;
    }

    /// Whether nobody serves it any more.
    function isDead() private view returns (bool) {
        return isPrime() && (fate == Fate.Overdue || fate == Fate.OverdueAndExitVerifierBroken);
    }

    function exitsAreToBreak() private view returns (bool) {
        if (round > 1 || broken) return false;
        return
            (fate == Fate.ExitVerifierBroken && isPrime()) ||
            (fate == Fate.OverdueAndExitVerifierBroken && frozen != 0 && payouts > 3);
    }

    /// An hour or a day; longer where nothing waits that could come due, and for what takes a delay.
    function pass(uint256 seed) private {
        uint256 time = seed % 8 == 0 ? 1 days : (seed >> 8) % 3 hours;
        if (broken) time = 3 days;
        else if (frozen != 0 || isDead()) time = seed % 2 == 0 ? 1 days : time;
        else if (front == queue.length && windDownAt != 0) time = 10 days;
        else if (front == queue.length && seed % 3 == 0) time = (seed >> 8) % 16 days;
        VM.warp(block.timestamp + time);
    }
}
