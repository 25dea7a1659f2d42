import type { CircuitDefinition } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { FIELD } from '../protocol/numbers.ts'

/** Throws INPUT_INVALID for what is no circuit definition, such as its name. Returns it. */
function requireDefinition<Definition extends CircuitDefinition>(definition: Definition): Definition {
  const { name, encodeStatement } = Object(definition) as Partial<CircuitDefinition>
  if (typeof name === 'string' && typeof encodeStatement === 'function') return definition
  const message = 'must be a circuit definition, such as marginSufficiency'
  throw new ZkclearError('INPUT_INVALID', message, { path: 'definition' })
}

/**
 * The statement's public signals, in order: as many as the circuit has, each canonical. Throws STATEMENT_INVALID for a
 * statement outside its ranges, INPUT_INVALID for what is no definition.
 */
export function encodeSignals<Statement>(
  definition: CircuitDefinition<string, Statement>,
  statement: Statement,
): readonly bigint[] {
  const { name, publicSignals } = requireDefinition(definition)
  if (statement === undefined || statement === null) {
    throw new ZkclearError('STATEMENT_INVALID', `is ${statement}; ${name} needs ${publicSignals.join(', ')}`, {
      path: 'statement',
    })
  }
  const signals = definition.encodeStatement(statement)
  if (!Array.isArray(signals) || signals.length !== publicSignals.length) {
    const message = `a statement of ${name} has ${publicSignals.length} public signals, not ${signals?.length}`
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
