import { ZkclearError } from '../protocol/errors.ts'
import { FIELD, isUint } from '../protocol/numbers.ts'

/** Width in bits of each public signal, in the circuit's order; 'field' for any canonical field element. */
export type SignalWidths = Readonly<Record<string, number | 'field'>>

/** Turns a typed statement into public signals and back, with the same checks both ways. */
export interface StatementCodec<Statement> {
  readonly publicSignals: readonly string[]
  readonly statementFields: readonly string[]
  statementOf(fields: Readonly<Record<string, unknown>>): Statement
  encodeStatement(statement: Statement): readonly bigint[]
  decodeStatement(signals: readonly bigint[]): Statement
}

/**
 * The codec of a statement whose fields are the public signals, in order. Both directions throw STATEMENT_INVALID for a
 * wrong count, a missing or unknown field, or a value outside its width or not below r.
 */
export function statementCodec<Statement extends object>(widths: SignalWidths): StatementCodec<Statement> {
  const names = Object.keys(widths)
  const check = (name: string, value: unknown): bigint => {
    const width = widths[name]!
    const allowed = width === 'field' ? '0 <= x < r' : `0 <= x < 2^${width}`
    const fits = typeof value === 'bigint' && (width === 'field' ? value >= 0n && value < FIELD : isUint(value, width))
    if (!fits) {
      const given = typeof value === 'bigint' ? `${value}` : `a value of type ${typeof value}`
      throw new ZkclearError('STATEMENT_INVALID', `is ${given}; must be a bigint, ${allowed}`, {
        path: `statement.${name}`,
      })
    }
    return value
  }
  const encodeStatement = (statement: unknown): bigint[] => {
    if (typeof statement !== 'object' || statement === null || Array.isArray(statement)) {
      throw new ZkclearError('STATEMENT_INVALID', `must be an object with ${names.join(', ')}`, { path: 'statement' })
    }
    const unknown = Object.keys(statement).find((name) => !names.includes(name))
    if (unknown !== undefined) {
      throw new ZkclearError('STATEMENT_INVALID', `is no field; there are ${names.join(', ')}`, {
        path: `statement.${unknown}`,
      })
    }
    return names.map((name) => check(name, (statement as Record<string, unknown>)[name]))
  }
  const decodeStatement = (signals: readonly unknown[]): Statement => {
    const given = Array.isArray(signals) ? signals.length : 'no list of'
    if (given !== names.length) {
      throw new ZkclearError(
        'STATEMENT_INVALID',
        `${given} public signals given; there are ${names.length}: ${names.join(', ')}`,
      )
    }
    return Object.fromEntries(names.map((name, i) => [name, check(name, signals[i])])) as Statement
  }
  return {
    publicSignals: names,
    statementFields: names,
    statementOf: (fields) => decodeStatement(encodeStatement(fields)),
    encodeStatement,
    decodeStatement,
  }
}

/** The public signals of a statement as inputs by name. Throws STATEMENT_INVALID. */
export function signalInputs<Statement>(
  { publicSignals, encodeStatement }: Pick<StatementCodec<Statement>, 'publicSignals' | 'encodeStatement'>,
  statement: Statement,
): Record<string, bigint> {
  const signals = encodeStatement(statement)
  return Object.fromEntries(publicSignals.map((name, i) => [name, signals[i]!]))
}

/** The value as a list of bigints. Throws STATEMENT_INVALID. */
export function requireBigints(value: unknown, path: string): readonly bigint[] {
  const refuse = (message: string, where = path): never => {
    throw new ZkclearError('STATEMENT_INVALID', message, { path: where })
  }
  if (!Array.isArray(value)) return refuse('must be a list of bigints')
  const wrong = Array.from(value, (word) => typeof word !== 'bigint').indexOf(true)
  if (wrong >= 0) refuse(`is a value of type ${typeof value[wrong]}; must be a bigint`, `${path}[${wrong}]`)
  return value
}
