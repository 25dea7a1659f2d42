// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Field} from "../../../contracts/Field.sol";
import {MarginGate} from "../../../contracts/MarginGate.sol";
import {Settlement} from "../../../contracts/Settlement.sol";
import {Domain, Proof, RiskRoot, StateRoot} from "../../../contracts/Types.sol";
import {
    COMMITMENT,
    StubMarginSufficiencyVerifier,
    stubBatchProof,
    stubProof,
    stubVerifiers,
    wordsOf
} from "./StubVerifiers.sol";
import {VM} from "./Vm.sol";

/// Does to the contracts what anybody could, honest and not, and keeps its own books of what it got through.
contract Actor {
    Settlement public immutable settlement;
    MarginGate public immutable gate;

    uint32 private constant MAX_ROOT_AGE = 30_000;
    uint32 private constant MAX_RISK_AGE = 100_000;

    /// Every state root ever accepted, genesis first, and the block's time when it was.
    uint256[] public roots;
    uint40[] public rootTimes;
    uint40[] public times;
    uint40[] public riskTimes;
    bytes32[] public admittedPurposes;
    uint256[] public admittedNullifiers;
    uint40[] public admittedTimes;
    /// Calls that went through and must not have.
    uint256 public wronglyAccepted;

    constructor() {
        VM.warp(1_800_000_000);
        settlement = new Settlement(StateRoot.wrap(1), address(this), stubVerifiers(1));
        gate = new MarginGate(settlement, new StubMarginSufficiencyVerifier(), 12_000, MAX_ROOT_AGE, MAX_RISK_AGE);
        roots.push(1);
        rootTimes.push(uint40(block.timestamp));
        settlement.postRiskRoot(RiskRoot.wrap(1), uint40(block.timestamp));
        riskTimes.push(uint40(block.timestamp));
    }

    function count() external view returns (uint256, uint256, uint256, uint256) {
        return (roots.length, times.length, riskTimes.length, admittedTimes.length);
    }

    function letTimePass(uint16 secondsPassed) external {
        VM.warp(block.timestamp + secondsPassed);
    }

    /// Enough batches to go round the ring.
    function settleMany(uint256 first, uint8 batches) external {
        for (uint256 i = 0; i < batches % 40; i++) settleProved(uint256(keccak256(abi.encode(first, i))) >> 8, 900);
    }

    /// A proved batch; now and then to a root or at a time that it may not have.
    function settleProved(uint256 root, int256 offset) public {
        root = fieldElementOrNot(root);
        offset %= 1000;
        uint40 timestamp = uint40(uint256(int256(block.timestamp) + offset));
        uint256[] memory words = wordsFrom(StateRoot.unwrap(settlement.stateRoot()), root, timestamp);
        Proof memory proof = stubBatchProof(words[0], 0, words);
        uint40 last = settlement.lastTimestamp();
        bool legal =
            timestamp >= last &&
                offset >= -900 &&
                offset <= 900 &&
                root != 0 &&
                root < Field.ORDER &&
                root != StateRoot.unwrap(settlement.stateRoot());
        try settlement.settle(0, proof, COMMITMENT, words) {
            if (!legal) wronglyAccepted++;
            roots.push(root);
            rootTimes.push(uint40(block.timestamp));
            times.push(timestamp);
        } catch {
            if (legal) wronglyAccepted++;
        }
    }

    /// A proof that was good once, or never. (A step again from the root it once started from is a new statement.)
    function settleUnproved(uint256 root, uint256 word, uint256 replayed) external {
        Proof memory proof;
        proof.a[0] = word;
        uint40 timestamp = uint40(block.timestamp);
        uint256[] memory words = wordsFrom(StateRoot.unwrap(settlement.stateRoot()), root, timestamp);
        if (replayed % 4 != 0 && roots.length > 1) {
            uint256 i = roots.length - 1 - (replayed % (roots.length - 1));
            if (roots[i - 1] == roots[roots.length - 1]) return;
            uint256[] memory proved = wordsFrom(roots[i - 1], roots[i], times[i - 1]);
            proof = stubBatchProof(proved[0], 0, proved);
            // as it was, or with the root that it would have to start from
            words = replayed % 4 == 1 ? proved : wordsFrom(words[3], roots[i], times[i - 1]);
        }
        try settlement.settle(0, proof, COMMITMENT, words) {
            wronglyAccepted++;
        } catch {}
    }

    function postRisk(uint256 root, int256 offset) external {
        root = fieldElementOrNot(root);
        offset %= 1000;
        uint40 asOf = uint40(uint256(int256(block.timestamp) + offset));
        bool legal = asOf > settlement.riskAsOf() && offset <= 900 && root != 0 && root < Field.ORDER;
        try settlement.postRiskRoot(RiskRoot.wrap(root), asOf) {
            if (!legal) wronglyAccepted++;
            riskTimes.push(asOf);
        } catch {
            if (legal) wronglyAccepted++;
        }
    }

    function postRiskAs(address sender, uint256 root) external {
        if (sender == address(this)) return;
        VM.prank(sender);
        try settlement.postRiskRoot(RiskRoot.wrap(root), uint40(block.timestamp)) {
            wronglyAccepted++;
        } catch {}
    }

    /// Few purposes and few accounts, so that some meet again; any root of the past.
    function admit(uint8 purpose_, uint8 account, uint256 root) external {
        bytes32 purpose = bytes32(uint256(purpose_ % 3));
        uint256 nullifier = account % 8;
        uint256 i = root % roots.length;
        Proof memory proof = stubProof(
            abi.encode(
                settlement.domain(),
                roots[i],
                settlement.riskRoot(),
                uint256(12_000),
                gate.context(purpose),
                nullifier
            )
        );
        (bool recent, uint256 age) = ageOf(roots[i]);
        uint256 asOf = riskTimes[riskTimes.length - 1];
        bool legal =
            gate.admittedAt(purpose, nullifier) == 0 &&
                recent &&
                age <= MAX_ROOT_AGE &&
                block.timestamp <= asOf + MAX_RISK_AGE;
        try gate.admit(purpose, StateRoot.wrap(roots[i]), nullifier, proof) {
            if (!legal) wronglyAccepted++;
            admittedPurposes.push(purpose);
            admittedNullifiers.push(nullifier);
            admittedTimes.push(uint40(block.timestamp));
        } catch {
            if (legal) wronglyAccepted++;
        }
    }

    function wordsFrom(uint256 from, uint256 to, uint40 timestamp) private view returns (uint256[] memory) {
        uint256 risk = RiskRoot.unwrap(settlement.riskRoot());
        return wordsOf(Domain.unwrap(settlement.domain()), timestamp, risk, from, to);
    }

    function fieldElementOrNot(uint256 value) private pure returns (uint256) {
        return value % 4 == 0 ? value : value % Field.ORDER;
    }

    /// The last time that the root was the state's, if that was among the last 64 roots.
    function ageOf(uint256 root) public view returns (bool recent, uint256 age) {
        uint256 oldest = roots.length > 64 ? roots.length - 64 : 0;
        for (uint256 i = oldest; i < roots.length; i++) {
            if (roots[i] == root) (recent, age) = (true, i + 1 < roots.length ? block.timestamp - rootTimes[i + 1] : 0);
        }
    }
}

contract SettlementInvariantTest {
    Actor private actor;
    Settlement private settlement;
    MarginGate private gate;

    function setUp() public {
        actor = new Actor();
        settlement = actor.settlement();
        gate = actor.gate();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(actor);
    }

    /// The runner only checks that the property holds; what must not have gone through is counted by the actor.
    function invariant_exactlyWhatIsLegalGoesThrough() public view {
        assert(actor.wronglyAccepted() == 0);
    }

    function invariant_theRootMovesOnlyWithAnAcceptedProof() public view {
        (uint256 roots, , , ) = actor.count();
        assert(StateRoot.unwrap(settlement.stateRoot()) == actor.roots(roots - 1));
        assert(settlement.batchCount() == roots - 1);
    }

    function invariant_theRingHoldsTheLastRootsAndTheirAgesExactly() public view {
        (uint256 roots, , , ) = actor.count();
        for (uint256 i = 0; i < roots; i++) {
            uint256 root = actor.roots(i);
            (bool recent, uint256 age) = settlement.rootAge(StateRoot.wrap(root));
            (bool recentByTheBooks, uint256 ageByTheBooks) = actor.ageOf(root);
            assert(recent == recentByTheBooks && age == ageByTheBooks);
        }
        (bool zeroIsRecent, uint256 ageOfZero) = settlement.rootAge(StateRoot.wrap(0));
        assert(!zeroIsRecent && ageOfZero == 0);
    }

    function invariant_batchTimesNeverFall() public view {
        (, uint256 times, , ) = actor.count();
        for (uint256 i = 1; i < times; i++) assert(actor.times(i) >= actor.times(i - 1));
        if (times > 0) assert(settlement.lastTimestamp() == actor.times(times - 1));
    }

    function invariant_riskTimesRise() public view {
        (, , uint256 riskTimes, ) = actor.count();
        for (uint256 i = 1; i < riskTimes; i++) assert(actor.riskTimes(i) > actor.riskTimes(i - 1));
        assert(settlement.riskAsOf() == actor.riskTimes(riskTimes - 1));
    }

    function invariant_admissionsAreNeverForgotten() public view {
        (, , , uint256 admitted) = actor.count();
        for (uint256 i = 0; i < admitted; i++) {
            uint40 time = gate.admittedAt(actor.admittedPurposes(i), actor.admittedNullifiers(i));
            assert(time == actor.admittedTimes(i));
        }
    }
}
