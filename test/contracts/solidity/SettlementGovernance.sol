// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Authority} from "../../../contracts/settlement/Authority.sol";
import {Fate} from "./SettlementBooks.sol";
import {SettlementLiquidations} from "./SettlementLiquidations.sol";
import {VM} from "./Vm.sol";

/// What authority does, in its time and before it, and others in its place.
abstract contract SettlementGovernance is SettlementLiquidations {
    uint256 private constant ITEMS = 8;

    /// A call of Authority: about what, by whom.
    struct Step {
        Authority.Item item;
        uint256 key;
        address who;
        bool legal;
    }

    struct Proposed {
        address target;
        uint96 number;
        uint256 since;
    }

    mapping(Authority.Item => mapping(uint256 key => Proposed)) private proposed;
    uint256 private verifiersMade;
    uint256 private pausableFrom;

    function govern(uint256 seed) internal returns (bool went) {
        Step memory act;
        act.item = broken ? Authority.Item.EXIT_VERIFIER : Authority.Item(uint8(seed % ITEMS));
        if (act.item == Authority.Item.CIRCUIT) act.key = kindAt((seed >> 8) % KINDS);
        if (act.item == Authority.Item.OUTFLOW) act.key = (seed >> 8) % ASSETS;
        address[4] memory callers = [governor, guardian, operator, person(seed >> 16)];
        act.who = (seed >> 24) % 2 == 0 ? governor : callers[(seed >> 32) % 4];
        uint256 choice = (seed >> 40) % 8;
        if (fate == Fate.WoundDown && windDownAt == 0 && calls > 200) return announce(governor);
        if (broken && choice < 6) choice = isRipe(act) ? 2 : 0;
        if (choice < 2) return propose(act, seed >> 48);
        if (choice < 4) return execute(act, seed >> 48);
        if (choice < 7 && (seed >> 48) % 2 == 0) act.who = guardian;
        if (choice < 5) return (seed >> 56) % 4 == 0 && cancel(act);
        if (choice < 6) return pause(act.who);
        if (choice < 7) return unpause(act.who);
        return act.who != governor && announce(act.who);
    }

    function propose(Step memory act, uint256 seed) private returns (bool went) {
        Proposed storage waits = proposed[act.item][act.key];
        bool free = waits.since == 0 || block.timestamp > waits.since + UPGRADE_DELAY + EXECUTION_WINDOW;
        act.legal = act.who == governor && free && isChangeable(act.item);
        (address target, uint96 number) = (address(uint160(0xC0 + (seed % 8))), 0);
        if (act.item == Authority.Item.CIRCUIT || act.item == Authority.Item.EXIT_VERIFIER) {
            target = act.legal ? makeVerifier(1000 * ++verifiersMade) : authority.exitVerifier();
            if (act.item == Authority.Item.CIRCUIT) number = uint96(wordsOf(act.key));
        } else if (act.item == Authority.Item.OUTFLOW) {
            uint256 share = (seed >> 8) % 10_100;
            act.legal = act.legal && share >= 100 && share <= 10_000;
            (target, number) = (address(0), uint96((((seed >> 32) % 500) << 16) | share));
        } else if (act.item == Authority.Item.COVER) number = uint96((seed >> 8) % 10_000);
        VM.prank(act.who);
        if (act.item == Authority.Item.PARAMETERS) {
            (target, number) = (address(uint160(seed % 4)), uint96((seed >> 8) % 4));
            uint256 root = (uint256(uint160(target)) << 96) | number;
            act.legal = act.legal && root != 0;
            try authority.proposeParameters(root, new uint256[](2)) {
                went = true;
            } catch {}
        } else {
            try authority.propose(act.item, act.key, target, number) {
                went = true;
            } catch {}
        }
        if (went) proposed[act.item][act.key] = Proposed(target, number, block.timestamp);
        check(went == act.legal, "propose");
    }

    function execute(Step memory act, uint256 seed) private returns (bool went) {
        // Where something has matured, that, though it may have lapsed.
        for (uint256 i = 0; i < KINDS * ITEMS && !hasMatured(act); i++) {
            act.item = Authority.Item(uint8((seed + i) % ITEMS));
            act.key = act.item == Authority.Item.CIRCUIT ? kindAt(i / ITEMS) : i / ITEMS;
        }
        Proposed memory waits = proposed[act.item][act.key];
        address entitled = act.item == Authority.Item.GOVERNOR ? waits.target : governor;
        if (seed % 4 != 0 && entitled != address(0)) act.who = entitled;
        act.legal = isRipe(act) && act.who == entitled && isChangeable(act.item);
        VM.prank(act.who);
        try authority.execute(act.item, act.key) {
            went = true;
            delete proposed[act.item][act.key];
            apply_(act.item, act.key, waits);
        } catch {}
        check(went == act.legal, "execute");
    }

    function apply_(Authority.Item item, uint256 key, Proposed memory change) private {
        if (item == Authority.Item.CIRCUIT) replaceVerifier(key, change.target);
        else if (item == Authority.Item.EXIT_VERIFIER) replaceVerifier(EXIT_KIND, change.target);
        else if (item == Authority.Item.OPERATOR) operator = change.target;
        else if (item == Authority.Item.GUARDIAN) guardian = change.target;
        else if (item == Authority.Item.OUTFLOW) outflow[key] = change.number;
        else if (item == Authority.Item.COVER) coverPerHour = change.number;
        else if (item == Authority.Item.PARAMETERS) {
            parametersRoot = (uint256(uint160(change.target)) << 96) | change.number;
        } else governor = change.target;
        if (frozen == 0) return;
        check(broken, "a change after the end");
        (broken, begun, round) = (false, block.timestamp, round + 1);
    }

    function cancel(Step memory act) private returns (bool went) {
        bool byGuardian = act.who == guardian && act.item != Authority.Item.GUARDIAN && frozen == 0;
        VM.prank(act.who);
        try authority.cancel(act.item, act.key) {
            went = true;
            delete proposed[act.item][act.key];
        } catch {}
        check(went == (byGuardian || act.who == governor), "cancel");
    }

    function pause(address who) private returns (bool went) {
        bool legal = who == guardian && frozen == 0 && block.timestamp >= pausableFrom;
        VM.prank(who);
        try authority.pause() {
            went = true;
            (pausedUntil, pausableFrom) = (block.timestamp + 1 days, block.timestamp + 3 days);
        } catch {}
        check(went == legal, "pause");
    }

    function unpause(address who) private returns (bool went) {
        VM.prank(who);
        try authority.unpause() {
            went = true;
            if (pausedUntil > block.timestamp) pausedUntil = block.timestamp;
        } catch {}
        check(went == (who == guardian), "unpause");
    }

    function announce(address who) private returns (bool went) {
        bool legal = who == governor && frozen == 0 && windDownAt == 0;
        VM.prank(who);
        try authority.announceWindDown() {
            went = true;
            windDownAt = block.timestamp;
        } catch {}
        check(went == legal, "announceWindDown");
    }

    /// A proof broke the exit verifier: what was proposed before in its place is void.
    function voidExitVerifier() internal {
        delete proposed[Authority.Item.EXIT_VERIFIER][0];
    }

    function hasMatured(Step memory act) private view returns (bool) {
        uint256 since = proposed[act.item][act.key].since;
        return since != 0 && block.timestamp >= since + UPGRADE_DELAY;
    }

    function isRipe(Step memory act) private view returns (bool) {
        uint256 since = proposed[act.item][act.key].since;
        return hasMatured(act) && block.timestamp <= since + UPGRADE_DELAY + EXECUTION_WINDOW;
    }

    function isChangeable(Authority.Item item) private view returns (bool) {
        return frozen == 0 || (item == Authority.Item.EXIT_VERIFIER && broken);
    }

    /// Whether in force is what was executed in its time, and nothing else.
    function authorityAgrees() internal view returns (bool) {
        if (authority.governor() != governor || authority.operator() != operator) return false;
        if (authority.guardian() != guardian) return false;
        if (authority.pausedUntil() != pausedUntil || authority.windDownFrom() != windDownAt) return false;
        for (uint256 i = 0; i < KINDS; i++) {
            (address verifier, uint96 words) = authority.circuits(kindAt(i));
            if (verifier != verifiers[kindAt(i)] || words != wordsOf(kindAt(i))) return false;
        }
        for (uint256 i = 0; i < ASSETS; i++) {
            (uint80 floor, uint16 share) = authority.outflowLimits(i);
            if (((uint96(floor) << 16) | share) != outflow[i]) return false;
        }
        if (authority.parametersRoot() != parametersRoot) return false;
        if (authority.coverPerHour() != coverPerHour || authority.coverNow() != coverLeft()) return false;
        return authority.exitVerifier() == verifiers[EXIT_KIND];
    }
}
