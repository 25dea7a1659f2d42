import { type CircuitReview, INVERSE_OF_ZERO, QUOTIENT_OF_ZEROS } from '../review.ts'

/** What reviewers and benchmarks know of takeover. */
export const TAKEOVER_REVIEW: CircuitReview = {
  budget: { small: 1 << 15, standard: 1 << 17, large: 1 << 17 },
  inputs: [
    {
      names: ['dataCommitment', 'dataChallenge', 'dataValue'],
      role: 'public',
      reason: 'what stands for the words of the statement',
    },
    { names: ['domain', 'timestamp', 'resumedAt'], role: 'committed', reason: 'words of the statement' },
    { names: ['riskWords'], role: 'committed', reason: 'riskRoot, a word of the statement, is their hash' },
    { names: ['victim', 'bidder', 'price'], role: 'committed', reason: 'words of the statement tell them' },
    {
      names: ['bidNonce'],
      role: 'committed',
      reason: "it becomes the bidder's, whose leaf afterwards is a word of the statement",
    },
    {
      names: ['expiry', 'signatureR8x', 'signatureR8y', 'signatureWindow'],
      role: 'chosen',
      reason: 'any bid for this victim at this price that the bidder signed will do',
    },
    {
      names: ['accountsRoot', 'openInterest', 'booksRoot'],
      role: 'committed',
      reason: 'the old state root, a word of the statement, is their hash',
    },
    {
      names: ['keyX', 'keyY', 'ownerCommitment', 'viewKey', 'status', 'nonce', 'collateral', 'accountChildren'],
      role: 'committed',
      reason:
        'the tree of accounts opens to them, victim and bidder always, the house where it pays; where it does not, nothing comes of them',
    },
    {
      names: ['size', 'fundingIndex', 'openBuy', 'openSell'],
      role: 'committed',
      reason:
        'the tree of accounts opens to them, victim and bidder always, the house where it pays; where it does not, nothing comes of them',
    },
    {
      names: ['scenario'],
      role: 'hint',
      reason:
        'a scenario in which the victim misses maintenance: any that shows it will do, and one in which it loses less allows a price that is no lower',
    },
    {
      names: ['worstLoss'],
      role: 'hint',
      reason: 'an upper bound of the losses of all scenarios; a larger one only makes the claim harder',
    },
  ],
  keys: [
    {
      x: 'main.bid.signature.keyX',
      y: 'main.bid.signature.keyY',
      reason: 'the key is that of an account of the state, and whatever puts an account into the state checks its key',
    },
  ],
  free: [
    { pattern: /^main\.bid\.signature\.times\.(below|above)\.quotient\[\d+\]$/, reason: QUOTIENT_OF_ZEROS },
    {
      pattern: /^main\.((pass|priced)\.IsSame\w*(\[\d+\])?|standing|houseStanding)\.IsZero\w*\.inv$/,
      reason: INVERSE_OF_ZERO,
    },
  ],
  sections: [
    { name: 'Risk table: hash', components: /^risk\b/ },
    { name: 'Bid: signature', components: /^(bid\.signature|signatureWindow)\b/ },
    { name: 'Bid: fields, hashes', components: /^(bid|held)\b/ },
    { name: 'Victim: auction, maintenance, price', components: /^(standing|auction|victimValue|priced)\b/ },
    { name: 'What passes: positions, funding, widths', components: /^pass\b/ },
    { name: 'Bidder, house: margin', components: /^(bidderValue|bidderExcess|houseStanding|houseValue|houseExcess)\b/ },
    { name: 'Accounts: leaves', components: /^(groups|leaf|newGroups|newLeaf)\b/ },
    { name: 'Accounts: tree', components: /^path\b/ },
    { name: 'Words: commitment, value', components: /^(portfolio|data)\b/ },
    { name: 'State roots', components: /^(Hash|oldMarkets|newMarkets)\b/ },
    { name: 'What is left', components: /^/ },
  ],
}
