// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarginGate} from "./IMarginGate.sol";
import {ISettlement} from "./settlement/ISettlement.sol";
import {Parameters} from "./Parameters.sol";
import {ProofConsumer} from "./ProofConsumer.sol";
import {IMarginSufficiencyVerifier, Statements} from "./Statements.sol";
import {Domain, Proof, RiskRoot, StateRoot} from "./Types.sol";

/// @title MarginGate: admits each account once per purpose, on proof of margin.
contract MarginGate is IMarginGate, ProofConsumer {
    /// The verifier that `admit` asks.
    IMarginSufficiencyVerifier public immutable verifier;
    /// @inheritdoc IMarginGate
    uint24 public immutable ratioBps;
    constructor(
        ISettlement settlement_,
        IMarginSufficiencyVerifier verifier_,
        uint24 ratioBps_,
        uint32 maxRootAge_,
        uint32 maxRiskAge_
    ) ProofConsumer(settlement_, maxRootAge_, maxRiskAge_) {
        _requireContract(address(verifier_));
        uint256 highest = 2 ** Parameters.BASIS_POINTS_BITS - 1;
        if (ratioBps_ < Parameters.BASIS_POINTS || ratioBps_ > highest) {
            revert RatioOutOfRange(ratioBps_, Parameters.BASIS_POINTS, highest);
        }
        verifier = verifier_;
        ratioBps = ratioBps_;
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
        _use(purpose, stateRoot, since, riskRoot, nullifier);
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
        emit Admitted(purpose, nullifier, stateRoot, riskRoot);
    }
}
