// SPDX-License-Identifier: GPL-3.0-or-later
// Generated from the registry of circuits by `npm run generate`; never edited.
pragma solidity 0.8.37;

/// @title Generated verifier of proofs that move the state root (trade-batch, cash-batch, takeover, deleverage) or open it (exit, portfolio-exposure), and of risk tables (risk-update).
interface IStateVerifier {
    /// @notice Whether the proof holds for these public signals.
    /// @param signals dataCommitment, dataChallenge, dataValue. False if one is not canonical.
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata b,
        uint256[2] calldata c,
        uint256[3] calldata signals
    ) external view returns (bool);

    /// @notice Its key: -alpha; beta, -gamma and -delta, of whose coordinates the imaginary part comes first; the point of the
    /// constant 1, and that of each signal.
    function key() external view returns (uint256[22] memory);
}

/// @title Generated verifier of proofs of margin-sufficiency.
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

/// @title Statements as public signals, each in the order of its circuit.
library Statements {
    /// @notice Signals of proofs of margin-sufficiency.
    function marginSufficiency(
        uint256 domain,
        uint256 stateRoot,
        uint256 riskRoot,
        uint256 ratioBps,
        uint256 context,
        uint256 nullifier
    ) internal pure returns (uint256[6] memory) {
        return [domain, stateRoot, riskRoot, ratioBps, context, nullifier];
    }
}
