import { type CircuitReview, INVERSE_OF_ZERO } from '../review.ts'

/** What reviewers and benchmarks know of margin-sufficiency. */
export const MARGIN_SUFFICIENCY_REVIEW: CircuitReview = {
  budget: { small: 10_000, standard: 30_000, large: 30_000 },
  inputs: [
    {
      names: ['domain', 'stateRoot', 'riskRoot', 'ratioBps', 'context', 'nullifier'],
      role: 'public',
      reason: 'the statement',
    },
    { names: ['riskWords'], role: 'committed', reason: 'riskRoot is their hash' },
    {
      names: ['marketsRoot', 'index', 'accountChildren', 'keyX', 'keyY', 'viewKey', 'status', 'nonce', 'collateral'],
      role: 'committed',
      reason: 'stateRoot opens to them',
    },
    { names: ['size', 'fundingIndex', 'openBuy', 'openSell'], role: 'committed', reason: 'stateRoot opens to them' },
    {
      names: ['ownerSecret'],
      role: 'committed',
      reason: "its hash is the account's ownerCommitment, and with domain and context the nullifier",
    },
    {
      names: ['worstLoss'],
      role: 'hint',
      reason: 'an upper bound of the losses of all scenarios; a larger one only makes the claim harder',
    },
  ],
  keys: [],
  free: [{ pattern: /^main\.standing\.IsZero\w*\.inv$/, reason: INVERSE_OF_ZERO }],
  sections: [
    { name: 'Risk table: hash', components: /^risk\b/ },
    { name: 'Account: leaf', components: /^own\.(HashAccount|HashGroups)\b/ },
    { name: 'Account: tree', components: /^own\.path\b/ },
    { name: 'Margin', components: /^(value|standing|excess|AssertBits)\b/ },
    { name: 'Owner, nullifier, state root', components: /^own\.Hash\b/ },
  ],
}
