import { type CircuitReview, INVERSE_OF_ZERO, QUOTIENT_OF_ZEROS } from '../review.ts'

/** What reviewers and benchmarks know of risk-update. */
export const RISK_UPDATE_REVIEW: CircuitReview = {
  budget: { small: 1 << 17, standard: 1 << 19, large: 1 << 19 },
  inputs: [
    {
      names: ['dataCommitment', 'dataChallenge', 'dataValue'],
      role: 'public',
      reason: 'what stands for the words of the statement',
    },
    { names: ['domain', 'oldRiskRoot', 'retired'], role: 'committed', reason: 'words of the statement' },
    { names: ['parameterWords'], role: 'committed', reason: 'parametersRoot, a word of the statement, is their hash' },
    {
      names: ['oldTableWords', 'memoryWords'],
      role: 'committed',
      reason: 'oldRiskRoot is their hash; where that is 0 nothing is read of them',
    },
    {
      names: ['used', 'timestamp', 'values', 'R8x', 'R8y', 'window'],
      role: 'chosen',
      reason: 'which reports are used; an oracle signed each, and its signature is known',
    },
  ],
  keys: [
    {
      x: 'main.opened.parameters.oracleX[*]',
      y: 'main.opened.parameters.oracleY[*]',
      reason: 'whoever governs the parameters answers for the keys, which are public before they take effect',
    },
  ],
  free: [
    { pattern: /\.IsZero\w*(\[\d+\])?\.inv$|\.isz\.inv$/, reason: INVERSE_OF_ZERO },
    { pattern: /\.quotient\[\d+\]$/, reason: QUOTIENT_OF_ZEROS },
    {
      pattern: /\.side\.(near|value)\.inverse$/,
      reason: 'inverses of what may have a sign: where that is 0, any will do, and nothing else reads it',
    },
  ],
  sections: [
    { name: 'Parameters: hash, bounds', components: /^opened\b/ },
    { name: 'Table and memory before', components: /^(memory|old)\b/ },
    { name: 'Reports: signatures', components: /^reports\.report\b/ },
    { name: 'Reports: medians', components: /^reports\b/ },
    { name: 'Volatility', components: /^volatility\b/ },
    { name: 'Breaker', components: /^breaker\b/ },
    { name: 'Markets: options', components: /^market\[\d+\]\.prices\.option\b/ },
    { name: 'Markets: forwards, scenarios', components: /^market\[\d+\]\.prices\b/ },
    { name: 'Markets: funding', components: /^market\[\d+\]\.funding\b/ },
    { name: 'Markets: settlement', components: /^market\[\d+\]\.(average|ending)\b/ },
    { name: 'Markets: records', components: /^market\[\d+\]\.make\b/ },
    { name: 'Markets: what is left', components: /^(market|of)\b/ },
    { name: 'Collateral', components: /^(collateral|price)\b/ },
    { name: 'Table and memory after: hash', components: /^(table|hashMemory)\b/ },
    { name: 'Public data: commitment, value', components: /^data\b/ },
    { name: 'What is left', components: /.*/ },
  ],
}
