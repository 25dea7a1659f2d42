// SPDX-License-Identifier: GPL-3.0-or-later
// Generated from parameters.json by `npm run generate`; never edited.
pragma solidity 0.8.37;

/// @title Constants that contracts share with the circuits.
library Parameters {
    /// One hundred per cent in basis points.
    uint256 internal constant BASIS_POINTS = 10000;

    /// Width of a number of basis points.
    uint256 internal constant BASIS_POINTS_BITS = 17;
}
