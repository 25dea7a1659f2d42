import { HEAD_FIELDS } from '../../protocol/batch-words.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { BITS } from '../../protocol/parameters.ts'
import { publicData } from '../../protocol/public-data.ts'
import { requireBigints, type StatementCodec, statementCodec } from '../statement.ts'

/**
 * What every proof that moves the state root says, whatever its circuit: newStateRoot is what a batch that the rules allow
 * makes of oldStateRoot, at riskRoot and this time, and of it `data` is public.
 */
export interface StateMoveStatement {
  /** Chain and settlement contract: keccak256(abi.encode("zkclear", chainId, address)) >> 8. */
  readonly domain: bigint
  /** Unix seconds, 40 bits. */
  readonly timestamp: bigint
  /** 0 before the first table. */
  readonly riskRoot: bigint
  readonly oldStateRoot: bigint
  readonly newStateRoot: bigint
  /** The words after those five; what they are hangs on the kind of batch (protocol.md#batch-words). */
  readonly data: readonly bigint[]
}

/** The public signals of every circuit that moves the state: what stands for the words (protocol.md#public-data). */
export const STATE_MOVE_SIGNALS = ['dataCommitment', 'dataChallenge', 'dataValue'] as const

/** The words that come before `data`. */
const FIELDS = HEAD_FIELDS.slice(0, 5)

const head = statementCodec<Omit<StateMoveStatement, 'data'>>({
  domain: 248,
  timestamp: BITS.time,
  riskRoot: 'field',
  oldStateRoot: 'field',
  newStateRoot: 'field',
})

/** All words of a batch, in order. */
export function wordsOf(statement: StateMoveStatement): readonly bigint[] {
  const { domain, timestamp, riskRoot, oldStateRoot, newStateRoot, data } = statement
  return [domain, timestamp, riskRoot, oldStateRoot, newStateRoot, ...data]
}

/** The statement of these words: the inverse of {@link wordsOf}. */
export function statementOfWords(words: readonly bigint[]): StateMoveStatement {
  const [domain, timestamp, riskRoot, oldStateRoot, newStateRoot, ...data] = words as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ]
  return { domain, timestamp, riskRoot, oldStateRoot, newStateRoot, data }
}

/**
 * Statements of the circuit with that `settlementKind`. `unpack` refuses words that no batch of the kind has. There is no way
 * back from the signals, so `decodeStatement` is left out.
 */
export function stateMoveCodec(
  kind: number,
  unpack: (words: readonly bigint[]) => unknown,
): Omit<StatementCodec<StateMoveStatement>, 'decodeStatement'> {
  const statementOf = (fields: Readonly<Record<string, unknown>>): StateMoveStatement => {
    if (Object(fields) !== fields || Array.isArray(fields)) {
      refuse(`must be an object with ${[...FIELDS, 'data'].join(', ')}`, 'statement')
    }
    const { data, ...rest } = fields
    const statement = { ...head.statementOf(rest), data: requireBigints(data, 'statement.data') }
    try {
      unpack(wordsOf(statement))
    } catch (error) {
      if (!(error instanceof ZkclearError)) throw error
      refuse(`the words are no batch's: ${error.path ? `${error.path} ` : ''}${error.message}`, 'statement.data')
    }
    return statement
  }
  return {
    publicSignals: STATE_MOVE_SIGNALS,
    statementFields: [...FIELDS, 'data'],
    statementOf,
    encodeStatement(given) {
      const statement = statementOf(given as unknown as Readonly<Record<string, unknown>>)
      const { commitment, challenge, value } = publicData(statement.domain, kind, wordsOf(statement))
      return [commitment, challenge, value]
    },
  }
}

function refuse(message: string, path: string): never {
  throw new ZkclearError('STATEMENT_INVALID', message, { path })
}
