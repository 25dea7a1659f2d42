// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {PublicData} from "../../../contracts/PublicData.sol";
import {Domain, Proof} from "../../../contracts/Types.sol";

/// A verifier of any circuit with public data.
interface IPublicDataVerifier {
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata b,
        uint256[2] calldata c,
        uint256[3] calldata signals
    ) external view returns (bool);
}

/// What a contract does that settles batches with public data, as far as the words go.
contract PublicDataHarness {
    function signals(
        Domain domain,
        uint256 kind,
        uint256 commitment,
        uint256 count,
        uint256[] calldata words
    ) public pure returns (uint256[3] memory) {
        return PublicData.signals(domain, kind, commitment, count, words);
    }

    /// Gas of the library alone.
    function gasOf(
        Domain domain,
        uint256 kind,
        uint256 commitment,
        uint256[] calldata words
    ) external view returns (uint256 used) {
        used = gasleft();
        PublicData.signals(domain, kind, commitment, words.length, words);
        used -= gasleft();
    }

    /// Whether the verifier takes the proof for these words.
    function holds(
        IPublicDataVerifier verifier,
        Proof calldata proof,
        Domain domain,
        uint256 kind,
        uint256 commitment,
        uint256 count,
        uint256[] calldata words
    ) external view returns (bool) {
        return verifier.verifyProof(proof.a, proof.b, proof.c, signals(domain, kind, commitment, count, words));
    }
}
