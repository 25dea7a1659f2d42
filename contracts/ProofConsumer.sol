// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Field} from "./Field.sol";
import {IProofConsumer} from "./IProofConsumer.sol";
import {ISettlement} from "./settlement/ISettlement.sol";
import {RiskRoot, StateRoot} from "./Types.sol";

/// @title What every consumer of owners' proofs checks besides the proof.
abstract contract ProofConsumer is IProofConsumer {
    /// @inheritdoc IProofConsumer
    ISettlement public immutable settlement;
    /// @inheritdoc IProofConsumer
    uint32 public immutable maxRootAge;
    /// @inheritdoc IProofConsumer
    uint32 public immutable maxRiskAge;

    /// @inheritdoc IProofConsumer
    mapping(bytes32 purpose => mapping(uint256 nullifier => uint40)) public usedAt;

    constructor(ISettlement settlement_, uint32 maxRootAge_, uint32 maxRiskAge_) {
        _requireContract(address(settlement_));
        settlement = settlement_;
        maxRootAge = maxRootAge_;
        maxRiskAge = maxRiskAge_;
    }

    /// @inheritdoc IProofConsumer
    function context(bytes32 purpose) public view returns (uint256) {
        return uint256(keccak256(abi.encode(address(this), purpose))) >> 8;
    }

    /// Takes the account's one proof for the purpose, if it is of a state and a table that are young enough. What is proved, the
    /// caller asks its verifier before or after.
    function _use(bytes32 purpose, StateRoot stateRoot, uint40 since, RiskRoot riskRoot, uint256 nullifier) internal {
        Field.requireCanonical(nullifier);
        uint40 before = usedAt[purpose][nullifier];
        if (before != 0) revert NullifierUsed(purpose, nullifier, before);
        _requireFreshTable(riskRoot, _requireFreshRoot(stateRoot, since));
        usedAt[purpose][nullifier] = uint40(block.timestamp);
    }

    function _requireContract(address given) internal view {
        if (given.code.length == 0) revert ContractMissing(given);
    }

    /// @return made The number of the table at which the state was made.
    function _requireFreshRoot(StateRoot stateRoot, uint40 since) private view returns (uint64 made) {
        bool known;
        uint256 age;
        (known, age, made) = settlement.rootAge(stateRoot);
        if (!known) (known, age, made) = settlement.rootAgeSince(stateRoot, since);
        if (!known) revert StateRootNotRecent(stateRoot, since);
        if (age > maxRootAge) revert StateRootTooOld(stateRoot, age, maxRootAge);
    }

    /// The newest table of that root counts, should there be several. It lists what is held in a state that was made at table number
    /// `made` if it is not older, and if none after that one, up to it, listed something else in a market of that state. A market
    /// that was empty is in no state from before.
    function _requireFreshTable(RiskRoot riskRoot, uint64 made) private view {
        for (uint64 number = settlement.tableCount(); number > 0; number--) {
            ISettlement.Table memory table = settlement.tableAt(number);
            if (RiskRoot.unwrap(table.root) == 0) break;
            if (!(table.root == riskRoot)) continue;
            uint256 age = block.timestamp > table.asOf ? block.timestamp - table.asOf : 0;
            if (age > maxRiskAge) revert RiskTableTooOld(riskRoot, age, maxRiskAge);
            if (number < made || made < table.relisting)
                revert ListedOtherwise(riskRoot, number, made, table.relisting);
            return;
        }
        revert RiskTableNotRecent(riskRoot);
    }
}
