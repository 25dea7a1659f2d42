import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CIRCUITS } from '../../../circuits/index.ts'
import type { Measurements } from '../../../scripts/bench/measurements.ts'
import { renderWhole } from '../../../scripts/bench/render-circuits.ts'
import { runChild } from '../../../scripts/bench/run-child.ts'
import { spread } from '../../../scripts/bench/spread.ts'
import type { WitnessTimes } from '../../../scripts/bench/witness-child.ts'
import { marginArtifacts } from '../../support/margin-artifacts.ts'

test('the time of a witness stands by what computed it, after all gave the same', async () => {
  await marginArtifacts()
  const times = await runChild<WitnessTimes>('witness-child.ts', [CIRCUITS['margin-sufficiency'].name, 'small', 2])
  assert.ok("circom's calculator" in times && 'own program, portable' in times)
  const one = spread([1])
  const counts = { linear: 0, nonLinear: 1, total: 1, wires: 1, sections: {} }
  const proving = {
    backends: {
      any: {
        ...{ load: one, firstProof: one, witness: one, witnessCpu: one, prove: one, proveCpu: one, verify: one },
        peakBytes: 1,
      },
    },
    witnesses: Object.fromEntries(Object.entries(times).map(([generator, list]) => [generator, spread(list)])),
    ...{ fullProveFirst: one, fullProve: one, fullProvePeakBytes: 1 },
  }
  const measured = (without: object) =>
    ({
      machine: {},
      circuits: {
        small: { 'margin-sufficiency': { counts, proving: { ...proving, ...without } } },
        standard: {},
        large: {},
      },
    }) as unknown as Measurements
  const text = renderWhole(measured({}))
  assert.match(text, /### Witnesses[^#]*circom's calculator[^#]*own program, portable[^#]*margin-sufficiency, small/)
  assert.doesNotMatch(renderWhole(measured({ witnesses: undefined })), /### Witnesses/)
})
