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
    function admit(bytes32 purpose, StateRoot stateRoot, uint256 nullifier, Proof calldata proof) external {
        Field.requireCanonical(nullifier);
        uint40 before = admittedAt[purpose][nullifier];
        if (before != 0) revert AlreadyAdmitted(purpose, nullifier, before);
        _requireFreshRoot(stateRoot);
        RiskRoot riskRoot = _freshRiskRoot();

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

    function _requireFreshRoot(StateRoot stateRoot) private view {
        (bool recent, uint256 age) = settlement.rootAge(stateRoot);
        if (!recent) revert StateRootNotRecent(stateRoot);
        if (age > maxRootAge) revert StateRootTooOld(stateRoot, age, maxRootAge);
    }

    function _freshRiskRoot() private view returns (RiskRoot riskRoot) {
        riskRoot = settlement.riskRoot();
        if (RiskRoot.unwrap(riskRoot) == 0) revert RiskRootMissing();
        uint256 asOf = settlement.riskAsOf();
        uint256 age = block.timestamp > asOf ? block.timestamp - asOf : 0;
        if (age > maxRiskAge) revert RiskTableTooOld(riskRoot, age, maxRiskAge);
    }
}
