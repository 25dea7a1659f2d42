import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { renderSustained, renderSustainedShort } from '../../../scripts/bench/service/render-sustained.ts'
import type { SustainedResult } from '../../../scripts/bench/service/sustained.ts'

const TIMES = { p50: 1_000, p90: 1_500, p99: 2_000, max: 2_500, count: 720 }
const RESULT: SustainedResult = {
  ...{ traders: 4, together: 4, provedPerSecond: 1.1, share: 0.9, messages: 720, batches: 180, seconds: 180 },
  ...{ unproved: [3, 3, 3], unsettled: [5, 6, 5], drainMs: 1_234, idle: 0.1 },
  ...{ receipt: TIMES, proved: TIMES, settled: TIMES },
  venue: { begin: { cpuMs: 10_000, residentBytes: 3e8 }, end: { cpuMs: 28_000, residentBytes: 2e8 } },
}

describe('what the documents say of a venue that was measured for minutes', () => {
  it('is the rate, what waited, and what the worker and the process did', () => {
    const text = renderSustained(RESULT)
    assert.match(text, /\*\*4\.0 messages a second for 180 s\*\*, 720 in 180 batches/)
    assert.match(text, /5\.0, 6\.0, 5\.0 for their settlement: the backlog did not grow\. All was settled 1\.2 s after/)
    assert.match(text, /no job for 10 % of that time/)
    assert.match(text, /took 10 % of a core, .* 300\.0 MB .* 200\.0 MB/)
  })

  it('is that the rate is not sustained, where the last third had more than twice as much and two batches', () => {
    const unsettled = [5, 10, 18]
    assert.match(renderSustained({ ...RESULT, unsettled }), /the backlog did not grow/)
    for (const render of [renderSustained, renderSustainedShort]) {
      assert.match(
        render({ ...RESULT, unsettled: [5, 12, 19] }),
        /the backlog \*\*grew\*\*: this rate is not sustained/,
      )
    }
  })
})
