// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Operation} from "../../../contracts/settlement/Operation.sol";
import {CashKind} from "../../../contracts/Parameters.sol";
import {StateRoot} from "../../../contracts/Types.sol";
import {SettlementFixture} from "./SettlementFixture.sol";
import {VM} from "./Vm.sol";

/// How a venue ends, if it does: nobody serves its queue, its end is announced, a proof breaks a verifier while it lives, or the
/// exit verifier after it died.
enum Fate {
    Lives,
    Overdue,
    WoundDown,
    BatchVerifierBroken,
    ExitVerifierBroken,
    OverdueAndExitVerifierBroken
}

/// Books of a settlement that are never read from it, and what is compared with them after every call.
abstract contract SettlementBooks is SettlementFixture {
    address internal constant HOUSE = address(0xA0);
    address internal constant RECEIVER = address(0xBEEF);
    uint256 internal constant PEOPLE = 4;

    struct Told {
        uint256 kind;
        uint256 account;
        uint256 asset;
        uint256 a;
        address payer;
        uint256 deadline;
        uint256 askedAt;
        bool gone;
    }

    /// The first handler whose call went otherwise than it must, or whose books do not agree; empty if none.
    string public wrong;
    uint256 public calls;
    uint256 public batches;
    uint256 public frozenTimes;
    uint256 public payouts;
    Fate public fate;
    uint32 public round = 1;

    Told[] internal queue;
    uint256 internal front;
    address[] internal owners;
    uint256[ASSETS] internal queued;
    uint256[ASSETS] internal vault;
    uint256[ASSETS] internal donated;
    uint256[ASSETS] internal paidOut;
    mapping(address => uint256[ASSETS]) internal credits;
    mapping(uint256 account => uint256[ASSETS]) internal owned;
    mapping(bytes32 request => bool) internal pending;
    uint256 internal root = 1;
    uint256 internal rootsMade = 1;
    /// When it was frozen, and whether a proof that broke a verifier did it.
    uint256 internal frozen;
    bool internal limited;
    /// Whether the exit verifier in force has been broken.
    bool internal broken;
    uint256 internal tablePostedAt;
    uint256 internal parametersRoot;
    /// What the house may pay in an hour, and what of it was spent when it last paid.
    uint256 internal coverPerHour = COVER;
    uint256 internal spentCover;
    uint256 internal spentAt;
    /// When claims began anew, when an end was announced, and until when trades are paused.
    uint256 internal begun;
    uint256 internal windDownAt;
    uint256 internal pausedUntil;
    address internal governor = address(0xA2);
    address internal operator = address(0xA1);
    address internal guardian = address(0xA3);

    constructor() {
        VM.warp(1_800_000_000);
        deploySettlement(HOUSE, Operation.Roles(governor, operator, guardian));
        owners.push(HOUSE);
        tell(CashKind.REGISTER, 0, 0, X, address(0));
    }

    /// Whether the settlement says what these books say.
    function agrees() internal view returns (bool) {
        if (StateRoot.unwrap(settlement.stateRoot()) != root || settlement.frozenAt() != frozen) return false;
        if (settlement.queueFront() != front || settlement.queueEnd() != queue.length) return false;
        if (exits.round() != round || exits.broken() != broken) return false;
        for (uint256 i = 0; i < ASSETS; i++) {
            (uint80 q, uint80 v, uint80 c) = settlement.lots(i);
            uint256 credited = 0;
            for (uint256 p = 0; p <= PEOPLE; p++) {
                address who = p == PEOPLE ? HOUSE : person(p);
                (uint256 all, ) = settlement.creditOf(who, i);
                if (all != credits[who][i]) return false;
                credited += all;
            }
            if (q != queued[i] || v != vault[i] || c != credited) return false;
            uint256 balance = tokens[i].balanceOf(address(settlement));
            if (balance != (uint256(q) + v + c) * scales[i] + donated[i]) return false;
            if (tokens[i].balanceOf(RECEIVER) != paidOut[i] * scales[i]) return false;
        }
        return true;
    }

    function tell(uint256 kind, uint256 account, uint256 asset, uint256 a, address payer) internal {
        uint256 deadline = settlement.placeAt(queue.length).deadline;
        bool isFirst = settlement.queueFront() == queue.length;
        check(isFirst || deadline >= queue[queue.length - 1].deadline, "deadlines go back");
        check(deadline >= block.timestamp + 3 days && deadline <= block.timestamp + 10 days, "deadline");
        queue.push(Told(kind, account, asset, a, payer, deadline, block.timestamp, false));
    }

    function hasRoom() internal view returns (bool) {
        return queue.length - front < 12;
    }

    function payFee(address who, uint256 seed, bool legal, uint256 besides) internal returns (uint256 fee) {
        fee = 100 + (100 * (queue.length - front)) / 5 + besides;
        if (legal && (seed >> 200) % 8 == 0) fee = 0;
        else if ((seed >> 204) % 2 == 0) fee += 77;
        VM.deal(who, fee);
    }

    function nextRoot(uint256 seed) internal returns (uint256) {
        return seed % 8 == 0 ? root : ++rootsMade;
    }

    /// Lots that leave the vault for the owner of an account.
    function credit(uint256 account, uint256 asset, uint256 lots) internal {
        check(lots <= vault[asset], "more than the vault");
        if (lots > vault[asset]) return;
        vault[asset] -= lots;
        credits[owners[account]][asset] += lots;
    }

    function slotOf(uint256 kind, uint256 account, uint256 asset) internal pure returns (bytes32) {
        if (kind == CashKind.FORCED) return keccak256(abi.encode(kind, account, asset));
        return keccak256(abi.encode(kind == CashKind.RESUME ? CashKind.SUSPEND : kind, account));
    }

    function person(uint256 seed) internal pure returns (address) {
        return address(uint160(0x1000 + (seed % PEOPLE)));
    }

    function check(bool holds, string memory name) internal {
        if (!holds && bytes(wrong).length == 0) wrong = name;
    }
}
