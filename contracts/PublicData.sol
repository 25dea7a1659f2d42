// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Field} from "./Field.sol";
import {Domain} from "./Types.sol";

/// @title What is wrong with a list of words, whatever it says.
interface IWordErrors {
    /// The circuit of this kind has `needed` words.
    error WordCountWrong(uint256 given, uint256 needed);
    /// `value` and `value` - `order` are one word to a circuit, but not to whoever reads what is published: only the latter
    /// is let in.
    error WordNotCanonical(uint256 index, uint256 value, uint256 order);
}

/// @title Public data of any length for three public signals of a proof.
/// @notice A circuit has its own list of words and commits to it; this library has the list that is published. That the two are
/// one is shown at a point which the prover could not know when it committed: both lists, as the coefficients of a
/// polynomial, have the same value there (docs/protocol.md#public-data has the proof).
library PublicData {
    /// @notice The public signals of a batch that published these words: dataCommitment, dataChallenge, dataValue.
    /// @dev Reverts with WordCountWrong, WordNotCanonical (for the last such word), or Field.NotCanonical for the commitment.
    /// @param domain What binds the proof to one contract on one chain.
    /// @param kind Which circuit proved the batch.
    /// @param commitment What the prover says is Poseidon(DATA; words). The circuit computes it; here it is not.
    /// @param count How many words the circuit has. Without this check a list could end earlier than the circuit's if that
    /// ends with zeros, because they add nothing to a polynomial.
    /// @param words What is published, in the circuit's order.
    function signals(
        Domain domain,
        uint256 kind,
        uint256 commitment,
        uint256 count,
        uint256[] calldata words
    ) internal pure returns (uint256[3] memory) {
        if (words.length != count) revert IWordErrors.WordCountWrong(words.length, count);
        Field.requireCanonical(commitment);
        uint256 point = challenge(domain, kind, commitment, words);
        return [commitment, point, valueAt(point, words)];
    }

    /// @notice The point at which the lists are compared; below 2^248.
    /// @dev The commitment is hashed with the words: a prover who knew the point before it committed could choose another list
    /// with the same value.
    function challenge(
        Domain domain,
        uint256 kind,
        uint256 commitment,
        uint256[] calldata words
    ) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(domain, kind, commitment, words))) >> 8;
    }

    /// @notice The sum of words[i] * point^i in the field, by Horner's rule. Reverts if a word is not canonical.
    function valueAt(uint256 point, uint256[] calldata words) internal pure returns (uint256 value) {
        uint256 order = Field.ORDER;
        bool canonical = true;
        assembly ("memory-safe") {
            let first := words.offset
            for {
                let next := add(first, mul(words.length, 0x20))
            } gt(next, first) {} {
                next := sub(next, 0x20)
                let word := calldataload(next)
                canonical := and(canonical, lt(word, order))
                value := addmod(mulmod(value, point, order), word, order)
            }
        }
        if (!canonical) _refuse(words);
    }

    /// Says which word is not canonical, the last if they are more.
    function _refuse(uint256[] calldata words) private pure {
        for (uint256 i = words.length; i > 0; i--) {
            uint256 word = words[i - 1];
            if (word >= Field.ORDER) revert IWordErrors.WordNotCanonical(i - 1, word, Field.ORDER);
        }
    }
}
