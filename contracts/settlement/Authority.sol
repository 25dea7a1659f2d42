// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Circuits} from "./Circuits.sol";
import {Field} from "../Field.sol";
import {IExits, IVenueWithExits} from "./ISettlement.sol";
import {Operation} from "./Operation.sol";
import {WHOLE} from "./QueueTerms.sol";
import {Rows} from "./Rows.sol";
import {RISK_UPDATE} from "../Types.sol";

/// @title Who may change what, and how long everybody is warned.
/// @notice The governor proposes; a change takes effect by a second call after upgradeDelay, and lapses executionWindow after it
/// could. In that time whoever disagrees can ask for their money and be paid, or freeze the venue. Nothing makes it shorter.
contract Authority is Rows {
    /// @notice What may be changed. The key is the kind of a CIRCUIT, which is below `kinds` or RISK_UPDATE, the asset of an OUTFLOW,
    /// and else 0; the target is the new address. The number is how many words a CIRCUIT has, floor * 2^16 + shareBps of an OUTFLOW, or coverPerHour of COVER. Of PARAMETERS the two
    /// together are the new root, target * 2^96 + number: `proposeParameters` takes it whole.
    enum Item {
        CIRCUIT,
        EXIT_VERIFIER,
        OPERATOR,
        GUARDIAN,
        OUTFLOW,
        GOVERNOR,
        PARAMETERS,
        COVER
    }

    struct Proposal {
        address target;
        uint96 number;
        /// When it may be executed; 0 if there is none.
        uint40 matures;
    }

    struct Periods {
        uint32 upgradeDelay;
        uint32 executionWindow;
        /// The longest that the guardian may pause trade batches.
        uint32 maxPause;
        /// Seconds from the announcement of an orderly end until anybody may freeze.
        uint32 windDownPeriod;
        /// Seconds from that announcement until positions may only be closed.
        uint32 closingNotice;
        /// Lets upgradeDelay be MIN_EXIT_WINDOW longer than the queue's periods only.
        bool shortDelay;
    }

    /// @notice Risk parameters: the root that commits to them, and the words that it is the hash of.
    struct RiskParameters {
        /// Zero: none yet.
        uint256 root;
        uint256[] words;
    }

    /// @notice What may leave of an asset in an hour: a share of what is there, or of `floor` lots if that is more.
    struct OutflowLimit {
        uint80 floor;
        uint16 shareBps;
    }

    /// @notice Seconds by which upgradeDelay exceeds the longest deadline of the queue: the time to leave.
    uint256 public constant EXIT_WINDOW = 30 days;
    /// @notice The same of a venue that is deployed with shortDelay, and says so by it.
    uint256 public constant MIN_EXIT_WINDOW = 7 days;

    /// @notice The longest upgradeDelay and windDownPeriod: as long the money waits for another exit verifier if one is broken.
    uint256 public constant MAX_DELAY = 365 days;
    /// @notice The longest executionWindow: a change that could be made at any time would be a warning of nothing.
    uint256 public constant MAX_EXECUTION_WINDOW = 30 days;
    /// @notice The shortest closingNotice. It exceeds what batches' times may differ from the block's, so that an announcement
    /// stops no batch which is being proved; and who hedges in several markets has a day. The longest ends MIN_EXIT_WINDOW before
    /// anybody may freeze: the time to close.
    uint256 public constant MIN_CLOSING_NOTICE = 1 days;
    /// @notice The lowest share of an outflow limit: 1 % an hour.
    uint256 public constant MIN_OUTFLOW_BPS = 100;

    /// @notice Seconds from a proposal until it may be executed.
    uint32 public immutable upgradeDelay;
    /// @notice Seconds from then until it lapses.
    uint32 public immutable executionWindow;
    /// @notice Whether the time to leave before a change is shorter than EXIT_WINDOW.
    bool public immutable shortDelay;
    /// @notice How many assets have an outflow limit.
    uint256 public immutable assetCount;
    /// @notice The longest that the queue may let anybody wait: the delay exceeds it by the time to leave.
    uint256 public immutable longestDeadline;

    /// @notice The verifier of exits.
    address public exitVerifier;
    /// @notice The outflow limit of an asset.
    mapping(uint256 asset => OutflowLimit) public outflowLimits;
    /// @notice The commitment to the risk parameters in force, by which tables of prices and margins are proved; 0 if there are none.
    uint256 public parametersRoot;
    /// @notice What waits to be executed.
    mapping(Item item => mapping(uint256 key => Proposal)) public proposals;

    /// @notice A change was proposed, which may be executed from `matures` on.
    event Proposed(Item indexed item, uint256 indexed key, address target, uint96 number, uint40 matures);
    /// @notice The words of risk parameters that were proposed, or that the venue began with. That they hash to the root, and keep
    /// their bounds, is for whoever reads them to check: a contract would pay millions of gas for it.
    event ParametersTold(uint256 indexed root, uint256[] words);
    /// @notice A proposed change took effect.
    event Executed(Item indexed item, uint256 indexed key, address target, uint96 number);
    /// @notice A proposal was dropped.
    event Cancelled(Item indexed item, uint256 indexed key, address by);
    /// A proposal for this waits already, until it is executed, cancelled or lapses.
    error ProposalWaits(Item item, uint256 key, uint40 matures);
    /// There is no such proposal, or it is from `matures` to `lapses` that it can be executed.
    error ProposalNotRipe(Item item, uint256 key, uint256 matures, uint256 lapses);
    /// The target of this must be a contract, or may not be zero.
    error TargetUnusable(Item item, uint256 key, address target);
    /// There is no such kind of batch or asset, or nothing else than 0 may be the key.
    error KeyUnknown(Item item, uint256 key);
    /// Risk parameters are proposed together with their words, by `proposeParameters`.
    error ParametersWithoutWords();
    /// An executionWindow is from 1 to `most` seconds.
    error WindowOutOfRange(uint256 executionWindow, uint256 most);
    /// The guardian may pause for at most `most` seconds.
    error PauseTooLong(uint256 maxPause, uint256 most);
    /// upgradeDelay is `least` at least, windDownPeriod at least upgradeDelay, and at most `most`.
    error DelayOutOfRange(uint256 upgradeDelay, uint256 least, uint256 windDownPeriod, uint256 most);
    /// A closingNotice is from `least` to `most` seconds.
    error ClosingNoticeOutOfRange(uint256 closingNotice, uint256 least, uint256 most);

    /// An outflow limit lets from `least` to `most` basis points go an hour.
    error OutflowOutOfRange(uint256 shareBps, uint256 least, uint256 most);

    /// @param circuits_ Those of batches, by kind.
    /// @param riskUpdate The one that proves risk tables.
    /// @param longest The longest that the queue lets anybody wait.
    /// @param limits The outflow limit of each asset.
    /// @param cover_ What the house pays for takeovers in an hour at most.
    /// @param parameters The risk parameters that the venue begins with, if it begins with any.
    constructor(
        Periods memory periods,
        Roles memory roles,
        Circuit[] memory circuits_,
        Circuit memory riskUpdate,
        address exitVerifier_,
        OutflowLimit[] memory limits,
        uint256 longest,
        uint96 cover_,
        RiskParameters memory parameters
    ) Circuits(circuits_.length) Operation(periods.maxPause, periods.windDownPeriod, periods.closingNotice) {
        assetCount = limits.length;
        longestDeadline = longest;

        _requirePeriods(periods, longest);
        shortDelay = periods.shortDelay;
        upgradeDelay = periods.upgradeDelay;
        executionWindow = periods.executionWindow;
        for (uint256 kind = 0; kind < circuits_.length; kind++) {
            _apply(Item.CIRCUIT, kind, circuits_[kind].verifier, circuits_[kind].words);
        }
        _apply(Item.CIRCUIT, RISK_UPDATE, riskUpdate.verifier, riskUpdate.words);
        for (uint256 asset = 0; asset < limits.length; asset++) {
            uint96 number = (uint96(limits[asset].floor) << 16) | limits[asset].shareBps;
            _apply(Item.OUTFLOW, asset, address(0), number);
        }
        _apply(Item.EXIT_VERIFIER, 0, exitVerifier_, 0);
        _apply(Item.COVER, 0, address(0), cover_);
        _apply(Item.OPERATOR, 0, roles.operator, 0);
        _apply(Item.GUARDIAN, 0, roles.guardian, 0);
        _apply(Item.GOVERNOR, 0, roles.governor, 0);
        if (parameters.root == 0) return;
        _apply(Item.PARAMETERS, 0, address(uint160(parameters.root >> 96)), uint96(parameters.root));
        emit ParametersTold(parameters.root, parameters.words);
    }

    /// @notice Proposes a change, one per item and key. Only the governor; of a frozen venue only the exit verifier, if that is
    /// broken by a proof.
    function propose(Item item, uint256 key, address target, uint96 number) external onlyRole(governor) {
        require(item != Item.PARAMETERS, ParametersWithoutWords());
        _propose(item, key, target, number);
    }

    /// @notice Proposes risk parameters, with the words that `root` is the hash of: in the delay everybody can check what they say.
    /// Only the governor.
    function proposeParameters(uint256 root, uint256[] calldata words) external onlyRole(governor) {
        _propose(Item.PARAMETERS, 0, address(uint160(root >> 96)), uint96(root));
        emit ParametersTold(root, words);
    }

    /// @notice Makes a proposed change. Only the governor; of a governor only the new one, so that it is one who can.
    function execute(Item item, uint256 key) external {
        Proposal memory proposal = proposals[item][key];
        address entitled = item == Item.GOVERNOR ? proposal.target : governor;
        require(msg.sender == entitled, NotEntitled(msg.sender, entitled));
        _requireChangeable(item);
        uint256 lapses = uint256(proposal.matures) + executionWindow;
        bool ripe = proposal.matures != 0 && block.timestamp >= proposal.matures && block.timestamp <= lapses;
        require(ripe, ProposalNotRipe(item, key, proposal.matures, lapses));
        delete proposals[item][key];
        _apply(item, key, proposal.target, proposal.number);
        if (item == Item.EXIT_VERIFIER && settlement.frozenAt() != 0) _exits().beginAnew();
        emit Executed(item, key, proposal.target, proposal.number);
    }

    /// @notice Drops a proposal. The governor may; and while the venue lives the guardian, but for one that replaces the guardian.
    function cancel(Item item, uint256 key) external {
        bool byGuardian = msg.sender == guardian && item != Item.GUARDIAN && settlement.frozenAt() == 0;
        require(byGuardian || msg.sender == governor, NotEntitled(msg.sender, governor));
        delete proposals[item][key];
        emit Cancelled(item, key, msg.sender);
    }

    /// @notice Drops a proposal for the exit verifier that was made before a proof broke the one in force. Only the exits.
    function voidExitVerifier() external {
        address exits = address(_exits());
        require(msg.sender == exits, NotEntitled(msg.sender, exits));
        delete proposals[Item.EXIT_VERIFIER][0];
    }

    function _propose(Item item, uint256 key, address target, uint96 number) private {
        _requireChangeable(item);
        _requireUsable(item, key, target, number);
        Proposal storage proposal = proposals[item][key];
        uint256 lapses = uint256(proposal.matures) + executionWindow;
        require(proposal.matures == 0 || block.timestamp > lapses, ProposalWaits(item, key, proposal.matures));
        uint40 matures = uint40(block.timestamp + upgradeDelay);
        proposals[item][key] = Proposal(target, number, matures);
        emit Proposed(item, key, target, number, matures);
    }

    function _requirePeriods(Periods memory periods, uint256 longest) private pure {
        uint256 least = longest + (periods.shortDelay ? MIN_EXIT_WINDOW : EXIT_WINDOW);
        (uint256 delay, uint256 windDown) = (periods.upgradeDelay, periods.windDownPeriod);
        bool inRange = delay >= least && windDown >= delay && windDown <= MAX_DELAY;
        require(inRange, DelayOutOfRange(delay, least, windDown, MAX_DELAY));
        (uint256 notice, uint256 most) = (periods.closingNotice, windDown - MIN_EXIT_WINDOW);
        inRange = notice >= MIN_CLOSING_NOTICE && notice <= most;
        require(inRange, ClosingNoticeOutOfRange(notice, MIN_CLOSING_NOTICE, most));
        uint256 window = periods.executionWindow;
        require(window > 0 && window <= MAX_EXECUTION_WINDOW, WindowOutOfRange(window, MAX_EXECUTION_WINDOW));
        require(periods.maxPause <= MAX_PAUSE, PauseTooLong(periods.maxPause, MAX_PAUSE));
    }

    function _exits() private view returns (IExits) {
        return IVenueWithExits(address(settlement)).exits();
    }

    /// Freezing ends all authority, but over an exit verifier that a proof has broken.
    function _requireChangeable(Item item) private view {
        if (item != Item.EXIT_VERIFIER || !_exits().broken()) _requireLive();
    }

    function _requireUsable(Item item, uint256 key, address target, uint96 number) private view {
        uint256 keys =
            item == Item.CIRCUIT
                ? kinds
                : item == Item.OUTFLOW
                    ? assetCount
                    : 1;
        bool known = key < keys || (item == Item.CIRCUIT && key == RISK_UPDATE);
        require(known, KeyUnknown(item, key));
        if (item == Item.OUTFLOW) {
            uint256 shareBps = number % 2 ** 16;
            bool inRange = shareBps >= MIN_OUTFLOW_BPS && shareBps <= WHOLE;
            require(inRange, OutflowOutOfRange(shareBps, MIN_OUTFLOW_BPS, WHOLE));
            return;
        }
        if (item == Item.PARAMETERS) {
            uint256 root = _rootOf(target, number);
            Field.requireCanonical(root);
            require(root != 0, TargetUnusable(item, key, target));
            return;
        }
        if (item == Item.COVER) return;
        bool isContract = item == Item.CIRCUIT || item == Item.EXIT_VERIFIER;
        bool usable = isContract ? target.code.length > 0 : target != address(0) || item == Item.GUARDIAN;
        require(usable, TargetUnusable(item, key, target));
    }

    function _apply(Item item, uint256 key, address target, uint96 number) private {
        _requireUsable(item, key, target, number);
        if (item == Item.CIRCUIT) circuits[key] = Circuit(target, number);
        else if (item == Item.EXIT_VERIFIER) exitVerifier = target;
        else if (item == Item.OPERATOR) operator = target;
        else if (item == Item.GUARDIAN) guardian = target;
        else if (item == Item.OUTFLOW) outflowLimits[key] = OutflowLimit(uint80(number >> 16), uint16(number));
        else if (item == Item.COVER) coverPerHour = number;
        else if (item == Item.PARAMETERS) parametersRoot = _rootOf(target, number);
        else governor = target;
    }

    /// The root of a proposal of risk parameters.
    function _rootOf(address target, uint96 number) private pure returns (uint256) {
        return (uint256(uint160(target)) << 96) | number;
    }
}
