// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Queue} from "../../../contracts/settlement/Queue.sol";
import {CashKind} from "../../../contracts/Parameters.sol";
import {Proof} from "../../../contracts/Types.sol";
import {SettlementGovernance} from "./SettlementGovernance.sol";
import {VM} from "./Vm.sol";

/// What is done about the end of a venue: freezes, stops, refunds, claims and payouts.
abstract contract SettlementEnd is SettlementGovernance {
    struct Claim {
        uint32 round;
        bool inTime;
        bool paid;
        bool shared;
        uint256 since;
        uint256[ASSETS] lots;
    }

    struct Claims {
        uint256 inTime;
        uint256 late;
        uint256 vault;
    }

    mapping(uint256 account => Claim) private claims;
    mapping(uint256 account => uint256[ASSETS]) private received;
    mapping(uint32 round => mapping(uint256 asset => Claims)) private pools;
    mapping(uint32 round => bool) private measured;

    function freeze(uint256 seed) internal returns (bool went) {
        bool overdue = front < queue.length && block.timestamp >= queue[front].deadline;
        bool woundDown = windDownAt != 0 && block.timestamp >= windDownAt + WIND_DOWN_PERIOD;
        bool legal = frozen == 0 && (overdue || woundDown);
        VM.prank(person(seed));
        try settlement.freeze() {
            went = true;
            end(false);
        } catch {}
        check(went == legal, "freeze");
    }

    /// By a proof of a batch or a table to the root 0, if it is to be; now and then by one that is false, or of what can be.
    function stopBatches(uint256 seed, bool isToBe) internal returns (bool went) {
        (uint256 kind, uint256 lie) = (kindAt(seed % KINDS), isToBe ? 2 : (seed >> 8) % 2);
        uint256[] memory words = headOf(wordsOf(kind), lie == 0 ? 1 : 0);
        Proof memory proof = batchOf(kind, words, new address[](0), lie == 1).proof;
        bool legal = lie == 2 && frozen == 0;
        VM.prank(person(seed));
        try settlement.stopForBrokenVerifier(kind, proof, 5, words) {
            went = true;
            end(true);
        } catch {}
        check(went == legal, "stopForBrokenVerifier");
    }

    /// The same by a proof of a claim in the state with root 0.
    function stopExits(uint256 seed, bool isToBe) internal returns (bool went) {
        uint256 lie = isToBe ? 2 : (seed >> 8) % 2;
        uint256[] memory words = exitWords(0, new uint256[](ASSETS));
        words[1] = lie == 0 ? 1 : 0;
        Proof memory proof = batchOf(EXIT_KIND, words, new address[](0), lie == 1).proof;
        try exits.stop(words, 5, proof) {
            went = true;
            broken = true;
            voidExitVerifier();
            if (frozen == 0) end(true);
        } catch {}
        check(went == (lie == 2), "stop");
    }

    function refund(uint256 seed) internal returns (bool went) {
        uint256 index = (seed >> 8) % (queue.length + 1);
        if (frozen != 0 && front < queue.length) index = front + ((seed >> 8) % (queue.length - front));
        if (index == queue.length) return false;
        Told memory told = queue[index];
        bool legal = frozen != 0 && told.kind == CashKind.DEPOSIT && !told.gone;
        try
            settlement.refundDeposit(index, Queue.Entry(told.kind, told.account, told.asset, told.a, 0, 0, told.payer))
        {
            went = true;
            queue[index].gone = true;
            queued[told.asset] -= told.a;
            credits[told.payer][told.asset] += told.a;
        } catch {}
        check(went == legal, "refund");
    }

    function exit(uint256 seed) internal returns (bool went) {
        // Few, so that who claims is also paid.
        uint256 account = (seed >> 8) % (owners.length < 8 ? owners.length : 8);
        if (seed % 3 == 0) return record(account, seed >> 16);
        if (seed % 3 == 1) went = payout(account);
        else went = shareLeftovers(account);
        if (went) payouts++;
    }

    /// Up to twice what it has: so the quote asset may be short, and others too, were the proofs wrong.
    function record(uint256 account, uint256 seed) private returns (bool went) {
        uint256[] memory lots = new uint256[](ASSETS);
        for (uint256 i = 0; i < ASSETS; i++) lots[i] = owned[account][i] * ((seed >> (2 * i)) % 3);
        uint256 now_ = period();
        bool lies = (seed >> 8) % 8 == 0;
        bool legal = (now_ == 1 || now_ == 2) && claims[account].round != round && !lies;
        uint256[] memory words = exitWords(account, lots);
        try exits.recordClaim(words, 5, batchOf(EXIT_KIND, words, new address[](0), lies).proof) {
            went = true;
            measure(now_);
            Claim storage claim = claims[account];
            (claim.round, claim.inTime, claim.paid, claim.shared) = (round, now_ == 1, false, false);
            claim.since = block.timestamp;
            for (uint256 i = 0; i < ASSETS; i++) {
                claim.lots[i] = lots[i] > received[account][i] ? lots[i] - received[account][i] : 0;
                if (now_ == 1) pools[round][i].inTime += claim.lots[i];
                else pools[round][i].late += claim.lots[i];
            }
        } catch {}
        check(went == legal, "recordClaim");
    }

    function payout(uint256 account) private returns (bool went) {
        Claim storage claim = claims[account];
        uint256 now_ = period();
        bool legal = now_ >= (claim.inTime ? 2 : 3) && claim.round == round && !claim.paid;
        legal = legal && block.timestamp >= claim.since + 7 days;
        try exits.payout(account) {
            went = true;
            measure(now_);
            claim.paid = true;
            for (uint256 i = 0; i < ASSETS; i++) {
                Claims memory pool = pools[round][i];
                uint256 all = claim.inTime ? pool.inTime : pool.late;
                uint256 there = claim.inTime ? pool.vault : less(pool.vault, pool.inTime);
                get(account, i, all <= there ? claim.lots[i] : (claim.lots[i] * there) / all);
            }
        } catch {}
        check(went == legal, "payout");
    }

    function shareLeftovers(uint256 account) private returns (bool went) {
        Claim storage claim = claims[account];
        uint256 now_ = period();
        bool legal = now_ == 3 && claim.round == round && claim.inTime && !claim.shared;
        try exits.shareLeftovers(account) {
            went = true;
            measure(now_);
            claim.shared = true;
            bool short = pools[round][0].inTime > pools[round][0].vault;
            for (uint256 i = 0; i < ASSETS; i++) {
                Claims memory pool = pools[round][i];
                uint256 by = short || pool.inTime == 0 ? 0 : i;
                uint256 all = pools[round][by].inTime;
                uint256 left = less(less(pool.vault, pool.inTime), pool.late);
                if (all > 0) get(account, i, (claim.lots[by] * left) / all);
            }
        } catch {}
        check(went == legal, "shareLeftovers");
    }

    function end(bool byProof) private {
        (frozen, limited) = (block.timestamp, byProof);
        frozenTimes++;
    }

    function get(uint256 account, uint256 asset, uint256 lots) private {
        received[account][asset] += lots;
        credit(account, asset, lots);
    }

    function measure(uint256 now_) private {
        if (now_ == 1 || measured[round]) return;
        measured[round] = true;
        for (uint256 i = 0; i < ASSETS; i++) pools[round][i].vault = vault[i];
    }

    /// 1 to 3; 0 while there is none.
    function period() private view returns (uint256) {
        if (frozen == 0 || broken) return 0;
        uint256 past = (block.timestamp - (begun == 0 ? frozen : begun)) / CLAIM_PERIOD;
        return past < 2 ? past + 1 : 3;
    }

    function less(uint256 there, uint256 taken) private pure returns (uint256) {
        return there > taken ? there - taken : 0;
    }
}
