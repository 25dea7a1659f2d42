// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IProofErrors} from "./IProofErrors.sol";
import {IStateVerifier} from "./Statements.sol";
import {Domain, Proof, RiskRoot, StateRoot} from "./Types.sol";

/// @title Settlement of a venue that proves how it clears.
/// @notice The state root moves only behind a proof; the risk publisher says which risk table the next proofs are checked at;
/// nobody has any other right: there is no owner, no pause and no upgrade.
interface ISettlement is IProofErrors {
    /// @notice What proofs of one kind are checked with.
    /// @param wordCount How many words the circuit has, all of them public.
    struct StateVerifier {
        IStateVerifier verifier;
        uint256 wordCount;
    }

    /// @notice A proved batch moved the state root.
    /// @param batch Number of the batch, of whatever kind; the genesis root is number 0, the first batch 1.
    /// @param kind Which circuit proved it, as in `settle`.
    /// @param timestamp The venue's time of the batch, in unix seconds.
    /// @param data What the batch makes public besides, as words of its kind: all that anybody needs to follow the tree of
    /// accounts, and an account's owner to follow his account.
    event Settled(
        uint64 indexed batch,
        StateRoot indexed oldStateRoot,
        StateRoot indexed newStateRoot,
        uint256 kind,
        RiskRoot riskRoot,
        uint40 timestamp,
        uint256[] data
    );

    /// @notice The publisher posted a risk table.
    /// @param asOf Time the table speaks of, in unix seconds.
    event RiskRootPosted(RiskRoot indexed riskRoot, uint40 asOf);

    /// The verifier given for this kind has no code; kind 0 and the zero address if none was given at all.
    error VerifierMissing(uint256 kind, address verifier);
    /// The circuit of this kind has fewer words than every batch's statement.
    error TooFewWords(uint256 kind, uint256 wordCount, uint256 least);
    /// No circuit has this kind: there are kinds from 0 to `kinds` - 1.
    error KindUnknown(uint256 kind, uint256 kinds);
    /// The risk publisher may not be the zero address: no risk table could ever be posted.
    error RiskPublisherMissing();
    /// Zero stands for "none"; it is no root.
    error ZeroRoot();
    /// No risk table has been posted yet, so no batch can be checked.
    error RiskRootMissing();
    /// A batch must change the state.
    error StateRootUnchanged(StateRoot stateRoot);
    /// A batch's time may not be before that of the batch before it.
    error TimestampBeforeLast(uint256 timestamp, uint40 lastTimestamp);
    /// A batch's time may differ from the block's by at most `maxClockSkew` seconds.
    error TimestampOffBlockTime(uint256 timestamp, uint256 blockTime, uint256 maxClockSkew);
    /// The batch was made for another contract, or for another chain.
    error DomainWrong(Domain given, Domain own);
    /// The batch was made at another risk table than the current one.
    error RiskRootNotCurrent(RiskRoot given, RiskRoot current);
    /// The batch starts from another state root than the current one.
    error StateRootNotCurrent(StateRoot given, StateRoot current);
    /// The proof does not hold for these words and what is said to be their commitment.
    error ProofRejected(uint256 kind, uint256 dataCommitment);
    /// Only the risk publisher posts risk tables.
    error NotRiskPublisher(address caller, address riskPublisher);
    /// A risk table must be newer than the one before it.
    error RiskNotNewer(uint40 asOf, uint40 lastAsOf);
    /// A risk table may not be more than `maxClockSkew` seconds ahead of the block.
    error RiskFromFuture(uint40 asOf, uint256 blockTime, uint256 maxClockSkew);

    /// @notice Moves the state root to words[4]. Anybody may call: the proof is the permission, and whoever knows the state can
    /// make one.
    /// @dev A proof serves once, whatever its bytes are, because the root it starts from is then no longer the current one.
    /// @param kind Which circuit proved the batch: the place of its verifier among those that were deployed with this contract.
    /// @param proof Proof of that circuit.
    /// @param dataCommitment The circuit's commitment to the words; it need not be trusted (PublicData.sol).
    /// @param words What the batch makes public: domain, timestamp in unix seconds, riskRoot, oldStateRoot, newStateRoot, and the
    /// words of its kind, as docs/protocol.md#batch-words lists them.
    function settle(uint256 kind, Proof calldata proof, uint256 dataCommitment, uint256[] calldata words) external;

    /// @notice Sets the risk table that proofs are checked at from now on. Only the risk publisher.
    /// @param newRiskRoot Commitment to the table. That there is a table, and that it keeps to its bounds, is the publisher's
    /// promise: this contract sees the commitment only, and no circuit checks the bounds.
    /// @param asOf The time the table speaks of, in unix seconds. That it is the one inside the commitment, by which circuits find
    /// a table stale, is the publisher's promise too.
    function postRiskRoot(RiskRoot newRiskRoot, uint40 asOf) external;

    /// @notice What binds a statement to this contract on this chain:
    /// keccak256(abi.encode("zkclear", chain id, address)) >> 8.
    /// @dev Computed at every call, so that after a fork of the chain neither side takes the other's proofs.
    function domain() external view returns (Domain);

    /// @notice The current state root.
    function stateRoot() external view returns (StateRoot);

    /// @notice Whether `root` is the current state root or one of the RECENT_ROOTS - 1 before it, and how old it is.
    /// @return recent Whether it is one of them.
    /// @return age Seconds since another root took its place, by the blocks' clock: 0 for the current one, however long it has
    /// stood. A root that the state came back to counts as what it was last. 0 for a root that is not recent.
    /// @dev Looks from the newest to the oldest: cheap for a fresh root, RECENT_ROOTS cold reads for an unknown one.
    function rootAge(StateRoot root) external view returns (bool recent, uint256 age);

    /// @notice Batches settled so far.
    function batchCount() external view returns (uint64);

    /// @notice Time of the last batch, in unix seconds; 0 before the first.
    function lastTimestamp() external view returns (uint40);

    /// @notice The current risk table's commitment; 0 before the first is posted.
    function riskRoot() external view returns (RiskRoot);

    /// @notice The time the current risk table speaks of, in unix seconds; 0 before the first.
    function riskAsOf() external view returns (uint40);

    /// @notice The verifier that `settle` asks for batches of this kind, and how many words they have; zeros if there is no such
    /// kind.
    function verifiers(uint256 kind) external view returns (IStateVerifier verifier, uint256 wordCount);

    /// @notice How many kinds of batches there are.
    function kinds() external view returns (uint256);

    /// @notice The only address that may post risk tables.
    function riskPublisher() external view returns (address);
}
