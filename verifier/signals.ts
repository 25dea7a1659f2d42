import type { CircuitDefinition } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { FIELD } from '../protocol/numbers.ts'

/**
 * The statement's public signals, in order: as many as the circuit has, each canonical. Throws STATEMENT_INVALID for a
 * statement outside its ranges.
 */
export function encodeSignals<Statement>(
  definition: CircuitDefinition<string, Statement>,
  statement: Statement,
): readonly bigint[] {
  const { name, publicSignals } = definition
  const signals = definition.encodeStatement(statement)
  if (signals.length !== publicSignals.length) {
    const message = `a statement of ${name} has ${publicSignals.length} public signals, not ${signals.length}`
    throw new ZkclearError('STATEMENT_INVALID', message)
  }
  for (const [index, signal] of signals.entries()) {
    if (typeof signal !== 'bigint' || signal < 0n || signal >= FIELD) {
      throw new ZkclearError('STATEMENT_INVALID', 'must be a field element, 0 <= x < r', {
        path: publicSignals[index]!,
      })
    }
  }
  return signals
}
