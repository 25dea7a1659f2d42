import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { readLies } from '../../lab/mutation/lie-file.ts'
import { sampleOf } from '../../lab/mutation/sample.ts'
import { TRACED_CIRCUITS } from '../../lab/tracing/traced-circuit.ts'
import { assertRefused, lyingCircuit } from '../support/tell-lies.ts'

/** Lies told of each circuit; lies.slow.test.ts tells all of them. */
const SAMPLE = 15

const lies = await readLies()

suite('a prover who breaks one statement and follows all others is refused by that statement alone', () => {
  for (const name of TRACED_CIRCUITS.keys()) {
    const all = lies.filter(({ bench }) => bench === name)
    const sample = sampleOf(all, SAMPLE, 1)
    test(`in ${name}: ${sample.length} of ${all.length} signals`, async () => {
      assert.ok(sample.length > 0)
      assertRefused(await lyingCircuit(name), sample)
    })
  }
})
