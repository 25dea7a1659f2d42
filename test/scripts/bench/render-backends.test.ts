import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DOMParser } from 'linkedom'
import { goals } from '../../../scripts/bench/backends/goals.ts'
import { backendsPlot, scalingPlot } from '../../../scripts/bench/backends/plots.ts'
import { renderBackends, renderScaling } from '../../../scripts/bench/backends/render.ts'
import type { CircuitResult, ScalingResult } from '../../../scripts/bench/backends/results.ts'
import { element, linearTicks, logTicks } from '../../../scripts/bench/backends/svg.ts'

const once = (value: number) => ({ median: value, min: value, max: value, runs: 1 })

/** 2^16 rows: 100 ms natively with two threads, `ratio` times that by snarkjs. */
function circuit({ ratio = 12, log = 16, two = 220 } = {}): CircuitResult {
  return {
    circuit: 'some <circuit>',
    constraints: 50_000,
    wires: 50_000,
    log,
    zkeyBytes: 50e6,
    backends: [
      { name: 'native ifma, 2 threads', wall: once(100), cpu: once(190), peakBytes: 2e8 },
      { name: 'native ifma, 1 thread', wall: once(190), cpu: once(190), peakBytes: 2e8 },
      { name: 'snarkjs', wall: once(100 * ratio), cpu: once(200 * ratio), peakBytes: 1.2e9 },
      { name: 'outside', wall: once(400) },
    ],
    native: [
      {
        path: 'ifma',
        load: once(40),
        memoryGrowth: 1e8,
        oneProof: once(200),
        twoProofs: once(two),
        cpu: 200,
        parts: { rows: 2, ntt: 18, a: 30, b1: 20, b2: 50, c: 30, h: 40 },
      },
    ],
  }
}

function scaling(last: number): ScalingResult {
  const size = (log: number, us: number) => {
    const constraints = 2 ** log - 3
    const cpu = once((constraints * us) / 1000)
    return { log, constraints, paths: [{ path: 'ifma' as const, wall: cpu, cpu }] }
  }
  return { circuit: 'some chain', threads: 2, sizes: [size(14, 4), size(15, 4), size(16, last)] }
}

describe('goals', () => {
  const met = (results: CircuitResult[], of?: ScalingResult) => goals(results, of).map((goal) => goal.met)

  it('are those of the paths that were measured', () => {
    const [wall, cpu, throughput, load, memory, growth, ...more] = goals([circuit()], scaling(4))
    assert.deepEqual(wall, {
      what: 'ifma, two threads, against snarkjs',
      aim: 'at least 10 times',
      measured: '12.00 times',
      met: true,
    })
    assert.equal(cpu!.measured, '3.80 us')
    assert.equal(throughput!.measured, '1.82 times')
    assert.equal(load!.measured, '40 ms')
    assert.equal(memory!.measured, '2.00 times the .zkey')
    assert.equal(growth!.measured, '1.00 times')
    assert.deepEqual(more, [])
  })

  it('take the worst circuit, and none below a domain of 2^16', () => {
    assert.deepEqual(met([circuit()]), [true, true, true, true, true])
    assert.deepEqual(met([circuit(), circuit({ ratio: 9.9 })]), [false, true, true, true, true])
    assert.deepEqual(met([circuit(), circuit({ two: 223 })]), [true, true, false, true, true])
    assert.deepEqual(met([circuit(), circuit({ ratio: 9.9, log: 15 })]), [true, true, true, true, true])
    assert.deepEqual(met([circuit({ log: 15 })]), [])
  })

  it('allow 15 % of growth from the smallest size to the largest', () => {
    assert.deepEqual(met([], scaling(4.59)), [true])
    assert.deepEqual(met([], scaling(4.61)), [false])
  })
})

describe('renderBackends', () => {
  const text = renderBackends([circuit()], scaling(4))

  it('has a row for everybody, with time per constraint and speed beside snarkjs', () => {
    assert.match(
      text,
      /^\| native ifma, 2 threads \| 100 ms \| 190 ms \| 2\.0 us \| 3\.8 us \| 200\.0 MB \| 12\.0 times \|$/m,
    )
    assert.match(text, /^\| snarkjs \| 1,200 ms \| 2,400 ms \| 24\.0 us \| 48\.0 us \| 1\.20 GB \| 1\.0 times \|$/m)
    assert.match(text, /^\| outside \| 400 ms \| not measured \| 8\.0 us \| {2}\| not measured \| 3\.0 times \|$/m)
    assert.match(text, /Outside provers \(outside\) start a process/)
  })

  it('has the shares of a proof, which add up with the rest', () => {
    assert.match(text, /\| 200 ms \| 1 % \| 9 % \| 15 % \| 10 % \| 25 % \| 15 % \| 20 % \| 5 % \|$/m)
  })

  it('has throughput, loading and memory', () => {
    assert.match(text, /\| 200 ms \| 220 ms \| 1\.82 times \| 40 ms \| 50\.0 MB \| 100\.0 MB \| 2\.0 times \|$/m)
  })
})

describe('renderScaling', () => {
  it('has a row for each size and the ratio of the largest to the smallest', () => {
    const text = renderScaling(scaling(4.4))
    assert.match(text, /^\| 16,381 \(2\^14\) \| 4\.0 us \| 4\.0 us \|$/m)
    assert.match(text, /^\| largest \/ smallest \| 1\.10 \| 1\.10 \|$/m)
  })
})

describe('the pictures', () => {
  const parse = (svg: string) => {
    assert.doesNotMatch(svg, /NaN|undefined|Infinity/)
    return new DOMParser().parseFromString(svg, 'image/svg+xml')
  }

  it('have a bar for every backend, the longer the slower it is', () => {
    const bars = [...parse(backendsPlot([circuit(), circuit()])).querySelectorAll('rect')]
    const widths = bars.map((bar) => Number(bar.getAttribute('width')))
    assert.equal(widths.length, 8)
    const [two, one, snarkjs, outside] = widths
    assert.ok(two! < one! && one! < outside! && outside! < snarkjs!)
    assert.deepEqual(widths.slice(0, 4), widths.slice(4))
  })

  it('have a point for each size and path, all inside of the frame', () => {
    const points = [...parse(scalingPlot(scaling(9))).querySelectorAll('circle')]
    assert.equal(points.length, 3)
    for (const point of points) {
      assert.ok(Number(point.getAttribute('cy')) >= 46 && Number(point.getAttribute('cy')) <= 330)
    }
  })

  it('escape what stands in names', () => {
    assert.match(backendsPlot([circuit()]), />some &lt;circuit&gt;: 50,000 constraints</)
    assert.equal(element('g', { x: 1.26, y: '"&' }), '<g x="1.3" y="&quot;&amp;"/>')
  })

  it('have round ticks that span what they show', () => {
    assert.deepEqual(logTicks(15, 600), [20, 50, 100, 200, 500])
    assert.deepEqual(linearTicks(37, 6), [0, 10, 20, 30, 40])
    assert.deepEqual(linearTicks(0.5, 5), [0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5])
  })
})
