// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// Root of the venue's state: the accounts and the books. An element of BN254's scalar field.
type StateRoot is uint256;

/// Commitment to a risk table: marks, scenario prices, fees, collateral weights. An element of BN254's scalar field.
type RiskRoot is uint256;

/// The statement's binding to one chain and one Settlement, so that a proof means nothing anywhere else. Below 2^248.
type Domain is uint256;

// The kinds of batches: of trades, those that move money in and out, takeovers of flagged accounts, and deleveragings of flagged
// accounts that owe more than they have.
uint256 constant TRADE_BATCH = 0;
uint256 constant CASH_BATCH = 1;
uint256 constant TAKEOVER = 2;
uint256 constant DELEVERAGE = 3;
// The number of a risk update's list of words, as a kind of batch has one; no batch has it.
uint256 constant RISK_UPDATE = 254;

/// A Groth16 proof over BN254 in the order of the EVM's pairing precompile: each coordinate of `b` has its imaginary part
/// first.
struct Proof {
    uint256[2] a;
    uint256[2][2] b;
    uint256[2] c;
}

function sameStateRoot(StateRoot left, StateRoot right) pure returns (bool) {
    return StateRoot.unwrap(left) == StateRoot.unwrap(right);
}

function sameRiskRoot(RiskRoot left, RiskRoot right) pure returns (bool) {
    return RiskRoot.unwrap(left) == RiskRoot.unwrap(right);
}

using {sameStateRoot as ==} for StateRoot global;
using {sameRiskRoot as ==} for RiskRoot global;
