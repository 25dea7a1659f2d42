// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Field} from "./Field.sol";
import {ISettlement} from "./settlement/ISettlement.sol";
import {ProofConsumer} from "./ProofConsumer.sol";
import {PublicData} from "./PublicData.sol";
import {IStateVerifier} from "./Statements.sol";
import {Domain, Proof, RiskRoot, StateRoot} from "./Types.sol";

/// @title HedgedLender: lends once to each account that loses, under no scenario, more than a share of the loan.
/// @notice An example of a contract that consumes portfolio-exposure proofs, to show what one has to check; not a lender to fund.
/// Nothing makes a borrower pay back, and a bound says nothing of what the account owns, or trades next: one that holds nothing
/// loses nothing; and a margin proof of
/// the same nullifier may be of another account, registered with the same secret. Whoever lends for profit asks for something
/// to hold.
contract HedgedLender is ProofConsumer {
    using SafeERC20 for IERC20;

    /// @notice What every loan is taken for: one purpose, so that an account is one nullifier, whatever it borrows.
    bytes32 public constant PURPOSE = keccak256("zkclear example: a loan to a hedged account");

    /// @notice The number of an exposure's list of words, as a kind of batch has one.
    uint256 public constant EXPOSURE_KIND = 253;

    /// Words of an exposure before the bounds: domain, stateRoot, riskRoot, context, memo, nullifier.
    uint256 private constant HEAD_WORDS = 6;

    /// @notice The verifier that `lend` asks.
    IStateVerifier public immutable verifier;
    /// @notice How many scenarios have bounds: all of the venue's but the first.
    uint256 public immutable scenarios;
    /// @notice What is lent, and how many of its units are a quantum of the venue.
    IERC20 public immutable token;
    uint256 public immutable unitsPerQuantum;
    /// @notice The share of a loan that its account may lose under a scenario, in basis points.
    uint256 public immutable lossShareBps;

    /// @notice What the account still owes, in quanta.
    mapping(uint256 nullifier => uint256) public debtOf;

    /// @notice The account behind `nullifier` proved its bounds, and `amount` quanta went to `borrower`.
    event Lent(
        uint256 indexed nullifier,
        address indexed borrower,
        uint256 amount,
        StateRoot stateRoot,
        RiskRoot riskRoot
    );
    /// @notice Somebody paid `amount` quanta back for the account.
    event Repaid(uint256 indexed nullifier, uint256 amount);

    /// The words speak of another contract or chain.
    error DomainWrong(uint256 given, Domain own);
    /// The proof was made for something else than a loan of this lender.
    error ContextWrong(uint256 given, uint256 own);
    /// The proof was made for another borrower or amount.
    error MemoWrong(uint256 given, uint256 own);
    /// The account may lose `loss` quanta under that scenario, and a loan of that amount lets it lose `most`.
    error LossTooLarge(uint256 scenario, uint256 loss, uint256 most);
    /// The proof does not hold for these words.
    error ProofRejected(uint256 dataCommitment, uint256 dataChallenge, uint256 dataValue);

    constructor(
        ISettlement settlement_,
        IStateVerifier verifier_,
        uint256 scenarios_,
        IERC20 token_,
        uint256 unitsPerQuantum_,
        uint256 lossShareBps_,
        uint32 maxRootAge_,
        uint32 maxRiskAge_
    ) ProofConsumer(settlement_, maxRootAge_, maxRiskAge_) {
        _requireContract(address(verifier_));
        _requireContract(address(token_));
        verifier = verifier_;
        scenarios = scenarios_;
        token = token_;
        unitsPerQuantum = unitsPerQuantum_;
        lossShareBps = lossShareBps_;
    }

    /// @notice Lends `amount` quanta to `borrower`, once to each account. Anybody may bring the proof: whom it is for, it says.
    /// @param since When the proof's state root became the current one: see MarginGate.
    /// @param words domain, stateRoot, riskRoot, context, memo, nullifier, then the lower bound of each scenario from 1 on, then
    /// the upper ones, which are not looked at: who wins more can pay.
    /// @param commitment What the prover says is Poseidon(DATA; words).
    function lend(
        address borrower,
        uint256 amount,
        uint40 since,
        uint256[] calldata words,
        uint256 commitment,
        Proof calldata proof
    ) external {
        // 1. The words are what was proved
        Domain domain = settlement.domain();
        uint256[3] memory signals = PublicData.signals(
            domain,
            EXPOSURE_KIND,
            commitment,
            HEAD_WORDS + 2 * scenarios,
            words
        );
        if (!verifier.verifyProof(proof.a, proof.b, proof.c, signals)) {
            revert ProofRejected(signals[0], signals[1], signals[2]);
        }

        // 2. They speak of this venue, now, and of this loan
        if (words[0] != Domain.unwrap(domain)) revert DomainWrong(words[0], domain);
        if (words[3] != context(PURPOSE)) revert ContextWrong(words[3], context(PURPOSE));
        if (words[4] != memo(borrower, amount)) revert MemoWrong(words[4], memo(borrower, amount));
        _use(PURPOSE, StateRoot.wrap(words[1]), since, RiskRoot.wrap(words[2]), words[5]);

        // 3. No loss is too large
        uint256 most = (amount * lossShareBps) / 10_000;
        for (uint256 s = 1; s <= scenarios; s++) {
            uint256 loss = _lossOf(words[HEAD_WORDS + s - 1]);
            if (loss > most) revert LossTooLarge(s, loss, most);
        }

        debtOf[words[5]] = amount;
        emit Lent(words[5], borrower, amount, StateRoot.wrap(words[1]), RiskRoot.wrap(words[2]));
        token.safeTransfer(borrower, amount * unitsPerQuantum);
    }

    /// @notice Pays `amount` quanta of a debt, out of what the caller approved; more than is owed is not taken.
    function repay(uint256 nullifier, uint256 amount) external {
        uint256 paid = amount < debtOf[nullifier] ? amount : debtOf[nullifier];
        debtOf[nullifier] -= paid;
        emit Repaid(nullifier, paid);
        token.safeTransferFrom(msg.sender, address(this), paid * unitsPerQuantum);
    }

    /// @notice What a proof for a loan must say as its memo: keccak256(abi.encode(borrower, amount)) >> 8. Without it, whoever
    /// copied a proof on its way could have the loan, or another amount.
    function memo(address borrower, uint256 amount) public pure returns (uint256) {
        return uint256(keccak256(abi.encode(borrower, amount))) >> 8;
    }

    /// What an account may lose that wins at least `low`, which is signed: above half of the field it stands for `low` - ORDER.
    function _lossOf(uint256 low) private pure returns (uint256) {
        return low > Field.ORDER / 2 ? Field.ORDER - low : 0;
    }
}
