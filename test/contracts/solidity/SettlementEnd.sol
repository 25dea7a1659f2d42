// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Authority} from "../../../contracts/settlement/Authority.sol";
import {Queue} from "../../../contracts/settlement/Queue.sol";
import {CashKind} from "../../../contracts/Parameters.sol";
import {SettlementBooks} from "./SettlementBooks.sol";
import {VM} from "./Vm.sol";

/// What is done about the end of a venue, and by authority.
abstract contract SettlementEnd is SettlementBooks {
    function freeze(uint256 seed) internal returns (bool went) {
        bool legal = !frozen && front < queue.length && block.timestamp >= queue[front].deadline;
        VM.prank(person(seed));
        try settlement.freeze() {
            went = true;
            frozen = true;
            frozenTimes++;
        } catch {}
        check(went == legal, "freeze");
    }

    function refund(uint256 seed) internal returns (bool went) {
        uint256 index = (seed >> 8) % (queue.length + 1);
        if (frozen && front < queue.length) index = front + ((seed >> 8) % (queue.length - front));
        if (index == queue.length) return false;
        Told memory told = queue[index];
        bool legal = frozen && told.kind == CashKind.DEPOSIT && !told.gone;
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
        uint256 account = (seed >> 8) % owners.length;
        uint256[5] storage state = exitState[account];
        address owner = settlement.ownerOf(account);
        uint256[ASSETS] memory before = [credits[owner][0], credits[owner][1]];
        uint256 from = exits.claimsFrom();
        uint256 period = from == 0 ? 0 : (block.timestamp - from) / CLAIM_PERIOD;
        if (seed % 3 == 0) {
            uint256[] memory claims = new uint256[](ASSETS);
            // Up to twice what it has: so the quote asset may be short, and others too, were the proofs wrong.
            for (uint256 i = 0; i < ASSETS; i++) claims[i] = owned[account][i] * ((seed >> (16 + i)) % 3);
            bool legal = frozen && state[0] == 0 && period < 2;
            uint256[] memory words = exitWords(account, claims);
            try exits.recordClaim(words, 5, exitProof(words)) {
                went = true;
                (state[0], state[3], state[4]) = (1, period == 0 ? 1 : 0, block.timestamp);
            } catch {}
            check(went == legal, "recordClaim");
        } else if (seed % 3 == 1) {
            bool legal = frozen && period >= 2 - state[3] && state[0] == 1 && state[1] == 0;
            legal = legal && block.timestamp >= state[4] + 7 days;
            try exits.payout(account) {
                went = true;
                state[1] = 1;
            } catch {}
            check(went == legal, "payout");
        } else {
            bool legal = frozen && period >= 2 && state[3] == 1 && state[2] == 0;
            try exits.shareLeftovers(account) {
                went = true;
                state[2] = 1;
            } catch {}
            check(went == legal, "shareLeftovers");
        }
        if (!went) return went;
        payouts++;
        for (uint256 i = 0; i < ASSETS; i++) {
            (uint256 all, ) = settlement.creditOf(owner, i);
            check(all >= before[i] && all - before[i] <= vault[i], "more than the vault");
            vault[i] -= all - before[i];
            credits[owner][i] = all;
        }
    }

    /// Authority, by whoever it is not, or too early; and what it may do at once.
    function govern(uint256 seed) internal returns (bool went) {
        Authority.Item item = Authority.Item(uint8(seed % 7));
        address[5] memory callers = [GOVERNOR, GUARDIAN, OPERATOR, PUBLISHER, person(seed)];
        address who = callers[(seed >> 8) % 5];
        uint256 choice = (seed >> 16) % 5;
        if (choice == 0) {
            bool isVerifier = item == Authority.Item.EXIT_VERIFIER || item == Authority.Item.CIRCUIT;
            address target = isVerifier ? authority.exitVerifier() : person(seed >> 32);
            VM.prank(GOVERNOR);
            try authority.propose(item, 0, target, 300) {
                proposedAt[uint256(item)] = block.timestamp;
                check(!frozen, "propose");
            } catch {}
        } else if (choice == 1) {
            uint256 since = proposedAt[uint256(item)];
            if (since != 0 && block.timestamp >= since + UPGRADE_DELAY) return false;
            VM.prank(who);
            try authority.execute(item, 0) {
                check(false, "execute before the delay");
            } catch {}
        } else if (choice == 2) {
            VM.prank(who);
            try authority.cancel(item, 0) {
                check(who == GOVERNOR || (who == GUARDIAN && item != Authority.Item.GUARDIAN && !frozen), "cancel");
            } catch {}
        } else {
            VM.prank(who);
            (went, ) = address(authority).call(
                choice == 3 ? abi.encodeCall(authority.pause, ()) : abi.encodeCall(authority.unpause, ())
            );
            check(!went || (who == GUARDIAN && (choice == 4 || !frozen)), "pause");
        }
        check(fingerprint() == inForce, "authority within the delay");
        return true;
    }
}
