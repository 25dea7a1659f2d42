// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Field} from "./Field.sol";
import {IProofErrors} from "./IProofErrors.sol";

/// @title The part of a Groth16 verifier that is the same for every key.
/// @notice A generated verifier holds its key's constants and calls these functions; no arithmetic is generated.
/// @dev The equation is e(A, B) * e(-alpha, beta) * e(X, -gamma) * e(C, -delta) = 1, where X = IC[0] + sum of signal * IC[i].
/// The key's side comes negated, so the proof's points reach the pairing precompile as they are given, and the precompile
/// itself refuses a coordinate >= q, a point off its curve and a G2 point outside the subgroup.
/// A precompile that runs out of gas fails as it does for such a point, and leaves a 64th of the gas to the caller. So a
/// failure means that the proof is false only if there was enough gas: with less, it reverts instead.
library Groth16 {
    /// Gas with which no precompile here runs out. The dearest is the pairing: 181,000 (EIP-1108) and the 64th that a call
    /// keeps back, 184,000 in all; the rest is for chains that charge more.
    uint256 internal constant ENOUGH_GAS = 250_000;

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
        uint256 left = gasleft();
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
        if (!ok) requireEnough(left, ENOUGH_GAS);
    }

    /// @notice Multiplies the point in the two words from `place` on in memory by the scalar in the word behind them.
    /// @return ok False if the precompile failed: the point is off the curve.
    function multiply(uint256 place) internal view returns (bool ok) {
        uint256 left = gasleft();
        assembly ("memory-safe") {
            ok := staticcall(gas(), 7, place, 0x60, place, 0x40)
            ok := and(ok, eq(returndatasize(), 0x40))
        }
        if (!ok) requireEnough(left, ENOUGH_GAS);
    }

    /// @notice Whether the product of four pairings is 1.
    /// @param points Four times a G1 point (x, y) and a G2 point (x imaginary, x real, y imaginary, y real).
    function pairingIsOne(uint256[24] memory points) internal view returns (bool) {
        uint256 first;
        assembly ("memory-safe") {
            first := points
        }
        return pairingIsOne(first, 4, ENOUGH_GAS);
    }

    /// @notice Whether the product of the first `count` pairings is 1.
    /// @param points As many times a G1 point and a G2 point, or more.
    /// @param enough Gas with which the pairing does not run out.
    function pairingIsOne(uint256[] memory points, uint256 count, uint256 enough) internal view returns (bool) {
        uint256 first;
        assembly ("memory-safe") {
            first := add(points, 0x20)
        }
        return pairingIsOne(first, count, enough);
    }

    /// The pairs stand in memory from `first` on.
    function pairingIsOne(uint256 first, uint256 count, uint256 enough) private view returns (bool ok) {
        uint256 left = gasleft();
        bool ran;
        assembly ("memory-safe") {
            ran := staticcall(gas(), 8, first, mul(count, 0xc0), 0, 0x20)
            ok := and(ran, and(eq(returndatasize(), 0x20), eq(mload(0), 1)))
        }
        if (!ran) requireEnough(left, enough);
    }

    /// A precompile failed that had `left` gas.
    function requireEnough(uint256 left, uint256 enough) private pure {
        if (left < enough) revert IProofErrors.NotEnoughGas(left, enough);
    }
}
