import type { WitnessFailure } from '../circom/witness-calculator.ts'
import { ZkclearError } from '../protocol/errors.ts'

/** What circom's calculator made of an input. Throws WITNESS_FAILED if that is no witness; names template and line, no values. */
export function requireWitness(result: ArrayBuffer | WitnessFailure, circuit: string): Uint8Array {
  if (result instanceof ArrayBuffer) return new Uint8Array(result)
  throw new ZkclearError('WITNESS_FAILED', `${circuit} has no witness for this input: ${describe(result)}`, {
    details: { circuit, ...result },
  })
}

function describe(failure: WitnessFailure): string {
  switch (failure.kind) {
    case 'assert': {
      const [first, ...callers] = failure.trace.map(({ template, line }) => `${template} (line ${line})`)
      const within = callers.length > 0 ? `, within ${callers.join(', ')}` : ''
      return `a constraint does not hold in template ${first ?? 'unknown'}${within}; check the statement and the witness`
    }
    case 'signals':
      return `definition and compiled program disagree about ${failure.name}; build again`
    case 'crash':
      return `the program stopped (${failure.reason})`
  }
}
