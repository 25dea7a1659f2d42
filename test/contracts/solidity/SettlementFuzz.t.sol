// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Field} from "../../../contracts/Field.sol";
import {ISettlement} from "../../../contracts/ISettlement.sol";
import {Settlement} from "../../../contracts/Settlement.sol";
import {Domain, Proof, RiskRoot, StateRoot} from "../../../contracts/Types.sol";
import {stubProof, stubVerifiers} from "./StubVerifiers.sol";
import {VM} from "./Vm.sol";

contract SettlementFuzzTest {
    uint256 private constant GENESIS = 7;
    uint256 private constant RISK = 11;
    uint40 private constant NOW = 1_800_000_000;
    uint256 private constant SKEW = 900;

    Settlement private settlement;

    function setUp() public {
        VM.warp(NOW);
        settlement = new Settlement(StateRoot.wrap(GENESIS), address(this), stubVerifiers(1));
        settlement.postRiskRoot(RiskRoot.wrap(RISK), NOW);
    }

    function proofOf(
        uint256 domain,
        uint256 timestamp,
        uint256 risk,
        uint256 from,
        uint256 to
    ) private pure returns (Proof memory) {
        return stubProof(abi.encode(domain, timestamp, risk, from, to));
    }

    function ownDomain() private view returns (uint256) {
        return Domain.unwrap(settlement.domain());
    }

    function testFuzz_movesToEveryCanonicalRootThatIsProved(uint256 root, uint40 timestamp) public {
        root = 1 + (root % (Field.ORDER - 1));
        VM.assume(root != GENESIS);
        timestamp = uint40(NOW - SKEW + (timestamp % (2 * SKEW + 1)));
        settlement.settle(0, proofOf(ownDomain(), timestamp, RISK, GENESIS, root), StateRoot.wrap(root), timestamp);
        assert(StateRoot.unwrap(settlement.stateRoot()) == root);
        assert(settlement.lastTimestamp() == timestamp);
    }

    function testFuzz_asksTheVerifierOfTheKindThatIsNamed(uint8 proved, uint8 named) public {
        uint256 kinds = 3;
        settlement = new Settlement(StateRoot.wrap(GENESIS), address(this), stubVerifiers(kinds));
        settlement.postRiskRoot(RiskRoot.wrap(RISK), NOW);
        assert(settlement.kinds() == kinds);
        Proof memory proof = proofOf(ownDomain(), NOW, RISK, GENESIS, 8);
        unchecked {
            proof.a[0] += proved % kinds;
        }
        uint256 kind = named % (kinds + 1);
        if (kind == kinds) VM.expectRevert(abi.encodeWithSelector(ISettlement.KindUnknown.selector, kind, kinds));
        else if (kind != proved % kinds) {
            VM.expectRevert(
                abi.encodeWithSelector(ISettlement.ProofRejected.selector, kind, ownDomain(), NOW, RISK, GENESIS, 8)
            );
        }
        settlement.settle(kind, proof, StateRoot.wrap(8), NOW);
        assert(settlement.batchCount() == (kind == proved % kinds ? 1 : 0));
    }

    function testFuzz_refusesEveryRootThatIsNotCanonical(uint256 root) public {
        root = Field.ORDER + (root % (type(uint256).max - Field.ORDER));
        Proof memory proof = proofOf(ownDomain(), NOW, RISK, GENESIS, root);
        VM.expectRevert(abi.encodeWithSelector(Field.NotCanonical.selector, root, Field.ORDER));
        settlement.settle(0, proof, StateRoot.wrap(root), NOW);
    }

    function testFuzz_refusesEveryTimeOutsideTheBounds(uint40 timestamp) public {
        VM.assume(timestamp < NOW - SKEW || timestamp > NOW + SKEW);
        Proof memory proof = proofOf(ownDomain(), timestamp, RISK, GENESIS, 8);
        VM.expectRevert(
            abi.encodeWithSelector(ISettlement.TimestampOffBlockTime.selector, timestamp, uint256(NOW), SKEW)
        );
        settlement.settle(0, proof, StateRoot.wrap(8), timestamp);
    }

    function testFuzz_refusesAProofOfAStatementThatDiffersInOneField(uint8 field, uint256 value) public {
        uint256[5] memory own = [ownDomain(), NOW, RISK, GENESIS, 8];
        VM.assume(value != own[field % 5]);
        uint256[5] memory proved = [own[0], own[1], own[2], own[3], own[4]];
        proved[field % 5] = value;
        Proof memory proof = stubProof(abi.encode(proved));
        VM.expectRevert(
            abi.encodeWithSelector(ISettlement.ProofRejected.selector, uint256(0), own[0], NOW, own[2], own[3], own[4])
        );
        settlement.settle(0, proof, StateRoot.wrap(8), NOW);
    }

    function testFuzz_afterAForkOfTheChainRefusesItsOwnOldProofs(uint64 chain) public {
        VM.assume(chain != block.chainid && chain != 0);
        uint256 before = ownDomain();
        Proof memory proof = proofOf(before, NOW, RISK, GENESIS, 8);
        VM.chainId(chain);
        assert(ownDomain() != before);
        assert(ownDomain() == uint256(keccak256(abi.encode("zkclear", uint256(chain), address(settlement)))) >> 8);
        VM.expectRevert(
            abi.encodeWithSelector(
                ISettlement.ProofRejected.selector,
                uint256(0),
                ownDomain(),
                NOW,
                RISK,
                GENESIS,
                uint256(8)
            )
        );
        settlement.settle(0, proof, StateRoot.wrap(8), NOW);
    }

    function testFuzz_takesRiskRootsFromNobodyElse(address sender, uint256 root) public {
        VM.assume(sender != address(this));
        VM.expectRevert(abi.encodeWithSelector(ISettlement.NotRiskPublisher.selector, sender, address(this)));
        VM.prank(sender);
        settlement.postRiskRoot(RiskRoot.wrap(root), NOW + 1);
    }

    function testFuzz_takesARiskRootIffItIsNewerAndNotFromTheFuture(uint40 asOf) public {
        if (asOf <= NOW) {
            VM.expectRevert(abi.encodeWithSelector(ISettlement.RiskNotNewer.selector, asOf, NOW));
        } else if (asOf > NOW + SKEW) {
            VM.expectRevert(abi.encodeWithSelector(ISettlement.RiskFromFuture.selector, asOf, uint256(NOW), SKEW));
        }
        settlement.postRiskRoot(RiskRoot.wrap(12), asOf);
    }
}
