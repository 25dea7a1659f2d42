import type { Lemma } from './lemma.ts'

/** Gadgets of circomlib 2.0.5 that compare and spell numbers. */
export const BITS: readonly Lemma[] = [
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
    // y is the bits' number. x^2 is determined by the curve's equation, x^2 (a - d y^2) = 1 - y^2, since a d is no square: two
    // values of x at most, some x and r - x. The bits of x are those of a number below r (Num2Bits, AliasCheck), and
    // CompConstant((r - 1) / 2) yields 1 iff that is above (r - 1) / 2, which is one of x and r - x unless x is 0. It has to
    // equal the last bit. (circomlib, pointbits.circom.) The rest is left to the rules.
    template: 'Bits2Point_Strict()',
    signals: 2837,
    constraints: 2589,
    fingerprint: '5d92e0bf26b28eb3cf5ceded7f69d4cccd1c17abe0810245135d2388b128985e',
    apply(facts, { wire }) {
      if (!Array.from({ length: 256 }, (_, i) => wire(`in[${i}]`)).every((bit) => facts.isKnown(bit))) return false
      facts.know(wire('out[0]'), 'lemma')
      return true
    },
  },
]
