// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarginSufficiencyVerifier, IStateVerifier} from "../../../contracts/Statements.sol";
import {Proof} from "../../../contracts/Types.sol";

/// Accepts exactly the proofs whose first word is the hash of the statement plus the verifier's kind, so that tests can "prove" and "fail to prove"
/// whatever they like. For tests of what stands around a verifier; no verifier.
contract StubStateVerifier is IStateVerifier {
    uint256 private immutable KIND;

    constructor(uint256 kind) {
        KIND = kind;
    }

    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata,
        uint256[2] calldata,
        uint256[3] calldata signals
    ) external view returns (bool) {
        unchecked {
            return a[0] == uint256(keccak256(abi.encode(signals))) + KIND;
        }
    }

    /// No key: points at infinity.
    function key() external pure returns (uint256[22] memory words) {}
}

/// The same for margin proofs.
contract StubMarginSufficiencyVerifier is IMarginSufficiencyVerifier {
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata,
        uint256[2] calldata,
        uint256[6] calldata signals
    ) external pure returns (bool) {
        return a[0] == uint256(keccak256(abi.encode(signals)));
    }
}

function stubProof(bytes memory signals) pure returns (Proof memory proof) {
    proof.a[0] = uint256(keccak256(signals));
}
