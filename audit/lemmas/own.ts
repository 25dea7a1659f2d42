import { FIELD } from '../../protocol/numbers.ts'
import { PRIME_ORDER } from '../curve/orders.ts'
import type { Facts } from '../facts.ts'
import { determine, type Lemma } from './lemma.ts'

/** Gadgets of ours. */
export const OWN: readonly Lemma[] = [
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
      const window = wires.filter(([name]) => name.startsWith('window['))
      if (![...inputs, ...window.map(([, point]) => point)].every((input) => facts.isKnown(input))) return false
      if (
        !facts.isBoolean(wire('enabled')) ||
        facts.points.find('edwards', wire('keyX'), wire('keyY'))?.orders !== PRIME_ORDER
      )
        return false
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
