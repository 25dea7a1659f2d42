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
    /// That the verifier takes the proof for these signals.
    struct Claim {
        IStateVerifier verifier;
        uint256[3] signals;
        Proof proof;
    }

    /// The claims on one verifier, each times its power.
    struct Group {
        IStateVerifier verifier;
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
    function allHold(Claim[] memory claims) internal view returns (bool ok) {
        uint256 count = claims.length;
        bytes32 seed = keccak256(abi.encode(claims));
        Group[] memory groups = new Group[](count);
        Pairs memory pairs = Pairs(new uint256[](PAIR * (count + KEY_PAIRS * count)), 0);
        ok = true;
        for (uint256 i = 0; ok && i < count; i++) {
            // The first power may be 1: the others are as free as before.
            uint256 power = i == 0 ? 1 : uint256(keccak256(abi.encode(seed, i))) >> 8;
            Claim memory claim = claims[i];
            ok = _add(_groupOf(groups, claim.verifier), claim, power);
            Groth16.Sum memory a;
            ok = ok && _addTimes(a, claim.proof.a, power);
            uint256[2][2] memory b = claim.proof.b;
            _push(pairs, a, b[0][0], b[0][1], b[1][0], b[1][1]);
        }
        for (uint256 i = 0; ok && i < count && address(groups[i].verifier) != address(0); i++) {
            ok = _addKey(pairs, count, groups[i]);
        }
        return ok && Groth16.pairingIsOne(pairs.points, pairs.count, PAIRING_GAS + PAIR_GAS * pairs.count);
    }

    /// The group of claims on the verifier: the one there is, or a new one.
    function _groupOf(Group[] memory groups, IStateVerifier verifier) private pure returns (Group memory group) {
        for (uint256 i = 0; ; i++) {
            group = groups[i];
            if (group.verifier == verifier) return group;
            if (address(group.verifier) != address(0)) continue;
            group.verifier = verifier;
            return group;
        }
    }

    function _add(Group memory group, Claim memory claim, uint256 power) private view returns (bool) {
        uint256[4] memory scalars = group.scalars;
        scalars[0] = addmod(scalars[0], power, Field.ORDER);
        for (uint256 i = 0; i < 3; i++) {
            uint256 signal = claim.signals[i];
            if (signal >= Field.ORDER) return false;
            scalars[i + 1] = addmod(scalars[i + 1], mulmod(signal, power, Field.ORDER), Field.ORDER);
        }
        return _addTimes(group.c, claim.proof.c, power);
    }

    /// Adds the three pairs of a group's key, to those which have their point of G2 already where there is one.
    function _addKey(Pairs memory pairs, uint256 first, Group memory group) private view returns (bool ok) {
        uint256[22] memory key = group.verifier.key();
        uint256[4] memory scalars = group.scalars;
        Groth16.Sum memory alpha;
        Groth16.Sum memory x;
        ok = Groth16.add(alpha, key[0], key[1], scalars[0]);
        for (uint256 i = 0; i < 4; i++) ok = ok && Groth16.add(x, key[14 + 2 * i], key[15 + 2 * i], scalars[i]);
        Groth16.Sum[3] memory sums = [alpha, x, group.c];
        for (uint256 i = 0; ok && i < KEY_PAIRS; i++) {
            uint256 at = 2 + 4 * i;
            ok = _merge(pairs, first, sums[i], [key[at], key[at + 1], key[at + 2], key[at + 3]]);
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
            uint256 at = PAIR * i;
            bool same = points[at + 2] == g2[0] && points[at + 3] == g2[1] && points[at + 4] == g2[2];
            if (!same || points[at + 5] != g2[3]) continue;
            bool ok = Groth16.add(sum, points[at], points[at + 1], 1);
            (points[at], points[at + 1]) = (sum.x, sum.y);
            return ok;
        }
        _push(pairs, sum, g2[0], g2[1], g2[2], g2[3]);
        return true;
    }

    function _push(
        Pairs memory pairs,
        Groth16.Sum memory g1,
        uint256 x1,
        uint256 x0,
        uint256 y1,
        uint256 y0
    ) private pure {
        (uint256[] memory points, uint256 at) = (pairs.points, PAIR * pairs.count++);
        (points[at], points[at + 1], points[at + 2]) = (g1.x, g1.y, x1);
        (points[at + 3], points[at + 4], points[at + 5]) = (x0, y1, y0);
    }

    /// Adds `power` times the point. The pairing checks a point that begins a sum and is not multiplied, as it checks that of a proof alone.
    function _addTimes(Groth16.Sum memory sum, uint256[2] memory point, uint256 power) private view returns (bool) {
        if (power != 1) return Groth16.add(sum, point[0], point[1], power);
        (sum.x, sum.y) = (point[0], point[1]);
        return true;
    }
}
