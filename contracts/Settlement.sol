// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Field} from "./Field.sol";
import {ISettlement} from "./ISettlement.sol";
import {PublicData} from "./PublicData.sol";
import {IStateVerifier} from "./Statements.sol";
import {Domain, Proof, RiskRoot, StateRoot} from "./Types.sol";

/// @title Settlement: the state root of a venue, moved only by proofs.
contract Settlement is ISettlement {
    /// State roots that consumers may still prove against, the current one included.
    uint256 public constant RECENT_ROOTS = 64;

    /// Seconds that a batch's time may differ from the block's, either way, and that a risk table may be ahead of it. Long enough
    /// to prove a batch and wait out a congested chain; short enough that a venue cannot choose the hour at which orders expire.
    uint256 public constant MAX_CLOCK_SKEW = 15 minutes;

    /// What the words of every batch begin with: domain, timestamp, riskRoot, oldStateRoot, newStateRoot.
    uint256 private constant HEAD_WORDS = 5;

    /// @inheritdoc ISettlement
    address public immutable riskPublisher;
    /// @inheritdoc ISettlement
    uint256 public immutable kinds;

    /// @inheritdoc ISettlement
    uint64 public batchCount;
    /// @inheritdoc ISettlement
    uint40 public lastTimestamp;
    /// @inheritdoc ISettlement
    uint40 public riskAsOf;
    /// @inheritdoc ISettlement
    RiskRoot public riskRoot;

    /// @inheritdoc ISettlement
    mapping(uint256 kind => StateVerifier) public verifiers;

    /// The root after batch n stands at n modulo RECENT_ROOTS.
    StateRoot[RECENT_ROOTS] private recentRoots;
    /// The block's time at which that root became the current one; of the genesis root, which replaced none, 0.
    uint40[RECENT_ROOTS] private becameCurrentAt;

    /// @param verifiers_ Verifiers of the circuits that move the state root, each at the place that is its kind.
    constructor(StateRoot genesisRoot, address riskPublisher_, StateVerifier[] memory verifiers_) {
        _requireRoot(StateRoot.unwrap(genesisRoot));
        if (riskPublisher_ == address(0)) revert RiskPublisherMissing();
        if (verifiers_.length == 0) revert VerifierMissing(0, address(0));
        for (uint256 kind = 0; kind < verifiers_.length; kind++) {
            address verifier = address(verifiers_[kind].verifier);
            if (verifier.code.length == 0) revert VerifierMissing(kind, verifier);
            if (verifiers_[kind].wordCount < HEAD_WORDS) {
                revert TooFewWords(kind, verifiers_[kind].wordCount, HEAD_WORDS);
            }
            verifiers[kind] = verifiers_[kind];
        }
        kinds = verifiers_.length;
        recentRoots[0] = genesisRoot;
        riskPublisher = riskPublisher_;
    }

    /// @inheritdoc ISettlement
    function settle(uint256 kind, Proof calldata proof, uint256 dataCommitment, uint256[] calldata words) external {
        StateVerifier memory asked = verifiers[kind];
        if (address(asked.verifier) == address(0)) revert KindUnknown(kind, kinds);
        // What is not the next batch is told so, at little cost, before the proof is looked at.
        if (words.length < HEAD_WORDS) revert PublicData.WordCountWrong(words.length, asked.wordCount);
        _requireDomain(Domain.wrap(words[0]));
        _requireTimely(words[1]);
        uint40 timestamp = uint40(words[1]);
        RiskRoot risk = _requireCurrentRisk(RiskRoot.wrap(words[2]));
        StateRoot oldStateRoot = _requireCurrent(StateRoot.wrap(words[3]));
        StateRoot newStateRoot = StateRoot.wrap(words[4]);
        _requireRoot(words[4]);
        if (newStateRoot == oldStateRoot) revert StateRootUnchanged(newStateRoot);

        uint256[3] memory signals = PublicData.signals(domain(), kind, dataCommitment, asked.wordCount, words);
        if (!asked.verifier.verifyProof(proof.a, proof.b, proof.c, signals)) revert ProofRejected(kind, dataCommitment);
        uint64 batch = _advance(newStateRoot, timestamp);
        emit Settled(batch, oldStateRoot, newStateRoot, kind, risk, timestamp, words[HEAD_WORDS:]);
    }

    /// @inheritdoc ISettlement
    function postRiskRoot(RiskRoot newRiskRoot, uint40 asOf) external {
        if (msg.sender != riskPublisher) revert NotRiskPublisher(msg.sender, riskPublisher);
        _requireRoot(RiskRoot.unwrap(newRiskRoot));
        if (asOf <= riskAsOf) revert RiskNotNewer(asOf, riskAsOf);
        if (asOf > block.timestamp + MAX_CLOCK_SKEW) revert RiskFromFuture(asOf, block.timestamp, MAX_CLOCK_SKEW);
        riskRoot = newRiskRoot;
        riskAsOf = asOf;
        emit RiskRootPosted(newRiskRoot, asOf);
    }

    /// @inheritdoc ISettlement
    function domain() public view returns (Domain) {
        return Domain.wrap(uint256(keccak256(abi.encode("zkclear", block.chainid, address(this)))) >> 8);
    }

    /// @inheritdoc ISettlement
    function stateRoot() public view returns (StateRoot) {
        return recentRoots[batchCount % RECENT_ROOTS];
    }

    /// @inheritdoc ISettlement
    function rootAge(StateRoot root) external view returns (bool recent, uint256 age) {
        uint256 newest = batchCount;
        uint256 oldest = newest < RECENT_ROOTS ? 0 : newest - RECENT_ROOTS + 1;
        for (uint256 next = newest + 1; next > oldest; next--) {
            if (!(recentRoots[(next - 1) % RECENT_ROOTS] == root)) continue;
            return (true, next > newest ? 0 : block.timestamp - becameCurrentAt[next % RECENT_ROOTS]);
        }
        return (false, 0);
    }

    /// Every batch ends here, whatever its kind.
    function _advance(StateRoot newStateRoot, uint40 timestamp) private returns (uint64 batch) {
        batch = batchCount + 1;
        batchCount = batch;
        lastTimestamp = timestamp;
        recentRoots[batch % RECENT_ROOTS] = newStateRoot;
        becameCurrentAt[batch % RECENT_ROOTS] = uint40(block.timestamp);
    }

    function _requireTimely(uint256 timestamp) private view {
        if (timestamp < lastTimestamp) revert TimestampBeforeLast(timestamp, lastTimestamp);
        bool early = timestamp + MAX_CLOCK_SKEW < block.timestamp;
        bool late = timestamp > block.timestamp + MAX_CLOCK_SKEW;
        if (early || late) revert TimestampOffBlockTime(timestamp, block.timestamp, MAX_CLOCK_SKEW);
    }

    function _requireCurrent(StateRoot given) private view returns (StateRoot current) {
        current = stateRoot();
        if (!(given == current)) revert StateRootNotCurrent(given, current);
    }

    function _requireDomain(Domain given) private view {
        Domain own = domain();
        if (Domain.unwrap(given) != Domain.unwrap(own)) revert DomainWrong(given, own);
    }

    function _requireCurrentRisk(RiskRoot given) private view returns (RiskRoot current) {
        current = riskRoot;
        if (RiskRoot.unwrap(current) == 0) revert RiskRootMissing();
        if (!(given == current)) revert RiskRootNotCurrent(given, current);
    }

    function _requireRoot(uint256 root) private pure {
        if (root == 0) revert ZeroRoot();
        Field.requireCanonical(root);
    }
}
