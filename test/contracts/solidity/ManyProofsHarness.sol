// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16Many} from "../../../contracts/Groth16Many.sol";
import {IStateVerifier} from "../../../contracts/Statements.sol";
import {Proof} from "../../../contracts/Types.sol";

/// Lets tests check many proofs at once.
contract ManyProofsHarness {
    function allHold(Groth16Many.Claims memory claims, Proof[] calldata proofs) external view returns (bool) {
        return Groth16Many.allHold(claims, proofs);
    }
}

/// Has whatever key a test gives it.
contract KeyHolder is IStateVerifier {
    uint256[22] private words;

    constructor(uint256[22] memory given) {
        words = given;
    }

    function key() external view returns (uint256[22] memory) {
        return words;
    }

    function verifyProof(
        uint256[2] calldata,
        uint256[2][2] calldata,
        uint256[2] calldata,
        uint256[3] calldata
    ) external pure returns (bool) {
        return false;
    }
}
