import type { CircuitReview } from '../review.ts'

/** What reviewers and benchmarks know of portfolio-exposure. */
export const PORTFOLIO_EXPOSURE_REVIEW: CircuitReview = {
  budget: { small: 10_000, standard: 1 << 15, large: 1 << 15 },
  inputs: [
    {
      names: ['dataCommitment', 'dataChallenge', 'dataValue'],
      role: 'public',
      reason: 'what stands for the words of the statement',
    },
    { names: ['domain', 'context', 'memo', 'low', 'high'], role: 'committed', reason: 'words of the statement' },
    { names: ['riskWords'], role: 'committed', reason: 'riskRoot, a word of the statement, is their hash' },
    {
      names: ['marketsRoot', 'index', 'accountChildren', 'keyX', 'keyY', 'viewKey', 'status', 'nonce', 'collateral'],
      role: 'committed',
      reason: 'stateRoot, a word of the statement, opens to them',
    },
    {
      names: ['size', 'fundingIndex', 'openBuy', 'openSell'],
      role: 'committed',
      reason: 'stateRoot, a word of the statement, opens to them',
    },
    {
      names: ['ownerSecret'],
      role: 'committed',
      reason:
        "its hash is the account's ownerCommitment, and with domain and context the nullifier, a word of the statement",
    },
  ],
  keys: [],
  free: [],
  sections: [
    { name: 'Risk table: hash', components: /^risk\b/ },
    { name: 'Account: leaf', components: /^own\.(HashAccount|HashGroups)\b/ },
    { name: 'Account: tree', components: /^own\.path\b/ },
    { name: 'Profits, bounds', components: /^(scan|AssertBits|low|high)\b/ },
    { name: 'Owner, nullifier, state root', components: /^own\.Hash\b/ },
    { name: 'Public data: commitment, value', components: /^data/ },
  ],
}
