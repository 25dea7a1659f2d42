// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ISettlement} from "./ISettlement.sol";
import {Parameters} from "../Parameters.sol";

/// @title Whose an account is.
/// @notice The owner is the address that is paid, and the only one that may ask the queue for something of the account. A change
/// takes two steps, the owner's and the new one's, and an hour: time to notice a stolen key.
abstract contract Owners is ISettlement {
    struct Account {
        address owner;
        /// What waits in the queue: a bit for each asset of which a withdrawal does, and those of PENDING_*.
        uint32 pending;
        /// How many deposits and cures of the account wait, and since when some have without a break.
        uint24 rescues;
        uint40 rescueSince;
        /// Who becomes the owner at nextFrom; nobody if nextFrom is 0.
        address next;
        uint40 nextFrom;
        /// To whom the owner offers the account.
        address offered;
        /// What the view key must hash to.
        uint256 viewCommitment;
    }

    /// @notice Seconds from the acceptance of an account until it is its new owner's.
    uint256 public constant OWNER_DELAY = 1 hours;

    uint32 internal constant PENDING_ROTATION = 1 << 16;
    uint32 internal constant PENDING_SUSPENSION = 1 << 17;
    uint32 internal constant PENDING_CURE = 1 << 18;
    uint32 internal constant PENDING_RETRY = 1 << 19;

    /// @notice How many accounts there can be: 4^levels.
    uint256 public immutable capacity;
    /// @inheritdoc ISettlement
    uint256 public accountCount;
    mapping(uint256 account => Account) private accounts;

    /// @notice The owner offered the account to `to`; to nobody, if that is zero.
    event OwnerOffered(uint256 indexed account, address indexed owner, address indexed to);
    /// @notice The account is `owner`'s from `from` on.
    event OwnerAccepted(uint256 indexed account, address indexed owner, uint40 from);

    /// There is no account of that index; there are `count`.
    error AccountUnknown(uint256 account, uint256 count);
    /// Every leaf of the tree of accounts is taken.
    error AccountsFull(uint256 capacity);
    /// Only the owner may do this.
    error NotOwner(uint256 account, address caller, address owner);
    /// The account was offered to somebody else, or to nobody.
    error NotOffered(uint256 account, address caller, address offered);
    /// Trees have from 1 to `most` levels.
    error LevelsOutOfRange(uint256 levels, uint256 most);

    modifier onlyOwner(uint256 account) {
        _requireOwner(account);
        _;
    }

    constructor(uint256 levels) {
        uint256 most = Parameters.ACCOUNT_BITS / 2;
        require(levels > 0 && levels <= most, LevelsOutOfRange(levels, most));
        capacity = 4 ** levels;
    }

    /// @notice Offers the account to `to`, and takes back an offer and a change that has not taken effect. Only the owner.
    function offerOwner(uint256 account, address to) external onlyOwner(account) {
        Account storage entry = accounts[account];
        entry.owner = msg.sender;
        (entry.next, entry.nextFrom) = (address(0), 0);
        entry.offered = to;
        emit OwnerOffered(account, msg.sender, to);
    }

    /// @notice Takes an account that its owner offered to the caller, OWNER_DELAY from now.
    function acceptOwner(uint256 account) external {
        Account storage entry = accounts[account];
        require(msg.sender == entry.offered, NotOffered(account, msg.sender, entry.offered));
        uint40 from = uint40(block.timestamp + OWNER_DELAY);
        entry.offered = address(0);
        (entry.next, entry.nextFrom) = (msg.sender, from);
        emit OwnerAccepted(account, msg.sender, from);
    }

    /// @notice Who owns the account now.
    function ownerOf(uint256 account) public view returns (address) {
        _requireAccount(account);
        Account storage entry = accounts[account];
        bool changed = entry.nextFrom != 0 && entry.nextFrom <= block.timestamp;
        return changed ? entry.next : entry.owner;
    }

    /// @notice Who becomes the account's owner, and from when on; zeros if nobody. One that has taken effect may be named still.
    function ownerChangeOf(uint256 account) external view returns (address to, uint40 from) {
        _requireAccount(account);
        return (accounts[account].next, accounts[account].nextFrom);
    }

    /// @notice The commitment to the account's view key that its owner registered.
    function viewCommitmentOf(uint256 account) public view returns (uint256) {
        _requireAccount(account);
        return accounts[account].viewCommitment;
    }

    /// @notice What of the account waits in the queue: a bit for each asset with a withdrawal, bit 16 for a rotation, bit 17 for a
    /// suspension or its end, bit 18 for a cure; and bit 19 if a cure may be tried again, which shelter kept from being decided.
    function pendingOf(uint256 account) public view returns (uint32) {
        return accounts[account].pending;
    }

    /// Gives out the next index.
    function _addAccount(address owner, uint256 viewCommitment) internal returns (uint256 account) {
        account = accountCount;
        require(account < capacity, AccountsFull(capacity));
        accountCount = account + 1;
        accounts[account].owner = owner;
        accounts[account].viewCommitment = viewCommitment;
    }

    /// Notes that a request of the account waits in the queue; false if one waits already.
    function _mark(uint256 account, uint32 bit) internal returns (bool) {
        uint32 pending = accounts[account].pending;
        accounts[account].pending = pending | bit;
        return pending & bit == 0;
    }

    /// Notes that the request was served.
    function _unmark(uint256 account, uint32 bit) internal {
        accounts[account].pending &= ~bit;
    }

    /// Notes that a deposit or a cure of the account waits, which may save it from being taken over.
    function _askRescue(uint256 account) internal {
        Account storage entry = accounts[account];
        if (entry.rescues++ == 0) entry.rescueSince = uint40(block.timestamp);
    }

    /// Notes that one was served.
    function _endRescue(uint256 account) internal {
        accounts[account].rescues--;
    }

    /// Since when deposits or cures of the account wait; 0 if none does.
    function _rescueSince(uint256 account) internal view returns (uint40) {
        Account storage entry = accounts[account];
        return entry.rescues == 0 ? 0 : entry.rescueSince;
    }

    /// Whether a cure of the account, which shelter kept from being decided, may be tried again outside of the queue.
    function _isRetried(uint256 account) internal view returns (bool) {
        return accounts[account].pending & PENDING_RETRY != 0;
    }

    function _requireOwner(uint256 account) private view {
        address owner = ownerOf(account);
        require(msg.sender == owner, NotOwner(account, msg.sender, owner));
    }

    function _requireAccount(uint256 account) internal view {
        require(account < accountCount, AccountUnknown(account, accountCount));
    }
}
