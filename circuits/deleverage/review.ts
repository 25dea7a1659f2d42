import { type CircuitReview, INVERSE_OF_ZERO } from '../review.ts'

const OPENED =
  'the tree of accounts opens to them: victim and counterparty one after another, the house in the tree before'

/** What reviewers and benchmarks know of deleverage. */
export const DELEVERAGE_REVIEW: CircuitReview = {
  budget: { small: 1 << 15, standard: 1 << 16, large: 1 << 16 },
  inputs: [
    {
      names: ['dataCommitment', 'dataChallenge', 'dataValue'],
      role: 'public',
      reason: 'what stands for the words of the statement',
    },
    { names: ['domain', 'timestamp', 'resumedAt'], role: 'committed', reason: 'words of the statement' },
    { names: ['riskWords'], role: 'committed', reason: 'riskRoot, a word of the statement, is their hash' },
    {
      names: ['victim', 'counterparty', 'market', 'lots', 'houseFails'],
      role: 'committed',
      reason: 'words of the statement tell them; which they are the venue chooses',
    },
    {
      names: ['accountsRoot', 'openInterest', 'booksRoot'],
      role: 'committed',
      reason: 'the old state root, a word of the statement, is their hash',
    },
    {
      names: ['keyX', 'keyY', 'ownerCommitment', 'viewKey', 'status', 'nonce', 'collateral', 'accountChildren'],
      role: 'committed',
      reason: OPENED,
    },
    { names: ['size', 'fundingIndex', 'openBuy', 'openSell'], role: 'committed', reason: OPENED },
    {
      names: ['victimScenario'],
      role: 'hint',
      reason:
        'a scenario, in which the victim loses what it loses in the worst, or less: and so less is asked of the house',
    },
    {
      names: ['worstLoss'],
      role: 'hint',
      reason: 'an upper bound of the losses of all scenarios; a larger one only makes the claim harder',
    },
    {
      names: ['penniless', 'scenario'],
      role: 'hint',
      reason:
        'why the house fails: any reason that shows it will do, and where nothing is said of the house none is asked',
    },
  ],
  keys: [],
  free: [{ pattern: /^main\.(bankrupt\.IsSame\w*\[\d+\]|standing\[\d\])\.IsZero\w*\.inv$/, reason: INVERSE_OF_ZERO }],
  sections: [
    { name: 'Risk table: hash', components: /^risk\b/ },
    { name: 'Victim: auction, deficit, what is asked', components: /^(standing|auction|bankrupt|victimValue|most)\b/ },
    {
      name: 'What is closed: lots, price, cash',
      components: /^(mark|index|longRisk|shortRisk|short|old|close|OneHot)\b/,
    },
    { name: 'Counterparty: score, margin', components: /^(worth|score|value|excess)\b/ },
    { name: 'House', components: /^house\b/ },
    { name: 'Accounts: leaves', components: /^(open|replace|newLeaf)\b/ },
    { name: 'Accounts: tree', components: /^(path|housePath)\b/ },
    { name: 'Words: commitment, value', components: /^data\b/ },
    { name: 'State roots', components: /^(Hash|oldMarkets|newMarkets)\b/ },
    { name: 'What is left', components: /^/ },
  ],
}
