import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readR1cs } from '../../../circom/r1cs.ts'
import { cashBatch } from '../../../circuits/cash-batch/index.ts'
import { buildArtifacts } from '../../../keys/build.ts'
import { loadArtifacts } from '../../../keys/load.ts'
import { createProver } from '../../../prover/create-prover.ts'

const definitions = { 'cash-batch': cashBatch }

test('a full batch of the small profile is proved, within its budget; one with another word is not', async () => {
  await buildArtifacts({ circuits: [cashBatch], profile: 'small' })
  const { files } = await loadArtifacts(cashBatch, 'small')
  const { nConstraints, nPublic } = await readR1cs(files.r1cs)
  assert.ok(nConstraints + nPublic + 1 <= cashBatch.review.budget.small, `${nConstraints}`)
  await using prover = await createProver({ profile: 'small', definitions })
  const { statement, witness } = cashBatch.example('small')
  const { publicSignals } = await prover.prove('cash-batch', statement, witness)
  assert.deepEqual(publicSignals.map(BigInt), cashBatch.encodeStatement(statement))
  const other = { ...statement, newStateRoot: statement.newStateRoot + 1n }
  await assert.rejects(prover.prove('cash-batch', other, witness), {
    code: 'WITNESS_FAILED',
    message: /newStateRoot is not/,
  })
})
