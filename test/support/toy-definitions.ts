import { PROOF_SYSTEMS } from '../../circuits/proof-systems.ts'
import type { CircuitDefinition } from '../../circuits/types.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { FIELD } from '../../protocol/numbers.ts'

/** A toy circuit as a registry would hold it: its statement has one bigint for each public signal. */
export function toy<Name extends string, Statement extends Record<string, bigint>, Witness extends object>(
  name: Name,
  publicSignals: readonly (keyof Statement & string)[],
  witnessShapes: Record<keyof Witness & string, readonly number[]>,
): CircuitDefinition<Name, Statement, Witness> {
  const checked = (signals: readonly unknown[]) => {
    const ok = (x: unknown) => typeof x === 'bigint' && x >= 0n && x < FIELD
    if (signals.length === publicSignals.length && signals.every(ok)) return signals as readonly bigint[]
    throw new ZkclearError('STATEMENT_INVALID', `a statement of ${name} is ${publicSignals.length} field elements`)
  }
  const encode = (statement: Readonly<Record<string, unknown>>) =>
    checked(publicSignals.map((signal) => statement[signal]))
  const decode = (signals: readonly unknown[]) => {
    const values = checked(signals)
    return Object.fromEntries(publicSignals.map((signal, index) => [signal, values[index]!])) as Statement
  }
  return {
    name,
    claim: `I know what ${name} asks for.`,
    template: name[0]!.toUpperCase() + name.slice(1),
    proofSystems: PROOF_SYSTEMS,
    source: `${name}.circom`,
    templateArguments: () => [],
    publicSignals,
    inputShapes: () => ({ ...Object.fromEntries(publicSignals.map((signal) => [signal, []])), ...witnessShapes }),
    statementFields: publicSignals,
    statementOf: (fields) => decode(encode(fields)),
    encodeStatement: encode,
    decodeStatement: decode,
    buildInput: (statement, witness) => ({ ...statement, ...witness }),
  }
}

export type ProductStatement = { product: bigint; square: bigint; offset: bigint }
export type ProductWitness = { left: bigint; right: bigint }

export const PRODUCT = toy<'product', ProductStatement, ProductWitness>('product', ['product', 'square', 'offset'], {
  left: [],
  right: [],
})

/** An honest instance: left * right, (left + offset)^2. */
export function productInstance(left: bigint, right: bigint, offset = 7n) {
  const statement = { product: left * right, square: (left + offset) ** 2n, offset }
  return { statement, witness: { left, right } }
}

/** Has components, `main.of[0]` and `main.of[1]`, and an array among its inputs. */
export const POWERS = toy<'powers', { first: bigint; second: bigint }, { roots: readonly bigint[] }>(
  'powers',
  ['first', 'second'],
  { roots: [2] },
)

/** Counting to `steps` is the whole work of its witness. */
export const SLOW = toy<'slow', { steps: bigint }, Record<never, never>>('slow', ['steps'], {})

/** Enough steps for a witness that never ends. */
export const FOR_EVER = { steps: 1n << 60n }
