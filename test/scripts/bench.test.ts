import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { R1cs } from '../../circom/r1cs.ts'
import { CIRCUIT_NAMES, CIRCUITS, TRADE_BATCH_SIZES } from '../../circuits/index.ts'
import { exampleBatch, exampleState } from '../../circuits/trade-batch/example.ts'
import { loadArtifacts } from '../../keys/load.ts'
import { messagesOf } from '../../protocol/bundle.ts'
import { accountSlots } from '../../protocol/trade-batch/account-slots.ts'
import { readCounts } from '../../scripts/bench/build-circuit.ts'
import { findGrowth } from '../../scripts/bench/check.ts'
import { type Counts, type Measurements, readMeasurements } from '../../scripts/bench/measurements.ts'
import { updateDocuments } from '../../scripts/bench/render.ts'
import { countSections } from '../../scripts/bench/sections.ts'
import { spread } from '../../scripts/bench/spread.ts'

const MACHINE = { cores: 1, processor: 'any', memoryGigabytes: 1, system: 'any', node: 'any' }

function measurements(total: number, sections: Record<string, number> = { all: total }): Measurements {
  const counts: Counts = { linear: 0, nonLinear: total, total, wires: total, sections }
  return { machine: MACHINE, circuits: { small: { 'margin-sufficiency': { counts } }, standard: {}, large: {} } }
}

describe('the constraint counts in the documents', () => {
  for (const name of CIRCUIT_NAMES) {
    it(`are those of ${name} as it compiles, and every constraint belongs to a section`, async () => {
      const { files, manifest } = await loadArtifacts(CIRCUITS[name], 'small')
      const counts = await readCounts(name, files)
      const { linear, nonLinear, total } = counts
      assert.deepEqual({ linear, nonLinear, total }, manifest.constraints)
      assert.equal(
        Object.values(counts.sections).reduce((sum, part) => sum + part, 0),
        total,
      )
      assert.ok(!('other' in counts.sections))
      assert.deepEqual((await readMeasurements())?.circuits.small[name]?.counts, counts)
    })
  }

  it('stand in the generated parts of the documents', async () => {
    assert.deepEqual(await updateDocuments((await readMeasurements())!, { check: true }), [])
  })

  it('hold both profiles of every circuit', async () => {
    const recorded = await readMeasurements()
    for (const name of CIRCUIT_NAMES) {
      assert.ok(recorded?.circuits.small[name])
      assert.ok(recorded?.circuits.standard[name])
    }
  })
})

describe('findGrowth', () => {
  it('accepts what was recorded', () => {
    assert.deepEqual(findGrowth(measurements(7000), measurements(7000)), [])
  })

  it('names a circuit that grew by one constraint', () => {
    assert.match(findGrowth(measurements(7000), measurements(7001))[0]!, /margin-sufficiency \(small\) has 7001/)
  })

  it('names a circuit whose parts changed places', () => {
    assert.equal(findGrowth(measurements(7000, { a: 7000 }), measurements(7000, { a: 6999, b: 1 })).length, 1)
  })

  it('names a circuit one constraint over its budget, also if that was recorded', () => {
    assert.deepEqual(findGrowth(measurements(10_000), measurements(10_000)), [])
    assert.match(findGrowth(measurements(10_001), measurements(10_001))[0]!, /budget is 10000/)
  })
})

describe('countSections', () => {
  it('counts a constraint where most of its signals belong, and main alone where there is nothing else', () => {
    const names = ['', 'main.a.x', 'main.a.y', 'main.b_1_2.x', 'main.own']
    const rows = [
      [[1], [2], [3]], // two of a, one of b
      [[3], [3], [4]], // b; the signal of main has no say
      [[4], [4], [0]], // main alone
    ]
    const flat = rows.flat()
    const r1cs = {
      nWires: names.length,
      nConstraints: rows.length,
      wires: Uint32Array.from(flat.flat()),
      offsets: Uint32Array.from([0, ...flat.map((_, i) => flat.slice(0, i + 1).flat().length)]),
    } as R1cs
    const sections = [
      { name: 'A', components: /^a\b/ },
      { name: 'B', components: /^b\b/ },
      { name: 'main', components: /^own\b/ },
    ]
    const counts = countSections(r1cs, { names: (wire) => [names[wire]!] }, sections)
    assert.deepEqual(
      [...counts],
      [
        ['A', 1],
        ['B', 1],
        ['main', 1],
      ],
    )
  })
})

describe('spread', () => {
  it('takes the middle of an odd number of runs and the mean of two middles of an even one', () => {
    assert.deepEqual(spread([3, 1, 2]), { median: 2, min: 1, max: 3, runs: 3 })
    assert.equal(spread([4, 1, 2, 3]).median, 2.5)
  })
})

describe('the batch that benchmarks prove', () => {
  it('uses every message, step and account slot', () => {
    const state = exampleState('small')
    const { bundles, steps, touched } = exampleBatch(state, 1n)
    const messages = messagesOf({ bundles })
    const sizes = TRADE_BATCH_SIZES.small
    assert.deepEqual(
      [messages.length, steps.length, touched.length],
      [sizes.messages, sizes.steps, accountSlots(sizes)],
    )
  })
})
