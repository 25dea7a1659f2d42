// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Verifier of trade-batch proofs, as generated from the circuit's verification key.
interface ITradeBatchVerifier {
    /// @notice Whether the proof holds for these public signals.
    /// @param signals domain, timestamp, riskRoot, oldStateRoot, newStateRoot. False if one is not canonical.
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata b,
        uint256[2] calldata c,
        uint256[5] calldata signals
    ) external view returns (bool);
}

/// @title Verifier of margin-sufficiency proofs, as generated from the circuit's verification key.
interface IMarginSufficiencyVerifier {
    /// @notice Whether the proof holds for these public signals.
    /// @param signals domain, stateRoot, riskRoot, ratioBps, context, nullifier. False if one is not canonical.
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata b,
        uint256[2] calldata c,
        uint256[6] calldata signals
    ) external view returns (bool);
}
