import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { only } from '../../audit/curve/multiples.ts'
import { PRIME_ORDER } from '../../audit/curve/orders.ts'
import { Facts } from '../../audit/facts.ts'
import { inputWires } from '../../audit/input-wires.ts'
import { LemmaQueue } from '../../audit/lemma-queue.ts'
import { findLemmas } from '../../audit/lemmas.ts'
import { propagate } from '../../audit/propagate.ts'
import { buildSystem } from '../../circom/system.ts'
import { lemmaGadget } from '../support/lemma-gadgets.ts'
import { smallSystem } from '../support/small-system.ts'

/** Facts of a system of four wires, and a lemma about some of them that notes when it is applied. */
function open() {
  const { r1cs, wire } = smallSystem({ inputs: ['a', 'b', 'c', 'd'], constraints: ['a * b = c', 'c * d = a'] })
  const facts = new Facts(buildSystem(r1cs))
  const applied: string[] = []
  const lemmaOf = (name: string, wires: readonly string[], apply: () => boolean = () => false) => ({
    wires: wires.map(wire),
    apply: () => {
      applied.push(name)
      return apply()
    },
  })
  const since = () => applied.splice(0)
  return { facts, wire, lemmaOf, since }
}

describe('the queue of lemmas', () => {
  it('has each applied at first, and again once more is known of its own wires', () => {
    const { facts, wire, lemmaOf, since } = open()
    const queue = new LemmaQueue(facts, [lemmaOf('ab', ['a', 'b']), lemmaOf('bc', ['b', 'c'])])
    assert.equal(queue.apply(), false)
    assert.deepEqual(since(), ['ab', 'bc'])
    facts.know(wire('d'), 'input')
    queue.apply()
    assert.deepEqual(since(), [])
    facts.know(wire('c'), 'input')
    queue.apply()
    assert.deepEqual(since(), ['bc'])
    facts.confine(wire('b'), { low: 0n, high: 1n })
    queue.apply()
    assert.deepEqual(since(), ['ab', 'bc'])
    facts.learnNonZero({ constant: 0n, wires: [wire('a')], coefficients: [1n] })
    queue.apply()
    assert.deepEqual(since(), ['ab'])
  })

  it('says whether one of them added anything, and has it applied no more once it never will', () => {
    const { facts, wire, lemmaOf, since } = open()
    const adds = lemmaOf('adds', ['a'], () => {
      facts.know(wire('b'), 'lemma')
      return true
    })
    const queue = new LemmaQueue(facts, [adds, lemmaOf('reads', ['b'])])
    assert.equal(queue.apply(), true)
    facts.know(wire('a'), 'input')
    queue.apply()
    queue.wakeAll()
    queue.apply()
    assert.deepEqual(since(), ['adds', 'reads', 'reads'])
  })

  it('has one applied again if a point that it asked for is learned, or a base of it', () => {
    const { facts, wire, lemmaOf, since } = open()
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(wire) as [number, number, number, number]
    const asks = lemmaOf('asks', [], () => {
      facts.points.find('edwards', c, d)
      return false
    })
    const queue = new LemmaQueue(facts, [asks])
    queue.apply()
    facts.points.learn('edwards', a, b)
    queue.apply()
    assert.deepEqual(since(), ['asks'])
    const [[base]] = [...facts.points.find('edwards', a, b)!.multiples] as [[string, unknown]]
    facts.points.learn('edwards', c, d, { multiples: new Map([[base, [{ low: 1n, high: 3n, step: 1n }]]]) })
    queue.apply()
    facts.points.learn('edwards', a, b, { orders: 1 << 4 })
    queue.apply()
    assert.deepEqual(since(), ['asks', 'asks'])
  })

  it('has one applied again if what is learned of a multiple says more of the base that it asked for', () => {
    const { facts, wire, lemmaOf, since } = open()
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(wire) as [number, number, number, number]
    facts.points.learn('edwards', a, b)
    const [[base]] = [...facts.points.find('edwards', a, b)!.multiples] as [[string, unknown]]
    const asks = lemmaOf('asks', [], () => {
      facts.points.find('edwards', a, b)
      return false
    })
    const queue = new LemmaQueue(facts, [asks])
    queue.apply()
    facts.points.learn('edwards', c, d, { orders: PRIME_ORDER, multiples: new Map([[base, only(1n)]]) })
    assert.equal(facts.points.find('edwards', a, b)!.orders, PRIME_ORDER)
    queue.apply()
    assert.deepEqual(since(), ['asks', 'asks'])
  })

  it('has one of points applied again though all its wires are determined: more may be known of its points', async () => {
    const { r1cs, symbols } = await lemmaGadget('OfBabyAdd')
    const system = buildSystem(r1cs)
    const facts = new Facts(system)
    const { from, to } = inputWires(r1cs)
    for (let wire = from; wire < to; wire++) facts.know(wire, 'input')
    const queue = new LemmaQueue(facts, findLemmas(r1cs, symbols, system))
    while (queue.apply());
    const wireOf = (name: string) => system.representative[symbols.wireOf(`main.gadget.${name}`)!]!
    const find = (x: string, y: string) => facts.points.find('edwards', wireOf(x), wireOf(y))
    assert.ok(facts.isKnown(wireOf('xout')))
    assert.equal(find('xout', 'yout'), undefined)
    for (const i of [1, 2]) facts.points.learn('edwards', wireOf(`x${i}`), wireOf(`y${i}`))
    queue.apply()
    assert.ok(find('xout', 'yout') !== undefined)
  })

  it('has one applied again once nothing else follows: whether its point is chosen by a bit may be known by then', async () => {
    const inputs = ['x0', 'y0', 'x1', 'y1', 's', 'x', 'y']
    const constraints = ['s * (x1 - x0) = x - x0', 's * (y1 - y0) = y - y0', 'z * z = x']
    const { r1cs, wire } = smallSystem({ inputs, constraints })
    const chosen = {
      apply(facts: Facts) {
        if (facts.points.find('edwards', wire('x'), wire('y')) === undefined) return false
        facts.know(wire('z'), 'lemma')
        return true
      },
    }
    const bounds = {
      apply(facts: Facts) {
        facts.confine(wire('s'), { low: 0n, high: 1n })
        return true
      },
    }
    const points = [0, 1].map((i) => [wire(`x${i}`), wire(`y${i}`)] as const)
    const given = inputs.map(wire)
    const { facts } = await propagate(buildSystem(r1cs), given, { lemmas: [chosen, bounds], points })
    assert.ok(facts.isKnown(wire('z')))
    const without = await propagate(buildSystem(r1cs), given, { lemmas: [chosen], points })
    assert.ok(!without.facts.isKnown(wire('z')))
  })

  it('applies the lemmas of an EdDSA verifier a few times each', async () => {
    const { r1cs, symbols } = await lemmaGadget('OfEdDSAPoseidonVerifier')
    const system = buildSystem(r1cs)
    const { from, to } = inputWires(r1cs)
    const lemmas = findLemmas(r1cs, symbols, system)
    let count = 0
    const counted = lemmas.map((lemma) => ({
      ...lemma,
      apply(facts: Facts) {
        count++
        return lemma.apply(facts)
      },
    }))
    const inputs = Array.from({ length: to - from }, (_, i) => from + i)
    await propagate(system, inputs, { lemmas: counted })
    assert.ok(lemmas.length > 1000)
    assert.ok(count < 6 * lemmas.length, `${count} times`)
  })
})
