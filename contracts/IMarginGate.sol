// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IProofErrors} from "./IProofErrors.sol";
import {ISettlement} from "./settlement/ISettlement.sol";
import {Domain, Proof, RiskRoot, StateRoot} from "./Types.sol";

/// @title A door that opens to whoever proves margin, and learns nothing else about them.
/// @notice An example of a contract that consumes margin-sufficiency proofs. An account is known here only by its nullifier,
/// which is the same for the same account and purpose and cannot be linked to anything else. A proof speaks of a state and of
/// prices, and the margin is gone when either has moved: so a gate names the greatest age that it takes of each.
interface IMarginGate is IProofErrors {
    /// @notice The account behind `nullifier` proved its margin for `purpose`.
    event Admitted(bytes32 indexed purpose, uint256 indexed nullifier, StateRoot stateRoot, RiskRoot riskRoot);

    /// A constructor argument that must be a contract has no code.
    error ContractMissing(address given);
    /// The required ratio is in basis points, from `lowest` (maintenance margin) to `highest` (what the circuit can prove).
    error RatioOutOfRange(uint256 ratioBps, uint256 lowest, uint256 highest);
    /// The proof speaks of a state that is not among Settlement's recent ones, nor the one kept of the time `since`: unknown, or too
    /// old.
    error StateRootNotRecent(StateRoot stateRoot, uint40 since);
    /// The state root was superseded `age` seconds ago at most, the gate takes at most `maxAge`.
    error StateRootTooOld(StateRoot stateRoot, uint256 age, uint256 maxAge);
    /// The proof speaks of a risk table that is not among the last ones of Settlement.
    error RiskTableNotRecent(RiskRoot riskRoot);
    /// That risk table speaks of a time `age` seconds ago, the gate takes at most `maxAge`: a newer one is needed.
    error RiskTableTooOld(RiskRoot riskRoot, uint256 age, uint256 maxAge);
    /// This account has been admitted for this purpose, at `admittedAt` (unix seconds).
    error AlreadyAdmitted(bytes32 purpose, uint256 nullifier, uint40 admittedAt);
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
    /// @param riskRoot One of Settlement's last risk tables: any that is young enough, so that a newer one spoils no proof that is
    /// under way.
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

    /// @notice When the account was admitted for the purpose, in unix seconds; 0 if it was not.
    function admittedAt(bytes32 purpose, uint256 nullifier) external view returns (uint40);

    /// @notice What a proof for `purpose` must be made for: keccak256(abi.encode(gate's address, purpose)) >> 8.
    function context(bytes32 purpose) external view returns (uint256);

    /// @notice The margin ratio to prove, in basis points of the scenario losses: 10000 is maintenance.
    function ratioBps() external view returns (uint24);

    /// @notice How long ago, in seconds, a state root may have been superseded: the time that a trader has to prove and submit. 0
    /// takes the current root only. It bounds what the account can have done since, not how long the venue has stood still.
    function maxRootAge() external view returns (uint32);

    /// @notice How long ago, in seconds, the time may be that the proof's risk table speaks of. A trader may choose among the tables that are young enough.
    function maxRiskAge() external view returns (uint32);

    /// @notice The venue whose accounts are admitted.
    function settlement() external view returns (ISettlement);
}
