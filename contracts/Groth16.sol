// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Field} from "./Field.sol";

/// @title The part of a Groth16 verifier that is the same for every key.
/// @notice A generated verifier holds its key's constants and calls these functions; no arithmetic is generated.
/// @dev The equation is e(A, B) * e(-alpha, beta) * e(X, -gamma) * e(C, -delta) = 1, where X = IC[0] + sum of signal * IC[i].
/// The key's side comes negated, so the proof's points reach the pairing precompile as they are given, and the precompile
/// itself refuses a coordinate >= q, a point off its curve and a G2 point outside the subgroup.
library Groth16 {
    /// The point X, the term being added to it, and that term's scalar: five words in a row, laid out so that ECMUL reads
    /// the last three and ECADD the first four.
    struct Sum {
        uint256 x;
        uint256 y;
        uint256 termX;
        uint256 termY;
        uint256 scalar;
    }

    /// @notice Begins the linear combination X with the point of the constant signal 1.
    function begin(uint256 x, uint256 y) internal pure returns (Sum memory sum) {
        sum.x = x;
        sum.y = y;
    }

    /// @notice Adds `signal` * (x, y) to `sum`.
    /// @return ok False if `signal` is not canonical or a precompile failed; `sum` is then worthless.
    function add(Sum memory sum, uint256 x, uint256 y, uint256 signal) internal view returns (bool ok) {
        if (signal >= Field.ORDER) return false;
        sum.termX = x;
        sum.termY = y;
        sum.scalar = signal;
        assembly ("memory-safe") {
            let term := add(sum, 0x40)
            ok := staticcall(gas(), 7, term, 0x60, term, 0x40)
            ok := and(ok, eq(returndatasize(), 0x40))
            ok := and(ok, staticcall(gas(), 6, sum, 0x80, sum, 0x40))
            ok := and(ok, eq(returndatasize(), 0x40))
        }
    }

    /// @notice Whether the product of four pairings is 1.
    /// @param points Four times a G1 point (x, y) and a G2 point (x imaginary, x real, y imaginary, y real).
    function pairingIsOne(uint256[24] memory points) internal view returns (bool ok) {
        assembly ("memory-safe") {
            ok := staticcall(gas(), 8, points, 0x300, 0, 0x20)
            ok := and(ok, and(eq(returndatasize(), 0x20), eq(mload(0), 1)))
        }
    }
}
