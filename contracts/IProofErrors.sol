// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title What every verifier may revert with, and so whatever asks one.
interface IProofErrors {
    /// `left` gas was left, and checking a proof may take `needed`: nothing is known of the proof. Ask again with more gas.
    error NotEnoughGas(uint256 left, uint256 needed);
}
