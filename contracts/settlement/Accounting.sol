// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

// What a venue's tokens are counted as, asset by asset, in lots. Of each asset the contract holds three amounts:
//   queued     deposited, and not yet in the state;
//   vault      what the accounts of the state own together;
//   claimable  credited to owners, who pull it.
// Each function moves one amount and keeps, or changes by what entered or left, the sum of the three: that is what the token
// balance must cover. They are pure, without loops or assembly, and proved by the compiler's model checker (test/smt).

// Deposits less payments of one asset stay below this many lots, so that no collateral in a circuit leaves its 80 bits.
uint256 constant NET_DEPOSITS_BOUND = 2 ** 79;

/// A deposit of `amount` lots that is nothing, or would bring what is held of the asset, `held`, to `bound` or beyond.
error DepositOutOfRange(uint256 amount, uint256 held, uint256 bound);

/// `amount` lots asked of an amount of which `there` are there.
error NotEnoughLots(uint256 amount, uint256 there);

/// `amount` lots arrived and wait in the queue, where `held` were held before, queued ones among them.
function received(uint256 queued, uint256 held, uint256 amount) pure returns (uint256) {
    require(held < NET_DEPOSITS_BOUND, DepositOutOfRange(amount, held, NET_DEPOSITS_BOUND));
    require(amount > 0 && amount < NET_DEPOSITS_BOUND - held, DepositOutOfRange(amount, held, NET_DEPOSITS_BOUND));
    return queued + amount;
}

/// A batch entered a queued deposit into the state.
function consumed(uint256 queued, uint256 vault, uint256 amount) pure returns (uint256, uint256) {
    require(amount <= queued, NotEnoughLots(amount, queued));
    return (queued - amount, vault + amount);
}

/// A queued deposit goes back to whoever paid it, since the venue is frozen.
function refunded(uint256 queued, uint256 claimable, uint256 amount) pure returns (uint256, uint256) {
    require(amount <= queued, NotEnoughLots(amount, queued));
    return (queued - amount, claimable + amount);
}

/// A batch took lots out of an account, or a dead venue's vault paid a claim: its owner may pull them.
function credited(uint256 vault, uint256 claimable, uint256 amount) pure returns (uint256, uint256) {
    require(amount <= vault, NotEnoughLots(amount, vault));
    return (vault - amount, claimable + amount);
}

/// An owner with `credit` pulled `amount` of it: what is left of the credit, and of what all owners may pull.
function pulled(uint256 claimable, uint256 credit, uint256 amount) pure returns (uint256, uint256) {
    require(amount <= credit, NotEnoughLots(amount, credit));
    require(credit <= claimable, NotEnoughLots(credit, claimable));
    return (claimable - amount, credit - amount);
}
