import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type AuditOptions, audit } from '../../audit/audit.ts'
import { propagate } from '../../audit/propagate.ts'
import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import { parseSymbols } from '../../circom/symbols.ts'
import { buildSystem } from '../../circom/system.ts'
import type { Progress } from '../../circuits/types.ts'
import { smallSystem } from '../support/small-system.ts'

/** A system with a name for each of its signals: `main.` and the one in its constraints. */
function named({ outputs = [], inputs, constraints }: Parameters<typeof smallSystem>[0]) {
  const system = smallSystem({ outputs, inputs, constraints })
  const letters = [...constraints.join(' ').matchAll(/[a-z]\w*/gi)].map(([name]) => name)
  const names = [...new Set([...outputs, ...inputs, ...letters])]
  const text = names.map((name) => `${system.wire(name)},${system.wire(name)},0,main.${name}\n`).join('')
  return { r1cs: system.r1cs, symbols: parseSymbols(text), wire: system.wire }
}

const isZero = ['x * inv = 1 - z', 'x * z = 0']
const timeout = 600_000

async function verdicts(system: Parameters<typeof smallSystem>[0], options: Partial<AuditOptions> = {}) {
  const { targets } = await audit({ ...named(system), timeout, ...options })
  return Object.fromEntries(targets.map(({ name, verdict }) => [name, verdict]))
}

describe('what an audit is about', () => {
  const system = { outputs: ['p', 'f'], inputs: ['x'], constraints: ['x * x = p', 'f - u - x = 0', 'u * u = v'] }

  it('is the outputs by default, each with its verdict', async () => {
    assert.deepEqual(await verdicts(system), { 'main.p': 'PROVEN', 'main.f': 'FORGED' })
    assert.deepEqual(await verdicts(system, { targets: 'outputs' }), { 'main.p': 'PROVEN', 'main.f': 'FORGED' })
  })

  it('is every signal but the inputs if asked for or if there is no output; those not proven are listed', async () => {
    const all = { 'main.f': 'FORGED', 'main.u': 'FORGED', 'main.v': 'FORGED' }
    assert.deepEqual(await verdicts(system, { targets: 'all' }), all)
    const inner = { inputs: ['x'], constraints: ['x * x = p', 'p + u - v = 0'] }
    assert.deepEqual(await verdicts(inner), { 'main.u': 'FORGED', 'main.v': 'FORGED' })
    assert.deepEqual(await verdicts({ inputs: ['x'], constraints: ['x * x = p'] }), {})
  })

  it('is what is named, with or without the main component', async () => {
    assert.deepEqual(await verdicts(system, { targets: ['main.u', 'p', 'x'] }), {
      'main.u': 'FORGED',
      'main.p': 'PROVEN',
      'main.x': 'PROVEN',
    })
    await assert.rejects(verdicts(system, { targets: ['main.p', 'main.q'] }), { code: 'INPUT_INVALID', path: 'signal' })
    await assert.rejects(verdicts(system, { keys: [['x', 'nowhere']] }), { code: 'INPUT_INVALID' })
  })

  it('takes the wires for inputs that the header counts, whatever their labels', async () => {
    const { r1cs, symbols } = named({ outputs: ['out'], inputs: ['x'], constraints: ['x - y = 0', 'u - out = 0'] })
    for (const labels of [r1cs.labelOf, r1cs.labelOf.map(() => 0), r1cs.labelOf.map((label) => Math.min(label, 2))]) {
      const { targets, counts } = await audit({ r1cs: { ...r1cs, labelOf: labels }, symbols, timeout })
      assert.equal(targets[0]!.verdict, 'FORGED')
      assert.ok(counts.PROVEN <= 1)
    }
  })

  it('is named by its wire where there are no names', async () => {
    const { targets } = await audit({ ...named(system), symbols: parseSymbols(''), timeout })
    assert.deepEqual(
      targets.map(({ name }) => name),
      ['wire 1', 'wire 2'],
    )
  })
})

describe('the report of an audit', () => {
  it('counts every signal that is not an input once, and the rules that determined them', async () => {
    const system = { outputs: ['f', 'q'], inputs: ['x', 'y'], constraints: [...isZero, 'f + z - w = 0', 'x * y = q'] }
    const { counts, rules, contradictions, stopped } = await audit({ ...named(system), timeout })
    assert.deepEqual(counts, { PROVEN: 2, HARMLESS: 1, FORGED: 1, UNUSED: 0, UNKNOWN: 1 })
    assert.deepEqual(rules, { 'zero-test': 1, linear: 1 })
    assert.deepEqual(contradictions, [])
    assert.equal(stopped, undefined)
  })

  it('has two witnesses for what is forged, which satisfy all, agree in the inputs and differ in the signal', async () => {
    const { r1cs, symbols, wire } = named({ outputs: ['q'], inputs: ['n', 'd'], constraints: ['q * d = n'] })
    const { targets } = await audit({ r1cs, symbols, timeout })
    const { first, second, target } = targets[0]!.forgery!
    assert.equal(target, wire('q'))
    for (const witness of [first, second]) assert.deepEqual(findBrokenConstraints(r1cs, witness), [])
    assert.deepEqual([first[2], first[3]], [second[2], second[3]])
    assert.notEqual(first[1], second[1])
  })

  it('says where the proof got stuck, by names alone', async () => {
    const constraints = ['u * v = out', 'u * u = x + v', 'x * x = w']
    const { targets } = await audit({ ...named({ outputs: ['out'], inputs: ['x'], constraints }), timeout })
    const [{ stuckAt }] = targets as [(typeof targets)[number]]
    assert.deepEqual(
      stuckAt!.map(({ constraint, components, unknown }) => [constraint, components, unknown]),
      [
        [1, ['main'], ['main.u', 'main.v']],
        [0, ['main'], ['main.u', 'main.v', 'main.out']],
      ],
    )
  })

  it('names constraints that nothing satisfies', async () => {
    const constraints = ['x * x = out', 'u - 1 = 0', 'u + 1 = 0', '(2) * 3 = 7']
    const { contradictions } = await audit({ ...named({ outputs: ['out'], inputs: ['x'], constraints }), timeout })
    assert.deepEqual(contradictions, [2, 3])
  })

  it('is the same for the same seed', async () => {
    const system = named({ outputs: ['out'], inputs: ['x'], constraints: ['out * out = u', 'x * u = v'] })
    const run = async () => (await audit({ ...system, timeout, seed: 5n })).targets[0]!.forgery
    assert.deepEqual(await run(), await run())
  })
})

describe('the hint of a zero test', () => {
  it('is harmless where nothing else reads it', async () => {
    assert.deepEqual(await verdicts({ outputs: ['z'], inputs: ['x'], constraints: isZero }, { targets: 'all' }), {
      'main.inv': 'HARMLESS',
    })
  })

  const read: Record<string, { outputs: string[]; constraints: string[]; inputs?: string[] }> = {
    'an output': { outputs: ['inv'], constraints: isZero },
    'equal to an output': { outputs: ['out'], constraints: [...isZero, 'out - inv = 0'] },
    'equal to an output by way of another signal': {
      outputs: ['out'],
      constraints: [...isZero, 'u - inv = 0', '3 out - 3 u = 0'],
    },
    'read by another constraint': { outputs: ['out'], constraints: [...isZero, 'inv * inv = out'] },
    'read by a linear constraint': { outputs: ['out'], constraints: [...isZero, 'inv + 2 x - out = 0'] },
    'read by the factor of another test': {
      outputs: ['out'],
      inputs: ['x', 'y'],
      constraints: [...isZero, '(y - inv) * j = 1 - out', '(y - inv) * out = 0'],
    },
  }
  for (const [what, { inputs = ['x'], ...system }] of Object.entries(read)) {
    it(`is not where it is ${what}, and what reads it is forged`, async () => {
      const { targets, counts } = await audit({ ...named({ ...system, inputs }), targets: 'outputs', timeout })
      assert.equal(targets[0]!.verdict, 'FORGED')
      assert.equal(counts.HARMLESS, what.includes('another test') ? counts.HARMLESS : 0)
      assert.notEqual((await verdicts({ ...system, inputs }, { targets: ['inv'] }))['main.inv'], 'HARMLESS')
    })
  }

  it('is not where two tests share it, or where the tested number is unknown', async () => {
    const shared = ['x * inv = 1 - z', 'x * z = 0', 'y * inv = 1 - w', 'y * w = 0']
    const all = await verdicts({ outputs: ['z', 'w'], inputs: ['x', 'y'], constraints: shared }, { targets: ['inv'] })
    assert.notEqual(all['main.inv'], 'HARMLESS')
    const unknown = { outputs: ['z'], inputs: ['y'], constraints: [...isZero, 'x * x = y'] }
    assert.notEqual((await verdicts(unknown, { targets: ['inv'], timeout: 2_000 }))['main.inv'], 'HARMLESS')
  })
})

describe('the hint of a test for zero of what is always 0', () => {
  const always = ['x = 0', ...isZero]
  const verdictOf = async (constraints: readonly string[], outputs = ['z']) =>
    (await verdicts({ outputs, inputs: ['y'], constraints }, { targets: ['inv'] }))['main.inv']

  it('is harmless where nothing else reads it', async () => {
    assert.equal(await verdictOf(always), 'HARMLESS')
    assert.equal(await verdictOf(['3 u - 6 = 0', 'v - 2 = 0', '(u - v) * inv = 1 - z']), 'HARMLESS')
    assert.equal(await verdictOf(['u - v = 0', '(u - v) * inv = 1 - z', 'u - y = 0']), 'HARMLESS')
    assert.equal(await verdictOf([...always, 'x * inv = 0']), 'HARMLESS')
  })

  it('is not where anything else reads it, or it is an output, or the tested number may be another', async () => {
    assert.equal(await verdictOf([...always, 'inv * y = w']), 'FORGED')
    assert.equal(await verdictOf([...always, 'inv - u = 0']), 'FORGED')
    assert.equal(await verdictOf([...always, 'inv - z = 0']), 'PROVEN')
    assert.equal(await verdictOf(always, ['inv']), 'FORGED')
    assert.equal(await verdictOf(['x - 1 = 0', ...isZero]), 'PROVEN')
    assert.equal(await verdictOf(['x = 0', '(x + y) * inv = 1 - z', 'x * z = 0']), 'FORGED')
  })

  it('is not where it is in what is multiplied by 0 with others, or beside the product', async () => {
    assert.equal(await verdictOf(['x = 0', 'x * (inv + y) = 1 - z']), 'FORGED')
    assert.notEqual(await verdictOf(['x = 0', 'x * inv = inv - z']), 'HARMLESS')
  })

  it('is not where it cancels out, or another signal is equal to it', async () => {
    assert.equal(await verdictOf(['u - 1 = 0', 'u * inv = inv', 'y - z = 0']), 'FORGED')
    assert.equal(await verdictOf([...always, 'u - 1 = 0', 'u * inv = w']), 'FORGED')
  })

  it('is a representative that is not known', async () => {
    const harmlessOf = async (constraints: readonly string[], inputs: readonly string[]) => {
      const { r1cs, wire } = smallSystem({ outputs: ['w'], inputs, constraints })
      const { harmless } = await propagate(buildSystem(r1cs), inputs.map(wire))
      return [...harmless].map((one) => one === wire('inv'))
    }
    assert.deepEqual(await harmlessOf(['x = 0', 'x * inv = 1 - w'], ['y']), [true])
    assert.deepEqual(await harmlessOf(['x = 0', 'x * inv = 1 - w'], ['inv']), [])
    // No constraint mentions v: it is UNUSED.
    assert.deepEqual(await harmlessOf(['x = 0', '(2) * 3 = v + 6 - v', 'y - w = 0'], ['y']), [])
    assert.deepEqual(await harmlessOf(['x = 0', 'x * inv = x', 'u - 1 = 0', 'u * inv = w'], ['y']), [])
  })
})

describe('the limits of an audit', () => {
  const chain = Array.from({ length: 9000 }, (_, i) => `x${i} * x${i} = x${i + 1} + ${i % 7} x0`)
  const long = named({ outputs: ['x9000'], inputs: ['x0'], constraints: chain })

  it('stops for lack of time or memory, with what is proved by then', async () => {
    const outOfTime = await audit({ ...long, timeout: 0 })
    assert.equal(outOfTime.stopped, 'time')
    assert.ok(outOfTime.ranOutOfTime)
    assert.equal(outOfTime.targets[0]!.verdict, 'UNKNOWN')
    const outOfMemory = await audit({ ...long, timeout, effort: 0.001, maxBytes: 1 })
    assert.equal(outOfMemory.stopped, 'memory')
    assert.ok(!outOfMemory.ranOutOfTime)
    assert.notEqual(outOfMemory.targets[0]!.verdict, 'PROVEN')
    const { counts, stopped, ranOutOfTime } = await audit({ ...long, timeout })
    assert.deepEqual([stopped, ranOutOfTime], [undefined, false])
    assert.deepEqual(counts, { PROVEN: 9000, HARMLESS: 0, FORGED: 0, UNUSED: 0, UNKNOWN: 0 })
  })

  it('says that a search ran out of time, also where the proof did not', async (t) => {
    const system = named({ outputs: ['q'], inputs: ['n', 'd'], constraints: ['q * d = n'] })
    let now = 0
    t.mock.method(performance, 'now', () => now)
    const calculate = async () => {
      now += 2_000
      return undefined
    }
    const late = await audit({ ...system, timeout: 1_000, calculate })
    assert.deepEqual([late.stopped, late.targets[0]!.search, late.ranOutOfTime], [undefined, 'time', true])
    const done = await audit({ ...system, timeout: 1_000, calculate, effort: 0 })
    assert.deepEqual([done.stopped, done.targets[0]!.search, done.ranOutOfTime], [undefined, 'work', false])
  })

  it('ends with ABORTED if the signal fires, while it proves and while it forges', async () => {
    await assert.rejects(audit({ ...long, signal: AbortSignal.abort() }), { code: 'ABORTED' })
    const controller = new AbortController()
    const system = named({ outputs: ['z'], inputs: ['x'], constraints: ['x * inv = 1 - z', 'x * z = 0', 'z * k = l'] })
    const onProgress = ({ stage }: Progress) => {
      if (stage === 'forge') controller.abort()
    }
    const running = audit({ ...system, targets: 'all', timeout, signal: controller.signal, onProgress })
    await assert.rejects(running, { code: 'ABORTED' })
  })

  it('reports progress between 0 and 1', async () => {
    const seen: Progress[] = []
    await audit({ ...long, timeout, onProgress: (progress) => seen.push(progress) })
    assert.ok(seen.length >= 2)
    assert.ok(seen.every(({ stage, fraction }) => stage === 'propagate' && fraction! >= 0 && fraction! <= 1))
  })

  it('refuses a witness that breaks a constraint', async () => {
    const system = named({ outputs: ['q'], inputs: ['n', 'd'], constraints: ['q * d = n'] })
    await assert.rejects(audit({ ...system, witness: [1n, 2n, 3n, 4n], timeout }), { code: 'INPUT_INVALID' })
  })
})
