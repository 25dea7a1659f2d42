import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { dishonestProver } from '../../lab/dishonesty/dishonest-prover.ts'
import { jointLies, singleLies } from '../../lab/dishonesty/hint-lies.ts'
import { HINT_BATCHES } from '../../lab/instances/hint-batches.ts'
import { tellHints } from '../support/tell-hints.ts'

const prover = await dishonestProver()

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
