// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ISettlement} from "./ISettlement.sol";
import {Domain, StateRoot} from "../Types.sol";

/// @title The state root, and those before it that proofs may still speak of.
abstract contract Roots is ISettlement {
    struct Past {
        StateRoot root;
        /// The block's time at which it became the current one; of the genesis root, which replaced none, 0.
        uint40 since;
        /// The number of the table of the batch that led to it.
        uint64 table;
    }

    /// Where the venue stands while batches are settled: read before the first of a transaction, kept after its last.
    struct Standing {
        uint64 batch;
        uint40 timestamp;
        StateRoot root;
        /// The number of the table at which the state was made.
        uint64 table;
    }

    /// @notice How many roots are kept whatever their age, the current one included: of each transaction the last.
    uint256 public constant RECENT_ROOTS = 64;
    /// @notice Besides, the root after the first block with batches in each of these spans of time is kept, for proofs that take long to
    /// make.
    uint256 public constant SPAN = 10 seconds;
    /// @notice How many spans back.
    uint256 public constant SPANS = 360;

    /// @notice Batches settled so far.
    uint64 public batchCount;
    /// @notice The time of the last batch, in unix seconds; 0 before the first.
    uint40 public lastTimestamp;
    /// Number of the last span in which a root was kept.
    uint64 private lastSpan;
    /// Transactions that settled batches so far.
    uint64 private moves;

    /// The root after transaction n stands at n modulo RECENT_ROOTS.
    Past[RECENT_ROOTS] private recent;
    /// That of span n stands at n modulo SPANS.
    Past[SPANS] private spans;

    constructor(StateRoot genesisRoot) {
        recent[0].root = genesisRoot;
    }

    /// @inheritdoc ISettlement
    /// @dev Computed at every call, so that after a fork of the chain neither side takes the other's proofs.
    function domain() public view returns (Domain) {
        return Domain.wrap(uint256(keccak256(abi.encode("zkclear", block.chainid, address(this)))) >> 8);
    }

    /// @inheritdoc ISettlement
    function stateRoot() public view returns (StateRoot) {
        return recent[moves % RECENT_ROOTS].root;
    }

    /// @inheritdoc ISettlement
    function rootAge(StateRoot root) external view returns (bool known, uint256 age, uint64 table) {
        uint256 newest = moves;
        uint256 oldest = newest < RECENT_ROOTS ? 0 : newest - RECENT_ROOTS + 1;
        for (uint256 next = newest + 1; next > oldest; next--) {
            Past storage past = recent[(next - 1) % RECENT_ROOTS];
            if (!(past.root == root)) continue;
            age = next > newest ? 0 : block.timestamp - recent[next % RECENT_ROOTS].since;
            return (true, age, past.table);
        }
        return (false, 0, 0);
    }

    /// @inheritdoc ISettlement
    function rootAgeSince(StateRoot root, uint40 since) external view returns (bool known, uint256 age, uint64 table) {
        Past memory past = spans[(since / SPAN) % SPANS];
        age = block.timestamp - past.since;
        known = past.root == root && past.since != 0 && age < SPAN * SPANS;
        if (!known) return (false, 0, 0);
        table = past.table;
    }

    /// Where the venue stands now.
    function _standing() internal view returns (Standing memory) {
        Past storage last = recent[moves % RECENT_ROOTS];
        return Standing({batch: batchCount, timestamp: lastTimestamp, root: last.root, table: last.table});
    }

    /// Every batch comes here, whatever its kind.
    /// @param table The number of its risk table, and `relisting` that of the last one up to it that relisted a market.
    function _advance(
        Standing memory standing,
        StateRoot newStateRoot,
        uint40 timestamp,
        uint64 table,
        uint64 relisting
    ) internal pure {
        // A state that stays is made when it came about, as long as what it holds is listed as it was.
        bool stays = newStateRoot == standing.root && standing.table >= relisting;
        if (!stays) (standing.root, standing.table) = (newStateRoot, table);
        (standing.batch, standing.timestamp) = (standing.batch + 1, timestamp);
    }

    /// Every transaction that settled batches ends here. Nobody has seen the roots between its first and its last.
    function _keep(Standing memory standing) internal {
        Past memory past = Past(standing.root, uint40(block.timestamp), standing.table);
        uint64 span = uint64(block.timestamp / SPAN);
        // Of the first block with batches in a span the last root.
        if (span != lastSpan || spans[span % SPANS].since == block.timestamp) spans[span % SPANS] = past;
        uint64 move = moves + 1;
        (batchCount, lastTimestamp, lastSpan, moves) = (standing.batch, standing.timestamp, span, move);
        recent[move % RECENT_ROOTS] = past;
    }
}
