pragma circom 2.2.3;

// What steps read and change of the T touched accounts: a step takes it as it was, and gives it as it is after the
// step.
bus Touched(T) {
    signal nonce[T];
    // holdings in the batch's market
    signal size[T];
    signal openBuy[T];
    signal openSell[T];
    // what the batch's steps have done so far
    signal cashChange[T]; // by trades: prices paid and received, fees
    signal touches[T]; // how often a step worked for the account, or on a slot of it
    signal orders[T]; // how many orders with effect it loaded
    signal rests[T]; // how many orders of it came to rest
}
