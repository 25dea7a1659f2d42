// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CashKind, Parameters} from "../Parameters.sol";
import {Queue} from "./Queue.sol";

/// @title What a proved cash batch does to the queue and to the tokens, slot by slot.
/// @notice The proof says that the words tell what happened to the accounts; here they meet what this contract knows: the front of
/// the queue, the vault, the view keys' commitments and the owners.
abstract contract CashBatches is Queue {
    /// A slot's words: head, a, b, c, leaf; before the first stand domain, timestamp, three roots and that of the books, behind
    /// the last the portfolio of whom the batch flags, how many slots are used, the sweep and the house's leaf.
    uint256 private constant HEAD_WORDS = 6;
    uint256 private constant SLOT_WORDS = 5;
    /// From the end, the word that says how many slots are used: that number | slots | markets | assets, each of 8 bits.
    uint256 private constant SIZES_WORD = 3;
    uint256 private constant USED_SHIFT = 24;
    /// What b says of a deposit to a flagged account, or a cure of one, that has a position in a sheltered market.
    uint256 private constant DEFERRED = 2;

    struct Slot {
        uint256 kind;
        uint256 account;
        uint256 counterAccount;
        uint256 asset;
    }

    /// The circuit says that this slot has a kind which does not exist.
    error SlotUnknown(uint256 slot, uint256 head);
    /// The vault has `present` lots of the asset at this slot, and the words say `told`.
    error AvailableWrong(uint256 slot, uint256 told, uint256 present);
    /// The account's owner committed to the view key `needed`.
    error ViewCommitmentWrong(uint256 slot, uint256 told, uint256 needed);
    /// A transfer leads from one account to another of the same owner.
    error OwnersDiffer(uint256 slot, address from, address to);
    /// The account has a position in a market that the batch's table shelters: its forced withdrawal is taken at a table that does
    /// not, or from then on at any.
    error PositionSheltered(uint256 slot, uint256 from);
    /// A cure of the account may be tried again: at a table that decides it, it goes before a withdrawal, which pays a flagged one nothing.
    error CureGoesFirst(uint256 slot, uint256 account);
    /// As many payers are named as deposits are consumed.
    error PayerCountWrong(uint256 given, uint256 needed);

    /// Does what the words say.
    /// @param payers First those of the deposits that the batch consumes, in order.
    /// @return deposits How many it consumes.
    function _applyCash(uint256[] calldata words, address[] calldata payers) internal returns (uint256 deposits) {
        // The circuit counts them, so that a portfolio is not read for a slot.
        uint256 used = words[words.length - SIZES_WORD] >> USED_SHIFT;
        for (uint256 i = 0; i < used; i++) {
            uint256[] calldata own = words[HEAD_WORDS + i * SLOT_WORDS:HEAD_WORDS + (i + 1) * SLOT_WORDS];
            Slot memory slot = _unpackHead(i, own[0]);
            if (slot.kind == CashKind.NONE) continue;
            if (slot.kind <= CashKind.FORCED || slot.kind == CashKind.CURE) {
                address payer = address(0);
                if (slot.kind == CashKind.DEPOSIT) {
                    require(deposits < payers.length, PayerCountWrong(payers.length, deposits + 1));
                    payer = payers[deposits++];
                }
                _consumeEntry(i, slot, own, payer);
            } else if (slot.kind == CashKind.VIEW) {
                uint256 needed = viewCommitmentOf(slot.account);
                require(own[1] == needed, ViewCommitmentWrong(i, own[1], needed));
            } else if (slot.kind == CashKind.WITHDRAW) {
                _pay(i, slot, own[1]);
            } else if (slot.kind == CashKind.TRANSFER_OUT) {
                (address from, address to) = (ownerOf(slot.account), ownerOf(slot.counterAccount));
                require(from == to, OwnersDiffer(i, from, to));
            } else if (slot.kind == CashKind.EXPIRE) {
                continue; // moves nothing that is counted here
            } else if (slot.kind == CashKind.FLAG) {
                // Authority looks for it there, and so does the circuit.
                require(i == 0, SlotUnknown(i, own[0]));
            } else {
                // The circuit lets it follow a TRANSFER_OUT of the same two accounts only.
                require(slot.kind == CashKind.TRANSFER_IN, SlotUnknown(i, own[0]));
            }
        }
    }

    /// The first entry of the queue, or a cure that may be tried again, must be what this slot did.
    function _consumeEntry(uint256 i, Slot memory slot, uint256[] calldata own, address payer) private {
        bool counts = slot.kind == CashKind.DEPOSIT || slot.kind == CashKind.FORCED;
        uint256 a = counts ? _requested(own[1]) : own[1];
        // Of these b says whether the account was cured, or a market shelters it, which no entry knows.
        bool tells = counts || slot.kind == CashKind.CURE;
        bool isForced = slot.kind == CashKind.FORCED;
        if (isForced && own[2] != 0) {
            uint256 deadline = firstDeadline();
            bool last = block.timestamp + Parameters.SHELTER_END >= deadline;
            require(last, PositionSheltered(i, deadline - Parameters.SHELTER_END));
        }
        require(!isForced || own[2] != 0 || !_isRetried(slot.account), CureGoesFirst(i, slot.account));
        bool deferred = tells && !isForced && own[2] == DEFERRED;
        _take(Entry(slot.kind, slot.account, slot.asset, a, tells ? 0 : own[2], own[3], payer), deferred);
        if (slot.kind == CashKind.DEPOSIT) _consume(slot.asset, a);
        else if (isForced) _pay(i, slot, own[1]);
    }

    /// Credits the account's owner with what the slot paid.
    function _pay(uint256 i, Slot memory slot, uint256 amounts) private {
        _requireAsset(slot.asset);
        uint256 available = amounts % 2 ** Parameters.COLLATERAL_BITS;
        uint256 present = lots[slot.asset].vault;
        require(available == present, AvailableWrong(i, available, present));
        uint256 paid = (amounts >> Parameters.COLLATERAL_BITS) % 2 ** Parameters.COLLATERAL_BITS;
        _credit(slot.asset, ownerOf(slot.account), paid);
    }

    /// requested | paid | available: the circuit range-checks all three, so that the word has one meaning.
    function _requested(uint256 amounts) private pure returns (uint256) {
        return amounts >> (2 * Parameters.COLLATERAL_BITS);
    }

    /// kind | account | counterAccount | asset.
    function _unpackHead(uint256 i, uint256 head) private pure returns (Slot memory slot) {
        slot.asset = head % 2 ** Parameters.ASSET_BITS;
        uint256 rest = head >> Parameters.ASSET_BITS;
        slot.counterAccount = rest % 2 ** Parameters.ACCOUNT_BITS;
        rest >>= Parameters.ACCOUNT_BITS;
        slot.account = rest % 2 ** Parameters.ACCOUNT_BITS;
        slot.kind = rest >> Parameters.ACCOUNT_BITS;
        require(slot.kind <= CashKind.EXPIRE, SlotUnknown(i, head));
    }
}
