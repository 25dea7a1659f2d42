// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CashKind} from "../../../contracts/Parameters.sol";
import {Settlement} from "../../../contracts/settlement/Settlement.sol";
import {DELEVERAGE, TAKEOVER} from "../../../contracts/Types.sol";
import {SettlementBooks} from "./SettlementBooks.sol";
import {VM} from "./Vm.sol";

/// Takeovers and deleveragings, of accounts that may have asked to be saved, and for what the house may pay or not.
abstract contract SettlementLiquidations is SettlementBooks {
    function liquidate(uint256 seed) internal returns (bool went) {
        uint256 kind = seed % 2 == 0 ? TAKEOVER : DELEVERAGE;
        uint256[] memory words = headOf(LIQUIDATION_WORDS, nextRoot(seed >> 8));
        uint256 waiting = queue.length - front;
        // Often whose entry waits, which may have been made before or after the auction opened.
        uint256 victim =
            waiting > 0 && (seed >> 12) % 4 != 0
                ? queue[front + ((seed >> 16) % waiting)].account
                : (seed >> 16) % owners.length;
        uint256 opens = block.timestamp + 1 hours - ((seed >> 24) % 6 hours);
        words[7] = (opens << 40) | pausedUntil;
        // About as much as the house may pay now, or anything at all.
        uint256 left = coverLeft();
        uint256 asked = (seed >> 96) % 4 == 0 ? (seed >> 104) % 2 ** 20 : left + ((seed >> 104) % 3);
        if (asked > 0 && asked == left + 2) asked = left - (left > 0 ? 1 : 0);
        bool houseFails = kind == DELEVERAGE && (seed >> 160) % 4 == 0;
        if (kind == TAKEOVER) {
            words[6] = (victim << 88) | ((seed >> 168) % 2 ** 88);
            words[8] = 2 ** 80 - asked;
        } else {
            words[6] = (victim << 146) | ((seed >> 168) << 1) | (houseFails ? 1 : 0);
            words[9] = (asked << 80) | (seed % 2 ** 80);
        }
        bool mayBe = kind == TAKEOVER ? asked <= left : houseFails || asked > left;
        bool legal = mayBe && frozen == 0 && block.timestamp >= pausedUntil;
        uint256 lie = (seed >> 192) % 16;
        if (lie < 3) {
            words[
                lie == 0
                    ? 3
                    : lie == 1
                        ? 1
                        : 7
            ] ^= lie == 1 ? 1 << 30 : 1;
            legal = false;
        }
        Settlement.Batch memory batch = batchOf(kind, words, new address[](0), lie == 3);
        VM.prank(operator);
        try settlement.settle(kind, batch) {
            went = true;
            batches++;
            root = words[4];
            if (kind == TAKEOVER && asked > 0) pay(asked);
        } catch {}
        (bool safe, bool free) = standing(victim, opens);
        check(!went || (legal && lie != 3 && safe), "liquidate");
        check(went || !legal || lie == 3 || !free, "liquidate not");
    }

    /// Whether nothing waits that could save the account and was asked for before then; and whether it must not be held up: nothing that
    /// could save it waits at all, or all that waits is from later.
    function standing(uint256 victim, uint256 opens) private view returns (bool safe, bool free) {
        (safe, free) = (true, true);
        for (uint256 i = front; i < queue.length; i++) {
            Told memory entry = queue[i];
            bool saves = entry.kind == CashKind.DEPOSIT || entry.kind == CashKind.CURE;
            if (entry.account != victim || !saves) continue;
            free = queue[front].askedAt >= opens;
            safe = safe && entry.askedAt >= opens;
        }
    }

    /// What the house may pay: of what it paid last as much is back as the time since then is of an hour.
    function coverLeft() internal view returns (uint256) {
        uint256 spent = spentCover < coverPerHour ? spentCover : coverPerHour;
        uint256 back = (coverPerHour * (block.timestamp - spentAt)) / 1 hours;
        return coverPerHour - (spent > back ? spent - back : 0);
    }

    function pay(uint256 asked) private {
        (spentCover, spentAt) = (coverPerHour - coverLeft() + asked, block.timestamp);
    }
}
