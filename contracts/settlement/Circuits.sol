// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

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
    /// proof for them. Apart from exits, and many proofs at once (Rows.sol), it is the one place where a verifier is asked.
    /// @param domain Which venue the proof was made for.
    /// @param commitment What the prover says is Poseidon(DATA; words).
    function requireProof(
        uint256 kind,
        Domain domain,
        Proof calldata proof,
        uint256 commitment,
        uint256[] calldata words
    ) public view {
        Circuit memory circuit = _circuitOf(kind);
        uint256[3] memory signals = PublicData.signals(domain, kind, commitment, circuit.words, words);
        bool holds = IStateVerifier(circuit.verifier).verifyProof(proof.a, proof.b, proof.c, signals);
        require(holds, ProofRejected(kind, circuit.verifier, signals[0], signals[1], signals[2]));
    }

    /// The circuit of a kind that has one.
    function _circuitOf(uint256 kind) internal view returns (Circuit memory circuit) {
        circuit = circuits[kind];
        require(circuit.verifier != address(0), KindUnknown(kind, kinds));
    }
}
