pragma circom 2.2.3;

include "lib/parameters.circom";
include "lib/range.circom";
include "lib/select.circom";

// What the operation of a slot does: at most one of the kinds, and the sets of kinds that rules are about.
bus CashKind {
    signal {binary} register;
    signal {binary} deposit;
    signal {binary} rotate;
    signal {binary} suspend;
    signal {binary} resume;
    signal {binary} forced;
    signal {binary} view;
    signal {binary} withdraw;
    signal {binary} transferOut;
    signal {binary} transferIn;
    signal {binary} cure;
    signal {binary} flag;
    signal {binary} expire;
    signal {binary} used; // any of them
    signal {binary} keyed; // register, rotate: brings a point that becomes the trading key
    signal {binary} signed; // withdraw, transferOut: brings a message of the account
    signal {binary} receives; // deposit, transferIn: lots come to the account
    signal {binary} draws; // forced, withdraw: the vault pays
    signal {binary} moves; // any that names an asset and an amount
    signal {binary} cures; // cure, deposit: a flag goes if maintenance is met, and no market that is held in is sheltered
    signal {binary} maintains; // those and flag: margin is asked for at maintenance, not at the initial ratio
}

// Claim: number is that of one kind, which alone is set (protocol.md#cash-kinds); with that of NONE nothing is.
template ReadKind() {
    signal input number;
    output CashKind() is;
    signal {binary} always <== UncheckedBinary()(1); // discharged: a constant
    signal {binary} hot[CASH_KINDS()] <== OneHot(CASH_KINDS())(number, always);
    is.register <== hot[CASH_REGISTER()];
    is.deposit <== hot[CASH_DEPOSIT()];
    is.rotate <== hot[CASH_ROTATE()];
    is.suspend <== hot[CASH_SUSPEND()];
    is.resume <== hot[CASH_RESUME()];
    is.forced <== hot[CASH_FORCED()];
    is.view <== hot[CASH_VIEW()];
    is.withdraw <== hot[CASH_WITHDRAW()];
    is.transferOut <== hot[CASH_TRANSFER_OUT()];
    is.transferIn <== hot[CASH_TRANSFER_IN()];
    is.cure <== hot[CASH_CURE()];
    is.flag <== hot[CASH_FLAG()];
    is.expire <== hot[CASH_EXPIRE()];
    is.used <== UncheckedBinary()(1 - hot[CASH_NONE()]); // discharged: sums of parts of a one-hot vector; so below
    is.keyed <== UncheckedBinary()(is.register + is.rotate);
    is.signed <== AssertBinary()(is.withdraw + is.transferOut); // nothing new, but an argument less
    is.receives <== UncheckedBinary()(is.deposit + is.transferIn);
    is.draws <== UncheckedBinary()(is.forced + is.withdraw);
    is.moves <== UncheckedBinary()(is.receives + is.draws + is.transferOut);
    is.cures <== UncheckedBinary()(is.cure + is.deposit);
    is.maintains <== UncheckedBinary()(is.cures + is.flag);
}
