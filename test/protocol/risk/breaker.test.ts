import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOW } from '../../../lab/instances/model.ts'
import { makeRiskParameters } from '../../../lab/instances/risk-parameters.ts'
import { Random } from '../../../protocol/random.ts'
import { FIRST_BREAKER, nextBreaker } from '../../../protocol/risk/breaker.ts'
import type { MedianReport } from '../../../protocol/risk/median.ts'
import type { RiskParameters } from '../../../protocol/risk/parameters.ts'
import { applyRiskUpdate } from '../../../protocol/risk/update.ts'
import { venueShape } from '../../../protocol/shape.ts'

const SMALL = venueShape('small')
/** A jump is more than 10 %; a cooldown is 900 s, and maxAge an hour. */
const PARAMETERS = makeRiskParameters(SMALL)
const { cooldown, maxAge } = PARAMETERS

/** 'open' or 'closed', then 'sheltered' if so, of the underlying in tables at these times with these indices. */
function phases(says: readonly (readonly [seconds: bigint, index: bigint])[], parameters = PARAMETERS): string[] {
  let memory = { index: says[0]![1], closedUntil: 0n, closedSince: 0n }
  let last = says[0]![0]
  return says.slice(1).map(([seconds, index]) => {
    const outage = seconds - last > parameters.maxAge
    const breaker = nextBreaker(memory, { index, asOf: NOW + seconds, outage }, parameters)
    memory = { index, closedUntil: breaker.closedUntil, closedSince: breaker.closedSince }
    last = seconds
    return `${breaker.closed ? 'closed' : 'open'}${breaker.sheltered ? ' sheltered' : ''}`
  })
}

test('a move of jumpBps closes nothing, one quantum more does, up or down', () => {
  assert.deepEqual(
    phases([
      [0n, 100_000n],
      [150n, 110_000n],
    ]),
    ['open'],
  )
  assert.deepEqual(
    phases([
      [0n, 100_000n],
      [150n, 110_001n],
    ]),
    ['closed sheltered'],
  )
  assert.deepEqual(
    phases([
      [0n, 100_000n],
      [150n, 90_000n],
    ]),
    ['open'],
  )
  assert.deepEqual(
    phases([
      [0n, 100_000n],
      [150n, 89_999n],
    ]),
    ['closed sheltered'],
  )
})

test('opens in the first table that is cooldown after the jump: a second earlier it is closed', () => {
  const jump = [
    [0n, 100n],
    [150n, 200n],
  ] as const
  assert.deepEqual(phases([...jump, [149n + cooldown, 200n]]).at(-1), 'closed sheltered')
  assert.deepEqual(phases([...jump, [150n + cooldown, 200n]]).at(-1), 'open')
})

test('a jump after a jump keeps it closed for a cooldown from then, but sheltered for no longer than from the first', () => {
  const jumps = [
    [0n, 100n],
    [150n, 200n],
    [600n, 300n],
  ] as const
  const at = (seconds: bigint) => phases([...jumps, [seconds, 300n]]).at(-1)
  assert.equal(at(149n + cooldown), 'closed sheltered')
  assert.equal(at(150n + cooldown), 'closed')
  assert.equal(at(599n + cooldown), 'closed')
  assert.equal(at(600n + cooldown), 'open')
})

test('a jump in the very table in which it would have opened goes on with the row: closed, and nobody is sheltered', () => {
  const jumps = [
    [0n, 100n],
    [150n, 200n],
    [150n + cooldown, 300n],
  ] as const
  assert.equal(phases(jumps).at(-1), 'closed')
})

test('a jump after a table in which it was open begins a new row', () => {
  const opened = [
    [0n, 100n],
    [150n, 200n],
    [150n + cooldown, 200n],
  ] as const
  assert.deepEqual(phases([...opened, [300n + cooldown, 300n]]).slice(-2), ['open', 'closed sheltered'])
})

test('the table after a gap longer than maxAge shelters, and the next does not', () => {
  assert.deepEqual(
    phases([
      [0n, 100n],
      [maxAge, 100n],
    ]),
    ['open'],
  )
  assert.deepEqual(
    phases([
      [0n, 100n],
      [maxAge + 1n, 100n],
      [maxAge + 2n, 100n],
    ]),
    ['open sheltered', 'open'],
  )
})

test('a jump over an outage closes and shelters, for a cooldown', () => {
  const says = [
    [0n, 100n],
    [maxAge + 1n, 200n],
    [maxAge + cooldown, 200n],
    [maxAge + 1n + cooldown, 200n],
  ] as const
  assert.deepEqual(phases(says), ['closed sheltered', 'closed sheltered', 'open'])
})

test('a cooldown of 0 closes nothing', () => {
  assert.deepEqual(
    phases(
      [
        [0n, 100n],
        [150n, 200n],
      ],
      { ...PARAMETERS, cooldown: 0n },
    ),
    ['open'],
  )
})

test('in random chains it is closed iff a jump was less than cooldown ago, and a row shelters less than cooldown long', () => {
  const random = new Random(13n)
  const seen = new Set<string>()
  for (let run = 0; run < 300; run++) {
    const says: [bigint, bigint][] = [[0n, 1_000n]]
    for (let step = 0; step < 40; step++) {
      const [seconds, index] = says.at(-1)!
      const gap = random.pick([150n, 151n, 449n, 450n, 899n, 900n, 901n, 3_600n, 3_601n])
      says.push([seconds + gap, random.chance(40) ? random.pick([1_000n, 1_100n, 1_101n, 2_000n]) : index])
    }
    let lastJump = -cooldown
    let rowSince: bigint | undefined
    for (const [i, phase] of phases(says).entries()) {
      const [before, oldIndex] = says[i]!
      const [now, index] = says[i + 1]!
      const move = index > oldIndex ? index - oldIndex : oldIndex - index
      if (move * 10n > oldIndex) lastJump = now
      const isClosed = now - lastJump < cooldown
      rowSince = isClosed ? (rowSince ?? now) : undefined
      const isSheltered = now - before > maxAge || (rowSince !== undefined && now - rowSince < cooldown)
      assert.equal(phase, `${isClosed ? 'closed' : 'open'}${isSheltered ? ' sheltered' : ''}`, `at ${now}: ${says}`)
      seen.add(phase)
    }
  }
  assert.deepEqual([...seen].sort(), ['closed', 'closed sheltered', 'open', 'open sheltered'])
})

test('whatever it is, no breaker speaks at the first table', () => {
  assert.deepEqual(FIRST_BREAKER, { closedUntil: 0n, closedSince: 0n, closed: false, sheltered: false })
})

const medians = (asOf: bigint, indices: bigint[]): MedianReport => ({
  ...{ asOf, indices, forwards: new Array(4).fill(1_000n), volatilities: new Array(4).fill(0n) },
})
const first = applyRiskUpdate(undefined, medians(NOW, [1_000n, 1_000n]), PARAMETERS, SMALL)
const phasesAfter = (seconds: bigint, indices: bigint[], parameters: RiskParameters = PARAMETERS) =>
  applyRiskUpdate(first, medians(NOW + seconds, indices), parameters, SMALL).table.markets.map(
    ({ phase, lastTradeTime }) => [phase, lastTradeTime === 0n] as const,
  )

test('a jump closes the markets on its underlying, and no others', () => {
  assert.deepEqual(
    PARAMETERS.markets.map(({ underlying }) => underlying),
    [0, 0, 0, 1],
  )
  const [open, closed] = [[0n, false] as const, [1n, true] as const]
  assert.deepEqual(phasesAfter(150n, [2_000n, 1_000n]), [closed, closed, closed, open])
  assert.deepEqual(phasesAfter(150n, [1_000n, 2_000n]), [open, open, open, closed])
})

test('what counts as an outage is what the table before had promised, whatever maxAge has become since', () => {
  const isSheltered = (seconds: bigint, parameters?: RiskParameters) =>
    phasesAfter(seconds, [1_000n, 1_000n], parameters).every(([phase]) => phase === 1n)
  assert.ok(isSheltered(maxAge + 1n) && !isSheltered(maxAge))
  assert.ok(isSheltered(maxAge + 1n, { ...PARAMETERS, maxAge: 1n << 19n }))
  assert.ok(!isSheltered(maxAge, { ...PARAMETERS, maxAge: 1n }))
})
