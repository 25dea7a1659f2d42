// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16Many} from "../Groth16Many.sol";
import {Operation} from "./Operation.sol";
import {PublicData} from "../PublicData.sol";
import {IStateVerifier} from "../Statements.sol";
import {Domain, Proof} from "../Types.sol";

/// @title Whether a row of batches may be settled together.
abstract contract Rows is Operation {
    /// @notice Reverts unless all these batches may be settled, one after the other, as `requireBatch` says of each. Their proofs are checked
    /// by one pairing; which of them does not hold `requireProof` tells.
    /// @param row The kind of each batch, one byte each.
    /// @param words Those of all batches, one behind the other.
    /// @return counts How many words each batch has.
    function requireBatches(
        bytes calldata row,
        Domain domain,
        Proof[] calldata proofs,
        uint256[] calldata commitments,
        uint256[] calldata words
    ) external returns (uint256[] memory counts) {
        uint256 count = row.length;
        bool even = proofs.length == count && commitments.length == count;
        require(even, RowUneven(count, proofs.length, commitments.length));
        Groth16Many.Claims memory claims = Groth16Many.Claims({
            verifiers: new IStateVerifier[](kinds),
            kinds: row,
            signals: new uint256[](Groth16Many.SIGNALS * count)
        });
        counts = new uint256[](count);
        uint256 begin = 0;
        for (uint256 i = 0; i < count; i++) {
            counts[i] = _claim(claims, i, domain, commitments[i], words[begin:]);
            begin += counts[i];
        }
        require(begin == words.length, WordCountWrong(words.length, begin));
        require(Groth16Many.allHold(claims, proofs), ProofsRejected());
    }

    /// Notes what is claimed of the proof of batch `i`, whose words stand first, and checks whether it may be settled.
    /// @return count How many of the words are its own.
    function _claim(
        Groth16Many.Claims memory claims,
        uint256 i,
        Domain domain,
        uint256 commitment,
        uint256[] calldata words
    ) private returns (uint256 count) {
        uint256 kind = uint8(claims.kinds[i]);
        _requireKnown(kind);
        Circuit memory circuit = _circuitOf(kind);
        count = circuit.words;
        require(count <= words.length, WordCountWrong(words.length, count));
        uint256[] calldata own = words[:count];
        _requireAllowed(kind, own);
        claims.verifiers[kind] = IStateVerifier(circuit.verifier);
        uint256[3] memory signals = PublicData.signals(domain, kind, commitment, count, own);
        uint256 first = Groth16Many.SIGNALS * i;
        for (uint256 j = 0; j < Groth16Many.SIGNALS; j++) claims.signals[first + j] = signals[j];
    }
}
