// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Field} from "./Field.sol";
import {IMarginGate} from "./IMarginGate.sol";
import {ISettlement} from "./settlement/ISettlement.sol";
import {Parameters} from "./Parameters.sol";
import {IMarginSufficiencyVerifier, Statements} from "./Statements.sol";
import {Domain, Proof, RiskRoot, StateRoot} from "./Types.sol";

/// @title MarginGate: admits each account once per purpose, on proof of margin.
contract MarginGate is IMarginGate {
    /// @inheritdoc IMarginGate
    ISettlement public immutable settlement;
    /// The verifier that `admit` asks.
    IMarginSufficiencyVerifier public immutable verifier;
    /// @inheritdoc IMarginGate
    uint24 public immutable ratioBps;
    /// @inheritdoc IMarginGate
    uint32 public immutable maxRootAge;
    /// @inheritdoc IMarginGate
    uint32 public immutable maxRiskAge;

    /// @inheritdoc IMarginGate
    mapping(bytes32 purpose => mapping(uint256 nullifier => uint40)) public admittedAt;

    constructor(
        ISettlement settlement_,
        IMarginSufficiencyVerifier verifier_,
        uint24 ratioBps_,
        uint32 maxRootAge_,
        uint32 maxRiskAge_
    ) {
        if (address(settlement_).code.length == 0) revert ContractMissing(address(settlement_));
        if (address(verifier_).code.length == 0) revert ContractMissing(address(verifier_));
        uint256 highest = 2 ** Parameters.BASIS_POINTS_BITS - 1;
        if (ratioBps_ < Parameters.BASIS_POINTS || ratioBps_ > highest) {
            revert RatioOutOfRange(ratioBps_, Parameters.BASIS_POINTS, highest);
        }
        settlement = settlement_;
        verifier = verifier_;
        ratioBps = ratioBps_;
        maxRootAge = maxRootAge_;
        maxRiskAge = maxRiskAge_;
    }

    /// @inheritdoc IMarginGate
    function admit(
        bytes32 purpose,
        StateRoot stateRoot,
        uint40 since,
        RiskRoot riskRoot,
        uint256 nullifier,
        Proof calldata proof
    ) external {
        Field.requireCanonical(nullifier);
        uint40 before = admittedAt[purpose][nullifier];
        if (before != 0) revert AlreadyAdmitted(purpose, nullifier, before);
        _requireFreshRoot(stateRoot, since);
        _requireFreshTable(riskRoot);

        Domain domain = settlement.domain();
        uint256 context_ = context(purpose);
        uint256[6] memory signals = Statements.marginSufficiency({
            domain: Domain.unwrap(domain),
            stateRoot: StateRoot.unwrap(stateRoot),
            riskRoot: RiskRoot.unwrap(riskRoot),
            ratioBps: ratioBps,
            context: context_,
            nullifier: nullifier
        });
        if (!verifier.verifyProof(proof.a, proof.b, proof.c, signals)) {
            revert ProofRejected(domain, stateRoot, riskRoot, ratioBps, context_, nullifier);
        }

        admittedAt[purpose][nullifier] = uint40(block.timestamp);
        emit Admitted(purpose, nullifier, stateRoot, riskRoot);
    }

    /// @inheritdoc IMarginGate
    function context(bytes32 purpose) public view returns (uint256) {
        return uint256(keccak256(abi.encode(address(this), purpose))) >> 8;
    }

    function _requireFreshRoot(StateRoot stateRoot, uint40 since) private view {
        (bool known, uint256 age) = settlement.rootAge(stateRoot);
        if (!known) (known, age) = settlement.rootAgeSince(stateRoot, since);
        if (!known) revert StateRootNotRecent(stateRoot, since);
        if (age > maxRootAge) revert StateRootTooOld(stateRoot, age, maxRootAge);
    }

    /// The newest table of that root counts, should there be several.
    function _requireFreshTable(RiskRoot riskRoot) private view {
        for (uint64 number = settlement.tableCount(); number > 0; number--) {
            ISettlement.Table memory table = settlement.tableAt(number);
            if (RiskRoot.unwrap(table.root) == 0) break;
            if (!(table.root == riskRoot)) continue;
            uint256 age = block.timestamp > table.asOf ? block.timestamp - table.asOf : 0;
            if (age > maxRiskAge) revert RiskTableTooOld(riskRoot, age, maxRiskAge);
            return;
        }
        revert RiskTableNotRecent(riskRoot);
    }
}
