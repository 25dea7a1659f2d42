// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Circuits} from "./Circuits.sol";
import {Cover} from "./Cover.sol";
import {CashKind, Parameters} from "../Parameters.sol";
import {ISettlement} from "./ISettlement.sol";
import {askedOf, paidOf, resumedAtOf} from "./LiquidationWords.sol";
import {CASH_BATCH, DELEVERAGE, Domain, Proof, StateRoot, TAKEOVER, TRADE_BATCH} from "../Types.sol";

/// @title Who runs a venue, and which batches may be settled: what the guardian has paused, and what an announced end lets be.
abstract contract Operation is Circuits, Cover {
    struct Roles {
        address governor;
        address operator;
        /// Zero: none.
        address guardian;
    }

    /// @notice The longest maxPause. Between pauses lies twice their time, so in any seven days trades go on for four: no guardian can
    /// keep positions open until a change takes effect.
    uint256 public constant MAX_PAUSE = 3 days;

    /// @notice What the operator signs (EIP-712, domain "zkclear", version "1", of the venue on its chain).
    bytes32 public constant BATCH_TYPEHASH = keccak256(
        "Batch(uint256 kind,uint64 batch,uint256 oldStateRoot,uint64 firstEntry,bytes32 words,bytes32 anchor)"
    );
    bytes32 private constant DOMAIN_TYPEHASH = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );

    /// The place of closingOnly among the words of a batch of trades.
    uint256 private constant CLOSING_ONLY = 6;
    /// The place of the first slot's head among the words of a cash batch, and behind which bits its kind stands: FLAG stands in no other.
    uint256 private constant FIRST_SLOT = 6;
    uint256 private constant FLAG_SHIFT = 2 * Parameters.ACCOUNT_BITS + Parameters.ASSET_BITS;

    /// @notice Seconds by which a batch that flags an account may be behind the block: of its time to act no more is over when it is told.
    uint256 public constant FLAG_CLOCK = 5 minutes;

    /// The least time between two pauses.
    uint256 private constant MIN_REST = 1 days;

    /// @notice The longest that the guardian may pause trade batches, in seconds.
    uint32 public immutable maxPause;
    /// @notice Seconds from the announcement of an orderly end until anybody may freeze.
    uint32 public immutable windDownPeriod;
    /// @notice Seconds from the announcement of an orderly end until positions may only be closed.
    uint32 public immutable closingNotice;

    /// @notice The venue whose authority this is.
    ISettlement public settlement;
    /// @notice Who proposes changes.
    address public governor;
    /// @notice Who settles batches, or signs that they be settled.
    address public operator;
    /// @notice When trade batches, takeovers and deleveragings may go on: when the last pause ended, or ends; 0 if there was none.
    uint40 public pausedUntil;
    /// @notice When an orderly end was announced; 0 if it was not. Every batch reads these three: they share a slot.
    uint40 public windDownFrom;
    /// @notice Who may pause trade batches and drop proposals; zero if nobody may.
    address public guardian;
    /// @notice When the guardian may pause again.
    uint40 public pausableFrom;

    /// @notice Trade batches are paused until then, or no longer.
    event Paused(uint40 until);
    /// @notice An orderly end was announced: from `closingFrom` on positions may only be closed, and from `freezableFrom` on
    /// anybody may freeze.
    event WindDownAnnounced(uint40 closingFrom, uint40 freezableFrom);

    /// This is the authority of another venue.
    error BoundAlready(ISettlement settlement);
    /// Only `entitled` may do this.
    error NotEntitled(address caller, address entitled);
    /// Trade batches may be paused again from `pausableFrom` on.
    error PausedTooRecently(uint40 pausableFrom);
    /// An orderly end was announced already.
    error WindDownUnderWay(uint40 since);
    /// The venue is frozen since `frozenAt`: nothing changes any more, but a broken exit verifier.
    error AuthorityEnded(uint40 frozenAt);

    modifier onlyRole(address entitled) {
        require(msg.sender == entitled, NotEntitled(msg.sender, entitled));
        _;
    }

    constructor(uint32 maxPause_, uint32 windDownPeriod_, uint32 closingNotice_) {
        maxPause = maxPause_;
        windDownPeriod = windDownPeriod_;
        closingNotice = closingNotice_;
    }

    /// @notice Makes the caller the venue whose authority this is, once: a Settlement does it while it is deployed.
    function bind() external {
        require(address(settlement) == address(0), BoundAlready(settlement));
        settlement = ISettlement(msg.sender);
    }

    /// @notice Stops trade batches, takeovers, deleveragings and flags for maxPause, and nothing else. Only the guardian, not before twice
    /// that time, and a day, after that has passed.
    function pause() external onlyRole(guardian) {
        _requireLive();
        require(block.timestamp >= pausableFrom, PausedTooRecently(pausableFrom));
        pausedUntil = uint40(block.timestamp + maxPause);
        pausableFrom = uint40(block.timestamp + maxPause + Math.max(2 * uint256(maxPause), MIN_REST));
        emit Paused(pausedUntil);
    }

    /// @notice Ends a pause. Only the guardian.
    function unpause() external onlyRole(guardian) {
        if (pausedUntil > block.timestamp) pausedUntil = uint40(block.timestamp);
        emit Paused(pausedUntil);
    }

    /// @notice Announces an orderly end: closingNotice from now positions may only be closed, and windDownPeriod from now anybody
    /// may freeze. Only the governor; it cannot be taken back.
    function announceWindDown() external onlyRole(governor) {
        _requireLive();
        require(windDownFrom == 0, WindDownUnderWay(windDownFrom));
        windDownFrom = uint40(block.timestamp);
        emit WindDownAnnounced(uint40(block.timestamp + closingNotice), uint40(block.timestamp + windDownPeriod));
    }

    /// @notice Reverts unless a batch of that kind may be settled now, its words say so where they speak of it, and its proof holds; counts
    /// what the house pays, which is for the venue alone to do.
    function requireBatch(
        uint256 kind,
        Domain domain,
        Proof calldata proof,
        uint256 commitment,
        uint256[] calldata words
    ) external {
        _requireKnown(kind);
        requireProof(kind, domain, proof, commitment, words);
        _requireAllowed(kind, words);
    }

    /// @notice Whether the operator signed, as an account or as a contract does, that the venue settle this as batch number `batch`, from
    /// that root and with that entry of its queue as the first.
    function operatorSigned(
        uint256 kind,
        uint64 batch,
        StateRoot oldStateRoot,
        uint64 firstEntry,
        uint256[] calldata words,
        bytes32 anchor,
        bytes calldata signature
    ) external view returns (bool) {
        bytes32 list = keccak256(abi.encodePacked(words));
        bytes32 message = keccak256(abi.encode(BATCH_TYPEHASH, kind, batch, oldStateRoot, firstEntry, list, anchor));
        // Computed at every call, so that after a fork of the chain neither side takes the other's signatures.
        bytes32 domain = keccak256(
            abi.encode(DOMAIN_TYPEHASH, keccak256("zkclear"), keccak256("1"), block.chainid, settlement)
        );
        bytes32 digest = MessageHashUtils.toTypedDataHash(domain, message);
        return SignatureChecker.isValidSignatureNowCalldata(operator, digest, signature);
    }

    /// @notice From when on batches of trades may only close positions, because an orderly end was announced; 0 if none was.
    function closingFrom() public view returns (uint256) {
        return windDownFrom == 0 ? 0 : uint256(windDownFrom) + closingNotice;
    }

    /// @notice When anybody may freeze because an orderly end was announced; 0 if none was.
    function woundDownFrom() external view returns (uint256) {
        return windDownFrom == 0 ? 0 : uint256(windDownFrom) + windDownPeriod;
    }

    function _requireLive() internal view {
        uint40 frozenAt = settlement.frozenAt();
        require(frozenAt == 0, AuthorityEnded(frozenAt));
    }

    /// Of a kind behind those that are known here nobody would check what its proofs leave to the contract.
    function _requireKnown(uint256 kind) internal view {
        require(kind < kinds && kind <= DELEVERAGE, KindUnknown(kind, kinds));
    }

    /// Checks what Authority has to say of a batch of a known kind, whose words are as many as they should be, and counts what the house
    /// pays.
    function _requireAllowed(uint256 kind, uint256[] calldata words) internal {
        uint40 paused = pausedUntil;
        require(kind == CASH_BATCH || block.timestamp >= paused, TradingPaused(paused));
        if (kind == TRADE_BATCH) return _requireClosing(words);
        if (kind == CASH_BATCH) {
            if (words[FIRST_SLOT] >> FLAG_SHIFT == CashKind.FLAG) _requirePrompt(words[1], paused);
            return;
        }
        _requireResumed(words, paused);
        if (kind == DELEVERAGE) _requireUnpaid(words);
        else if (paidOf(words) > 0) _count(paidOf(words));
    }

    /// Checks whether the batch of trades was held to closing positions, as it must be from some time on.
    function _requireClosing(uint256[] calldata words) private view {
        (uint256 time, uint256 given, uint256 from) = (words[1], words[CLOSING_ONLY], closingFrom());
        bool closing = from != 0 && time >= from;
        require(given == (closing ? 1 : 0), ClosingOnlyWrong(given, time, from));
    }

    /// Checks the times of a takeover or a deleveraging: the account's own time begins anew when a pause ends, and none of it is skipped
    /// by a clock that is ahead.
    function _requireResumed(uint256[] calldata words, uint40 ended) private view {
        uint256 given = resumedAtOf(words);
        require(given == ended, ResumedAtWrong(given, ended));
        require(words[1] <= block.timestamp, AuctionAhead(words[1], block.timestamp));
    }

    /// Else whoever copies a proof could use up what the house may pay.
    function _count(uint256 paid) private onlyRole(address(settlement)) {
        _cover(paid);
    }

    /// Checks that the house cannot pay a bidder what a deleveraging spares it: it has not got that, as the proof shows, or may not pay it
    /// now. So as far as the limit goes, of every amount either a takeover is lawful or a deleveraging.
    function _requireUnpaid(uint256[] calldata words) private view {
        (bool houseFails, uint256 asked) = askedOf(words);
        uint256 left = coverNow();
        require(houseFails || asked > left, HouseMayPay(asked, left));
    }

    /// Checks that a batch which flags an account is of now, and nothing is paused.
    function _requirePrompt(uint256 timestamp, uint40 paused) private view {
        require(block.timestamp >= paused, FlaggingPaused(paused));
        uint256 earliest = block.timestamp - FLAG_CLOCK;
        require(timestamp >= earliest, FlagTooOld(timestamp, earliest));
    }
}
