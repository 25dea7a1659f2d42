import { type CircuitReview, INVERSE_OF_ZERO, QUOTIENT_OF_ZEROS } from '../review.ts'

/** What reviewers and benchmarks know of cash-batch. */
export const CASH_BATCH_REVIEW: CircuitReview = {
  budget: { small: 1 << 16, standard: 1 << 18, large: 1 << 18 },
  inputs: [
    {
      names: ['dataCommitment', 'dataChallenge', 'dataValue'],
      role: 'public',
      reason: 'what stands for the words of the statement',
    },
    { names: ['domain', 'timestamp', 'riskRoot'], role: 'committed', reason: 'words of the statement' },
    {
      names: ['riskWords'],
      role: 'committed',
      reason: 'riskRoot is their hash, or 0 before the first table: then nothing is read of them',
    },
    {
      names: ['kind', 'account', 'asset', 'requested', 'paid', 'available', 'pointX', 'pointY', 'cured', 'expiring'],
      role: 'committed',
      reason: 'words of the statement tell them, as far as the kind of operation uses them',
    },
    {
      names: ['newViewKey'],
      role: 'committed',
      reason: 'its commitment is a word of a slot of kind VIEW; no other slot reads it',
    },
    {
      names: ['messageNonce', 'expiry', 'signatureR8x', 'signatureR8y', 'signatureWindow'],
      role: 'chosen',
      reason: 'of a signed operation: any message and signature that hold will do; no other slot reads them',
    },
    {
      names: ['accountNodes', 'openInterest', 'booksRoot'],
      role: 'committed',
      reason: 'the old state root, a word of the statement, is their hash',
    },
    {
      names: ['keyX', 'keyY', 'viewKey', 'status', 'nonce', 'collateral', 'accountChildren'],
      role: 'committed',
      reason:
        'the tree of accounts opens to them in a slot that is used, but for what REGISTER replaces or wants to be 0; of any other slot nothing is read',
    },
    {
      names: ['ownerCommitment'],
      role: 'committed',
      reason: 'the tree of accounts opens to it, and in a slot of kind REGISTER a word tells it',
    },
    {
      names: ['size', 'fundingIndex', 'openBuy', 'openSell'],
      role: 'committed',
      reason: 'the tree of accounts opens to them in a slot that is used, and they are 0 in REGISTER',
    },
    { names: ['sweeps', 'retires', 'market'], role: 'committed', reason: 'a word of the statement tells them' },
    {
      names: ['bids', 'asks', 'nextSequence', 'fees', 'messageChain', 'hand', 'salt', 'bookChildren'],
      role: 'committed',
      reason: 'the tree of books opens to them in a batch that sweeps; of any other nothing is read',
    },
    {
      names: ['houseKeyX', 'houseKeyY', 'houseOwnerCommitment', 'houseViewKey', 'houseStatus', 'houseNonce'],
      role: 'committed',
      reason: 'the tree of accounts opens to them in a batch that sweeps; of any other nothing is read',
    },
    {
      names: ['houseCollateral', 'houseGroups', 'houseChildren'],
      role: 'committed',
      reason: 'the tree of accounts opens to them in a batch that sweeps; of any other nothing is read',
    },
    {
      names: ['worstLoss'],
      role: 'hint',
      reason: 'an upper bound of the losses of all scenarios; a larger one only makes the claim harder',
    },
    {
      names: ['scenario'],
      role: 'hint',
      reason: 'a scenario in which the account misses the margin that it is said to miss: any that shows it will do',
    },
  ],
  keys: [
    {
      x: 'main.slot[*].message.signature.keyX',
      y: 'main.slot[*].message.signature.keyY',
      reason:
        'the key of a slot that is signed is that of an account of the state, and whatever puts a key into the state makes it one of the subgroup; of any other slot nothing is asked',
    },
  ],
  free: [
    {
      pattern: /^main\.slot\[\d+\]\.message\.signature\.times\.(below|above)\.quotient\[\d+\]$/,
      reason: QUOTIENT_OF_ZEROS,
    },
    ...[
      /^main\.IsSame\w*(\[\d+\])?\.IsZero\w*\.inv$/,
      /^main\.slot\[\d+\]\.(IsZero\w*|(flat|view|margin|standing|shelter)\.IsZero\w*)\.inv$/,
      /^main\.flag\.IsZero\w*\.inv$/,
    ].map((pattern) => ({ pattern, reason: INVERSE_OF_ZERO })),
  ],
  sections: [
    { name: 'Risk table: hash, time', components: /^(risk|riskRoot|IsSame|IsCurrent|AssertBits|sheltered)\b/ },
    { name: 'Operations: messages, signatures', components: /^(slot\[\d+\]\.message|signatureWindow)\b/ },
    {
      name: 'Operations: kinds, amounts, points, view keys',
      components: /^((read|asset)\b|slot\[\d+\]\.(amounts|key|view|OneHot|PackHead)\b)/,
    },
    {
      name: 'Margin: may withdraw, cured',
      components: /^(cured\b|slot\[\d+\]\.(margin|flat|shelter|standing|IsNegative|Pick|IsZero)\b)/,
    },
    { name: 'Expiry', components: /^slot\[\d+\]\.expire\b/ },
    { name: 'Flag: who may be, portfolio', components: /^(flag|portfolio)\b/ },
    { name: 'Accounts: leaves', components: /^slot\[\d+\]\.(HashAccount|groups)\b/ },
    { name: 'Accounts: tree', components: /^(slot\[\d+\]\.path|TopRoot)\b/ },
    { name: 'Accounts: what changes', components: /^slot\b/ },
    { name: 'Sweep', components: /^(sweep|sweeps|retired|retires|AssertBinary)\b/ },
    { name: 'Words: commitment, value', components: /^(words|data)\b/ },
    { name: 'State roots', components: /^(Hash|oldMarkets|newMarkets)\b/ },
  ],
}
