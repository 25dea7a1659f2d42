// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "./Groth16.sol";
import {Field} from "./Field.sol";
import {IStateVerifier} from "./Statements.sol";
import {Proof} from "./Types.sol";

/// @title Many Groth16 proofs, of one key or of several, checked by one pairing.
/// @notice Each proof's equation is raised to a power that nobody knew before all proofs and signals were given, and the product of
/// all is compared with 1. If one of them does not hold, the product is 1 with a chance below 2^-247 for each list that is tried
/// (docs/protocol.md#many-proofs has the proof).
/// @dev Factors of a product that share their point of G2 are one pairing of the sum of their points of G1: of a key those of
/// alpha, gamma and delta over all its proofs, and those of several keys where the points of G2 are the same, as beta and gamma of one
/// ceremony are. The points B stay apart: a sum of them would hide that one is outside the subgroup.
library Groth16Many {
    /// Of a list of proofs, what each is claimed to be of.
    struct Claims {
        /// The verifiers of the kinds of proofs; zero where there is no proof of a kind.
        IStateVerifier[] verifiers;
        /// The kind of each proof.
        bytes kinds;
        /// The signals of each proof, three and three.
        uint256[] signals;
    }

    /// The claims on one verifier, each times its power.
    struct Group {
        /// The sum of the powers, and of each signal times its power.
        uint256[4] scalars;
        /// The sum of the points C.
        Groth16.Sum c;
    }

    /// Points as the precompile takes them, and how many pairs they are. There is room for all.
    struct Pairs {
        uint256[] points;
        uint256 count;
    }

    /// @notice Signals of a proof.
    uint256 internal constant SIGNALS = 3;
    /// Words of a pair; the pairs of a key.
    uint256 private constant PAIR = 6;
    uint256 private constant KEY_PAIRS = 3;

    /// Gas of a pairing for each pair and besides (EIP-1108), with a third for chains that charge more, and for the 64th that a call
    /// keeps back.
    uint256 private constant PAIR_GAS = 46_000;
    uint256 private constant PAIRING_GAS = 66_000;

    /// @notice Whether all claims hold. Which one does not is not said: ask their verifiers one by one.
    /// @dev False, too, for a signal that is not canonical. Reverts with NotEnoughGas where too little gas would look like a proof that is
    /// false.
    /// @param claims Of as many proofs as are given; every kind below the number of verifiers, of which none is zero that is named.
    function allHold(Claims memory claims, Proof[] calldata proofs) internal view returns (bool ok) {
        uint256 kinds = claims.verifiers.length;
        Group[] memory groups = new Group[](kinds);
        Pairs memory pairs = Pairs(new uint256[](PAIR * (proofs.length + KEY_PAIRS * kinds)), 0);
        ok = _addProofs(pairs, groups, claims, proofs);
        for (uint256 kind = 0; ok && kind < kinds; kind++) {
            IStateVerifier verifier = claims.verifiers[kind];
            if (address(verifier) != address(0)) ok = _addKey(pairs, proofs.length, verifier, groups[kind]);
        }
        return ok && Groth16.pairingIsOne(pairs.points, pairs.count, PAIRING_GAS + PAIR_GAS * pairs.count);
    }

    /// Adds the pair of each proof's A and B, and to its group what is put together.
    function _addProofs(
        Pairs memory pairs,
        Group[] memory groups,
        Claims memory claims,
        Proof[] calldata proofs
    ) private view returns (bool ok) {
        bytes32 seed = keccak256(abi.encode(claims, proofs));
        ok = true;
        for (uint256 i = 0; ok && i < proofs.length; i++) {
            Group memory group = groups[uint8(claims.kinds[i])];
            // The first power may be 1: the others are as free as before. Points that are not multiplied the pairing checks, as it
            // checks those of a proof alone.
            uint256 power = i == 0 ? 1 : uint256(keccak256(abi.encode(seed, i))) >> 8;
            ok = _addSignals(group.scalars, claims.signals, SIGNALS * i, power);
            Proof calldata proof = proofs[i];
            if (i == 0) (group.c.x, group.c.y) = (proof.c[0], proof.c[1]);
            else ok = ok && Groth16.add(group.c, proof.c[0], proof.c[1], power);
            ok = ok && _pushProof(pairs, proof, power);
        }
    }

    /// Adds the power to the first scalar, and each signal times the power to one of the others.
    function _addSignals(
        uint256[4] memory scalars,
        uint256[] memory signals,
        uint256 first,
        uint256 power
    ) private pure returns (bool ok) {
        scalars[0] = addmod(scalars[0], power, Field.ORDER);
        ok = true;
        for (uint256 i = 0; i < SIGNALS; i++) {
            uint256 signal = signals[first + i];
            ok = ok && signal < Field.ORDER;
            scalars[i + 1] = addmod(scalars[i + 1], mulmod(signal, power, Field.ORDER), Field.ORDER);
        }
    }

    /// Adds a proof's B, with `power` times A.
    function _pushProof(Pairs memory pairs, Proof calldata proof, uint256 power) private view returns (bool ok) {
        (uint256[] memory points, uint256 own) = (pairs.points, PAIR * pairs.count++);
        (points[own], points[own + 1], points[own + 2]) = (proof.a[0], proof.a[1], power);
        uint256 place;
        assembly ("memory-safe") {
            place := add(add(points, 0x20), mul(own, 0x20))
        }
        ok = power == 1 || Groth16.multiply(place);
        (points[own + 2], points[own + 3]) = (proof.b[0][0], proof.b[0][1]);
        (points[own + 4], points[own + 5]) = (proof.b[1][0], proof.b[1][1]);
    }

    /// Adds the three pairs of a group's key, to those which have their point of G2 already where there is one.
    function _addKey(
        Pairs memory pairs,
        uint256 first,
        IStateVerifier verifier,
        Group memory group
    ) private view returns (bool ok) {
        uint256[22] memory key = verifier.key();
        uint256[4] memory scalars = group.scalars;
        Groth16.Sum memory alpha;
        Groth16.Sum memory x;
        ok = Groth16.add(alpha, key[0], key[1], scalars[0]);
        for (uint256 i = 0; i < 4; i++) ok = ok && Groth16.add(x, key[14 + 2 * i], key[15 + 2 * i], scalars[i]);
        Groth16.Sum[3] memory sums = [alpha, x, group.c];
        for (uint256 i = 0; ok && i < KEY_PAIRS; i++) {
            uint256 place = 2 + 4 * i;
            ok = _merge(pairs, first, sums[i], [key[place], key[place + 1], key[place + 2], key[place + 3]]);
        }
    }

    function _merge(
        Pairs memory pairs,
        uint256 first,
        Groth16.Sum memory sum,
        uint256[4] memory g2
    ) private view returns (bool) {
        uint256[] memory points = pairs.points;
        for (uint256 i = first; i < pairs.count; i++) {
            uint256 own = PAIR * i;
            bool same = points[own + 2] == g2[0] && points[own + 3] == g2[1] && points[own + 4] == g2[2];
            if (!same || points[own + 5] != g2[3]) continue;
            bool ok = Groth16.add(sum, points[own], points[own + 1], 1);
            (points[own], points[own + 1]) = (sum.x, sum.y);
            return ok;
        }
        uint256 next = PAIR * pairs.count++;
        (points[next], points[next + 1]) = (sum.x, sum.y);
        for (uint256 i = 0; i < 4; i++) points[next + 2 + i] = g2[i];
        return true;
    }
}
