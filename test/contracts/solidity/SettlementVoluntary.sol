// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CashKind} from "../../../contracts/Parameters.sol";
import {SettlementBooks} from "./SettlementBooks.sol";

/// What a cash batch does besides the queue: signed withdrawals, transfers between accounts of one owner, view keys, a flag.
abstract contract SettlementVoluntary is SettlementBooks {
    /// A cash batch to be settled.
    struct Plan {
        uint256[] words;
        address[] payers;
        uint256 named;
        uint256[SLOTS] paid;
        uint256[ASSETS] held;
        uint256 taken;
        bool legal;
        Act[SLOTS] acts;
    }

    struct Act {
        uint256 kind;
        uint256 account;
        uint256 to;
        uint256 asset;
        uint256 lots;
    }

    /// Fills the slots that the queue leaves.
    function volunteer(Plan memory plan, uint256 seed) internal view {
        for (uint256 i = plan.taken; i < SLOTS; i++) {
            seed = uint256(keccak256(abi.encode(seed)));
            Act memory act = plan.acts[i];
            (act.account, act.to) = ((seed >> 8) % owners.length, (seed >> 16) % owners.length);
            act.asset = (seed >> 24) % ASSETS;
            // Of what it owned before, once: no earlier slot speaks of it.
            if (isTouched(plan, i, act.account)) continue;
            bool lies = (seed >> 32) % 8 == 0;
            act.lots = (seed >> 40) % (owned[act.account][act.asset] + 1);
            uint256 kind = seed % 4;
            if (i == 0 && (seed >> 48) % 4 == 0) flag(plan);
            else if (kind < 2) withdraw(plan, i, lies);
            else if (kind == 3 && (seed >> 52) % 2 == 0) expire(plan, i);
            else if (kind == 2 && i + 1 < SLOTS) transfer(plan, i++, lies);
            else enterView(plan, i, lies);
        }
    }

    function withdraw(Plan memory plan, uint256 i, bool lies) private pure {
        Act memory act = plan.acts[i];
        act.kind = CashKind.WITHDRAW;
        uint256 held = plan.held[act.asset];
        if (act.lots > held) act.lots = held;
        put(plan.words, i, act.kind, act.account, 0, act.asset, amounts(act.lots, act.lots, lies ? held + 1 : held));
        plan.held[act.asset] -= act.lots;
        plan.legal = plan.legal && !lies;
    }

    function transfer(Plan memory plan, uint256 i, bool lies) private view {
        Act memory act = plan.acts[i];
        if (!lies) {
            for (uint256 n = 0; owners[act.to] != owners[act.account] && n < owners.length; n++) {
                act.to = (act.to + 1) % owners.length;
            }
        }
        act.kind = CashKind.TRANSFER_OUT;
        uint256 a = amounts(act.lots, act.lots, 0);
        put(plan.words, i, act.kind, act.account, act.to, act.asset, a);
        a = amounts(act.lots, 0, 0);
        put(plan.words, i + 1, CashKind.TRANSFER_IN, act.to, act.account, act.asset, a);
        plan.legal = plan.legal && owners[act.to] == owners[act.account];
    }

    function enterView(Plan memory plan, uint256 i, bool lies) private pure {
        Act memory act = plan.acts[i];
        act.kind = CashKind.VIEW;
        put(plan.words, i, act.kind, act.account, 0, 0, viewOf(act.account) + (lies ? 1 : 0));
        plan.legal = plan.legal && !lies;
    }

    function expire(Plan memory plan, uint256 i) private pure {
        Act memory act = plan.acts[i];
        act.kind = CashKind.EXPIRE;
        put(plan.words, i, act.kind, act.account, 0, 0, act.lots);
    }

    function flag(Plan memory plan) private view {
        Act memory act = plan.acts[0];
        act.kind = CashKind.FLAG;
        put(plan.words, 0, act.kind, act.account, 0, 0, 0);
        // What its account holds follows the slots, and is not read for one.
        plan.words[6 + 5 * SLOTS] = CashKind.WITHDRAW << 56;
        plan.legal = plan.legal && block.timestamp >= pausedUntil;
    }

    function perform(Plan memory plan) internal {
        for (uint256 i = 0; i < SLOTS; i++) {
            Act memory act = plan.acts[i];
            if (act.kind != CashKind.WITHDRAW && act.kind != CashKind.TRANSFER_OUT) continue;
            owned[act.account][act.asset] -= act.lots;
            if (act.kind == CashKind.WITHDRAW) credit(act.account, act.asset, act.lots);
            else owned[act.to][act.asset] += act.lots;
        }
    }

    function isTouched(Plan memory plan, uint256 slot, uint256 account) private view returns (bool) {
        for (uint256 i = 0; i < slot; i++) {
            if (i < plan.taken && queue[front + i].account == account) return true;
            if (plan.acts[i].kind != CashKind.NONE && plan.acts[i].account == account) return true;
        }
        return false;
    }
}
