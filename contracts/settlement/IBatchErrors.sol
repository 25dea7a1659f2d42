// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IProofErrors} from "../IProofErrors.sol";
import {IWordErrors} from "../PublicData.sol";

/// @title Why a proof, or the batch that it is of, is not let in: Authority says so, and Settlement with its words.
interface IBatchErrors is IProofErrors, IWordErrors {
    /// No circuit has this kind; there are kinds from 0 to `kinds` - 1, and RISK_UPDATE, which no batch has.
    error KindUnknown(uint256 kind, uint256 kinds);
    /// The guardian has paused trade batches, takeovers and deleveragings.
    error TradingPaused(uint40 until);
    /// closingOnly, which a batch of trades states, is 1 if its time is `closingFrom` or later, and else 0; it is 0 too if
    /// `closingFrom` is 0, for then no end was announced.
    error ClosingOnlyWrong(uint256 given, uint256 time, uint256 closingFrom);
    /// The guardian has paused trading, and nobody is flagged meanwhile.
    error FlaggingPaused(uint40 until);
    /// A batch that flags an account is of no earlier time than FLAG_CLOCK before the block's.
    error FlagTooOld(uint256 timestamp, uint256 earliest);
    /// The guardian's last pause ended at `ended` (0: there was none), and the takeover or deleveraging counts from another.
    error ResumedAtWrong(uint256 given, uint40 ended);
    /// A takeover or a deleveraging is of no later time than the block's.
    error AuctionAhead(uint256 timestamp, uint256 blockTime);
    /// The house would pay `asked` quanta and may pay `left` now; from `from` on it may pay that, or never if that is 0.
    error CoverLimited(uint256 asked, uint256 left, uint256 from);
    /// A bidder may ask `asked` quanta of the house, which may pay `left` now, and the deleveraging does not show that it has not got them.
    error HouseMayPay(uint256 asked, uint256 left);
    /// The verifier that is in force for this kind does not take the proof for these words. One that was made for the verifier
    /// before it has to be made again.
    error ProofRejected(
        uint256 kind,
        address verifier,
        uint256 dataCommitment,
        uint256 dataChallenge,
        uint256 dataValue
    );
    /// Of batches that are settled together there are as many kinds as proofs and commitments.
    error RowUneven(uint256 kinds, uint256 proofs, uint256 commitments);
    /// Not all the proofs of batches that were to be settled together hold; `requireProof` tells of each.
    error ProofsRejected();
}
