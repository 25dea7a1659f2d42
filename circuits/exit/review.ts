import { type CircuitReview, INVERSE_OF_ZERO } from '../review.ts'

/** What reviewers and benchmarks know of exit. */
export const EXIT_REVIEW: CircuitReview = {
  budget: { small: 1 << 13, standard: 1 << 15, large: 1 << 15 },
  inputs: [
    {
      names: ['dataCommitment', 'dataChallenge', 'dataValue'],
      role: 'public',
      reason: 'what stands for the words of the statement',
    },
    { names: ['domain', 'riskRoot', 'account'], role: 'committed', reason: 'words of the statement' },
    {
      names: ['riskWords'],
      role: 'committed',
      reason: 'riskRoot is their hash where the account is priced; of any other table nothing is read',
    },
    {
      names: ['priced'],
      role: 'chosen',
      reason: 'whether a table is opened; an account with a position or a debt has no proof without one',
    },
    {
      names: ['marketsRoot', 'accountChildren', 'keyX', 'keyY', 'ownerCommitment', 'viewKey', 'status', 'nonce'],
      role: 'committed',
      reason: 'stateRoot, a word of the statement, opens to them',
    },
    {
      names: ['collateral', 'size', 'fundingIndex', 'openBuy', 'openSell'],
      role: 'committed',
      reason: 'stateRoot, a word of the statement, opens to them',
    },
    {
      names: ['sold', 'covers'],
      role: 'hint',
      reason: 'what of an asset pays a debt, and whether nothing is owed after it; one pair fits',
    },
  ],
  keys: [],
  free: [{ pattern: /^main\.pay\[\d+\]\.IsSame\w*\.IsZero\w*\.inv$/, reason: INVERSE_OF_ZERO }],
  sections: [
    { name: 'Risk table: hash', components: /^risk\b/ },
    { name: 'Account: leaf', components: /^(HashAccount|HashGroups)\b/ },
    { name: 'Account: tree', components: /^path\b/ },
    {
      name: 'Claim: positions, debt',
      components: /^(pay|priced|worth|unit|unitIfPriced|IsNegative|size|owes|debt|covers|claim|AssertBinary)/,
    },
    { name: 'State root', components: /^Hash\b/ },
    { name: 'Public data: commitment, value', components: /^data/ },
  ],
}
