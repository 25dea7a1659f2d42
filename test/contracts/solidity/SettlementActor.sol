// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {SettlementEnd} from "./SettlementEnd.sol";
import {SettlementUsers} from "./SettlementUsers.sol";
import {SettlementVenue} from "./SettlementVenue.sol";
import {VM} from "./Vm.sol";

/// Does to a settlement what anybody could, honest and not. Each call of a handler says beforehand whether it must go through; where
/// that is not so, or the books do not agree afterwards, `wrong` names it.
contract SettlementActor is SettlementUsers, SettlementVenue, SettlementEnd {
    /// One call after another, chosen by the seed; stops at the first that went wrong.
    function steps(uint256 seed, uint256 count) external {
        for (uint256 i = 0; i < count && bytes(wrong).length == 0; i++) {
            step(uint256(keccak256(abi.encode(seed, i))));
        }
    }

    function step(uint256 seed) public {
        if (calls++ == 0) mortal = (seed >> 64) % 2 == 0;
        uint256 choice = seed % 32;
        if (dead() && choice >= 6 && choice < 18) choice = choice % 2 == 0 ? uint256(0) : 26;
        if (dead() && calls % 20 == 0) choice = 24;
        uint256 more = uint256(keccak256(abi.encode(seed)));
        string memory name = "pass";
        if (choice < 3) pass(more);
        else if (choice < 6) (name, ) = ("deposit", deposit(more));
        else if (choice < 7) (name, ) = ("register", register(more));
        else if (choice < 9) (name, ) = ("request", request(more));
        else if (choice < 18) (name, ) = ("settleCash", settleCash(more));
        else if (choice < 19) (name, ) = ("settleTrade", settleTrade(more));
        else if (choice < 23) (name, ) = ("claim", claim(more));
        else if (choice < 24) (name, ) = ("postTable", postTable(more));
        else if (choice < 25) (name, ) = ("freeze", freeze(more));
        else if (choice < 26) (name, ) = ("refund", refund(more));
        else if (choice < 28) (name, ) = ("exit", exit(more));
        else if (choice < 30) (name, ) = ("govern", govern(more));
        else if (choice < 31) (name, ) = ("changeOwner", changeOwner(more));
        else (name, ) = ("donate", donate(more));
        if (bytes(wrong).length == 0 && !agrees()) wrong = string.concat("books after ", name);
    }

    /// Of a venue that serves nothing any more, after half of its calls.
    function dead() private view returns (bool) {
        return mortal && calls > 300;
    }

    function pass(uint256 seed) private {
        VM.warp(block.timestamp + (seed % (dead() ? 2 : 8) == 0 ? 1 days : seed % 3 hours));
    }
}
