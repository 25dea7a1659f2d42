// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Field} from "../../../contracts/Field.sol";
import {ISettlement} from "../../../contracts/ISettlement.sol";
import {IMarginSufficiencyVerifier, IStateVerifier} from "../../../contracts/Statements.sol";
import {Proof} from "../../../contracts/Types.sol";

/// Accepts exactly the proofs whose first word is the hash of the statement plus the verifier's kind, so that tests can "prove" and "fail to prove"
/// whatever they like. For tests of what stands around a verifier; no verifier.
contract StubStateVerifier is IStateVerifier {
    uint256 private immutable KIND;

    constructor(uint256 kind) {
        KIND = kind;
    }

    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata,
        uint256[2] calldata,
        uint256[3] calldata signals
    ) external view returns (bool) {
        unchecked {
            return a[0] == uint256(keccak256(abi.encode(signals))) + KIND;
        }
    }
}

/// The same for margin proofs.
contract StubMarginSufficiencyVerifier is IMarginSufficiencyVerifier {
    function verifyProof(
        uint256[2] calldata a,
        uint256[2][2] calldata,
        uint256[2] calldata,
        uint256[6] calldata signals
    ) external pure returns (bool) {
        return a[0] == uint256(keccak256(abi.encode(signals)));
    }
}

function stubProof(bytes memory signals) pure returns (Proof memory proof) {
    proof.a[0] = uint256(keccak256(signals));
}

// Words of a batch in these tests, and what they say is the commitment: no circuit computes one here.
uint256 constant WORD_COUNT = 6;
uint256 constant COMMITMENT = 3;

function stubVerifiers(uint256 kinds) returns (ISettlement.StateVerifier[] memory verifiers) {
    verifiers = new ISettlement.StateVerifier[](kinds);
    for (uint256 kind = 0; kind < kinds; kind++) {
        verifiers[kind] = ISettlement.StateVerifier(new StubStateVerifier(kind), WORD_COUNT);
    }
}

function wordsOf(
    uint256 domain,
    uint256 timestamp,
    uint256 risk,
    uint256 from,
    uint256 to
) pure returns (uint256[] memory words) {
    words = new uint256[](WORD_COUNT);
    (words[0], words[1], words[2], words[3], words[4]) = (domain, timestamp, risk, from, to);
    words[5] = 17;
}

/// A proof of these words for a Settlement with that domain, computed apart from PublicData.sol.
function stubBatchProof(uint256 domain, uint256 kind, uint256[] memory words) pure returns (Proof memory proof) {
    uint256 challenge = uint256(keccak256(abi.encode(domain, kind, COMMITMENT, words))) >> 8;
    uint256 value = 0;
    uint256 power = 1;
    for (uint256 i = 0; i < words.length; i++) {
        value = addmod(value, mulmod(words[i], power, Field.ORDER), Field.ORDER);
        power = mulmod(power, challenge, Field.ORDER);
    }
    unchecked {
        proof.a[0] = uint256(keccak256(abi.encode([COMMITMENT, challenge, value]))) + kind;
    }
}
