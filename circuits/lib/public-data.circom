pragma circom 2.2.3;

include "lib/hash.circom";
include "lib/parameters.circom";

// Claim: commitment = Poseidon(DATA; words), and value = sum of words[i] * challenge^i, the polynomial that the words are the
// coefficients of, at the challenge (protocol.md#public-data).
// So whoever has a list of words, of which it computed challenge and value, knows that the words here are that list.
// @assumes the list is of n canonical words, and the challenge was hashed from commitment and list together: PublicData.sol
// discharges both, and off chain protocol/public-data.ts
template AssertPublicData(n) {
    assert(n >= 2); // else the challenge would stand in no constraint
    signal input words[n];
    signal input commitment;
    signal input challenge;
    signal input value;

    signal digest <== HashWords(TAG_DATA(), n)(words);
    commitment === digest;

    // By Horner's rule: rest[i] is the part from words[i] on, divided by challenge^i.
    signal rest[n];
    rest[n - 1] <== words[n - 1];
    for (var i = n - 2; i >= 0; i--) rest[i] <== rest[i + 1] * challenge + words[i];
    value === rest[0];
}
