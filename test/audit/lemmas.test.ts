import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { fingerprint, readComponents } from '../../audit/components.ts'
import { inputWires } from '../../audit/input-wires.ts'
import { findLemmas, LEMMAS } from '../../audit/lemmas.ts'
import { propagate } from '../../audit/propagate.ts'
import type { R1cs } from '../../circom/r1cs.ts'
import { parseSymbols, type Symbols } from '../../circom/symbols.ts'
import { buildSystem } from '../../circom/system.ts'
import { type Constraint, constraintsOf, type Terms, withConstraints } from '../support/constraint-rows.ts'
import { lemmaGadget } from '../support/lemma-gadgets.ts'

const wrapperOf = (template: string) => `Of${template.slice(0, template.indexOf('('))}`

const found = (r1cs: R1cs, symbols: Symbols) =>
  findLemmas(r1cs, symbols, buildSystem(r1cs)).map(({ template }) => template)

/** Names of the gadget's signals that are not known in the end. */
async function unknownIn(
  wrapper: string,
  keys: readonly (readonly [string, string])[] = [],
  args: readonly number[] = [],
) {
  const { r1cs, symbols } = await lemmaGadget(wrapper, ...args)
  const system = buildSystem(r1cs)
  const { from, to } = inputWires(r1cs)
  const { facts } = await propagate(
    system,
    Array.from({ length: to - from }, (_, i) => from + i),
    {
      lemmas: findLemmas(r1cs, symbols, system),
      keys: keys.map(([x, y]) => [symbols.wireOf(`main.${x}`)!, symbols.wireOf(`main.${y}`)!]),
    },
  )
  const wires = Array.from({ length: r1cs.nWires - 1 }, (_, i) => i + 1)
  const unknown = wires.filter((wire) => !facts.isKnown(system.representative[wire]!))
  return unknown.map((wire) => symbols.names(wire)[0]!.slice('main.gadget.'.length))
}

describe('lemmas', () => {
  for (const { template, signals, constraints, ...lemma } of LEMMAS) {
    it(`has the fingerprint of ${template} as it is written`, async () => {
      const { r1cs, symbols } = await lemmaGadget(wrapperOf(template))
      const component = readComponents(r1cs, symbols, () => true).find(({ path }) => path === 'main.gadget')!
      assert.equal(component.signals, signals)
      const prefix = 'main.gadget.'
      const names = Array.from({ length: r1cs.nWires }, (_, wire) => symbols.names(wire)[0] ?? '')
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length))
      assert.equal(fingerprint(r1cs, component, { names, count: constraints }), lemma.fingerprint)
      // Not one constraint more is inside it.
      const inside = (wire: number) => wire === 0 || symbols.names(wire)[0]!.startsWith(prefix)
      assert.equal(constraintsOf(r1cs).filter((row) => row.flat().every(([wire]) => inside(wire))).length, constraints)
      assert.ok(found(r1cs, symbols).includes(template))
    })
  }

  for (const template of [
    'BabyCheck()',
    'BabyAdd()',
    'AliasCheck()',
    'Bits2Point_Strict()',
    'Edwards2Montgomery()',
    'Montgomery2Edwards()',
    'MontgomeryAdd()',
    'MontgomeryDouble()',
    'MultiMux2(2)',
    'MultiMux3(2)',
    'MultiMux4(2)',
    'AssertSignature()',
    'SquareRoot(48)',
    'OutOfTheMoney()',
  ]) {
    it(`does not take for ${template} what differs from it in one constraint, coefficient or signal`, async () => {
      const { r1cs, symbols, sym } = await lemmaGadget(wrapperOf(template))
      const lemma = LEMMAS.find((one) => one.template === template)!
      const all = constraintsOf(r1cs)
      const first = all.length - lemma.constraints
      const isFound = (constraints: readonly Constraint[]) =>
        found(withConstraints(r1cs, constraints), symbols).includes(template)
      assert.ok(isFound(all))
      // Every constraint of the small ones, some of the large ones.
      const step = Math.ceil(lemma.constraints / 12)
      for (let row = first; row < all.length; row += step) {
        assert.ok(!isFound(all.toSpliced(row, 1)), `without constraint ${row}`)
        for (const [part, terms] of all[row]!.entries()) {
          const [term] = terms
          if (term === undefined) continue
          const changed = all[row]!.with(part, terms.with(0, [term[0], term[1] + 1n])) as unknown as Constraint
          assert.ok(!isFound(all.with(row, changed)), `with another coefficient in ${row}`)
          const otherWire = all[row]!.with(
            part,
            terms.with(0, [term[0] === 1 ? 2 : 1, term[1]]),
          ) as unknown as Constraint
          assert.ok(!isFound(all.with(row, otherWire)), `with another signal in ${row}`)
        }
      }
      // What surrounds it does not matter.
      const more: Terms = [[1, 1n]]
      assert.ok(isFound([[more, more, more], ...all]))

      const text = await readFile(sym, 'utf8')
      const wider = { ...r1cs, nWires: r1cs.nWires + 1, labelOf: Uint32Array.of(...r1cs.labelOf, r1cs.nWires) }
      const withExtra = `${text.trimEnd()}\n${r1cs.nWires},${r1cs.nWires},0,main.gadget.extra\n`
      assert.ok(!found(wider, parseSymbols(withExtra)).includes(template), 'with one more signal')
    })
  }

  it('does not take a gadget for one whose signals have other names, or labels that are not their own', async () => {
    const { r1cs, symbols, sym } = await lemmaGadget('OfBabyAdd')
    const text = await readFile(sym, 'utf8')
    const swapped = text
      .replace('gadget.x1', 'gadget.?')
      .replace('gadget.x2', 'gadget.x1')
      .replace('gadget.?', 'gadget.x2')
    assert.notEqual(swapped, text)
    assert.deepEqual(found(r1cs, symbols), ['BabyAdd()'])
    assert.deepEqual(found(r1cs, parseSymbols(swapped)), [])
    assert.deepEqual(found(r1cs, parseSymbols('')), [])
    const partial = text.split('\n').filter((line) => !line.includes('main.y1'))
    assert.deepEqual(found(r1cs, parseSymbols(partial.join('\n'))), ['BabyAdd()'])
    const foreign = text.replace('main.x1', 'other.x1')
    assert.deepEqual(found(r1cs, parseSymbols(foreign)), ['BabyAdd()'])
    const labelOf = r1cs.labelOf.with(1, r1cs.labelOf.at(-1)!)
    assert.deepEqual(found({ ...r1cs, labelOf }, symbols), [])
  })

  it('knows signals by names without places in a source, which its hash leaves out: nobody can make it miss one by such a name', async () => {
    const { r1cs, sym } = await lemmaGadget('OfAssertSignature')
    const text = await readFile(sym, 'utf8')
    const system = buildSystem(r1cs)
    const { from, to } = inputWires(r1cs)
    const unknownIf = async (isInput: (name: string) => boolean, [name, renamed]: readonly [string, string]) => {
      const symbols = parseSymbols(text.replaceAll(`main.gadget.${name}`, `main.gadget.${renamed}`))
      const inputs = Array.from({ length: to - from }, (_, i) => from + i)
      const { facts } = await propagate(
        system,
        inputs.filter((wire) => isInput(symbols.names(wire)[0]!)),
        {
          lemmas: findLemmas(r1cs, symbols, system),
          keys: [[symbols.wireOf('main.keyX')!, symbols.wireOf('main.keyY')!]],
        },
      )
      return Array.from({ length: r1cs.nWires }, (_, wire) => wire).filter(
        (wire) => !facts.isKnown(system.representative[wire]!),
      )
    }
    const every = () => true
    const free = await unknownIf(every, ['', ''])
    assert.ok(free.length > 0)
    assert.deepEqual(await unknownIf(every, ['times.below.quotient[', 'times.below.quotient_1_2[']), free)
    assert.deepEqual(await unknownIf(every, ['times.below.', 'times.below_1_2.']), free)
    const noWindow = (name: string) => !name.startsWith('main.window')
    const open = await unknownIf(noWindow, ['', ''])
    assert.ok(open.length > free.length + 100)
    assert.deepEqual(await unknownIf(noWindow, ['window[', 'window_1_2[']), open)
  })

  it('determines our signature check except for quotients that nothing else reads, if the key is one', async () => {
    const unknown = await unknownIn('OfAssertSignature', [['keyX', 'keyY']])
    assert.ok(unknown.length > 0)
    for (const name of unknown) assert.match(name, /^times\.(below|above)\.quotient\[\d+\]$/)
    const without = await unknownIn('OfAssertSignature')
    // u = (1 + y) / (1 - y) never is 0 / 0, whatever the key; v = u / x is, at (0, -1).
    assert.ok(!without.includes('key.out[0]'))
    for (const name of ['key.out[1]', 'times.out[0]', 'difference.xout']) assert.ok(without.includes(name), name)
  })

  it('determines all signals of an addition, on the curve or not', async () => {
    assert.deepEqual(await unknownIn('OfBabyAdd'), [])
  })

  it('determines roots, deviations and logarithms, and options except for inverses that nothing else reads', async () => {
    for (const wrapper of ['OfSquareRoot', 'OfDeviation', 'OfLogarithm']) assert.deepEqual(await unknownIn(wrapper), [])
    const unknown = await unknownIn('OfOutOfTheMoney')
    assert.equal(unknown.length, 4)
    for (const name of unknown) assert.match(name, /\.(inv|inverse)$/)
  })

  it('says nothing about a logarithm or an option whose number may have more bits', async () => {
    assert.ok((await unknownIn('OfWideLogarithm')).includes('out'))
    assert.ok((await unknownIn('OfWideOutOfTheMoney')).includes('out'))
  })

  it('says nothing about a multiple whose scalar is not given in bits', async () => {
    assert.ok((await unknownIn('OfEscalarMulFix')).includes('out[0]'))
    assert.ok((await unknownIn('PedersenOfAnything', [], [8])).includes('out[0]'))
  })

  it('determines multiples of fixed bases, of any length, of order l and 8 l', async () => {
    for (const n of [1, 3, 253]) assert.deepEqual(await unknownIn('TimesBase', [], [n]), [], `${n} bits`)
    assert.deepEqual(await unknownIn('TimesGenerator', [], [4]), [])
    for (const n of [1, 2]) assert.deepEqual(await unknownIn('WindowsTimesPoint', [], [n]), [], `${n} windows`)
  })

  it('says nothing about windows that reach around the order', async () => {
    assert.ok((await unknownIn('WindowsTimesPoint', [], [84])).includes('out[0]'))
  })

  it('determines multiples of any point of the curve, of any length, but for the inverse of a zero test', async () => {
    for (const n of [2, 148, 298]) assert.deepEqual(await unknownIn('TimesPoint', [], [n]), ['zeropoint.inv'])
  })

  it('says nothing about multiples of what may be no point, or may be of order 2', async () => {
    assert.ok((await unknownIn('TimesAnything', [], [5])).includes('out[0]'))
    assert.ok((await unknownIn('SegmentTimesPoint', [], [5])).includes('out[0]'))
  })

  it('determines Pedersen hashes of any number of bits', async () => {
    for (const n of [1, 9, 201]) assert.deepEqual(await unknownIn('PedersenOfBits', [], [n]), [])
  })

  it('determines a signature check except for the inverses of its zero tests, if the key is a point', async () => {
    const hints = ['isZero.inv', 'mulAny.zeropoint.inv', 'eqCheckX.isz.inv', 'eqCheckY.isz.inv'].sort()
    assert.deepEqual((await unknownIn('ChecksSignature')).sort(), hints)
    assert.deepEqual((await unknownIn('OfEdDSAPoseidonVerifier', [['Ax', 'Ay']])).sort(), hints)
    assert.ok((await unknownIn('OfEdDSAPoseidonVerifier', [['R8x', 'R8y']])).includes('mulAny.out[0]'))
  })

  it('determines the point that bits spell', async () => {
    assert.deepEqual(await unknownIn('OfBits2Point_Strict'), [])
  })
})
