import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { jointLies, singleLies } from '../../lab/dishonesty/hint-lies.ts'
import { hintProver } from '../../lab/dishonesty/hint-prover.ts'
import { HINT_BATCHES } from '../../lab/instances/hint-batches.ts'
import { tellHints } from '../support/tell-hints.ts'

const prover = await hintProver()

suite('no dishonest hint of trade-batch leads to another state root: all lies', () => {
  for (const [name, make] of Object.entries(HINT_BATCHES)) {
    const batch = make()
    const honest = prover.honestInput(batch)
    for (const [kind, lies] of [
      ['one hint', singleLies(honest)],
      ['hints together', jointLies(honest)],
    ] as const) {
      test(`in a batch with ${name}: ${lies.length} lies about ${kind}`, () => {
        assert.ok(tellHints(prover, batch, lies) > 0)
      })
    }
  }
})
