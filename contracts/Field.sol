// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Canonical elements of BN254's scalar field.
library Field {
    /// Order of the field: circuits compute modulo this number.
    uint256 internal constant ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    /// A number that stands for the same field element as a smaller one: `value`, `value` - ORDER and so on all verify alike,
    /// so only the one below ORDER is let in.
    error NotCanonical(uint256 value, uint256 order);

    /// @notice Reverts unless 0 <= `value` < ORDER.
    function requireCanonical(uint256 value) internal pure {
        if (value >= ORDER) revert NotCanonical(value, ORDER);
    }
}
