// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

// When an entry of the queue must be served, what it costs, how fast money leaves, and how fast the house pays: pure rules, proved with those of
// Accounting.sol. Times are unix seconds, shares are basis points.

// One hundred per cent.
uint256 constant WHOLE = 10_000;

/// When an entry made at `time` must have been served: `period` after it, `spacing` after the entry before, and never later
/// than `most` after it. Later entries never come due before earlier ones while `time` does not go back.
function deadlineOf(
    uint256 time,
    uint256 before,
    uint256 period,
    uint256 spacing,
    uint256 most
) pure returns (uint256) {
    uint256 own = time + period;
    uint256 behind = before + spacing;
    uint256 due = own > behind ? own : behind;
    uint256 latest = time + most;
    return due < latest ? due : latest;
}

/// What the entry behind `waiting` others costs: `base`, and as much again for every `step` entries that wait. It is burned.
function feeOf(uint256 waiting, uint256 base, uint256 step) pure returns (uint256) {
    return base + (base * waiting) / step;
}

/// How many lots may leave in a window of which `spent` have left, where `held` are there now: a share of what was there
/// before any left, or of `floor` if that is more.
function outflowLeft(uint256 held, uint256 floor, uint256 shareBps, uint256 spent) pure returns (uint256) {
    uint256 before = held + spent;
    uint256 base = before > floor ? before : floor;
    uint256 most = (base * shareBps) / WHOLE;
    return most > spent ? most - spent : 0;
}

/// What still counts of `spent` quanta, of an hour's `perHour`, after `elapsed` seconds: it wears off evenly, `perHour` in an hour.
/// No more counts than `perHour`: it may have been more when they were paid.
function coverSpent(uint256 spent, uint256 perHour, uint256 elapsed) pure returns (uint256) {
    return leftOf(spent < perHour ? spent : perHour, (perHour * elapsed) / 1 hours);
}

/// What of `perHour` quanta is left where `spent` count.
function coverLeft(uint256 spent, uint256 perHour) pure returns (uint256) {
    return leftOf(perHour, spent);
}

/// What is left of `there` lots when claims of `claims` in all have been paid from them, as far as they could be.
function leftOf(uint256 there, uint256 claims) pure returns (uint256) {
    return there > claims ? there - claims : 0;
}

/// What a claim of `claim` lots is paid when claims of `claims` in all share `vault`: all of it, or its share rounded down.
function shareOf(uint256 claim, uint256 claims, uint256 vault) pure returns (uint256) {
    return claims <= vault ? claim : (claim * vault) / claims;
}
