// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Field} from "../../../contracts/Field.sol";
import {ISettlement} from "../../../contracts/ISettlement.sol";
import {Settlement} from "../../../contracts/Settlement.sol";
import {PublicData} from "../../../contracts/PublicData.sol";
import {Domain, Proof, RiskRoot, StateRoot} from "../../../contracts/Types.sol";
import {COMMITMENT, stubBatchProof, stubVerifiers, wordsOf} from "./StubVerifiers.sol";
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

    /// Settles words with a proof of them, as a batch of kind 0.
    function settle(uint256[] memory batch) private {
        Proof memory proof = stubBatchProof(ownDomain(), 0, batch);
        settlement.settle(0, proof, COMMITMENT, batch);
    }

    function words(uint256 timestamp, uint256 to) private view returns (uint256[] memory) {
        return wordsOf(ownDomain(), timestamp, RISK, GENESIS, to);
    }

    function ownDomain() private view returns (uint256) {
        return Domain.unwrap(settlement.domain());
    }

    function testFuzz_movesToEveryCanonicalRootThatIsProved(uint256 root, uint40 timestamp) public {
        root = 1 + (root % (Field.ORDER - 1));
        VM.assume(root != GENESIS);
        timestamp = uint40(NOW - SKEW + (timestamp % (2 * SKEW + 1)));
        settle(words(timestamp, root));
        assert(StateRoot.unwrap(settlement.stateRoot()) == root);
        assert(settlement.lastTimestamp() == timestamp);
    }

    function testFuzz_asksTheVerifierOfTheKindThatIsNamed(uint8 proved, uint8 named) public {
        uint256 kinds = 3;
        settlement = new Settlement(StateRoot.wrap(GENESIS), address(this), stubVerifiers(kinds));
        settlement.postRiskRoot(RiskRoot.wrap(RISK), NOW);
        assert(settlement.kinds() == kinds);
        uint256[] memory batch = words(NOW, 8);
        Proof memory proof = stubBatchProof(ownDomain(), proved % kinds, batch);
        uint256 kind = named % (kinds + 1);
        if (kind == kinds) VM.expectRevert(abi.encodeWithSelector(ISettlement.KindUnknown.selector, kind, kinds));
        else if (kind != proved % kinds) {
            VM.expectRevert(abi.encodeWithSelector(ISettlement.ProofRejected.selector, kind, COMMITMENT));
        }
        settlement.settle(kind, proof, COMMITMENT, batch);
        assert(settlement.batchCount() == (kind == proved % kinds ? 1 : 0));
    }

    function testFuzz_refusesEveryRootThatIsNotCanonical(uint256 root) public {
        root = Field.ORDER + (root % (type(uint256).max - Field.ORDER));
        uint256[] memory batch = words(NOW, root);
        Proof memory proof = stubBatchProof(ownDomain(), 0, batch);
        VM.expectRevert(abi.encodeWithSelector(Field.NotCanonical.selector, root, Field.ORDER));
        settlement.settle(0, proof, COMMITMENT, batch);
    }

    function testFuzz_refusesEveryTimeOutsideTheBounds(uint248 timestamp) public {
        VM.assume(timestamp < NOW - SKEW || timestamp > NOW + SKEW);
        uint256[] memory batch = words(timestamp, 8);
        Proof memory proof = stubBatchProof(ownDomain(), 0, batch);
        VM.expectRevert(
            abi.encodeWithSelector(ISettlement.TimestampOffBlockTime.selector, uint256(timestamp), uint256(NOW), SKEW)
        );
        settlement.settle(0, proof, COMMITMENT, batch);
    }

    function testFuzz_refusesAProofOfWordsThatDifferInOne(uint8 place, uint256 value) public {
        uint256[] memory own = words(NOW, 8);
        uint256[] memory proved = words(NOW, 8);
        value %= Field.ORDER;
        VM.assume(value != own[place % own.length]);
        proved[place % own.length] = value;
        Proof memory proof = stubBatchProof(ownDomain(), 0, proved);
        VM.expectRevert(abi.encodeWithSelector(ISettlement.ProofRejected.selector, uint256(0), COMMITMENT));
        settlement.settle(0, proof, COMMITMENT, own);
    }

    function testFuzz_refusesWordsThatStateAnotherStart(uint8 place, uint256 value) public {
        uint256[] memory batch = words(NOW, 8);
        value %= Field.ORDER;
        uint256[3] memory places = [uint256(0), 2, 3];
        uint256 index = places[place % 3];
        VM.assume(value != batch[index]);
        bytes4[3] memory errors = [
            ISettlement.DomainWrong.selector,
            ISettlement.RiskRootNotCurrent.selector,
            ISettlement.StateRootNotCurrent.selector
        ];
        bytes memory refusal = abi.encodeWithSelector(errors[place % 3], value, batch[index]);
        batch[index] = value;
        Proof memory proof = stubBatchProof(ownDomain(), 0, batch);
        VM.expectRevert(refusal);
        settlement.settle(0, proof, COMMITMENT, batch);
    }

    function testFuzz_refusesWordsThatAreNotCanonical(uint256 value) public {
        value = Field.ORDER + (value % (type(uint256).max - Field.ORDER));
        uint256[] memory batch = words(NOW, 8);
        Proof memory proof = stubBatchProof(ownDomain(), 0, batch);
        batch[5] = value;
        VM.expectRevert(abi.encodeWithSelector(PublicData.WordNotCanonical.selector, uint256(5), value, Field.ORDER));
        settlement.settle(0, proof, COMMITMENT, batch);
    }

    function testFuzz_afterAForkOfTheChainRefusesItsOwnOldProofs(uint64 chain) public {
        VM.assume(chain != block.chainid && chain != 0);
        uint256 before = ownDomain();
        uint256[] memory batch = words(NOW, 8);
        Proof memory proof = stubBatchProof(before, 0, batch);
        VM.chainId(chain);
        assert(ownDomain() != before);
        assert(ownDomain() == uint256(keccak256(abi.encode("zkclear", uint256(chain), address(settlement)))) >> 8);
        VM.expectRevert(abi.encodeWithSelector(ISettlement.DomainWrong.selector, before, ownDomain()));
        settlement.settle(0, proof, COMMITMENT, batch);
        batch[0] = ownDomain();
        VM.expectRevert(abi.encodeWithSelector(ISettlement.ProofRejected.selector, uint256(0), COMMITMENT));
        settlement.settle(0, proof, COMMITMENT, batch);
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
