// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CashKind} from "../../../contracts/Parameters.sol";
import {SettlementBooks} from "./SettlementBooks.sol";
import {VM} from "./Vm.sol";

/// What users do: deposit, register, request, claim, hand over accounts.
abstract contract SettlementUsers is SettlementBooks {
    function deposit(uint256 seed) internal returns (bool went) {
        (address who, uint256 account, uint256 asset) = (
            person(seed),
            (seed >> 8) % (owners.length + 1),
            (seed >> 16) % 3
        );
        uint80 amount = uint80((seed >> 24) % 1001);
        if (asset < ASSETS) {
            tokens[asset].mint(who, amount * scales[asset]);
            VM.prank(who);
            tokens[asset].approve(address(settlement), amount * scales[asset]);
        }
        bool known = account < owners.length;
        address owner = known && (seed >> 40) % 8 != 0 ? owners[account] : person(seed >> 44);
        bool legal = frozen == 0 && known && owner == owners[account] && asset < ASSETS && amount > 0 && hasRoom();
        uint256 fee = payFee(who, seed, legal, 0);
        VM.prank(who);
        try settlement.deposit{value: fee}(account, asset, amount, owner) {
            went = true;
            queued[asset] += amount;
            tell(CashKind.DEPOSIT, account, asset, amount, who);
        } catch {}
        check(went == (legal && fee >= 1), "deposit");
    }

    function register(uint256 seed) internal returns (bool went) {
        address who = person(seed);
        bool legal = frozen == 0 && hasRoom() && owners.length < 64;
        uint256 fee = payFee(who, seed, legal, 1000);
        VM.prank(who);
        try settlement.register{value: fee}(X, Y, 1, viewOf(owners.length)) returns (uint256 account) {
            went = account == owners.length;
            owners.push(who);
            tell(CashKind.REGISTER, account, 0, X, address(0));
        } catch {}
        check(went == (legal && fee >= 1), "register");
    }

    function request(uint256 seed) internal returns (bool went) {
        uint256 account = (seed >> 8) % owners.length;
        address who = seed % 4 == 0 ? person(seed >> 40) : owners[account];
        uint256 asset = (seed >> 16) % ASSETS;
        uint256 kind = [
            CashKind.FORCED,
            CashKind.FORCED,
            CashKind.ROTATE,
            CashKind.SUSPEND,
            CashKind.RESUME,
            CashKind.CURE
        ][(seed >> 24) % 6];
        uint80 amount = kind == CashKind.FORCED ? uint80((seed >> 32) % 2000) : 0;
        bytes32 slot = slotOf(kind, account, asset);
        bool legal = frozen == 0 && who == owners[account] && !pending[slot];
        if (kind == CashKind.FORCED) legal = legal && amount > 0;
        if (kind == CashKind.ROTATE) legal = legal && hasRoom();
        if (kind == CashKind.SUSPEND) legal = legal && account != 0;
        uint256 fee = payFee(who, seed, legal, 0);
        VM.prank(who);
        bytes memory call =
            kind == CashKind.FORCED
                ? abi.encodeCall(settlement.requestWithdrawal, (account, asset, amount))
                : kind == CashKind.ROTATE
                    ? abi.encodeCall(settlement.rotate, (account, X, Y))
                    : kind == CashKind.SUSPEND
                        ? abi.encodeCall(settlement.suspend, (account))
                        : kind == CashKind.RESUME
                            ? abi.encodeCall(settlement.resume, (account))
                            : abi.encodeCall(settlement.requestCure, (account));
        (went, ) = address(settlement).call{value: fee}(call);
        if (went) {
            pending[slot] = true;
            uint256 a =
                kind == CashKind.FORCED
                    ? amount
                    : kind == CashKind.ROTATE
                        ? X
                        : 0;
            tell(kind, account, kind == CashKind.FORCED ? asset : 0, a, address(0));
        }
        check(went == (legal && fee >= 1), "request");
    }

    function claim(uint256 seed) internal returns (bool went) {
        (address who, uint256 asset) = (person(seed), (seed >> 8) % ASSETS);
        (uint256 all, uint256 free) = settlement.creditOf(who, asset);
        uint80 amount = uint80(seed >> 16) % uint80(all + 2);
        bool legal = amount <= credits[who][asset] && amount <= free;
        VM.prank(who);
        try settlement.claim(asset, amount, RECEIVER) {
            went = true;
            credits[who][asset] -= amount;
            paidOut[asset] += amount;
        } catch {}
        check(went == legal, "claim");
        check(frozen == 0 || limited || free >= all, "claim of a frozen venue");
    }

    function changeOwner(uint256 seed) internal returns (bool went) {
        uint256 account = (seed >> 8) % owners.length;
        address to = person(seed >> 16);
        VM.prank(owners[account]);
        settlement.offerOwner(account, to);
        VM.prank(to);
        settlement.acceptOwner(account);
        check(settlement.ownerOf(account) == owners[account], "changeOwner at once");
        VM.warp(block.timestamp + 1 hours);
        check(settlement.ownerOf(account) == to, "changeOwner after an hour");
        owners[account] = to;
        return true;
    }

    function donate(uint256 seed) internal returns (bool) {
        uint256 asset = seed % ASSETS;
        uint256 units = (seed >> 8) % 10_000;
        tokens[asset].mint(address(settlement), units);
        donated[asset] += units;
        return true;
    }
}
