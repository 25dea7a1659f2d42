// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Authority} from "../../../contracts/custody/Authority.sol";
import {Custody} from "../../../contracts/custody/Custody.sol";
import {Queue} from "../../../contracts/custody/Queue.sol";
import {CashKind} from "../../../contracts/Parameters.sol";
import {Proof, RiskRoot, StateRoot} from "../../../contracts/Types.sol";
import {CustodyFixture} from "./CustodyFixture.sol";
import {VM} from "./Vm.sol";

/// Does to a custody what anybody could, honest and not, and keeps books of its own, which are never read from the custody. Each
/// call of a handler says beforehand whether it must go through; where that is not so, `wrong` names the handler.
contract CustodyActor is CustodyFixture {
    address private constant HOUSE = address(0xA0);
    address private constant OPERATOR = address(0xA1);
    address private constant GOVERNOR = address(0xA2);
    address private constant GUARDIAN = address(0xA3);
    address private constant PUBLISHER = address(0xA4);
    uint256 private constant PEOPLE = 4;

    struct Told {
        uint256 kind;
        uint256 account;
        uint256 asset;
        uint256 a;
        address payer;
        uint256 deadline;
        bool gone;
    }

    /// A cash batch to be settled.
    struct Plan {
        uint256[] words;
        address[] payers;
        uint256 named;
        uint256[SLOTS] paid;
        uint256[ASSETS] held;
        uint256 taken;
        bool legal;
    }

    /// The first handler whose call went otherwise than it must, or whose books do not agree; empty if none.
    string public wrong;
    uint256 public calls;
    uint256 public batches;
    uint256 public frozenTimes;
    uint256 public payouts;
    /// Whether it serves nothing any more in the second half of its life.
    bool public mortal;

    Told[] private queue;
    uint256 private front;
    address[] private owners;
    uint256[ASSETS] private queued;
    uint256[ASSETS] private vault;
    uint256[ASSETS] private donated;
    uint256[ASSETS] private paidOut;
    mapping(address => uint256[ASSETS]) private credits;
    mapping(uint256 account => uint256[ASSETS]) private owned;
    mapping(bytes32 request => bool) private pending;
    uint256 private root = 1;
    uint256 private rootsMade = 1;
    bool private frozen;
    bytes32 private inForce;
    mapping(uint256 item => uint256) private proposedAt;
    mapping(uint256 account => uint256[4]) private exitState; // claimed, paid, shared, in time

    constructor() {
        VM.warp(1_800_000_000);
        deployCustody(HOUSE, Authority.Roles(GOVERNOR, OPERATOR, PUBLISHER, GUARDIAN));
        owners.push(HOUSE);
        tell(CashKind.REGISTER, 0, 0, X, address(0));
        inForce = fingerprint();
    }

    /// One call after another, chosen by the seed; stops at the first that went wrong.
    function steps(uint256 seed, uint256 count) external {
        for (uint256 i = 0; i < count && bytes(wrong).length == 0; i++) {
            step(uint256(keccak256(abi.encode(seed, i))));
        }
    }

    function step(uint256 seed) public {
        if (calls++ == 0) mortal = (seed >> 64) % 2 == 0;
        uint256 choice = seed % 32;
        if (dead() && choice >= 6 && choice < 18) choice = choice % 2 == 0 ? uint256(0) : 26;
        if (dead() && calls % 20 == 0) choice = 24;
        uint256 more = uint256(keccak256(abi.encode(seed)));
        string memory name = "pass";
        if (choice < 3) pass(more);
        else if (choice < 6) (name, ) = ("deposit", deposit(more));
        else if (choice < 7) (name, ) = ("register", register(more));
        else if (choice < 9) (name, ) = ("request", request(more));
        else if (choice < 18) (name, ) = ("settleCash", settleCash(more));
        else if (choice < 19) (name, ) = ("settleTrade", settleTrade(more));
        else if (choice < 23) (name, ) = ("claim", claim(more));
        else if (choice < 24) (name, ) = ("postTable", postTable(more));
        else if (choice < 25) (name, ) = ("freeze", freeze(more));
        else if (choice < 26) (name, ) = ("refund", refund(more));
        else if (choice < 28) (name, ) = ("exit", exit(more));
        else if (choice < 30) (name, ) = ("govern", govern(more));
        else if (choice < 31) (name, ) = ("changeOwner", changeOwner(more));
        else (name, ) = ("donate", donate(more));
        if (bytes(wrong).length == 0 && !agrees()) wrong = string.concat("books after ", name);
    }

    /// Of a venue that serves nothing any more, after half of its calls.
    function dead() private view returns (bool) {
        return mortal && calls > 300;
    }

    function pass(uint256 seed) private {
        VM.warp(block.timestamp + (seed % (dead() ? 2 : 8) == 0 ? 1 days : seed % 3 hours));
    }

    function deposit(uint256 seed) private returns (bool went) {
        (address who, uint256 account, uint256 asset) = (
            person(seed),
            (seed >> 8) % (owners.length + 1),
            (seed >> 16) % 3
        );
        uint80 amount = uint80((seed >> 24) % 1001);
        if (asset < ASSETS) {
            tokens[asset].mint(who, amount * scales[asset]);
            VM.prank(who);
            tokens[asset].approve(address(custody), amount * scales[asset]);
        }
        bool legal = !frozen && account < owners.length && asset < ASSETS && amount > 0 && hasRoom();
        uint256 fee = payFee(who, seed, legal, 0);
        VM.prank(who);
        try custody.deposit{value: fee}(account, asset, amount) {
            went = true;
            queued[asset] += amount;
            tell(CashKind.DEPOSIT, account, asset, amount, who);
        } catch {}
        check(went == (legal && fee >= 1), "deposit");
    }

    function register(uint256 seed) private returns (bool went) {
        address who = person(seed);
        bool legal = !frozen && hasRoom() && owners.length < 64;
        uint256 fee = payFee(who, seed, legal, 1000);
        VM.prank(who);
        try custody.register{value: fee}(X, Y, 1, 1) returns (uint256 account) {
            went = account == owners.length;
            owners.push(who);
            tell(CashKind.REGISTER, account, 0, X, address(0));
        } catch {}
        check(went == (legal && fee >= 1), "register");
    }

    function request(uint256 seed) private returns (bool went) {
        uint256 account = (seed >> 8) % owners.length;
        address who = seed % 4 == 0 ? person(seed >> 40) : owners[account];
        uint256 asset = (seed >> 16) % ASSETS;
        uint256 kind = [CashKind.FORCED, CashKind.FORCED, CashKind.ROTATE, CashKind.SUSPEND, CashKind.RESUME][
            (seed >> 24) % 5
        ];
        uint80 amount = kind == CashKind.FORCED ? uint80((seed >> 32) % 2000) : 0;
        bytes32 slot = slotOf(kind, account, asset);
        bool legal = !frozen && who == owners[account] && !pending[slot];
        if (kind == CashKind.FORCED) legal = legal && amount > 0;
        if (kind == CashKind.ROTATE) legal = legal && hasRoom();
        if (kind == CashKind.SUSPEND) legal = legal && account != 0;
        uint256 fee = payFee(who, seed, legal, 0);
        VM.prank(who);
        bytes memory call =
            kind == CashKind.FORCED
                ? abi.encodeCall(custody.requestWithdrawal, (account, asset, amount))
                : kind == CashKind.ROTATE
                    ? abi.encodeCall(custody.rotate, (account, X, Y))
                    : kind == CashKind.SUSPEND
                        ? abi.encodeCall(custody.suspend, (account))
                        : abi.encodeCall(custody.resume, (account));
        (went, ) = address(custody).call{value: fee}(call);
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

    /// Consumes some of the queue; now and then in a way that must be refused.
    function settleCash(uint256 seed) private returns (bool went) {
        Plan memory plan = planOf(nextRoot(seed), (seed >> 8) % (SLOTS + 1));
        if (seed % 16 < 4) spoil(plan, seed % 16, seed);
        address who = (seed >> 40) % 16 == 0 ? person(seed) : OPERATOR;
        Custody.Batch memory batch = batchOf(1, plan.words, plan.payers);
        bool lied = (seed >> 44) % 16 == 0;
        if (lied) batch.proof.a[0] ^= 1;
        VM.prank(who);
        try custody.settle(1, batch) {
            went = true;
        } catch {}
        check(went == (plan.legal && !frozen && who == OPERATOR && !lied), "settleCash");
        if (!went) return went;
        batches++;
        root = plan.words[4];
        for (uint256 i = 0; i < plan.taken; i++) serve(queue[front + i], plan.paid[i]);
        front += plan.taken;
    }

    /// A batch that serves the first `taken` entries, or all.
    function planOf(uint256 newRoot, uint256 taken) private view returns (Plan memory plan) {
        plan.words = headOf(CASH_WORDS, newRoot);
        plan.held = vault;
        plan.legal = true;
        uint256 waiting = queue.length - front;
        plan.taken = taken < waiting ? taken : waiting;
        uint256 deposits = 0;
        for (uint256 i = 0; i < plan.taken; i++) if (queue[front + i].kind == CashKind.DEPOSIT) deposits++;
        plan.payers = new address[](deposits);
        for (uint256 i = 0; i < plan.taken; i++) serveIn(plan, i, queue[front + i]);
    }

    function serveIn(Plan memory plan, uint256 i, Told memory entry) private view {
        uint256 a = entry.a;
        if (entry.kind == CashKind.DEPOSIT) {
            plan.payers[plan.named++] = entry.payer;
            plan.held[entry.asset] += a;
            a = amounts(a, 0, 0);
        } else if (entry.kind == CashKind.FORCED) {
            uint256 most = plan.held[entry.asset] < a ? plan.held[entry.asset] : a;
            uint256 own = owned[entry.account][entry.asset];
            plan.paid[i] = most < own ? most : own;
            a = amounts(a, plan.paid[i], plan.held[entry.asset]);
            plan.held[entry.asset] -= plan.paid[i];
        }
        put(plan.words, i, entry.kind, entry.account, 0, entry.asset, a);
        if (entry.kind == CashKind.REGISTER) (plan.words[8 + 5 * i], plan.words[9 + 5 * i]) = (Y, 1);
        if (entry.kind == CashKind.ROTATE) plan.words[8 + 5 * i] = Y;
    }

    /// One lie: an entry changed, another payer, more than the vault has, or an entry from further behind.
    function spoil(Plan memory plan, uint256 how, uint256 seed) private view {
        uint256 i = plan.taken;
        if (how == 0 && i > 0) {
            plan.words[7] += how + (uint256(1) << 160);
            plan.legal = false;
        } else if (how == 1 && plan.named > 0) {
            plan.payers[0] = address(uint160(plan.payers[0]) ^ 1);
            plan.legal = false;
        } else if (how == 2 && i < SLOTS) {
            uint256 asset = (seed >> 32) % ASSETS;
            uint256 held = plan.held[asset];
            put(plan.words, i, CashKind.WITHDRAW, 0, 0, asset, amounts(held + 1, held + 1, held));
            plan.legal = false;
        } else if (how == 3 && i < SLOTS && front + i + 1 < queue.length) {
            Told memory later = queue[front + i + 1];
            if (later.kind == queue[front + i].kind && later.account == queue[front + i].account) return;
            if (later.kind == CashKind.DEPOSIT) return;
            serveIn(plan, i, later);
            plan.legal = false;
        }
    }

    function serve(Told storage entry, uint256 paid) private {
        entry.gone = true;
        pending[slotOf(entry.kind, entry.account, entry.asset)] = false;
        if (entry.kind == CashKind.DEPOSIT) {
            queued[entry.asset] -= entry.a;
            vault[entry.asset] += entry.a;
            owned[entry.account][entry.asset] += entry.a;
        } else if (entry.kind == CashKind.FORCED) {
            vault[entry.asset] -= paid;
            owned[entry.account][entry.asset] -= paid;
            credits[custody.ownerOf(entry.account)][entry.asset] += paid;
        }
    }

    function settleTrade(uint256 seed) private returns (bool went) {
        bool legal = !frozen && block.timestamp >= authority.pausedUntil();
        uint256[] memory words = headOf(TRADE_WORDS, nextRoot(seed));
        if (seed % 8 == 0) {
            words[3] ^= 1;
            legal = false;
        }
        Custody.Batch memory batch = batchOf(0, words, new address[](0));
        VM.prank(OPERATOR);
        try custody.settle(0, batch) {
            went = true;
            batches++;
            root = words[4];
        } catch {}
        check(went == legal, "settleTrade");
    }

    function claim(uint256 seed) private returns (bool went) {
        (address who, uint256 asset) = (person(seed), (seed >> 8) % ASSETS);
        (uint256 all, uint256 free) = custody.creditOf(who, asset);
        uint80 amount = uint80(seed >> 16) % uint80(all + 2);
        bool legal = amount <= credits[who][asset] && amount <= free;
        VM.prank(who);
        try custody.claim(asset, amount, address(uint160(0xBEEF))) {
            went = true;
            credits[who][asset] -= amount;
            paidOut[asset] += amount;
        } catch {}
        check(went == legal, "claim");
        check(!frozen || free >= all, "claim of a frozen venue");
    }

    function postTable(uint256 seed) private returns (bool went) {
        VM.prank(seed % 8 == 0 ? person(seed) : PUBLISHER);
        try custody.postRiskTable(RiskRoot.wrap(1 + (seed >> 8)), uint40(block.timestamp), new uint256[](0)) {
            went = true;
            check(!frozen && seed % 8 != 0, "postTable");
        } catch {}
    }

    function freeze(uint256 seed) private returns (bool went) {
        bool legal = !frozen && front < queue.length && block.timestamp >= queue[front].deadline;
        VM.prank(person(seed));
        try custody.freeze() {
            went = true;
            frozen = true;
            frozenTimes++;
        } catch {}
        check(went == legal, "freeze");
    }

    function refund(uint256 seed) private returns (bool went) {
        uint256 index = (seed >> 8) % (queue.length + 1);
        if (frozen && front < queue.length) index = front + ((seed >> 8) % (queue.length - front));
        if (index == queue.length) return false;
        Told memory told = queue[index];
        bool legal = frozen && told.kind == CashKind.DEPOSIT && !told.gone;
        try custody.refundDeposit(index, Queue.Entry(told.kind, told.account, told.asset, told.a, 0, 0, told.payer)) {
            went = true;
            queue[index].gone = true;
            queued[told.asset] -= told.a;
            credits[told.payer][told.asset] += told.a;
        } catch {}
        check(went == legal, "refund");
    }

    function exit(uint256 seed) private returns (bool went) {
        uint256 account = (seed >> 8) % owners.length;
        uint256[4] storage state = exitState[account];
        address owner = custody.ownerOf(account);
        uint256[ASSETS] memory before = [credits[owner][0], credits[owner][1]];
        uint256 from = exits.claimsFrom();
        uint256 period = from == 0 ? 0 : (block.timestamp - from) / CLAIM_PERIOD;
        if (seed % 3 == 0) {
            uint256[] memory claims = new uint256[](ASSETS);
            // Up to twice what it has: so the quote asset may be short, and others too, were the proofs wrong.
            for (uint256 i = 0; i < ASSETS; i++) claims[i] = owned[account][i] * ((seed >> (16 + i)) % 3);
            bool legal = frozen && state[0] == 0 && period < 2;
            try exits.recordClaim(account, claims, exitProof(account, claims)) {
                went = true;
                (state[0], state[3]) = (1, period == 0 ? 1 : 0);
            } catch {}
            check(went == legal, "recordClaim");
        } else if (seed % 3 == 1) {
            bool legal = frozen && period >= 1 && state[3] == 1 && state[1] == 0;
            try exits.payout(account) {
                went = true;
                state[1] = 1;
            } catch {}
            check(went == legal, "payout");
        } else {
            bool legal = frozen && period >= 2 && state[3] == 1 && state[2] == 0;
            try exits.shareLeftovers(account) {
                went = true;
                state[2] = 1;
            } catch {}
            check(went == legal, "shareLeftovers");
        }
        if (!went) return went;
        payouts++;
        for (uint256 i = 0; i < ASSETS; i++) {
            (uint256 all, ) = custody.creditOf(owner, i);
            check(all >= before[i] && all - before[i] <= vault[i], "more than the vault");
            vault[i] -= all - before[i];
            credits[owner][i] = all;
        }
    }

    /// Authority, by whoever it is not, or too early; and what it may do at once.
    function govern(uint256 seed) private returns (bool went) {
        Authority.Item item = Authority.Item(uint8(1 + (seed % 6)));
        address[5] memory callers = [GOVERNOR, GUARDIAN, OPERATOR, PUBLISHER, person(seed)];
        address who = callers[(seed >> 8) % 5];
        uint256 choice = (seed >> 16) % 5;
        if (choice == 0) {
            address target = item == Authority.Item.EXIT_VERIFIER ? authority.exitVerifier() : person(seed >> 32);
            VM.prank(GOVERNOR);
            try authority.propose(item, 0, target, 300) {
                proposedAt[uint256(item)] = block.timestamp;
                check(!frozen, "propose");
            } catch {}
        } else if (choice == 1) {
            uint256 since = proposedAt[uint256(item)];
            if (since != 0 && block.timestamp >= since + UPGRADE_DELAY) return false;
            VM.prank(who);
            try authority.execute(item, 0) {
                check(false, "execute before the delay");
            } catch {}
        } else if (choice == 2) {
            VM.prank(who);
            try authority.cancel(item, 0) {
                check(who == GOVERNOR || (who == GUARDIAN && item != Authority.Item.GUARDIAN && !frozen), "cancel");
            } catch {}
        } else {
            VM.prank(who);
            (went, ) = address(authority).call(
                choice == 3 ? abi.encodeCall(authority.pause, ()) : abi.encodeCall(authority.unpause, ())
            );
            check(!went || (who == GUARDIAN && (choice == 4 || !frozen)), "pause");
        }
        check(fingerprint() == inForce, "authority within the delay");
        return true;
    }

    function changeOwner(uint256 seed) private returns (bool went) {
        uint256 account = (seed >> 8) % owners.length;
        address to = person(seed >> 16);
        VM.prank(owners[account]);
        custody.offerOwner(account, to);
        VM.prank(to);
        custody.acceptOwner(account);
        check(custody.ownerOf(account) == owners[account], "changeOwner at once");
        VM.warp(block.timestamp + 1 hours);
        check(custody.ownerOf(account) == to, "changeOwner after an hour");
        owners[account] = to;
        return true;
    }

    function donate(uint256 seed) private returns (bool) {
        uint256 asset = seed % ASSETS;
        uint256 units = (seed >> 8) % 10_000;
        tokens[asset].mint(address(custody), units);
        donated[asset] += units;
        return true;
    }

    /// Whether the custody says what these books say.
    function agrees() private view returns (bool) {
        if (StateRoot.unwrap(custody.stateRoot()) != root || (custody.frozenAt() != 0) != frozen) return false;
        if (custody.queueFront() != front || custody.queueEnd() != queue.length) return false;
        for (uint256 i = 0; i < ASSETS; i++) {
            (uint80 q, uint80 v, uint80 c) = custody.lots(i);
            uint256 credited = 0;
            for (uint256 p = 0; p <= PEOPLE; p++) {
                address who = p == PEOPLE ? HOUSE : person(p);
                (uint256 all, ) = custody.creditOf(who, i);
                if (all != credits[who][i]) return false;
                credited += all;
            }
            if (q != queued[i] || v != vault[i] || c != credited) return false;
            uint256 balance = tokens[i].balanceOf(address(custody));
            if (balance != (uint256(q) + v + c) * scales[i] + donated[i]) return false;
            if (tokens[i].balanceOf(address(uint160(0xBEEF))) != paidOut[i] * scales[i]) return false;
        }
        return true;
    }

    function fingerprint() private view returns (bytes32) {
        (address v0, uint96 w0) = authority.circuits(0);
        (address v1, uint96 w1) = authority.circuits(1);
        (uint80 floor, uint16 share) = authority.outflowLimits(0);
        return
            keccak256(
                abi.encode(
                    authority.governor(),
                    authority.operator(),
                    authority.riskPublisher(),
                    authority.guardian(),
                    authority.exitVerifier(),
                    abi.encode(v0, w0, v1, w1, floor, share)
                )
            );
    }

    function tell(uint256 kind, uint256 account, uint256 asset, uint256 a, address payer) private {
        uint256 deadline = custody.placeAt(queue.length).deadline;
        check(queue.length == 0 || deadline >= queue[queue.length - 1].deadline, "deadlines go back");
        check(deadline >= block.timestamp + 3 days && deadline <= block.timestamp + 10 days, "deadline");
        queue.push(Told(kind, account, asset, a, payer, deadline, false));
    }

    function hasRoom() private view returns (bool) {
        return queue.length - front < 12;
    }

    function payFee(address who, uint256 seed, bool legal, uint256 besides) private returns (uint256 fee) {
        fee = 100 + (100 * (queue.length - front)) / 5 + besides;
        if (legal && (seed >> 200) % 8 == 0) fee = 0;
        else if ((seed >> 204) % 2 == 0) fee += 77;
        VM.deal(who, fee);
    }

    function nextRoot(uint256 seed) private returns (uint256) {
        return seed % 8 == 0 ? root : ++rootsMade;
    }

    function slotOf(uint256 kind, uint256 account, uint256 asset) private pure returns (bytes32) {
        if (kind == CashKind.FORCED) return keccak256(abi.encode(kind, account, asset));
        return keccak256(abi.encode(kind == CashKind.RESUME ? CashKind.SUSPEND : kind, account));
    }

    function person(uint256 seed) private pure returns (address) {
        return address(uint160(0x1000 + (seed % PEOPLE)));
    }

    function check(bool holds, string memory name) private {
        if (!holds && bytes(wrong).length == 0) wrong = name;
    }
}
