// SPDX-License-Identifier: GPL-3.0-or-later
// Generated from parameters.json by `npm run generate`; never edited.
pragma solidity 0.8.37;

/// @title Constants that contracts share with the circuits.
library Parameters {
    /// One hundred per cent in basis points.
    uint256 internal constant BASIS_POINTS = 10000;

    /// Width of a number of basis points.
    uint256 internal constant BASIS_POINTS_BITS = 17;

    /// Widths of fields of batches' words.
    uint256 internal constant CASH_KIND_BITS = 4;
    uint256 internal constant ACCOUNT_BITS = 24;
    uint256 internal constant ASSET_BITS = 8;
    uint256 internal constant COLLATERAL_BITS = 80;
    uint256 internal constant MARKET_BITS = 8;
    uint256 internal constant FEES_BITS = 80;
    uint256 internal constant NONCE_BITS = 64;
    uint256 internal constant PRICE_BITS = 48;
    uint256 internal constant FUNDING_INDEX_BITS = 64;
    uint256 internal constant NOTIONAL_BITS = 66;
    uint256 internal constant WEIGHT_BITS = 14;

    /// Width of a time in unix seconds.
    uint256 internal constant TIME_BITS = 40;

    /// Seconds before the deadline of a forced withdrawal from which no shelter holds it back any more.
    uint256 internal constant SHELTER_END = 43200;
}

/// @title What the slots of a cash batch do.
library CashKind {
    uint256 internal constant NONE = 0;
    uint256 internal constant REGISTER = 1;
    uint256 internal constant DEPOSIT = 2;
    uint256 internal constant ROTATE = 3;
    uint256 internal constant SUSPEND = 4;
    uint256 internal constant RESUME = 5;
    uint256 internal constant FORCED = 6;
    uint256 internal constant VIEW = 7;
    uint256 internal constant WITHDRAW = 8;
    uint256 internal constant TRANSFER_OUT = 9;
    uint256 internal constant TRANSFER_IN = 10;
    uint256 internal constant CURE = 11;
    uint256 internal constant FLAG = 12;
    uint256 internal constant EXPIRE = 13;
}
