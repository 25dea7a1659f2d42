// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Authority} from "./Authority.sol";
import {ISettlement, IExits} from "./ISettlement.sol";
import {IProofErrors} from "../IProofErrors.sol";
import {PublicData} from "../PublicData.sol";
import {IStateVerifier} from "../Statements.sol";
import {leftOf, shareOf} from "./QueueTerms.sol";
import {Domain, Proof, RiskRoot, StateRoot} from "../Types.sol";

/// @title What happens to the money of a dead venue.
/// @notice Three periods, each claimPeriod long but the last, which has no end:
///   1. Claims are recorded, each with a proof of what the account is owed at the table of the last accepted batch.
///   2. What was claimed in time is paid: of each asset all of it, or everybody the same share if the vault has less. Late claims
///      are recorded, and none after them.
///   3. Late claims are paid by the same rule, from what the claims in time leave. What is left then is shared among the claims in
///      time: all of it by quote claims if those were not paid in full, for then it is there because debtors' collateral stayed in
///      the pool; else of each asset by the claims to it.
/// Any claim is held for HOLD_PERIOD before it is paid, so that a false one can be stopped. All is rounded down, so that the last
/// one can be paid too. Anybody may call; only owners are credited.
contract Exits is IExits, IProofErrors {
    struct Exit {
        /// The round in which the account claimed last.
        uint32 round;
        bool inTime;
        bool paid;
        bool shared;
        uint40 recordedAt;
    }

    struct Pool {
        /// Lots claimed in time, and late.
        uint256 claims;
        uint256 late;
        /// Lots in the vault when the first period ended.
        uint256 vault;
    }

    /// @notice The shortest claimPeriod: claims take proofs, and proofs take time.
    uint256 public constant MIN_CLAIM_PERIOD = 7 days;

    /// @notice The longest claimPeriod: for as long everybody's money waits.
    uint256 public constant MAX_CLAIM_PERIOD = 90 days;

    /// @notice Seconds from the record of a claim until it may be paid: time to stop the verifier that took a false one.
    uint256 public constant HOLD_PERIOD = 7 days;

    /// @notice Claims are below this many lots: the circuit's width.
    uint256 public constant CLAIM_BOUND = 2 ** 127;

    /// @notice The number of an exit's list of words, as a kind of batch has one.
    uint256 public constant EXIT_KIND = 255;

    /// Words of an exit before the claims: domain, stateRoot, riskRoot, account.
    uint256 private constant HEAD_WORDS = 4;

    /// @notice Who says which exit verifier is in force.
    Authority public immutable authority;
    /// @notice How many assets there are.
    uint256 public immutable assetCount;
    /// @notice Seconds in which claims are recorded before any is paid.
    uint32 public immutable claimPeriod;

    /// @notice The venue whose exits these are.
    ISettlement public settlement;
    /// @notice Number of the round of claims; another begins only if a proof broke the exit verifier.
    uint32 public round = 1;
    /// @inheritdoc IExits
    bool public broken;
    /// When this round's first period began; 0: when the venue was frozen.
    uint40 private begunAt;
    /// The round whose pools have been measured.
    uint32 private measured;
    /// @notice How far the account is.
    mapping(uint256 account => Exit) public exits;
    /// @notice What the account claimed in its last round, less what it had been paid.
    mapping(uint256 account => mapping(uint256 asset => uint256)) public claimOf;
    /// @notice What the account has been paid, over all rounds.
    mapping(uint256 account => mapping(uint256 asset => uint256)) public receivedOf;
    /// @notice What was claimed and there, by round and asset.
    mapping(uint256 round => mapping(uint256 asset => Pool)) public pools;

    /// @notice The account's claim was recorded: lots of each asset, less what it has been paid in an earlier round.
    event ClaimRecorded(uint32 indexed round, uint256 indexed account, uint256[] claims, bool inTime);
    /// @notice The account's owner was credited what it gets of its claim, or of what was left.
    event PaidOut(uint32 indexed round, uint256 indexed account, uint256[] lots);
    /// @notice A proof broke the exit verifier: claims and payouts stop, what was recorded is void.
    event ExitsBroken(uint32 indexed round, address verifier);

    /// This is done from `from` until before `until`, or for ever if that is 0; both are 0 while the venue lives, and while its
    /// exit verifier is broken. A claim is paid HOLD_PERIOD after its record at the earliest.
    error NotThePeriod(uint256 time, uint256 from, uint256 until);
    /// The account did not claim in this round, or has been paid; or it did not claim in time, where only those count that did.
    error NothingToPay(uint256 account);
    /// The account has claimed in this round.
    error AlreadyClaimed(uint256 account);
    /// The exit verifier in force has been broken already.
    error AlreadyBroken();
    /// A claim has CLAIM_BOUND lots or more.
    error ClaimTooLarge(uint256 asset, uint256 claim);
    /// These are the exits of another venue.
    error BoundAlready(ISettlement settlement);
    /// Only `entitled` may do this.
    error NotEntitled(address caller, address entitled);
    /// There is no account of that index; there are `count`.
    error AccountUnknown(uint256 account, uint256 count);
    /// The words speak of another contract or chain.
    error DomainWrong(uint256 given, Domain own);
    /// The words speak of another state than the venue's last one.
    error StateRootWrong(uint256 given, StateRoot last);
    /// The words speak of another table than that of the last accepted batch.
    error RiskRootWrong(uint256 given, RiskRoot used);
    /// The statement that was proved can be true.
    error NotImpossible(uint256 stateRoot);
    /// The verifier in force does not take the proof for these words.
    error ExitRejected(address verifier, uint256 dataCommitment, uint256 dataChallenge, uint256 dataValue);
    /// A claimPeriod has from `least` to `most` seconds.
    error ClaimPeriodOutOfRange(uint256 claimPeriod, uint256 least, uint256 most);

    constructor(Authority authority_, uint256 assetCount_, uint32 claimPeriod_) {
        bool inRange = claimPeriod_ >= MIN_CLAIM_PERIOD && claimPeriod_ <= MAX_CLAIM_PERIOD;
        require(inRange, ClaimPeriodOutOfRange(claimPeriod_, MIN_CLAIM_PERIOD, MAX_CLAIM_PERIOD));
        authority = authority_;
        assetCount = assetCount_;
        claimPeriod = claimPeriod_;
    }

    /// @notice Makes the caller the venue whose exits these are, once: a Settlement does it while it is deployed.
    function bind() external {
        require(address(settlement) == address(0), BoundAlready(settlement));
        settlement = ISettlement(msg.sender);
    }

    /// @notice Records what an account is owed, once. Anybody may, with a proof.
    /// @param words domain, stateRoot, riskRoot, account, and the lots of each asset.
    /// @param commitment What the prover says is Poseidon(DATA; words).
    function recordClaim(uint256[] calldata words, uint256 commitment, Proof calldata proof) external {
        bool inTime = _requirePeriod(1, 2) == 1;
        _requireExit(words, commitment, proof);
        _requireHead(words);
        uint256 account = words[3];
        require(exits[account].round != round, AlreadyClaimed(account));
        exits[account] = Exit(round, inTime, false, false, uint40(block.timestamp));
        uint256[] memory due = new uint256[](assetCount);
        for (uint256 asset = 0; asset < assetCount; asset++) {
            uint256 claim = words[HEAD_WORDS + asset];
            require(claim < CLAIM_BOUND, ClaimTooLarge(asset, claim));
            uint256 received = receivedOf[account][asset];
            due[asset] = claim > received ? claim - received : 0;
            claimOf[account][asset] = due[asset];
            if (inTime) pools[round][asset].claims += due[asset];
            else pools[round][asset].late += due[asset];
        }
        emit ClaimRecorded(round, account, due, inTime);
    }

    /// @notice Pays what was claimed for the account, as far as there is enough for all who claimed in time, or late like it.
    /// Anybody may, once.
    function payout(uint256 account) external {
        _requirePeriod(2, 3);
        Exit storage exit = exits[account];
        require(exit.round == round && !exit.paid, NothingToPay(account));
        if (!exit.inTime) _requirePeriod(3, 3);
        uint256 from = exit.recordedAt + HOLD_PERIOD;
        require(block.timestamp >= from, NotThePeriod(block.timestamp, from, 0));
        exit.paid = true;
        uint256[] memory amounts = new uint256[](assetCount);
        for (uint256 asset = 0; asset < assetCount; asset++) {
            Pool memory pool = pools[round][asset];
            (uint256 claims, uint256 there) = exit.inTime
                ? (pool.claims, pool.vault)
                : (pool.late, leftOf(pool.vault, pool.claims));
            amounts[asset] = shareOf(claimOf[account][asset], claims, there);
        }
        _pay(account, amounts);
    }

    /// @notice Pays the account's share of what is left, if it claimed in time. Anybody may, once.
    function shareLeftovers(uint256 account) external {
        _requirePeriod(3, 3);
        Exit storage exit = exits[account];
        require(exit.round == round && exit.inTime && !exit.shared, NothingToPay(account));
        exit.shared = true;
        Pool memory quote = pools[round][0];
        uint256[] memory amounts = new uint256[](assetCount);
        for (uint256 asset = 0; asset < assetCount; asset++) {
            Pool memory pool = pools[round][asset];
            uint256 by = quote.claims > quote.vault || pool.claims == 0 ? 0 : asset;
            uint256 claims = pools[round][by].claims;
            uint256 left = leftOf(leftOf(pool.vault, pool.claims), pool.late);
            if (claims > 0) amounts[asset] = (claimOf[account][by] * left) / claims;
        }
        _pay(account, amounts);
    }

    /// @notice Stops claims and payouts, and freezes the venue if it lives. Anybody may who proves to the exit verifier in force
    /// that an account has a claim in the state with root 0, which no state has. The governor may then propose another exit
    /// verifier, and nothing else; claims begin anew when it is in force.
    function stop(uint256[] calldata words, uint256 commitment, Proof calldata proof) external {
        require(!broken, AlreadyBroken());
        _requireExit(words, commitment, proof);
        require(words[1] == 0, NotImpossible(words[1]));
        broken = true;
        authority.voidExitVerifier();
        settlement.freezeForBrokenExits();
        emit ExitsBroken(round, authority.exitVerifier());
    }

    /// @inheritdoc IExits
    function beginAnew() external {
        require(msg.sender == address(authority), NotEntitled(msg.sender, address(authority)));
        broken = false;
        round++;
        begunAt = uint40(block.timestamp);
    }

    /// @notice When this round's first period began; 0 while the venue lives, and while its exit verifier is broken.
    function claimsFrom() public view returns (uint40) {
        if (broken) return 0;
        return begunAt == 0 ? settlement.frozenAt() : begunAt;
    }

    /// Reverts unless the exit verifier in force takes the proof for these words, and they are as many as there must be.
    function _requireExit(uint256[] calldata words, uint256 commitment, Proof calldata proof) private view {
        uint256 count = HEAD_WORDS + assetCount;
        uint256[3] memory signals = PublicData.signals(settlement.domain(), EXIT_KIND, commitment, count, words);
        address verifier = authority.exitVerifier();
        bool holds = IStateVerifier(verifier).verifyProof(proof.a, proof.b, proof.c, signals);
        require(holds, ExitRejected(verifier, signals[0], signals[1], signals[2]));
    }

    /// Reverts unless the words speak of an account of this venue in its last state, at the table of its last batch.
    function _requireHead(uint256[] calldata words) private view {
        Domain domain = settlement.domain();
        require(words[0] == Domain.unwrap(domain), DomainWrong(words[0], domain));
        StateRoot last = settlement.stateRoot();
        require(words[1] == StateRoot.unwrap(last), StateRootWrong(words[1], last));
        RiskRoot used = settlement.riskRootUsed();
        require(words[2] == RiskRoot.unwrap(used), RiskRootWrong(words[2], used));
        uint256 count = settlement.accountCount();
        require(words[3] < count, AccountUnknown(words[3], count));
    }

    function _pay(uint256 account, uint256[] memory amounts) private {
        for (uint256 asset = 0; asset < assetCount; asset++) receivedOf[account][asset] += amounts[asset];
        settlement.payExit(account, amounts);
        emit PaidOut(round, account, amounts);
    }

    /// Reverts unless the period is one of these; measures the pools when the first has ended.
    function _requirePeriod(uint256 first, uint256 last) private returns (uint256 period) {
        uint256 from = claimsFrom();
        if (from != 0) {
            uint256 past = (block.timestamp - from) / claimPeriod;
            period = past < 2 ? past + 1 : 3;
        }
        if (period < first || period > last) {
            uint256 begins = from == 0 ? 0 : from + (first - 1) * claimPeriod;
            uint256 ends = from == 0 || last == 3 ? 0 : from + last * claimPeriod;
            revert NotThePeriod(block.timestamp, begins, ends);
        }
        if (period > 1 && measured != round) _measure();
    }

    function _measure() private {
        measured = round;
        for (uint256 asset = 0; asset < assetCount; asset++) pools[round][asset].vault = settlement.vaultOf(asset);
    }
}
