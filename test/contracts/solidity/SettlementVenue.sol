// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Settlement} from "../../../contracts/settlement/Settlement.sol";
import {CashKind} from "../../../contracts/Parameters.sol";
import {Domain, RISK_UPDATE, RiskRoot} from "../../../contracts/Types.sol";
import {SettlementVoluntary} from "./SettlementVoluntary.sol";
import {VM} from "./Vm.sol";

/// What the operator does, and whoever brings tables, and others in his place; now and then it is a lie.
abstract contract SettlementVenue is SettlementVoluntary {
    /// Consumes some of the queue; now and then in a way that must be refused.
    function settleCash(uint256 seed) internal returns (bool went) {
        Plan memory plan = planOf(nextRoot(seed), (seed >> 8) % (SLOTS + 1));
        if (seed % 16 < 4) spoil(plan, seed % 16, seed);
        else if (seed % 2 == 0) volunteer(plan, seed >> 64);
        address who = (seed >> 40) % 16 == 0 ? person(seed) : operator;
        bool lied = (seed >> 44) % 16 == 0;
        Settlement.Batch memory batch = batchOf(1, plan.words, plan.payers, lied);
        VM.prank(who);
        try settlement.settle(1, batch) {
            went = true;
        } catch {}
        check(went == (plan.legal && frozen == 0 && who == operator && !lied), "settleCash");
        if (!went) return went;
        batches++;
        root = plan.words[4];
        for (uint256 i = 0; i < plan.taken; i++) serve(queue[front + i], plan.paid[i]);
        front += plan.taken;
        perform(plan);
    }

    /// A batch that serves the first `taken` entries, or all.
    function planOf(uint256 newRoot, uint256 taken) internal view returns (Plan memory plan) {
        plan.words = headOf(CASH_WORDS, newRoot);
        plan.held = vault;
        plan.legal = true;
        uint256 waiting = queue.length - front;
        plan.taken = taken < waiting ? taken : waiting;
        uint256 deposits = 0;
        for (uint256 i = 0; i < plan.taken; i++) if (queue[front + i].kind == CashKind.DEPOSIT) deposits++;
        plan.payers = new address[](deposits);
        for (uint256 i = 0; i < plan.taken; i++) serveIn(plan, i, queue[front + i]);
    }

    function serveIn(Plan memory plan, uint256 i, Told memory entry) internal view {
        uint256 a = entry.a;
        if (entry.kind == CashKind.DEPOSIT) {
            plan.payers[plan.named++] = entry.payer;
            plan.held[entry.asset] += a;
            a = amounts(a, 0, 0);
        } else if (entry.kind == CashKind.FORCED) {
            uint256 most = plan.held[entry.asset] < a ? plan.held[entry.asset] : a;
            uint256 own = owned[entry.account][entry.asset];
            plan.paid[i] = most < own ? most : own;
            a = amounts(a, plan.paid[i], plan.held[entry.asset]);
            plan.held[entry.asset] -= plan.paid[i];
        }
        put(plan.words, i, entry.kind, entry.account, 0, entry.asset, a);
        if (entry.kind == CashKind.REGISTER) (plan.words[8 + 5 * i], plan.words[9 + 5 * i]) = (Y, 1);
        if (entry.kind == CashKind.ROTATE) plan.words[8 + 5 * i] = Y;
        // Whether it cured the account.
        if (entry.kind == CashKind.DEPOSIT || entry.kind == CashKind.CURE) plan.words[8 + 5 * i] = i % 2;
    }

    /// One lie: an entry changed, another payer, more than the vault has, or an entry from further behind.
    function spoil(Plan memory plan, uint256 how, uint256 seed) internal view {
        uint256 i = plan.taken;
        if (how == 0 && i > 0) {
            plan.words[7] += how + (uint256(1) << 160);
            plan.legal = false;
        } else if (how == 1 && plan.named > 0) {
            plan.payers[0] = address(uint160(plan.payers[0]) ^ 1);
            plan.legal = false;
        } else if (how == 2 && i < SLOTS) {
            uint256 asset = (seed >> 32) % ASSETS;
            uint256 held = plan.held[asset];
            put(plan.words, i, CashKind.WITHDRAW, 0, 0, asset, amounts(held + 1, held + 1, held));
            plan.legal = false;
        } else if (how == 3 && i < SLOTS && front + i + 1 < queue.length) {
            Told memory later = queue[front + i + 1];
            if (later.kind == queue[front + i].kind && later.account == queue[front + i].account) return;
            if (later.kind == CashKind.DEPOSIT) return;
            serveIn(plan, i, later);
            plan.legal = false;
        }
    }

    function serve(Told storage entry, uint256 paid) internal {
        entry.gone = true;
        pending[slotOf(entry.kind, entry.account, entry.asset)] = false;
        if (entry.kind == CashKind.DEPOSIT) {
            queued[entry.asset] -= entry.a;
            vault[entry.asset] += entry.a;
            owned[entry.account][entry.asset] += entry.a;
        } else if (entry.kind == CashKind.FORCED) {
            owned[entry.account][entry.asset] -= paid;
            credit(entry.account, entry.asset, paid);
        }
    }

    function settleTrade(uint256 seed) internal returns (bool went) {
        bool legal = frozen == 0 && block.timestamp >= pausedUntil && (seed >> 8) % 8 != 0;
        uint256[] memory words = headOf(TRADE_WORDS, nextRoot(seed));
        words[6] = windDownAt != 0 && block.timestamp >= windDownAt + CLOSING_NOTICE ? 1 : 0;
        if (seed % 8 < 2) {
            words[seed % 8 == 0 ? 3 : 6] ^= 1;
            legal = false;
        }
        Settlement.Batch memory batch = batchOf(0, words, new address[](0), (seed >> 8) % 8 == 0);
        VM.prank(operator);
        try settlement.settle(0, batch) {
            went = true;
            batches++;
            root = words[4];
        } catch {}
        check(went == legal, "settleTrade");
    }

    function postTable(uint256 seed) internal returns (bool went) {
        bool lied = seed % 8 == 0;
        bool legal = frozen == 0 && !lied && block.timestamp >= tablePostedAt + 150;
        uint256[] memory words = new uint256[](RISK_WORDS);
        words[0] = Domain.unwrap(settlement.domain());
        (words[1], words[2]) = (block.timestamp, parametersRoot);
        (words[3], words[4]) = (RiskRoot.unwrap(settlement.riskRoot()), 1 + (seed >> 8));
        if ((seed >> 3) % 8 < 3) {
            words[1 + ((seed >> 3) % 8)] ^= 1 << 30;
            legal = false;
        }
        Settlement.Batch memory proved = batchOf(RISK_UPDATE, words, new address[](0), lied);
        VM.prank(person(seed >> 6));
        try settlement.updateRisk(proved.proof, proved.commitment, words) {
            went = true;
            tablePostedAt = block.timestamp;
        } catch {}
        check(went == legal, "postTable");
    }
}
