pragma circom 2.2.3;

// A venue's shape as one parameter of a template, [M, K, S, L, W] (protocol.md#sizes).
function MARKETS(shape) { return shape[0]; }
function COLLATERALS(shape) { return shape[1]; }
function SCENARIOS(shape) { return shape[2]; }
function ACCOUNT_LEVELS(shape) { return shape[3]; }
function WINDOW(shape) { return shape[4]; }

// Levels of the tree of books, which holds 4^levels of them, at least one for each market.
function BOOK_LEVELS(shape) {
    var levels = 1;
    while (4 ** levels < MARKETS(shape)) levels++;
    return levels;
}
