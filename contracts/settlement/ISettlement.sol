// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Domain, RiskRoot, StateRoot} from "../Types.sol";

/// @title What other contracts ask a Settlement.
interface ISettlement {
    /// @notice A risk table that was proved.
    struct Table {
        RiskRoot root;
        /// The time that the table speaks of, and the block's time at which it came.
        uint40 asOf;
        uint40 postedAt;
        /// The number of the last table that relisted a market, up to this one; 0 if none did.
        uint64 relisting;
    }

    /// @notice The block's time at which the venue was frozen; 0 while it lives.
    function frozenAt() external view returns (uint40);

    /// @notice What binds a statement to the settlement on its chain:
    /// keccak256(abi.encode("zkclear", chain id, address)) >> 8.
    function domain() external view returns (Domain);

    /// @notice The current state root; of a frozen venue the last one.
    function stateRoot() external view returns (StateRoot);

    /// @notice The table of the last accepted batch, at which exits are valued; 0 before one named any.
    function riskRootUsed() external view returns (RiskRoot);

    /// @notice Lots of an asset that accounts own together.
    function vaultOf(uint256 asset) external view returns (uint80);

    /// @notice Credits the owner of the account with lots of each asset. Only the exits.
    function payExit(uint256 account, uint256[] calldata lots) external;

    /// @notice Freezes the venue if it lives, because its exit verifier takes proofs of what cannot be. Only the exits.
    function freezeForBrokenExits() external;

    /// @notice Whether `root` is the current state root or one of the RECENT_ROOTS - 1 that transactions led to before, and how old it is.
    /// @return known Whether it is one of them.
    /// @return age Seconds since another root took its place, by the blocks' clock: 0 for the current one. A root that the state
    /// came back to counts as what it was last. 0 for a root that is not known.
    /// @return table The number of the table of the batch that led to it; 0 if that had none, or for a root that is not known.
    function rootAge(StateRoot root) external view returns (bool known, uint256 age, uint64 table);

    /// @notice Whether `root` is the one kept of the span of the time `since`, and how old it is at most.
    /// @param since When it became the current root, as the block said that settled the batch.
    /// @return known Whether it is.
    /// @return age Seconds since it became the current root: no fewer than since another took its place.
    /// @return table As of `rootAge`.
    function rootAgeSince(StateRoot root, uint40 since) external view returns (bool known, uint256 age, uint64 table);

    /// @notice How many risk tables there have been; the last one has this number, the first is number 1.
    function tableCount() external view returns (uint64);

    /// @notice The table of that number, zeros if it is not among the last RING.
    function tableAt(uint64 number) external view returns (Table memory table);

    /// @notice The newest risk table's commitment; 0 before the first.
    function riskRoot() external view returns (RiskRoot);

    /// @notice The time that the newest risk table speaks of, in unix seconds; 0 before the first.
    function riskAsOf() external view returns (uint40);

    /// @notice How many accounts have been registered, the house included; their indices are those below.
    function accountCount() external view returns (uint256);
}

/// @title What authority asks the venue for, besides.
interface IVenueWithExits is ISettlement {
    /// @notice The contract in which claims on a frozen venue are made.
    function exits() external view returns (IExits);
}

/// @title What authority asks of the exits.
interface IExits {
    /// @notice Whether a proof has broken the exit verifier in force.
    function broken() external view returns (bool);

    /// @notice Begins claims anew, with another verifier. Only the authority.
    function beginAnew() external;
}
