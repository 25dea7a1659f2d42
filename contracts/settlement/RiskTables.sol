// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Field} from "../Field.sol";
import {ISettlement} from "./ISettlement.sol";
import {PublicData} from "../PublicData.sol";
import {RiskRoot} from "../Types.sol";

/// @title The last risk tables, of which a batch names one.
/// @notice Tables may be posted while proofs are made: a proof is worth nothing only once RING others came after its table, or a
/// batch used a newer one. What a table says, and that its asOf is the one given here, is the publisher's promise.
abstract contract RiskTables is ISettlement {
    /// @notice Seconds that a batch's time may differ from the block's, and that a table may be ahead of it.
    uint256 public constant MAX_CLOCK_SKEW = 15 minutes;
    /// @notice Tables that a batch may name.
    uint256 public constant RING = 8;
    /// @notice Seconds from one table to the next at least, both as they say and as they are posted. RING - 1 of them are longer
    /// than MAX_CLOCK_SKEW: else tables with past times, posted at once, could fill the ring.
    uint256 public constant MIN_GAP = 150 seconds;

    Table[RING] private ring;
    /// @inheritdoc ISettlement
    uint64 public tableCount;
    /// @notice The number of the newest table that a batch used; 0 before one did.
    uint64 public tableUsed;
    /// @inheritdoc ISettlement
    RiskRoot public riskRootUsed;

    /// @notice A table was posted. `words` are what the publisher says it consists of: nothing checks them here, whoever reads
    /// them hashes them.
    event RiskTablePosted(uint64 indexed number, RiskRoot indexed riskRoot, uint40 asOf, uint256[] words);
    /// @notice Somebody tells what a table consists of.
    event RiskTableWords(RiskRoot indexed riskRoot, uint256[] words);

    /// A table's time is MIN_GAP after the last one's at least, and at most MAX_CLOCK_SKEW ahead of the block's.
    error RiskTimeOutOfRange(uint256 asOf, uint256 earliest, uint256 latest);
    /// The last table was posted less than MIN_GAP ago: `earliest` is when the next may be.
    error RiskTooSoon(uint256 time, uint256 earliest);
    /// A table's commitment is not 0, which stands for none.
    error RiskRootMissing();
    /// The batch names a table that is not among the last RING, or is older than the one used before, number `used`.
    error RiskTableNotInForce(RiskRoot riskRoot, uint64 used, uint64 count);

    /// @notice Tells the words of a table again. Anybody may: they are checked by whoever reads them.
    function tellRiskTable(RiskRoot root, uint256[] calldata words) external {
        emit RiskTableWords(root, words);
    }

    /// @inheritdoc ISettlement
    function riskRoot() external view returns (RiskRoot) {
        return ring[tableCount % RING].root;
    }

    /// @inheritdoc ISettlement
    function riskAsOf() external view returns (uint40) {
        return ring[tableCount % RING].asOf;
    }

    /// @inheritdoc ISettlement
    function tableAt(uint64 number) external view returns (Table memory table) {
        if (number > 0 && number <= tableCount && number + RING > tableCount) table = ring[number % RING];
    }

    function _postTable(RiskRoot root, uint40 asOf, uint256[] calldata words) internal {
        require(RiskRoot.unwrap(root) != 0, RiskRootMissing());
        Field.requireCanonical(RiskRoot.unwrap(root));
        Table memory last = ring[tableCount % RING];
        require(block.timestamp >= last.postedAt + MIN_GAP, RiskTooSoon(block.timestamp, last.postedAt + MIN_GAP));
        uint256 latest = block.timestamp + MAX_CLOCK_SKEW;
        require(asOf >= last.asOf + MIN_GAP && asOf <= latest, RiskTimeOutOfRange(asOf, last.asOf + MIN_GAP, latest));
        for (uint256 i = 0; i < words.length; i++) {
            if (words[i] >= Field.ORDER) revert PublicData.WordNotCanonical(i, words[i], Field.ORDER);
        }
        uint64 number = tableCount + 1;
        tableCount = number;
        ring[number % RING] = Table(root, asOf, uint40(block.timestamp));
        emit RiskTablePosted(number, root, asOf, words);
    }

    /// Notes that a batch used the table; 0 is right before the first one was posted, and never afterwards.
    function _useTable(RiskRoot root) internal {
        uint64 count = tableCount;
        if (count == 0) {
            require(RiskRoot.unwrap(root) == 0, RiskTableNotInForce(root, 0, 0));
            return;
        }
        uint64 used = tableUsed;
        for (uint64 number = count; number > 0 && number + RING > count && number >= used; number--) {
            if (!(ring[number % RING].root == root)) continue;
            if (number != used) (tableUsed, riskRootUsed) = (number, root);
            return;
        }
        revert RiskTableNotInForce(root, used, count);
    }
}
