// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IProofErrors} from "./IProofErrors.sol";
import {ISettlement} from "./settlement/ISettlement.sol";
import {RiskRoot, StateRoot} from "./Types.sol";

/// @title Whatever takes proofs that owners make of their accounts at a venue.
/// @notice An account is known here only by its nullifier, which is the same for the same account and purpose and cannot be
/// linked to anything else. A proof speaks of a state and of prices, and what it says is gone when either has moved: so a
/// consumer names the greatest age that it takes of each.
interface IProofConsumer is IProofErrors {
    /// A constructor argument that must be a contract has no code.
    error ContractMissing(address given);
    /// The proof speaks of a state that is not among Settlement's recent ones, nor the one kept of the time `since`: unknown, or too
    /// old.
    error StateRootNotRecent(StateRoot stateRoot, uint40 since);
    /// The state root was superseded `age` seconds ago at most, the consumer takes at most `maxAge`.
    error StateRootTooOld(StateRoot stateRoot, uint256 age, uint256 maxAge);
    /// The proof speaks of a risk table that is not among the last ones of Settlement.
    error RiskTableNotRecent(RiskRoot riskRoot);
    /// That risk table speaks of a time `age` seconds ago, the consumer takes at most `maxAge`: a newer one is needed.
    error RiskTableTooOld(RiskRoot riskRoot, uint256 age, uint256 maxAge);
    /// What that table, number `table`, lists need not be what the state holds: it was made at a later table, number `made`, or at one
    /// from before number `relisting` listed something else in a market.
    error ListedOtherwise(RiskRoot riskRoot, uint64 table, uint64 made, uint64 relisting);
    /// This account's proof for this purpose was taken at `usedAt` (unix seconds), and one is taken of each.
    error NullifierUsed(bytes32 purpose, uint256 nullifier, uint40 usedAt);

    /// @notice When the account's proof for the purpose was taken, in unix seconds; 0 if none was.
    function usedAt(bytes32 purpose, uint256 nullifier) external view returns (uint40);

    /// @notice What a proof for `purpose` must be made for: keccak256(abi.encode(this contract's address, purpose)) >> 8.
    function context(bytes32 purpose) external view returns (uint256);

    /// @notice How long ago, in seconds, a state root may have been superseded: the time that a trader has to prove and submit. 0
    /// takes the current root, and those that it replaced in the same block. It bounds what the account can have done since, not how
    /// long the venue has stood still.
    function maxRootAge() external view returns (uint32);

    /// @notice How long ago, in seconds, the time may be that the proof's risk table speaks of. A trader may
    /// choose among the tables that are young enough and list what the state holds (ListedOtherwise).
    function maxRiskAge() external view returns (uint32);

    /// @notice The venue whose accounts are proved about.
    function settlement() external view returns (ISettlement);
}
