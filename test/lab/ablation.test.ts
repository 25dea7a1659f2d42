import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inputWires } from '../../audit/input-wires.ts'
import { propagate } from '../../audit/propagate.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import { buildSystem } from '../../circom/system.ts'
import { lostIn, openAblation, type Part, partsOf } from '../../lab/ablation/ablation.ts'
import { NOTES, WeakerFacts } from '../../lab/ablation/weaker-facts.ts'
import { Random } from '../../protocol/random.ts'
import { lemmaGadget } from '../support/lemma-gadgets.ts'
import { SHAPES } from '../support/planted-shapes.ts'
import { Plot } from '../support/planted-systems.ts'
import { smallSystem } from '../support/small-system.ts'

type Name = Exclude<Part, { kind: 'lemma' }>['name']

const RULES = ['linear', 'factor', 'zero-test', 'radix', 'one-hot', 'decoder', 'division', 'limb-division'] as const

/** A random system, mostly of one shape of what the rules look for, that two witnesses satisfy. */
function plant(shape: string, seed: bigint) {
  const plot = new Plot(new Random(seed))
  SHAPES.value!(plot)
  SHAPES[shape]!(plot)
  SHAPES[plot.random.pick(Object.keys(SHAPES))]!(plot)
  return plot.finish()
}

/** What is determined with all parts and not without this one. */
async function lostWithout(r1cs: R1cs, name: Name): Promise<number[]> {
  const system = buildSystem(r1cs)
  const { from, to } = inputWires(r1cs)
  const inputs = Array.from({ length: to - from }, (_, i) => from + i)
  const whole = await propagate(system, inputs)
  const { facts } = await propagate(system, inputs, {}, new WeakerFacts(system, name))
  return [...new Set(system.representative)].filter((wire) => whole.facts.isKnown(wire) && !facts.isKnown(wire))
}

const ZERO_TEST = ['a * inv = 1 - z', 'a * z = 0']
const BITS = ['p * p = p', 'q * q = q']
const ONE_OF_FOUR = [...BITS, 's * s = s', 't * t = t', 'p + q + s + t - 1 = 0', 'q + 2 s + 3 t - a = 0']
const DECODER = ['p * a = 0', 'q * (a - 1) = 0', 's * (a - 2) = 0', 'p + q + s - 1 = 0']

/** Systems, and a wire that is lost in them without a part. */
const NEEDED: readonly (readonly [Name, constraints: readonly string[], wire: string])[] = [
  ['linear', ['x - 2 a + b = 0'], 'x'],
  ['factor', ['a * y = 1', 'a * x = b'], 'x'],
  ['factors', ['a * y = 1', 'a * x = b'], 'x'],
  ['zero-test', ZERO_TEST, 'z'],
  ['radix', [...BITS, 'p + 2 q - a = 0'], 'p'],
  ['bounds', [...BITS, 'p + 2 q - a = 0'], 'p'],
  ['one-hot', ONE_OF_FOUR, 's'],
  ['decoder', DECODER, 'q'],
  ['elimination', ['x + y - a = 0', 'x - y - b = 0'], 'x'],
]

describe('the audit without one of its parts', () => {
  for (const [name, constraints, wire] of NEEDED) {
    it(`loses what needs ${name}`, async () => {
      const { r1cs, wire: wireOf } = smallSystem({ inputs: ['a', 'b'], constraints })
      assert.ok((await lostWithout(r1cs, name)).includes(wireOf(wire)))
    })
  }

  it('proves nothing in which two witnesses differ, nor anything by the rule that is left out', async () => {
    for (const shape of Object.keys(SHAPES)) {
      const { r1cs, inputs, witnesses } = plant(shape, 1n)
      const [first, second] = witnesses
      const system = buildSystem(r1cs)
      for (const name of [...RULES, ...NOTES]) {
        const { facts } = await propagate(system, inputs, {}, new WeakerFacts(system, name))
        for (const wire of new Set(system.representative)) {
          if (facts.isKnown(wire)) assert.equal(first[wire], second[wire], `${shape} without ${name}`)
          assert.notEqual(facts.ruleOf(wire), name)
        }
      }
    }
  })

  it('loses what hangs on the points of a Pedersen hash without the lemmas of its gadgets, or the points', async () => {
    const ablation = openAblation(await lemmaGadget('PedersenOfBits', 8))
    const whole = await ablation.prove()
    const parts = partsOf(ablation, whole)
    const lostOf = async (kind: Part['kind'], name: string) => {
      const part = parts.find((one) => one.kind === kind && one.name === name)
      assert.ok(part !== undefined, name)
      return lostIn(await ablation.prove(part), whole)
    }
    assert.ok(ablation.gadgets.get('MontgomeryAdd()')! > 1)
    for (const name of ['MontgomeryAdd()', 'MultiMux3(2)']) assert.ok((await lostOf('lemma', name)) > 0)
    assert.ok((await lostOf('note', 'points')) > 0)
    assert.deepEqual(await ablation.prove(), whole)
  })
})
