import type { Symbols } from '../circom/symbols.ts'
import type { CircuitName } from '../circuits/index.ts'

/** What the audit of one of our circuits takes for granted, and who answers for it. */
export interface PointAssumption {
  /** Names of a pair of signals; `*` stands for any index. */
  readonly x: string
  readonly y: string
  readonly reason: string
}

export const ASSUMED_POINTS: Readonly<Record<CircuitName, readonly PointAssumption[]>> = {
  'margin-sufficiency': [],
  'trade-batch': [
    {
      x: 'main.admit[*].signature.keyX',
      y: 'main.admit[*].signature.keyY',
      reason:
        "the key of a signer's slot is that of an account of the old state, and whatever puts an account into the state checks that its key is on the curve and in the subgroup; where no slot signs, the key is (0, 0)",
    },
  ],
}

/** The pairs of names that a circuit's assumptions mean, at whatever profile it was compiled. */
export function assumedPoints(circuit: CircuitName, symbols: Symbols): (readonly [x: string, y: string])[] {
  return ASSUMED_POINTS[circuit].flatMap(({ x, y }) => {
    const pairs: [string, string][] = []
    for (let i = 0; ; i++) {
      const [nameX, nameY] = [x.replace('*', `${i}`), y.replace('*', `${i}`)]
      if (symbols.wireOf(nameX) === undefined) return pairs
      pairs.push([nameX, nameY])
    }
  })
}

/** Signals that the inputs do not determine, by pattern of their names, and why that proves nothing false. */
export interface FreeSignals {
  readonly pattern: RegExp
  readonly reason: string
}

const INVERSE_OF_ZERO =
  'hints of tests for zero: where the input is 0, `in * inv = 1 - out` and `in * out = 0` make out 1 whatever inv is, and nothing else reads inv'

/** The reviewed list: all that may be free in a circuit. */
export const FREE_SIGNALS: Readonly<Record<CircuitName, readonly FreeSignals[]>> = {
  'margin-sufficiency': [],
  'trade-batch': [
    /^main\.step\[\d+\](\.check)?\.IsSame\w*\.IsZero\w*\.inv$/,
    /^main\.unpackHand\.IsZero\w*\.inv$/,
    /^main\.admit\[\d+\]\.unpack\.IsZero\w*\.inv$/,
    /^main\.(untouched|orderless|inHand)\[\d+\]\.inv$/,
    /^main\.admit\[\d+\]\.signature\.EdDSAPoseidonVerifier\w*\.(isZero|mulAny\.zeropoint|eqCheck[XY]\.isz)\.inv$/,
  ].map((pattern) => ({ pattern, reason: INVERSE_OF_ZERO })),
}

/** What an input of a circuit is to its statement. */
export type InputRole =
  /** Part of the statement. */
  | 'public'
  /** Opened: some public root or nullifier is its hash. */
  | 'committed'
  /** What happened, which is the prover's to choose; all that follows from it is forced. */
  | 'chosen'
  /** Saves the circuit a search. Whatever is given, no other statement follows from the rest. */
  | 'hint'

/** Inputs of a circuit that have one role, for one reason. */
export interface InputDescription {
  readonly names: readonly string[]
  readonly role: InputRole
  readonly reason: string
}

/** All inputs of our circuits, by role. */
export const INPUT_ROLES: Readonly<Record<CircuitName, readonly InputDescription[]>> = {
  'margin-sufficiency': [
    {
      names: ['domain', 'stateRoot', 'riskRoot', 'ratioBps', 'context', 'nullifier'],
      role: 'public',
      reason: 'the statement',
    },
    { names: ['riskWords'], role: 'committed', reason: 'riskRoot is their hash' },
    {
      names: ['booksRoot', 'index', 'accountChildren', 'keyX', 'keyY', 'nonce', 'collateral'],
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
  'trade-batch': [
    {
      names: ['domain', 'timestamp', 'riskRoot', 'oldStateRoot', 'newStateRoot'],
      role: 'public',
      reason: 'the statement',
    },
    { names: ['riskWords'], role: 'committed', reason: 'riskRoot is their hash' },
    {
      names: ['bids', 'asks', 'nextSequence', 'fees', 'messageChain', 'hand', 'bookChildren', 'accountsRoot'],
      role: 'committed',
      reason: 'oldStateRoot opens to them',
    },
    {
      names: ['keyX', 'keyY', 'ownerCommitment', 'nonce', 'collateral', 'accountChildren'],
      role: 'committed',
      reason: 'accountsRoot opens to them in a slot that is touched; of any other slot nothing is read',
    },
    {
      names: ['size', 'fundingIndex', 'openBuy', 'openSell'],
      role: 'committed',
      reason: 'accountsRoot opens to them in a slot that is touched; of any other slot nothing is read',
    },
    {
      names: ['market', 'messageWord'],
      role: 'chosen',
      reason:
        'which messages for which market the batch works off; messages are signed, and a market without any stays as it is',
    },
    {
      names: ['signatureR8x', 'signatureR8y', 'signatureS'],
      role: 'chosen',
      reason: 'any signature that holds will do: nothing of it enters the state',
    },
    { names: ['signer'], role: 'hint', reason: 'the account slot of the account that signed the message' },
    {
      names: ['index'],
      role: 'hint',
      reason: 'the account of a slot: those touched, ascending; of a slot that is not touched nothing is read',
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
      reason: 'where the order is inserted, or stands that is cancelled, or would stand',
    },
    { names: ['actor'], role: 'hint', reason: 'the account slot of the order in hand, or of the loaded message' },
    {
      names: ['victim'],
      role: 'hint',
      reason: 'the account slot of the slot of the book that is filled, removed, evicted or cancelled',
    },
    { names: ['closing'], role: 'hint', reason: 'which alternative of the margin rule the account meets' },
    {
      names: ['scenario'],
      role: 'hint',
      reason:
        'a scenario whose loss before the batch bounds what closing may leave and cost; a smaller one allows less',
    },
    {
      names: ['worstLoss'],
      role: 'hint',
      reason: 'an upper bound of the losses of all scenarios; a larger one only makes the claim harder',
    },
  ],
}
