import process from 'node:process'
import { endWithParent } from '../../circom/end-with-parent.ts'
import type { CircuitDefinition, Progress } from '../../circuits/types.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { createProver } from '../../prover/index.ts'
import type { Definitions } from '../../prover/job.ts'
import type { Prover } from '../../prover/prover.ts'
import { writeProof } from '../../verifier/index.ts'
import { statementFromJson } from '../../verifier/statement-json.ts'
import { decodeInput, withWholeInput } from '../jobs/input.ts'
import type { Answer, Failure, Note, Order, ProverChoice } from './messages.ts'

/** Faults of what is to be proved: whoever tries gets no further. */
const OF_THE_INPUT = ['WITNESS_FAILED', 'INPUT_INVALID', 'STATEMENT_INVALID']
const LONGEST_MESSAGE = 1000

/** The whole life of a process that proves: answers the orders of its parent, with which it ends. */
export function answerOrders(definitions: Readonly<Record<string, CircuitDefinition>>): void {
  let opened: { readonly choice: ProverChoice; readonly prover: Prover<Definitions> } | undefined
  const obey = async (order: Order): Promise<Answer> => {
    if ('open' in order) {
      endWithParent(order.parent)
      opened = { choice: order.open, prover: await open(order.open, definitions) }
      return { ready: true }
    }
    const { circuit, statement: json, input } = order
    const { prover, choice } = opened!
    const definition = definitions[circuit]!
    const witness = decodeInput(definition, choice.profile, input)
    const onProgress = ({ stage, fraction }: Progress) => {
      if (stage === 'witness' && fraction === 1) process.send!({ witnessed: true } satisfies Note)
    }
    const { proof } = await prover.prove(circuit, statementFromJson(definition, json), witness, { onProgress })
    return { proof: writeProof(proof) }
  }
  process.on('message', (order: Order) => {
    obey(order)
      .catch((error: unknown) => ({ failure: failureOf(error) }))
      .then((answer) => process.send!(answer))
  })
  process.on('disconnect', () => process.exit())
}

function open({ profile, circuits, selection }: ProverChoice, definitions: Definitions): Promise<Prover<Definitions>> {
  const whole = Object.fromEntries(circuits.map((name) => [name, withWholeInput(definitions[name]!)]))
  return createProver<Definitions>({ ...selection, profile, definitions: whole, proofSystem: 'groth16' })
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof ZkclearError)) {
    const kind = error instanceof Error ? error.name : 'an error'
    return { reason: 'worker', code: 'INTERNAL', message: `the worker's prover failed with ${kind}` }
  }
  const { code, message } = error
  return {
    reason: OF_THE_INPUT.includes(code) ? 'input' : 'worker',
    ...{ code, message: message.slice(0, LONGEST_MESSAGE) },
  }
}
