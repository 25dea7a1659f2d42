import { type ProfileName, venueShape } from '../../protocol/shape.ts'
import { exampleBatch, exampleState } from '../trade-batch/example.ts'
import type { RegisteredCircuit } from '../types.ts'
import { exitInput, exitShapes } from './input.ts'
import { exitRefusal } from './refusal.ts'
import { EXIT_REVIEW } from './review.ts'
import {
  type ExitStatement,
  type ExitWitness,
  exitCodec,
  exitStatement,
  exitStatementOf,
  exitWitness,
} from './statement.ts'

/** Anybody proves what an account of a dead venue is owed; only its owner is paid. */
export const exit: RegisteredCircuit<'exit', ExitStatement, ExitWitness> = {
  name: 'exit',
  claim:
    'The account stands in stateRoot at that index and is owed, at the table with riskRoot, these lots of each asset; nothing else of it is revealed.',
  template: 'Exit',
  source: 'exit/exit.circom',
  templateArguments(name) {
    const { markets, collaterals, scenarios, accountLevels } = venueShape(name)
    return [markets, collaterals, scenarios, accountLevels]
  },
  ...exitCodec,
  inputShapes: (name) => exitShapes(venueShape(name)),
  review: EXIT_REVIEW,
  example(profile: ProfileName, domain = 1n) {
    const { after, context } = exampleBatch(exampleState(profile), domain)
    const witness = exitWitness(after, 1, context.riskTable)
    return { statement: exitStatement(after, 1, witness, { domain }), witness }
  },
  async readJob(document, profile) {
    const { decodeExit } = await import('../../venue/files/exit-file.ts')
    const { domain, stateRoot, riskRoot, index, ...witness } = decodeExit(document, profile)
    return { statement: exitStatementOf(witness, { domain, stateRoot, riskRoot, index }), witness }
  },
  buildInput: (statement, witness, profile) => exitInput(statement, witness, venueShape(profile)),
  refusal: exitRefusal,
}

export { type ExitStatement, type ExitWitness, exitStatement, exitWitness, exitWords } from './statement.ts'
