import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exit } from '../../../circuits/exit/index.ts'
import { buildArtifacts } from '../../../keys/build.ts'
import { createProver } from '../../../prover/create-prover.ts'

test('what an account is owed is proved; more is not', async () => {
  await buildArtifacts({ circuits: [exit], profile: 'small' })
  await using prover = await createProver({ profile: 'small', definitions: { exit } })
  const { statement, witness } = exit.example('small')
  const { publicSignals } = await prover.prove('exit', statement, witness)
  assert.deepEqual(publicSignals.map(BigInt), exit.encodeStatement(statement))
  const more = { ...statement, claim: statement.claim.with(1, statement.claim[1]! + 1n) }
  await assert.rejects(prover.prove('exit', more, witness), { code: 'WITNESS_FAILED', message: /claim\[1\] is not/ })
})
