// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Field} from "../Field.sol";

/// @title Points of Baby Jubjub, the curve of trading keys: A x^2 + y^2 = 1 + D x^2 y^2 over BN254's scalar field.
library BabyJubjub {
    uint256 private constant A = 168700;
    uint256 private constant D = 168696;

    /// (`x`, `y`) is no point of the curve.
    error NotOnCurve(uint256 x, uint256 y);
    /// (`x`, `y`) is one of the eight points whose multiple by eight is the neutral element: no key can be made of it.
    error SmallOrder(uint256 x, uint256 y);

    /// @notice Reverts unless (`x`, `y`) is a point whose multiple by eight has prime order.
    /// @dev The order of the curve is eight times a prime, so it suffices that 8 * (x, y) is not neutral. A point with x = 0 has
    /// order 1 or 2, one with y = 0 order 4, and one whose double has y = 0 order 8: the double's y is
    /// (y^2 - A x^2) / (1 - D x^2 y^2), whose denominator is not 0 on this curve. There are no others: a point of order 8 has a
    /// double of order 4, and the two points of order 4 are those with y = 0 (their double is the one of order 2).
    function requireKey(uint256 x, uint256 y) internal pure {
        Field.requireCanonical(x);
        Field.requireCanonical(y);
        uint256 xx = mulmod(x, x, Field.ORDER);
        uint256 yy = mulmod(y, y, Field.ORDER);
        uint256 axx = mulmod(A, xx, Field.ORDER);
        uint256 right = addmod(1, mulmod(D, mulmod(xx, yy, Field.ORDER), Field.ORDER), Field.ORDER);
        require(addmod(axx, yy, Field.ORDER) == right, NotOnCurve(x, y));
        require(x != 0 && y != 0 && axx != yy, SmallOrder(x, y));
    }
}
