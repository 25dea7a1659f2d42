import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { readLies } from '../../lab/mutation/lie-file.ts'
import { sampleOf } from '../../lab/mutation/sample.ts'
import { TRACED_CIRCUITS } from '../../lab/tracing/traced-circuit.ts'
import { assertRefused, lyingCircuit } from '../support/tell-lies.ts'

/** Lies told about each large circuit; *.slow.test.ts tells all of them. */
const SAMPLE = 25

const lies = await readLies()

suite('a prover who breaks one statement and follows all others is refused by that statement alone', () => {
  for (const name of TRACED_CIRCUITS.keys()) {
    const all = lies.filter(({ circuit }) => circuit === name)
    const isLarge = !name.includes('Probe')
    test(`in ${name}: ${isLarge ? `${SAMPLE} of ` : ''}${all.length} signals`, async () => {
      assert.ok(all.length > 0)
      assertRefused(await lyingCircuit(name), isLarge ? sampleOf(all, SAMPLE, 1) : all)
    })
  }
})
