// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {BabyJubjub} from "./BabyJubjub.sol";
import {Field} from "../Field.sol";
import {CashKind, Parameters} from "../Parameters.sol";
import {Owners} from "./Owners.sol";
import {deadlineOf, feeOf} from "./QueueTerms.sol";
import {Vault} from "./Vault.sol";

/// @title The queue: what the venue must serve, in order, each entry before its deadline.
/// @notice Cash batches take entries from the front, none skipped. Once the first one's deadline has come, anybody may freeze the
/// venue. An entry pays a fee in the chain's coin, which rises with the number that wait; it stays here, where nothing can ever
/// move it. (Were it the settler's, an operator could fill his own queue for nothing and put deadlines off.)
/// @dev Of an entry a hash and two times are kept; whoever consumes it brings the content.
abstract contract Queue is Vault, Owners {
    struct QueuePeriods {
        /// Seconds within which an entry is served if none wait.
        uint32 forcePeriod;
        /// Seconds between the deadlines of two entries.
        uint32 spacing;
        /// Seconds within which any entry is served.
        uint32 maxDeadline;
        /// From this many on, registrations, deposits and rotations are turned away.
        uint32 maxPending;
        /// What an entry costs in wei if none wait; as much again for every feeStep that do.
        uint128 fee;
        uint32 feeStep;
        /// What a registration costs besides.
        uint128 registrationFee;
    }

    /// @notice One entry: its kind (CashKind), account and asset, and what the kind needs. REGISTER and ROTATE: a and b are the
    /// point, c of REGISTER the owner's commitment. DEPOSIT and FORCED: a is the number of lots. What a kind does not need is 0;
    /// payer is who paid a deposit.
    struct Entry {
        uint256 kind;
        uint256 account;
        uint256 asset;
        uint256 a;
        uint256 b;
        uint256 c;
        address payer;
    }

    struct Place {
        bytes32 digest;
        uint40 deadline;
        /// The block's time at which it was queued.
        uint40 askedAt;
    }

    /// An account as it is registered.
    struct Registration {
        address owner;
        uint256 x;
        uint256 y;
        uint256 ownerCommitment;
        uint256 viewCommitment;
    }

    /// Shorter, and an outage of prices could be a venue's death.
    uint256 public constant MIN_FORCE_PERIOD = 1 days;
    /// Longer, and a request would not be served in a time that its owner can wait for.
    uint256 private constant LONGEST_DEADLINE = 30 days;

    /// @notice Seconds within which an entry is served if none wait.
    uint32 public immutable forcePeriod;
    /// @notice Seconds between the deadlines of two entries.
    uint32 public immutable spacing;
    /// @notice Seconds within which any entry is served.
    uint32 public immutable maxDeadline;
    /// @notice From so many entries on registrations, deposits and rotations are turned away.
    uint32 public immutable maxPending;
    /// @notice What an entry costs in wei if none wait.
    uint128 public immutable baseFee;
    /// @notice For so many entries that wait, an entry costs baseFee more.
    uint32 public immutable feeStep;
    /// @notice What a registration costs besides, in wei.
    uint128 public immutable registrationFee;

    /// @notice Number of the first entry that waits.
    uint64 public queueFront;
    /// @notice Number of the next entry to be made.
    uint64 public queueEnd;
    uint40 private lastDeadline;
    mapping(uint256 index => Place) private places;

    /// @notice An entry was queued, to be served before `deadline`.
    event Queued(uint256 indexed index, uint256 indexed account, Entry entry, uint40 deadline);

    /// @notice A queued deposit went back.
    event Refunded(uint256 indexed index, address indexed payer, uint256 indexed asset, uint256 lots);

    /// The fee is `fee` wei now.
    error FeeTooLow(uint256 given, uint256 fee);
    /// `waiting` entries wait; only withdrawals, suspensions and cures are queued from `most` on.
    error QueueFull(uint256 waiting, uint256 most);
    /// The deposit was meant for an account of `expected`, and this one is `owner`'s.
    error OwnerNotExpected(uint256 account, address expected, address owner);
    /// Such a request of the account waits already.
    error AlreadyPending(uint256 account, uint256 kind, uint256 asset);
    /// A withdrawal asks for 1 lot at least, and for fewer than 2^80.
    error AmountOutOfRange(uint256 amount);
    /// No deposit of that content waits there.
    error NotADeposit(uint256 index);
    /// The house cannot be suspended.
    error HouseCannotBeSuspended();
    /// Entry `index`, the first that waits, is not what it was said to be.
    error NotTheFirstEntry(uint256 index);
    /// The periods do not fit together: minForcePeriod <= forcePeriod <= maxDeadline <= most, and feeStep is not 0.
    error PeriodsWrong(uint256 minForcePeriod, uint256 forcePeriod, uint256 maxDeadline, uint256 most, uint256 feeStep);

    constructor(QueuePeriods memory terms, Registration memory house) {
        (uint256 force, uint256 most, uint256 step) = (terms.forcePeriod, terms.maxDeadline, terms.feeStep);
        bool fit = force >= MIN_FORCE_PERIOD && force <= most && most <= LONGEST_DEADLINE && step > 0;
        require(fit, PeriodsWrong(MIN_FORCE_PERIOD, force, most, LONGEST_DEADLINE, step));
        forcePeriod = terms.forcePeriod;
        spacing = terms.spacing;
        maxDeadline = terms.maxDeadline;
        maxPending = terms.maxPending;
        baseFee = terms.fee;
        feeStep = terms.feeStep;
        registrationFee = terms.registrationFee;
        _enterRegistration(house);
    }

    /// @notice Registers an account, the caller's. Its trading key becomes 8 * (x, y); its view key, which the venue gets off
    /// chain, must hash to viewCommitment.
    /// @return account Its index.
    function register(
        uint256 x,
        uint256 y,
        uint256 ownerCommitment,
        uint256 viewCommitment
    ) external payable nonReentrant whenLive returns (uint256 account) {
        _requireRoom();
        uint256 fee = queueFee() + registrationFee;
        account = _enterRegistration(Registration(msg.sender, x, y, ownerCommitment, viewCommitment));
        _takeFee(fee);
    }

    /// @notice Deposits `amount` lots of the asset, which the caller has approved, for the account. Anybody may.
    /// @param owner Whose account it is meant to be: an index that somebody else's registration got has another owner.
    function deposit(
        uint256 account,
        uint256 asset,
        uint80 amount,
        address owner
    ) external payable nonReentrant whenLive {
        address actual = ownerOf(account);
        require(owner == actual, OwnerNotExpected(account, owner, actual));
        _requireRoom();
        uint256 fee = queueFee();
        _receive(asset, amount);
        _enter(Entry(CashKind.DEPOSIT, account, asset, amount, 0, 0, msg.sender));
        _takeFee(fee);
    }

    /// @notice Asks for up to `amount` lots of the asset: the venue pays as many of them as the account may withdraw. One at a time
    /// for each asset. Only the owner.
    function requestWithdrawal(
        uint256 account,
        uint256 asset,
        uint80 amount
    ) external payable nonReentrant whenLive onlyOwner(account) {
        _requireAsset(asset);
        require(amount > 0, AmountOutOfRange(amount));
        _request(CashKind.FORCED, account, asset, amount, 0);
    }

    /// @notice Makes 8 * (x, y) the account's trading key. One at a time. Only the owner.
    function rotate(uint256 account, uint256 x, uint256 y) external payable nonReentrant whenLive onlyOwner(account) {
        BabyJubjub.requireKey(x, y);
        _requireRoom();
        _request(CashKind.ROTATE, account, 0, x, y);
    }

    /// @notice Makes all orders of the account dead. Only the owner; the house cannot be suspended.
    function suspend(uint256 account) external payable nonReentrant whenLive onlyOwner(account) {
        require(account != 0, HouseCannotBeSuspended());
        _request(CashKind.SUSPEND, account, 0, 0, 0);
    }

    /// @notice Ends a suspension, unless the account has open lots when it is served. Only the owner.
    function resume(uint256 account) external payable nonReentrant whenLive onlyOwner(account) {
        _request(CashKind.RESUME, account, 0, 0, 0);
    }

    /// @notice Asks that the account be flagged no longer; without effect unless it meets maintenance when it is served. Only the
    /// owner.
    function requestCure(uint256 account) external payable nonReentrant whenLive onlyOwner(account) {
        _request(CashKind.CURE, account, 0, 0, 0);
    }

    /// @notice Credits a deposit that still waits in a frozen venue's queue, as number `index`, to whoever paid it. Anybody may,
    /// once.
    function refundDeposit(uint256 index, Entry calldata entry) external nonReentrant whenFrozen {
        bool there = entry.kind == CashKind.DEPOSIT && places[index].digest == _digest(entry);
        require(there, NotADeposit(index));
        delete places[index];
        _refund(entry.asset, entry.payer, entry.a);
        emit Refunded(index, entry.payer, entry.asset, entry.a);
    }

    /// @notice What an entry costs now, in wei. More may be sent, and comes back.
    function queueFee() public view returns (uint256) {
        return feeOf(queueEnd - queueFront, baseFee, feeStep);
    }

    /// @notice When the first entry that waits must have been served; 0 if none waits.
    function firstDeadline() public view returns (uint40) {
        return places[queueFront].deadline;
    }

    /// @notice What is kept of an entry: the hash of its content, its deadline and when it was queued; zeros once it is consumed.
    function placeAt(uint256 index) external view returns (Place memory) {
        return places[index];
    }

    /// When the first entry that waits was queued; 0 if none waits. None behind it was queued before.
    function _firstAskedAt() internal view returns (uint40) {
        return places[queueFront].askedAt;
    }

    /// Takes off what a slot of a batch did: the first entry of the queue, which must be this one, or a cure that may be tried again.
    /// `deferred`: it is a deposit to a flagged account or a cure of one, and shelter kept it from ending the flag.
    function _take(Entry memory entry, bool deferred) internal {
        uint64 index = queueFront;
        bool isFirst = places[index].digest == _digest(entry);
        bool isRetry = entry.kind == CashKind.CURE && _isRetried(entry.account);
        require(isFirst || isRetry, NotTheFirstEntry(index));
        bool rescues = _rescues(entry.kind);
        if (deferred) _keepRescue(entry.account);
        else if (rescues) _dropRescue(entry.account);
        // What is decided of an account whose cure may be tried again is that, and not an entry in front: which of the two a slot means must not
        // depend on what came to the queue while the batch was proved.
        if (isRetry && !(deferred && isFirst)) return;
        delete places[index];
        queueFront = index + 1;
        uint32 bit = _bitOf(entry.kind, entry.asset);
        if (bit != 0) _unmark(entry.account, bit);
        if (rescues) _endRescue(entry.account);
    }

    function _enterRegistration(Registration memory given) private returns (uint256 account) {
        BabyJubjub.requireKey(given.x, given.y);
        Field.requireCanonical(given.ownerCommitment);
        Field.requireCanonical(given.viewCommitment);
        account = _addAccount(given.owner, given.viewCommitment);
        _enter(Entry(CashKind.REGISTER, account, 0, given.x, given.y, given.ownerCommitment, address(0)));
    }

    /// What an owner asks for, of which one waits at a time.
    function _request(uint256 kind, uint256 account, uint256 asset, uint256 a, uint256 b) private {
        require(_mark(account, _bitOf(kind, asset)), AlreadyPending(account, kind, asset));
        uint256 fee = queueFee();
        _enter(Entry(kind, account, asset, a, b, 0, address(0)));
        _takeFee(fee);
    }

    /// Notes that a cure of the account may be tried again, at any place of any batch. It counts as what it was asked by.
    function _keepRescue(uint256 account) private {
        if (_mark(account, PENDING_RETRY)) _askRescue(account);
    }

    /// Notes that whatever was asked for of the account is decided.
    function _dropRescue(uint256 account) private {
        if (!_isRetried(account)) return;
        _unmark(account, PENDING_RETRY);
        _endRescue(account);
    }

    function _enter(Entry memory entry) private {
        uint64 index = queueEnd;
        // What has been served holds nobody up.
        uint40 before = index == queueFront ? 0 : lastDeadline;
        uint40 deadline = uint40(deadlineOf(block.timestamp, before, forcePeriod, spacing, maxDeadline));
        places[index] = Place(_digest(entry), deadline, uint40(block.timestamp));
        (queueEnd, lastDeadline) = (index + 1, deadline);
        if (_rescues(entry.kind)) _askRescue(entry.account);
        emit Queued(index, entry.account, entry, deadline);
    }

    /// What is above the fee goes back, last of all.
    function _takeFee(uint256 fee) private {
        require(msg.value >= fee, FeeTooLow(msg.value, fee));
        if (msg.value > fee) Address.sendValue(payable(msg.sender), msg.value - fee);
    }

    function _requireRoom() private view {
        uint256 waiting = queueEnd - queueFront;
        require(waiting < maxPending, QueueFull(waiting, maxPending));
    }

    /// Whether it may end a flag.
    function _rescues(uint256 kind) private pure returns (bool) {
        return kind == CashKind.DEPOSIT || kind == CashKind.CURE;
    }

    /// What says of an account that such a request waits; 0 of what is no request.
    function _bitOf(uint256 kind, uint256 asset) private pure returns (uint32) {
        if (kind == CashKind.FORCED) return uint32(1 << asset);
        if (kind == CashKind.ROTATE) return PENDING_ROTATION;
        if (kind == CashKind.SUSPEND || kind == CashKind.RESUME) return PENDING_SUSPENSION;
        return kind == CashKind.CURE ? PENDING_CURE : 0;
    }

    function _digest(Entry memory entry) private pure returns (bytes32) {
        return keccak256(abi.encode(entry));
    }
}
