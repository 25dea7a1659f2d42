// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IProofConsumer} from "./IProofConsumer.sol";
import {Domain, Proof, RiskRoot, StateRoot} from "./Types.sol";

/// @title A door that opens to whoever proves margin, and learns nothing else about them.
/// @notice An example of a contract that consumes margin-sufficiency proofs.
interface IMarginGate is IProofConsumer {
    /// @notice The account behind `nullifier` proved its margin for `purpose`.
    event Admitted(bytes32 indexed purpose, uint256 indexed nullifier, StateRoot stateRoot, RiskRoot riskRoot);

    /// The required ratio is in basis points, from `lowest` (maintenance margin) to `highest` (what the circuit can prove).
    error RatioOutOfRange(uint256 ratioBps, uint256 lowest, uint256 highest);
    /// The proof does not hold for the statement that this contract made.
    error ProofRejected(
        Domain domain,
        StateRoot stateRoot,
        RiskRoot riskRoot,
        uint256 ratioBps,
        uint256 context,
        uint256 nullifier
    );

    /// @notice Admits the account behind `nullifier` for `purpose`, once.
    /// @dev The caller's address plays no part: whoever copies a proof from the mempool only pays for the same admission. So a
    /// contract built on this must hand nothing to the caller; if somebody is to receive something, name them in the purpose.
    /// @param stateRoot A root of Settlement, superseded at most maxRootAge seconds ago.
    /// @param since When it became the current one, in unix seconds of its block: looked at only if it is not among the last
    /// RECENT_ROOTS, and then its age counts from there.
    /// @param riskRoot One of Settlement's last risk tables: any that is young enough and lists what the state holds
    /// (ListedOtherwise), so that a newer one alone spoils no proof that is under way.
    /// @param nullifier The account's pseudonym for this purpose.
    /// @param proof Proof of the margin-sufficiency circuit, for this gate's ratio, in that state, at that table.
    function admit(
        bytes32 purpose,
        StateRoot stateRoot,
        uint40 since,
        RiskRoot riskRoot,
        uint256 nullifier,
        Proof calldata proof
    ) external;

    /// @notice The margin ratio to prove, in basis points of the scenario losses: 10000 is maintenance.
    function ratioBps() external view returns (uint24);
}
