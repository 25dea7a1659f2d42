import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { readR1cs } from '../../circom/r1cs.ts'
import { CIRCUIT_NAMES, CIRCUITS } from '../../circuits/index.ts'
import { requireCircuit } from '../../circuits/registry.ts'
import type { RegisteredCircuit } from '../../circuits/types.ts'
import { buildArtifacts } from '../../keys/build.ts'
import { loadArtifacts } from '../../keys/load.ts'
import { createProver } from '../../prover/create-prover.ts'

/** What every statement names: the root that it is about, or comes to. */
interface Roots {
  readonly stateRoot?: bigint
  readonly newStateRoot?: bigint
  readonly newRiskRoot?: bigint
}

const ROOTS = ['newStateRoot', 'stateRoot', 'newRiskRoot'] as const

describe('every circuit of the registry, small profile', () => {
  let prover: Awaited<ReturnType<typeof createProver>>
  before(async () => {
    await buildArtifacts({ circuits: Object.values(CIRCUITS), profile: 'small' })
    prover = await createProver({ profile: 'small' })
  })
  after(() => prover[Symbol.asyncDispose]())

  for (const name of CIRCUIT_NAMES) {
    const circuit = requireCircuit(name) as RegisteredCircuit<string, Roots>

    it(`${name} proves its example`, async () => {
      const { statement, witness } = circuit.example('small')
      const { publicSignals } = await prover.prove(name, statement as never, witness as never)
      assert.deepEqual(publicSignals.map(BigInt), circuit.encodeStatement(statement))
    })

    it(`${name} has no proof of another root, and says that it is that which is wrong`, async () => {
      const { statement, witness } = circuit.example('small')
      const field = ROOTS.find((name) => name in statement)!
      const other = { ...statement, [field]: statement[field]! + 1n }
      await assert.rejects(prover.prove(name, other as never, witness as never), {
        code: 'WITNESS_FAILED',
        message: new RegExp(`^${name} cannot be proved: ${field} is not`),
      })
    })

    it(`${name} stays within its budget`, async () => {
      const { files } = await loadArtifacts(circuit, 'small')
      const { nConstraints, nPublic } = await readR1cs(files.r1cs)
      assert.ok(nConstraints + nPublic + 1 <= circuit.review.budget.small, `${nConstraints}`)
    })
  }
})
