import type { R1cs } from '../circom/r1cs.ts'
import type { Symbols } from '../circom/symbols.ts'
import type { System } from '../circom/system.ts'
import { FIELD } from '../protocol/numbers.ts'
import { never, type Tick } from './clock.ts'
import { type Component, fingerprint, readComponents } from './components.ts'
import type { Facts } from './facts.ts'
import type { LemmaInstance } from './propagate.ts'

/**
 * A gadget of circomlib, or of ours, whose soundness no rule can see, with an argument on paper. It is recognised by all of its
 * constraints, in a circuit compiled without simplification (-O0), never by its name.
 */
export interface Lemma {
  /** The template, with its arguments. */
  readonly template: string
  readonly signals: number
  readonly constraints: number
  /** `fingerprint` of its signals' names and its constraints. */
  readonly fingerprint: string
  /** Adds what holds; false if its conditions are not met yet. */
  readonly apply: (facts: Facts, gadget: Gadget) => boolean
}

/** A lemma's gadget in a circuit. */
interface Gadget {
  /** The representative of a signal, by its name inside the gadget. */
  wire(name: string): number
  /** Every wire of the gadget, by name. */
  readonly wires: ReadonlyMap<string, number>
}

export const LEMMAS: readonly Lemma[] = [
  {
    // The bits are those of a number below r. CompConstant(r - 1) yields 1 iff the number exceeds r - 1, for bits that are
    // 0 or 1: each pair of bits adds 2^(127 - i)-weighted terms that make bit 127 of the sum the comparison of the highest pair
    // that differs (circomlib, compconstant.circom), and AliasCheck forbids 1.
    template: 'AliasCheck()',
    signals: 773,
    constraints: 521,
    fingerprint: '51ae6e60bdd76518b099dffe93e60a454b54cf113bc973c191aca324bf418305',
    apply(facts, { wire }) {
      const bits = Array.from({ length: 254 }, (_, i) => wire(`in[${i}]`))
      if (!bits.every((bit) => facts.isBoolean(bit))) return false
      const open = bits.map((bit, i) => [bit, i] as const).filter(([bit]) => !facts.system.constants.has(bit))
      const places = new Map(open)
      if (places.size === open.length) facts.learnBelowField(places)
      return true
    },
  },
  {
    // Its three constraints are the curve's equation.
    template: 'BabyCheck()',
    signals: 4,
    constraints: 3,
    fingerprint: 'fd63061c4b5aef2caf50e2209ade4cead50c465cd816bc647111a5cda1cdd54f',
    apply(facts, { wire }) {
      facts.learnPoint(wire('x'), wire('y'))
      return true
    },
  },
  {
    // Whatever the inputs: xout is determined unless 1 + d b c = 0 = b + c for b = x1 y2, c = y1 x2, which makes d b^2 = 1,
    // and d is no square; yout unless d b c = 1 and y1 y2 = a x1 x2, which makes a d (x1 x2)^2 = 1, and a d is no square
    // either. The sum of two points of the curve is on the curve (Bernstein, Birkner, Joye, Lange, Peters: Twisted Edwards
    // Curves, AFRICACRYPT 2008, section 6).
    template: 'BabyAdd()',
    signals: 10,
    constraints: 6,
    fingerprint: '8e8b054fefb239abdf02dff42f4f1796858fa59dfc20b86e2ed20fb9d385f04b',
    apply(facts, { wire, wires }) {
      if (facts.isPoint(wire('x1'), wire('y1')) && facts.isPoint(wire('x2'), wire('y2'))) {
        facts.learnPoint(wire('xout'), wire('yout'))
      }
      if (!['x1', 'y1', 'x2', 'y2'].every((input) => facts.isKnown(wire(input)))) return false
      for (const one of wires.values()) facts.know(one, 'lemma')
      return true
    },
  },
  {
    // For bits e. All points added in Montgomery form are multiples of the base G, of prime order l > 3.02 * 2^249, and a
    // quotient of MontgomeryAdd(P, Q) is free only for P = Q (for P = -Q nothing satisfies it). P = Q never happens:
    // - inside a window, G + kG with 2 <= k <= 7;
    // - cadders: (1 + 8 + .. + 8^i) G + 8^(i+1) G, and at last + 2 * 8^83 G: the first is less than the second, both below l;
    // - adders: an accumulator in [2 * 8^83, (2 + 1/7) * 8^83] times G plus at most 8^83 times G: the difference is in
    //   (0, l). (Shorter last segments likewise.)
    // Doublings divide by v and Montgomery2Edwards by v and u + 1: v = 0 has even order, and u = -1 is no point of the
    // curve. Edwards2Montgomery divides by x and 1 - y of the base. BabyAdd is complete. (circomlib, escalarmulfix.circom.)
    template: 'EscalarMulFix(253, the generator of the prime-order subgroup)',
    signals: 9857,
    constraints: 9604,
    fingerprint: 'e474e509e6c8dc4e2c449d1d6ed0b772d92b76745478922949dca0f8c4116854',
    apply(facts, { wire, wires }) {
      const bits = Array.from({ length: 253 }, (_, i) => wire(`e[${i}]`))
      if (!bits.every((bit) => facts.isBoolean(bit) && facts.isKnown(bit))) return false
      for (const one of wires.values()) facts.know(one, 'lemma')
      facts.learnPoint(wire('out[0]'), wire('out[1]'))
      return true
    },
  },
  {
    // For R8 on the curve, and A on the curve or (0, 0), which doubling keeps and EscalarMulAny replaces. Bits of S and of the hash are unique (253 bits; AliasCheck). 8A has order l or is the
    // identity, which EscalarMulAny replaces by the generator. There segment s adds c P and 2^(i+1) P for an odd
    // c < 2^(i+1) <= 2^148: neither equal nor opposite modulo l, so the quotients of MontgomeryAdd are determined; the
    // other divisions are those of EscalarMulFix, by x and 1 - y of a P that is not the identity, and complete additions
    // of points on the curve. The inverses inside the four IsZero are left to the rules. (circomlib, eddsaposeidon.circom
    // and escalarmulany.circom.)
    template: 'EdDSAPoseidonVerifier()',
    signals: 21244,
    constraints: 21246,
    fingerprint: '3c63e86455fae45d61b1ee83586af6f83fa47e4e3725295a0a443b34c2ca7174',
    apply(facts, { wire, wires }) {
      const inputs = ['enabled', 'Ax', 'Ay', 'S', 'R8x', 'R8y', 'M'].map(wire)
      if (!inputs.every((input) => facts.isKnown(input))) return false
      if (!facts.isPoint(wire('Ax'), wire('Ay')) || !facts.isPoint(wire('R8x'), wire('R8y'))) return false
      const hints = new Set(['isZero.inv', 'mulAny.zeropoint.inv', 'eqCheckX.isz.inv', 'eqCheckY.isz.inv'])
      for (const [name, one] of wires) if (!hints.has(name)) facts.know(one, 'lemma')
      return true
    },
  },
  {
    // Ours (protocol.md#signature-circuit). Where enabled = 1 the key is one; where it is 0 the base stands in its place. Both
    // are of odd order, so that x and 1 - y are not 0. The windows are inputs. No two points that FixedBase or TimesChallenge
    // add are equal, and no sum is the neutral element, so that no slope is 0 / 0. The digits are those of one number below
    // OFFSET + r. Both results are of prime order, so that Montgomery2Edwards divides by v and u + 1 other than 0 (u = -1 is no
    // point of the curve), and BabyAdd is complete. Quotients of AssertAtMost are read by nothing else, and left to the rules.
    template: 'AssertSignature()',
    signals: 5292,
    constraints: 5289,
    fingerprint: 'fa844432714945d93b97aa972d1285e7aafc1974a04797f78ae6a3bbc2cb5190',
    apply(facts, { wire, wires }) {
      const inputs = ['enabled', 'keyX', 'keyY', 'R8x', 'R8y', 'message'].map(wire)
      const window = [...wires].filter(([name]) => name.startsWith('window['))
      if (![...inputs, ...window.map(([, point]) => point)].every((input) => facts.isKnown(input))) return false
      if (!facts.isBoolean(wire('enabled')) || !facts.isKey(wire('keyX'), wire('keyY'))) return false
      for (const [name, one] of wires) if (!/^times\.(below|above)\.quotient\[/.test(name)) facts.know(one, 'lemma')
      return true
    },
  },
  {
    // Ours (protocol.md#option-price-circuit). out is below 2^24, and in is congruent to an integer in [out^2, (out + 1)^2): for
    // different out these do not meet, and none reaches r.
    template: 'SquareRoot(48)',
    signals: 91,
    constraints: 92,
    fingerprint: 'd7de69661ecce469a4289c7f591d68fee3861a6da87dd647513e54c037612e7f',
    apply: (facts, gadget) => determine(facts, gadget, ['in']),
  },
  {
    // Ours. The comparison is in bits; the root is that of SquareRoot, with in in [d out^2, d (out + 1)^2) for a constant d < 2^65
    // and out < 2^35.
    template: 'Deviation()',
    signals: 444,
    constraints: 445,
    fingerprint: 'ec22423163f2301f8afd203b933f53416a1c2baa92565a11ddbb769a4041ded9',
    apply: (facts, gadget) => determine(facts, gadget, ['volatility', 'seconds']),
  },
  {
    // Ours. For in < 2^48. Six bits say by which power of 2, at most 2^63, it is multiplied: the product is an integer below 2^111,
    // and for one power at most in [2^47, 2^48), where its bits are those of one number. The rest is computed from these.
    template: 'Logarithm()',
    signals: 340,
    constraints: 340,
    fingerprint: '02c42496d5a014386162efd4170df4826ad425f3777e607c9c2f2d24d1e218b8',
    apply: (facts, gadget) => isBelow(facts, gadget.wire('in'), 48n) && determine(facts, gadget, ['in']),
  },
  {
    // Ours. For a deviation s < 2^35. The divisor d is s, or 1 if s is 0. distance is congruent to (y d + rest) 2^43 + dropped with
    // dropped < 2^43 and rest < d; y - s is within (-2^72, 2^72) because it has 72 bits and a sign, so that the sum is an integer
    // of at most 152 bits: y, rest and dropped are those of two divisions. Bits and sign of y - s and of the value are one
    // number's, and 0 has no sign. The rest is computed from these. Inverses are left to the rules.
    template: 'OutOfTheMoney()',
    signals: 1737,
    constraints: 1737,
    fingerprint: 'd5049bd77cac98f73783bdb9b4e494a8314b97d569ca8620306111cb28c0bfa7',
    apply: (facts, gadget) =>
      isBelow(facts, gadget.wire('deviation'), 35n) &&
      determine(facts, gadget, ['high', 'low', 'distance', 'deviation'], /\.(inv|inverse)$/),
  },
]

function isBelow(facts: Facts, wire: number, bits: bigint): boolean {
  return (facts.interval(wire)?.high ?? FIELD) < 1n << bits
}

/** If the inputs are known, all signals are, but for some by name. */
function determine(facts: Facts, { wire, wires }: Gadget, inputs: readonly string[], except?: RegExp): boolean {
  if (!inputs.every((input) => facts.isKnown(wire(input)))) return false
  for (const [name, one] of wires) if (!except?.test(name)) facts.know(one, 'lemma')
  return true
}

/** Where the lemmas' gadgets stand in a circuit. */
export function findLemmas(
  r1cs: R1cs,
  symbols: Symbols,
  system: System,
  tick: Tick = never,
): (LemmaInstance & { template: string })[] {
  const wireOfLabel = new Map(Array.from(r1cs.labelOf, (label, wire) => [label, wire] as const))
  // Gadgets are found by labels, which name one wire each in what circom writes.
  if (wireOfLabel.size < r1cs.nWires) return []
  return readComponents(r1cs, symbols, tick).flatMap((component) => {
    const alike = LEMMAS.filter(({ signals }) => signals === component.signals)
    if (alike.length === 0) return []
    const gadget = openGadget(component, symbols, system, wireOfLabel)
    const names = [...gadget.wires.keys()]
    const lemma = alike.find(
      (one) => one.fingerprint === fingerprint(r1cs, component, { names, count: one.constraints, tick }),
    )
    return lemma === undefined
      ? []
      : [{ template: lemma.template, apply: (facts: Facts) => lemma.apply(facts, gadget) }]
  })
}

function openGadget(
  component: Component,
  symbols: Symbols,
  { representative }: System,
  wireOfLabel: ReadonlyMap<number, number>,
): Gadget {
  const wires = new Map<string, number>()
  for (let label = component.firstLabel; label < component.firstLabel + component.signals; label++) {
    const wire = wireOfLabel.get(label)!
    wires.set(symbols.names(wire)[0]!.slice(component.path.length + 1), representative[wire]!)
  }
  return { wires, wire: (name) => wires.get(name)! }
}
