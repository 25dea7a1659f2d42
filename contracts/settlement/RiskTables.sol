// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ISettlement} from "./ISettlement.sol";
import {Parameters} from "../Parameters.sol";
import {RiskRoot} from "../Types.sol";

/// @title The last risk tables: batches name the newest, and proofs that move nothing one of RING.
/// @notice Tables may come while proofs are made: a batch may name the one before the newest for TABLE_GRACE, if no batch used the
/// newest yet. That a table follows from the one before, from reports and parameters, is proved (docs/protocol.md#risk-update).
abstract contract RiskTables is ISettlement {
    /// @notice Seconds that the time of a batch, or of a table when it comes, may differ from the block's.
    uint256 public constant MAX_CLOCK_SKEW = 15 minutes;
    /// @notice Tables that are kept.
    uint256 public constant RING = 8;
    /// @notice Seconds from one table to the next at least, both as they say and as they come. RING - 1 of them are longer
    /// than MAX_CLOCK_SKEW: else tables with past times, brought at once, could fill the ring.
    uint256 public constant MIN_GAP = 150 seconds;
    /// @notice Seconds by which the clocks of oracles may be behind the block's at which the table before came.
    uint256 public constant REPORT_CLOCK = 1 minutes;

    /// @notice Seconds for which the table before the newest still serves batches: those that a proof takes. Whoever knows what prices did
    /// is to have no choice of older ones, at which to trade, withdraw, or take over: it is less than MIN_GAP.
    uint256 public constant TABLE_GRACE = 2 minutes;

    /// Markets of any venue are no more: the bits of a set of them.
    uint256 private constant MOST_MARKETS = 16;

    Table[RING] private ring;
    /// @inheritdoc ISettlement
    uint64 public tableCount;
    /// @notice The number of the newest table that a batch used; 0 before one did.
    uint64 public tableUsed;
    /// @inheritdoc ISettlement
    RiskRoot public riskRootUsed;
    /// @notice Markets, a bit for each, that are settled and in which nothing is left: a sweep said so.
    uint256 public retiredMarkets;

    /// @notice The market is settled, nobody holds a lot in it and no order is left, so that parameters may list something else there.
    event MarketRetired(uint256 indexed market);
    /// @notice A proved table came. With the words of those parameters, everybody computes it from the table before and from `data`:
    /// the other words of the update, which are its listings and the medians of what oracles signed, packed as a report's values are.
    event RiskUpdated(
        uint64 indexed number,
        RiskRoot indexed riskRoot,
        uint256 indexed parametersRoot,
        uint40 asOf,
        uint256[] data
    );

    /// A table's time is MIN_GAP after the last one's at least, and differs from the block's by MAX_CLOCK_SKEW at most.
    error RiskTimeOutOfRange(uint256 asOf, uint256 earliest, uint256 latest);
    /// The last table came less than MIN_GAP ago: `earliest` is when the next may be.
    error RiskTooSoon(uint256 time, uint256 earliest);
    /// The table follows from another one than the newest, whose root is 0 if there is none.
    error RiskRootNotNewest(RiskRoot given, RiskRoot newest);
    /// Zero is no root: no state and no table has it.
    error ZeroRoot();
    /// The table was made as if other markets were retired than those that are, a bit for each.
    error ListingsWrong(uint256 given, uint256 retired);
    /// Of the tables up to number `count`, the newest, a batch names number `oldest` or a later one now: the newest or, for TABLE_GRACE
    /// after that came, the one before it; none older than the one used before, or than the last one that relisted a market.
    error RiskTableNotInForce(RiskRoot riskRoot, uint64 oldest, uint64 count);

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

    /// Adds the table that a risk update leads to. Its words are domain, asOf, parametersRoot, oldRiskRoot, newRiskRoot,
    /// listings, medians; listings is retired * 2^MOST_MARKETS + relisted, and of what is not retired nothing is relisted.
    function _addTable(uint256[] calldata words) internal {
        Table memory last = ring[tableCount % RING];
        (RiskRoot old, RiskRoot root) = (RiskRoot.wrap(words[3]), RiskRoot.wrap(words[4]));
        require(old == last.root, RiskRootNotNewest(old, last.root));
        require(words[4] != 0, ZeroRoot());
        _requireTime(words[1], last);
        uint64 number = ++tableCount;
        uint64 relisting = _relist(words[5]) ? number : last.relisting;
        ring[number % RING] = Table(root, uint40(words[1]), uint40(block.timestamp), relisting);
        emit RiskUpdated(number, root, words[2], uint40(words[1]), words[5:]);
    }

    /// Notes that a batch used the table; 0 is right before the first one came, and never afterwards.
    function _useTable(RiskRoot root) internal {
        (uint64 count, uint64 used) = (tableCount, tableUsed);
        if (count == 0 && RiskRoot.unwrap(root) == 0) return;
        Table memory newest = ring[count % RING];
        uint64 oldest = count > 1 && block.timestamp <= newest.postedAt + TABLE_GRACE ? count - 1 : count;
        // At a table from before a relisting the market is still the one that was.
        if (oldest < newest.relisting) oldest = newest.relisting;
        if (oldest < used) oldest = used;
        uint64 number = newest.root == root ? count : oldest;
        bool serves = count > 0 && ring[number % RING].root == root;
        require(serves, RiskTableNotInForce(root, oldest, count));
        if (number != used) (tableUsed, riskRootUsed) = (number, root);
    }

    /// The number of the last table up to that one that relisted a market; 0 if none did.
    function _relistedBy(uint64 number) internal view returns (uint64) {
        return ring[number % RING].relisting;
    }

    /// Notes what the sweep of a batch says, whose table has been used: of the fields retires | 1 | market | amount the first, that
    /// nothing is left in a settled market. No later batch names an older table, and at no later one is anything traded there.
    function _noteSweep(uint256 sweep) internal {
        uint256 head = sweep >> Parameters.FEES_BITS;
        if (head >> Parameters.MARKET_BITS != 3) return;
        uint256 market = head % 2 ** Parameters.MARKET_BITS;
        uint256 retired = retiredMarkets | (1 << market);
        if (retired == retiredMarkets) return;
        retiredMarkets = retired;
        emit MarketRetired(market);
    }

    /// Takes back what was retired of the markets that a table relists; whether it relists any.
    function _relist(uint256 listings) private returns (bool) {
        (uint256 given, uint256 retired) = (listings >> MOST_MARKETS, retiredMarkets);
        require(given == retired, ListingsWrong(given, retired));
        uint256 relisted = listings % 2 ** MOST_MARKETS;
        if (relisted == 0) return false;
        retiredMarkets = retired & ~relisted;
        return true;
    }

    function _requireTime(uint256 asOf, Table memory last) private view {
        uint256 time = block.timestamp;
        require(time >= last.postedAt + MIN_GAP, RiskTooSoon(time, last.postedAt + MIN_GAP));
        // Whoever brings a table chooses among moments, so these end with the time that a proof takes, and begin when the table before
        // came: only that makes an honest prover start. Else tables could come later and later, each MIN_GAP newer than the last.
        uint256 earliest = Math.max(last.asOf + MIN_GAP, time - MAX_CLOCK_SKEW);
        if (last.postedAt > REPORT_CLOCK) earliest = Math.max(earliest, last.postedAt - REPORT_CLOCK);
        bool timely = asOf >= earliest && asOf <= time + MAX_CLOCK_SKEW;
        require(timely, RiskTimeOutOfRange(asOf, earliest, time + MAX_CLOCK_SKEW));
    }
}
