import { type CircuitReview, INVERSE_OF_ZERO, QUOTIENT_OF_ZEROS } from '../review.ts'

/** What reviewers and benchmarks know of trade-batch. */
export const TRADE_BATCH_REVIEW: CircuitReview = {
  // The small one is what a domain of 2^16 leaves after the public signals.
  budget: { small: 65_530, standard: 1 << 19, large: 1 << 20 },
  inputs: [
    {
      names: ['dataCommitment', 'dataChallenge', 'dataValue'],
      role: 'public',
      reason: 'what stands for the words of the statement',
    },
    { names: ['domain', 'timestamp', 'riskRoot', 'closingOnly'], role: 'committed', reason: 'words of the statement' },
    { names: ['riskWords'], role: 'committed', reason: 'riskRoot is their hash' },
    {
      names: ['bids', 'asks', 'nextSequence', 'fees', 'messageChain', 'hand', 'salt', 'bookChildren', 'openInterest'],
      role: 'committed',
      reason: 'the old state root, a word of the statement, opens to them',
    },
    {
      names: ['accountNodes'],
      role: 'committed',
      reason: 'the old state root, a word of the statement, opens to them',
    },
    {
      names: ['keyX', 'keyY', 'ownerCommitment', 'viewKey', 'status', 'nonce', 'collateral', 'accountChildren'],
      role: 'committed',
      reason: 'the tree over accountNodes opens to them in a slot that is touched; of any other slot nothing is read',
    },
    {
      names: ['size', 'fundingIndex', 'openBuy', 'openSell'],
      role: 'committed',
      reason: 'the tree over accountNodes opens to them in a full slot that is touched; of any other nothing is read',
    },
    {
      names: ['lightSize', 'lightFundingIndex', 'lightOpenBuy', 'lightOpenSell', 'lightDigests'],
      role: 'committed',
      reason: 'the tree over accountNodes opens to them in a light slot that is touched; of any other nothing is read',
    },
    {
      names: ['market', 'messageWord'],
      role: 'chosen',
      reason:
        'which messages for which market the batch works off; their bundles are signed, and a market without any stays as it is',
    },
    {
      names: ['signatureR8x', 'signatureR8y', 'signatureWindow'],
      role: 'chosen',
      reason: 'any signature that holds will do, and any points that spell its scalar: nothing of it enters the state',
    },
    {
      names: ['newSalt'],
      role: 'chosen',
      reason: 'a secret that hides the book behind its root; where the book has one, it is that one',
    },
    {
      names: ['bundleEnd'],
      role: 'hint',
      reason:
        'the message with which the bundle ends that the slot signs, or none. Which slot signs which bundle is free, and nothing reads it',
    },
    { names: ['signer'], role: 'hint', reason: 'the account slot of the account that signed the bundle' },
    {
      names: ['index'],
      role: 'hint',
      reason:
        'the account of a slot: those touched, ascending in full and in light ones; of a slot that is not touched nothing is read',
    },
    {
      names: ['idle'],
      role: 'hint',
      reason:
        'whether the step has nothing to do. With every account slot touched, it may pause an order in hand, which stays in hand for the next batch',
    },
    {
      names: ['place'],
      role: 'hint',
      reason:
        'where the order is inserted, or stands that is cancelled, or would stand. Of a cancel of all it is free which of its orders goes first: all are gone before anything else is done',
    },
    { names: ['actor'], role: 'hint', reason: 'the account slot of the order in hand, or of the loaded message' },
    {
      names: ['victim'],
      role: 'hint',
      reason:
        'the account slot of the slot of the book that is met, filled, removed, evicted or cancelled; where none is, nothing comes of it',
    },
    { names: ['closing'], role: 'hint', reason: 'which alternative of the margin rule the account meets' },
    {
      names: ['scenario'],
      role: 'hint',
      reason:
        'a scenario whose loss before the batch bounds what closing may leave and cost; a smaller one allows less',
    },
    {
      names: ['wasLarge'],
      role: 'hint',
      reason:
        'whether the position was beyond largeLots before the batch: the other bit makes the risk before no larger, and so allows less',
    },
    {
      names: ['worstLoss'],
      role: 'hint',
      reason: 'an upper bound of the losses of all scenarios; a larger one only makes the claim harder',
    },
  ],
  keys: [
    {
      x: 'main.sign[*].signature.keyX',
      y: 'main.sign[*].signature.keyY',
      reason:
        "the key of a signer's slot is that of an account of the old state, and whatever puts an account into the state checks its key; where no slot signs, the check takes the base for the key",
    },
  ],
  free: [
    {
      pattern: /^main\.sign\[\d+\]\.signature\.times\.(below|above)\.quotient\[\d+\]$/,
      reason: QUOTIENT_OF_ZEROS,
    },
    ...[
      /^main\.step\[\d+\]\.(load|load\.check|decide|place|settle)\.IsSame\w*\.IsZero\w*\.inv$/,
      /^main\.(unpackHand|read\.IsSame\w*)\.IsZero\w*\.inv$/,
      /^main\.admit\[\d+\]\.unpack\.IsZero\w*\.inv$/,
      /^main\.(untouched|viewless|orderless)\[\d+\]\.inv$/,
      /^main\.standing\[\d+\]\.IsZero\w*\.inv$/,
      /^main\.inHand\[\d+\]\.IsZero\w*\.inv$/,
    ].map((pattern) => ({ pattern, reason: INVERSE_OF_ZERO })),
  ],
  sections: [
    {
      name: 'Risk table: hash, record of the market, time',
      components: /^(risk|record|hot|read|AssertBits|closingOnly|closingOnlyBit)\b/,
    },
    { name: 'Messages: signatures', components: /^(sign\[\d+\]\.signature|signatureWindow)\b/ },
    { name: 'Messages: words, hashes, chain, bundles, signers', components: /^(admit|split|sign)\b/ },
    { name: 'Steps, load: message or order in hand, nonce, exposure', components: /^step\[\d+\](\.load\b|$)/ },
    {
      name: 'Steps, decide: head, crossing, band, expiry, closing, fill',
      components: /^step\[\d+\]\.(decide|opening)\b/,
    },
    {
      name: 'Steps, place: insertion, removal, cancel, eviction',
      components: /^(step\[\d+\]\.place|book\[[1-9]\d*\])(?!\w)/,
    },
    { name: 'Steps, settle: fees, holdings of the two accounts', components: /^step\[\d+\]\.settle\b/ },
    { name: 'Steps, open interest', components: /^(step\[\d+\]\.count|interest|openInterest|Pick\w*)\b/ },
    {
      name: 'Accounts: leaves',
      components: /^(update|lightUpdate)\[\d+\]\.(made\.(groups|replace)|replace|write\.HashAccount)\b/,
    },
    { name: 'Accounts: tree', components: /^((update|lightUpdate)\[\d+\]\.write\.path|TopRoot|nodes)\b/ },
    {
      name: 'Accounts: positions, funding, widths, order',
      components:
        /^(update|lightUpdate|old|lightOld|locate|ascending|distinct|untouched|viewless|standing|enabled|entries|change)\b/,
    },
    { name: 'Margin', components: /^(margin|orderless|inHand|closingBit|closing\[|wasLarge|barred|UncheckedBinary)/ },
    {
      name: 'Books: hashes, tree, order in hand',
      components: /^(oldBook|newBook|windows|books|book\[0\]|packHand|unpackHand|salt)(?!\w)/,
    },
    { name: 'State roots', components: /^(Hash|oldMarkets|newMarkets)\b/ },
    { name: 'Public data: encryption', components: /^encrypt\b/ },
    { name: 'Public data: words, commitment, value', components: /^(words|data)/ },
  ],
}
