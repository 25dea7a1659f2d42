// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Authority} from "./Authority.sol";
import {CashBatches} from "./CashBatches.sol";
import {Exits} from "./Exits.sol";
import {Field} from "../Field.sol";
import {IBatchErrors} from "./IBatchErrors.sol";
import {ISettlement} from "./ISettlement.sol";
import {Owners} from "./Owners.sol";
import {Parameters} from "../Parameters.sol";
import {Queue} from "./Queue.sol";
import {RiskTables} from "./RiskTables.sol";
import {Roots} from "./Roots.sol";
import {Takeovers} from "./Takeovers.sol";
import {Vault} from "./Vault.sol";
import {CASH_BATCH, Domain, Proof, RISK_UPDATE, RiskRoot, StateRoot, TRADE_BATCH} from "../Types.sol";

/// @title Settlement of a venue that holds its users' money, and moves it only behind proofs.
/// @notice What each part may do stands where it is: Vault, Owners and Queue (users), CashBatches and Takeovers (batches), RiskTables, Roots. Two
/// contracts stand beside it and were deployed before: Authority, who may change what, and Exits, for what is owed when the
/// venue is dead. (One contract of all three would be larger than chains take.)
contract Settlement is CashBatches, Takeovers, RiskTables, Roots, IBatchErrors {
    /// @notice All that a venue is deployed with.
    struct Deployment {
        /// The root of the state without accounts: whoever deploys computes it.
        StateRoot genesisRoot;
        /// 4^levels accounts.
        uint256 accountLevels;
        Registration house;
        AssetTerms[] assets;
        uint32 outflowMax;
        QueuePeriods queue;
        Authority authority;
        Exits exits;
    }

    /// @notice A proved batch, as it is settled.
    struct Batch {
        Proof proof;
        /// What the prover says is Poseidon(DATA; words).
        uint256 commitment;
        uint256[] words;
        /// Of a cash batch: who paid the deposits that it consumes, in order.
        address[] payers;
        /// Whatever the operator wants to stand beside the batch, such as the head of the venue's log.
        bytes32 anchor;
        /// Empty if the operator is the caller.
        bytes signature;
    }

    /// @notice Proved batches that follow each other, of any kinds, as they are settled together.
    struct Row {
        /// The kind of each, one byte each.
        bytes kinds;
        Proof[] proofs;
        /// As of a batch alone.
        uint256[] commitments;
        /// Those of all batches, one behind the other; each has as many as its circuit.
        uint256[] words;
        /// Who paid the deposits that they consume, in order.
        address[] payers;
        /// What stands beside each of them.
        bytes32 anchor;
        /// One for each; none if the operator is the caller.
        bytes[] signatures;
    }

    /// What the batches of a row before the next one took of its lists, and whether the operator signed them.
    struct Taken {
        uint256 words;
        uint256 payers;
        bool signed;
    }

    /// What the words of every batch begin with: domain, timestamp, riskRoot, oldStateRoot, newStateRoot, and the root of the
    /// markets. Those of a risk update begin with domain, asOf, parametersRoot, oldRiskRoot, newRiskRoot, listings.
    uint256 private constant HEAD_WORDS = 6;
    /// As many of them stand in an event of their own.
    uint256 private constant NAMED_WORDS = 5;
    /// The place of the sweep among the words of a cash batch, from the end.
    uint256 private constant SWEEP_WORD = 2;

    /// @notice Who may change what.
    Authority public immutable authority;
    /// @notice In which claims on a frozen venue are made.
    Exits public immutable exits;

    /// @notice A proved batch moved the state.
    /// @param batch Number of the batch, of whatever kind; the genesis root is number 0, the first batch 1.
    /// @param timestamp The venue's time of the batch, in unix seconds.
    /// @param data What the batch makes public besides, as words of its kind: all that anybody needs to follow the tree of
    /// accounts.
    event Settled(
        uint64 indexed batch,
        StateRoot indexed oldStateRoot,
        StateRoot indexed newStateRoot,
        uint256 kind,
        RiskRoot riskRoot,
        uint40 timestamp,
        bytes32 anchor,
        uint256[] data
    );

    /// The two were made for other assets, another queue or each for another venue, or there is no cash-batch among the circuits.
    error PartsDoNotFit(Authority authority, Exits exits);
    /// The operator neither called nor signed this batch, number `batch`.
    error NotByOperator(address caller, address operator, uint64 batch);
    /// The table was proved under risk parameters that are not in force; if `inForce` is 0, none are.
    error ParametersNotInForce(uint256 given, uint256 inForce);
    /// The batch was made for another contract, or for another chain.
    error DomainWrong(Domain given, Domain own);
    /// The batch starts from another root than the current one.
    error StateRootNotCurrent(StateRoot given, StateRoot current);
    /// The house has no owner.
    error HouseMissing();
    /// A batch's time is not before that of the batch before it, and differs from the block's by at most `maxClockSkew`.
    error TimestampOutOfRange(uint256 timestamp, uint40 last, uint256 blockTime, uint256 maxClockSkew);
    /// Nobody may freeze yet: the first entry, if `overdueFrom` is not 0, is overdue then, and an announced end, if
    /// `woundDownFrom` is not 0, has come then.
    error NothingOverdue(uint256 time, uint256 overdueFrom, uint256 woundDownFrom);
    /// Only `entitled` may do this.
    error NotEntitled(address caller, address entitled);
    /// The statement that was proved can be true.
    error NotImpossible(uint256 root);

    modifier onlyExits() {
        require(msg.sender == address(exits), NotEntitled(msg.sender, address(exits)));
        _;
    }

    constructor(
        Deployment memory given
    )
        Roots(given.genesisRoot)
        Owners(given.accountLevels)
        Vault(given.assets, given.outflowMax)
        Queue(given.queue, given.house)
    {
        Field.requireCanonical(StateRoot.unwrap(given.genesisRoot));
        require(StateRoot.unwrap(given.genesisRoot) != 0, ZeroRoot());
        require(given.house.owner != address(0), HouseMissing());
        authority = given.authority;
        exits = given.exits;
        uint256 longest = given.queue.maxDeadline;
        bool fit =
            authority.kinds() > CASH_BATCH &&
                authority.assetCount() == assetCount &&
                exits.assetCount() == assetCount &&
                address(exits.authority()) == address(authority) &&
                authority.longestDeadline() >= longest;
        require(fit, PartsDoNotFit(given.authority, given.exits));
        authority.bind();
        exits.bind();
    }

    /// @notice Moves the state by a proved batch. The operator calls, or signed it.
    /// @param kind Which circuit proved it.
    function settle(uint256 kind, Batch calldata batch) external nonReentrant whenLive {
        (Standing memory standing, Domain own) = (_standing(), domain());
        if (msg.sender != authority.operator())
            _requireSigned(kind, standing, batch.words, batch.anchor, batch.signature);
        _requireHead(standing, own, batch.words);
        authority.requireBatch(kind, own, batch.proof, batch.commitment, batch.words);
        uint256 deposits = _apply(standing, kind, batch.words, batch.payers, batch.anchor);
        _requirePayers(batch.payers, deposits);
        _keep(standing);
    }

    /// @notice Moves the state by batches that follow each other: all of them, or none. Their proofs are checked by one pairing. The operator
    /// calls, or signed each.
    function settleMany(Row calldata row) external nonReentrant whenLive {
        (Standing memory standing, Domain own) = (_standing(), domain());
        address operator = authority.operator();
        bool signed = msg.sender != operator;
        bool allowed = !signed || row.signatures.length == row.kinds.length;
        require(allowed, NotByOperator(msg.sender, operator, standing.batch + 1));
        // Of another venue's batches no proof would hold here, which would say less. And there are some: a row of none has no words.
        _requireDomain(row.words, own);
        uint256[] memory counts = authority.requireBatches(row.kinds, own, row.proofs, row.commitments, row.words);
        Taken memory taken = Taken(0, 0, signed);
        for (uint256 i = 0; i < counts.length; i++) _settleNext(standing, row, i, counts[i], taken);
        _requirePayers(row.payers, taken.payers);
        _keep(standing);
    }

    /// @notice Takes the next risk table. Anybody may who proves that it follows, by the risk parameters in force, from the newest
    /// table and from what oracles signed.
    /// @param commitment What the prover says is Poseidon(DATA; words).
    function updateRisk(
        Proof calldata proof,
        uint256 commitment,
        uint256[] calldata words
    ) external nonReentrant whenLive {
        _requireDomain(words, domain());
        uint256 inForce = authority.parametersRoot();
        require(words[2] == inForce, ParametersNotInForce(words[2], inForce));
        _addTable(words);
        _requireProof(RISK_UPDATE, proof, commitment, words);
    }

    /// @notice Freezes the venue, for ever. Anybody may, once the deadline of the queue's first entry has come, or an announced
    /// end.
    function freeze() external nonReentrant {
        uint256 overdueFrom = firstDeadline();
        uint256 woundDownFrom = authority.woundDownFrom();
        bool overdue = overdueFrom != 0 && block.timestamp >= overdueFrom;
        bool woundDown = woundDownFrom != 0 && block.timestamp >= woundDownFrom;
        require(overdue || woundDown, NothingOverdue(block.timestamp, overdueFrom, woundDownFrom));
        _freeze(overdue ? Cause.Overdue : Cause.WoundDown);
    }

    /// @notice Freezes the venue at once. Anybody may who proves to a verifier in force that a batch or a risk update led to the root
    /// 0, which no state and no table has: whoever could do that could prove anything.
    function stopForBrokenVerifier(
        uint256 kind,
        Proof calldata proof,
        uint256 commitment,
        uint256[] calldata words
    ) external nonReentrant {
        require(words.length >= HEAD_WORDS, WordCountWrong(words.length, HEAD_WORDS));
        require(words[4] == 0, NotImpossible(words[4]));
        _requireProof(kind, proof, commitment, words);
        _freeze(Cause.VerifierBroken);
    }

    /// @inheritdoc ISettlement
    function freezeForBrokenExits() external nonReentrant onlyExits {
        if (frozenAt == 0) _freeze(Cause.ExitVerifierBroken);
    }

    /// @inheritdoc ISettlement
    function payExit(uint256 account, uint256[] calldata amounts) external nonReentrant whenFrozen onlyExits {
        address owner = ownerOf(account);
        for (uint256 asset = 0; asset < amounts.length; asset++) _credit(asset, owner, amounts[asset]);
    }

    function _outflowLimit(uint256 asset) internal view override returns (uint256 floor, uint256 shareBps) {
        return authority.outflowLimits(asset);
    }

    /// Reverts unless the operator signed that this be settled, here and now.
    function _requireSigned(
        uint256 kind,
        Standing memory standing,
        uint256[] calldata words,
        bytes32 anchor,
        bytes calldata signature
    ) private view {
        uint64 number = standing.batch + 1;
        bool signed = authority.operatorSigned(kind, number, standing.root, queueFront, words, anchor, signature);
        if (!signed) revert NotByOperator(msg.sender, authority.operator(), number);
    }

    /// Settles the next batch of a row, whose proof was checked.
    function _settleNext(
        Standing memory standing,
        Row calldata row,
        uint256 i,
        uint256 count,
        Taken memory taken
    ) private {
        uint256[] calldata words = row.words[taken.words:taken.words + count];
        uint256 kind = uint8(row.kinds[i]);
        if (taken.signed) _requireSigned(kind, standing, words, row.anchor, row.signatures[i]);
        _requireHead(standing, Domain.wrap(row.words[0]), words);
        taken.payers += _apply(standing, kind, words, row.payers[taken.payers:], row.anchor);
        taken.words += count;
    }

    function _requireProof(
        uint256 kind,
        Proof calldata proof,
        uint256 commitment,
        uint256[] calldata words
    ) private view {
        authority.requireProof(kind, domain(), proof, commitment, words);
    }

    /// Checks the words that speak of this contract's own state.
    function _requireHead(Standing memory standing, Domain own, uint256[] calldata words) private {
        _requireDomain(words, own);
        uint256 time = words[1];
        bool timely =
            time >= standing.timestamp &&
                time <= block.timestamp + MAX_CLOCK_SKEW &&
                time + MAX_CLOCK_SKEW >= block.timestamp;
        require(timely, TimestampOutOfRange(time, standing.timestamp, block.timestamp, MAX_CLOCK_SKEW));
        StateRoot old = StateRoot.wrap(words[3]);
        require(old == standing.root, StateRootNotCurrent(old, standing.root));
        require(words[4] != 0, ZeroRoot());
        _useTable(RiskRoot.wrap(words[2]));
    }

    /// Moves the state, and the money with it, as the batch says.
    /// @param payers Of the deposits that it consumes, and of those behind it.
    /// @return deposits How many it consumes.
    function _apply(
        Standing memory standing,
        uint256 kind,
        uint256[] calldata words,
        address[] calldata payers,
        bytes32 anchor
    ) private returns (uint256 deposits) {
        if (kind == CASH_BATCH) {
            deposits = _applyCash(words, payers);
            _noteSweep(words[words.length - SWEEP_WORD]);
        } else if (kind != TRADE_BATCH) {
            _requireTurn(kind, words);
        }
        _advance(standing, StateRoot.wrap(words[4]), uint40(words[1]), tableUsed, _relistedBy(tableUsed));
        _emitSettled(standing.batch, kind, anchor, words);
    }

    function _emitSettled(uint64 number, uint256 kind, bytes32 anchor, uint256[] calldata words) private {
        (RiskRoot risk, StateRoot from, StateRoot to) = (
            RiskRoot.wrap(words[2]),
            StateRoot.wrap(words[3]),
            StateRoot.wrap(words[4])
        );
        emit Settled(number, from, to, kind, risk, uint40(words[1]), anchor, words[NAMED_WORDS:]);
    }

    /// Checks that all payers are of deposits that were consumed.
    function _requirePayers(address[] calldata payers, uint256 deposits) private pure {
        require(deposits == payers.length, PayerCountWrong(payers.length, deposits));
    }

    /// Checks that there are the words of a head, of which the first is the domain.
    function _requireDomain(uint256[] calldata words, Domain own) private pure {
        require(words.length >= HEAD_WORDS, WordCountWrong(words.length, HEAD_WORDS));
        require(words[0] == Domain.unwrap(own), DomainWrong(Domain.wrap(words[0]), own));
    }
}
