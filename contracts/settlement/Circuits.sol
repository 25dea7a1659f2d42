// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16Many} from "../Groth16Many.sol";
import {IBatchErrors} from "./IBatchErrors.sol";
import {PublicData} from "../PublicData.sol";
import {IStateVerifier} from "../Statements.sol";
import {Domain, Proof} from "../Types.sol";

/// @title Which circuits move the state and prove risk tables, and whether a proof of theirs holds.
abstract contract Circuits is IBatchErrors {
    /// @notice A circuit that moves the state, or proves risk tables: its verifier, and how many words its proofs publish.
    struct Circuit {
        address verifier;
        uint96 words;
    }

    /// @notice How many kinds of batches there are.
    uint256 public immutable kinds;
    /// @notice The circuit of a kind of batches, and at RISK_UPDATE the one that proves risk tables.
    mapping(uint256 kind => Circuit) public circuits;

    constructor(uint256 kinds_) {
        kinds = kinds_;
    }

    /// @notice Reverts unless the words are as many as the circuit in force for the kind has, all canonical, and its verifier takes the
    /// proof for them. Apart from exits, and from many proofs at once, it is the one place where a verifier is asked.
    /// @param domain Which venue the proof was made for.
    /// @param commitment What the prover says is Poseidon(DATA; words).
    function requireProof(
        uint256 kind,
        Domain domain,
        Proof calldata proof,
        uint256 commitment,
        uint256[] calldata words
    ) public view {
        (IStateVerifier verifier, uint256[3] memory signals) = _asked(kind, domain, commitment, words);
        bool holds = verifier.verifyProof(proof.a, proof.b, proof.c, signals);
        require(holds, ProofRejected(kind, address(verifier), signals[0], signals[1], signals[2]));
    }

    /// @notice Reverts unless the verifiers take all the proofs. Which one they do not take `requireProof` tells.
    function requireProofs(Groth16Many.Claim[] memory claims) external view {
        require(Groth16Many.allHold(claims), ProofsRejected());
    }

    /// Who is asked about a proof of these words, and by what signals.
    function _asked(
        uint256 kind,
        Domain domain,
        uint256 commitment,
        uint256[] calldata words
    ) internal view returns (IStateVerifier verifier, uint256[3] memory signals) {
        Circuit memory circuit = circuits[kind];
        require(circuit.verifier != address(0), KindUnknown(kind, kinds));
        verifier = IStateVerifier(circuit.verifier);
        signals = PublicData.signals(domain, kind, commitment, circuit.words, words);
    }
}
