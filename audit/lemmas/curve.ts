import { type Affine, affine } from '../../circom/affine.ts'
import { doubles, type Multiples, negatives, sums } from '../curve/multiples.ts'
import { isNeverNeutral, ORDER_1, ORDER_2, ordersOfMultiples, ordersOfSum } from '../curve/orders.ts'
import { type CurveForm, type CurvePoint, eitherOf } from '../curve/point-facts.ts'
import type { Facts } from '../facts.ts'
import type { Gadget, Lemma } from './lemma.ts'

/**
 * Gadgets of circomlib 2.0.5 that compute on Baby Jubjub. None has a condition on how often it stands, or what around it:
 * each says of points that are known as such, and as multiples of others, which divisors are never 0, and what point comes
 * out; rules do the rest. So ladders of any length follow, and a gadget that is used where it is not sound gets no lemma.
 *
 * The curve, in Edwards form, is a x^2 + y^2 = 1 + d x^2 y^2 with a = 168700 a square of the field, and d = 168696 and a d
 * none; in Montgomery form v^2 = u^3 + 168698 u^2 + u (EIP-2494; Bernstein, Birkner, Joye, Lange, Peters: Twisted Edwards
 * Curves, AFRICACRYPT 2008, sections 3 and 6). What is used of it below:
 * (1) u^2 + 168698 u + 1 has no root, since its discriminant is 16 a d / (a - d)^2: v = 0 is the point (0, 0) of order 2 alone;
 * (2) u = -1 is no point, since v^2 = d there;
 * (3) x = 0 is (0, 1), the neutral element, and (0, -1), of order 2, alone; y = 1 is the former alone, since a is not d.
 */
export const CURVE: readonly Lemma[] = [
  {
    // Its three constraints are the curve's equation, x^2 (a - d y^2) = 1 - y^2. The factor is not 0: a d is no square.
    template: 'BabyCheck()',
    signals: 4,
    constraints: 3,
    fingerprint: 'fd63061c4b5aef2caf50e2209ade4cead50c465cd816bc647111a5cda1cdd54f',
    apply(facts, { wire }) {
      facts.points.learn('edwards', wire('x'), wire('y'))
      facts.learnNonZero(form(facts, 168700n, [[wire('y2'), -168696n]]))
      return true
    },
  },
  {
    // Whatever the inputs: xout is determined unless 1 + d b c = 0 = b + c for b = x1 y2, c = y1 x2, which makes d b^2 = 1,
    // and d is no square; yout unless d b c = 1 and y1 y2 = a x1 x2, which makes a d (x1 x2)^2 = 1, and a d is no square
    // either. The sum of two points of the curve is on the curve (Twisted Edwards Curves, section 6).
    template: 'BabyAdd()',
    signals: 10,
    constraints: 6,
    fingerprint: '8e8b054fefb239abdf02dff42f4f1796858fa59dfc20b86e2ed20fb9d385f04b',
    isOfPoints: true,
    apply(facts, { wire, wires }) {
      const isKnown = ['x1', 'y1', 'x2', 'y2'].every((input) => facts.isKnown(wire(input)))
      if (isKnown) for (const [, one] of wires) facts.know(one, 'lemma')
      const p = facts.points.find('edwards', wire('x1'), wire('y1'))
      const q = facts.points.find('edwards', wire('x2'), wire('y2'))
      if (p !== undefined && q !== undefined) {
        facts.points.learn('edwards', wire('xout'), wire('yout'), sum(facts, p, q))
      }
      return isKnown
    },
  },
  {
    // u (1 - y) = 1 + y and v x = u. No witness has y = 1, which makes 0 = 2: the point is not the neutral element. Of order 2,
    // it would leave v free (0 v = 0); of any other order x is not 0, by (3).
    template: 'Edwards2Montgomery()',
    signals: 4,
    constraints: 2,
    fingerprint: '972e6567c71751234798a1236d175048c971050534823a42e942dc14b0b0312a',
    isOfPoints: true,
    apply(facts, { wire }) {
      const [x, y] = [wire('in[0]'), wire('in[1]')]
      if (facts.points.find('edwards', x, y) === undefined) return false
      facts.points.learn('edwards', x, y, { orders: ~ORDER_1 })
      facts.learnNonZero(form(facts, 1n, [[y, -1n]]))
      const point = facts.points.find('edwards', x, y)!
      if ((point.orders & ORDER_2) !== 0) return false
      facts.learnNonZero(form(facts, 0n, [[x, 1n]]))
      facts.points.learn('montgomery', wire('out[0]'), wire('out[1]'), point)
      return true
    },
  },
  {
    // x v = u and y (u + 1) = u - 1. u is not -1, by (2). Of order 2, the point would leave x free (0 x = 0); of any other order
    // v is not 0, by (1).
    template: 'Montgomery2Edwards()',
    signals: 4,
    constraints: 2,
    fingerprint: '72a39c171db694fe8b8b4fed0fee1eff957f52a15f65d1adc385d874b80e2f37',
    isOfPoints: true,
    apply(facts, { wire }) {
      const [u, v] = [wire('in[0]'), wire('in[1]')]
      const point = facts.points.find('montgomery', u, v)
      if (point === undefined) return false
      facts.learnNonZero(form(facts, 1n, [[u, 1n]]))
      if ((point.orders & ORDER_2) !== 0) return false
      facts.learnNonZero(form(facts, 0n, [[v, 1n]]))
      facts.points.learn('edwards', wire('out[0]'), wire('out[1]'), point)
      return true
    },
  },
  {
    // lamda (u2 - u1) = v2 - v1. Equal points would leave lamda free (0 lamda = 0); no witness has opposite ones (0 lamda is
    // not -2 v1, and v1 = 0 is its own opposite). For points P and Q other than these u1 is not u2, and the chord gives P + Q.
    // They are not equal if P - Q is a multiple of a common base that is never neutral, or if another constraint says that
    // u1 is not u2.
    template: 'MontgomeryAdd()',
    signals: 7,
    constraints: 3,
    fingerprint: '379486c582aac506d5b81649da335a5dc09cc9230adfba8abf58822253d7ce99',
    isOfPoints: true,
    apply(facts, { wire }) {
      const [u1, u2] = [wire('in1[0]'), wire('in2[0]')]
      const p = facts.points.find('montgomery', u1, wire('in1[1]'))
      const q = facts.points.find('montgomery', u2, wire('in2[1]'))
      if (p === undefined || q === undefined) return false
      const difference = form(facts, 0n, [
        [u2, 1n],
        [u1, -1n],
      ])
      const isApart = commonBases(p, q).some(([base, ofP, ofQ]) =>
        isNeverNeutral(facts.points.ordersOfBase(base), sums(ofP, negatives(ofQ))),
      )
      if (!isApart && !facts.isNonZero(difference)) return false
      facts.learnNonZero(difference)
      facts.points.learn('montgomery', wire('out[0]'), wire('out[1]'), sum(facts, p, q))
      return true
    },
  },
  {
    // lamda 2 v = 3 u^2 + 337396 u + 1. At v = 0, which is (0, 0) by (1), it says 0 = 1: no witness has it, and the tangent gives
    // 2 P for all other points of the curve.
    template: 'MontgomeryDouble()',
    signals: 6,
    constraints: 4,
    fingerprint: '9568a0748df29a55dea0d3826ebd05a3f7e127dd62865a8f062f219572e8ed55',
    isOfPoints: true,
    apply(facts, { wire }) {
      const v = wire('in[1]')
      const point = facts.points.find('montgomery', wire('in[0]'), v)
      if (point === undefined) return false
      facts.learnNonZero(form(facts, 0n, [[v, 1n]]))
      const twice = [{ low: 2n, high: 2n, step: 0n }]
      facts.points.learn('montgomery', wire('out[0]'), wire('out[1]'), {
        orders: ordersOfMultiples(point.orders, twice),
        multiples: new Map([...point.multiples].map(([base, all]) => [base, doubles(all)])),
      })
      return true
    },
  },
  {
    template: 'MultiMux2(2)',
    signals: 21,
    constraints: 11,
    fingerprint: 'cde60e9b7674c3b0c6edff42a8fad72b87d4ac91b486efdc4303a0ac35f78d67',
    isOfPoints: true,
    apply: choosePoint(2),
  },
  {
    template: 'MultiMux3(2)',
    signals: 38,
    constraints: 19,
    fingerprint: '27dcbb7d9bff4df6e0a36383531029761b68e3e2fb2825bf3f1fea102e2b92f3',
    isOfPoints: true,
    apply: choosePoint(3),
  },
  {
    template: 'MultiMux4(2)',
    signals: 74,
    constraints: 38,
    fingerprint: 'afb6ad5d7b96e33ac3253e405efe90b99338425140bea4ce0c72d439e2417caa',
    isOfPoints: true,
    apply: choosePoint(4),
  },
]

/** out[i] = c[i][k] for the k whose bits are s. (For other s it is some combination of them.) */
function choosePoint(bits: number): Lemma['apply'] {
  return (facts: Facts, { wire }: Gadget) => {
    if (!Array.from({ length: bits }, (_, i) => wire(`s[${i}]`)).every((bit) => facts.isBoolean(bit))) return false
    const forms: readonly CurveForm[] = ['montgomery', 'edwards']
    return forms.some((one) => {
      const points: CurvePoint[] = []
      for (let k = 0; k < 1 << bits; k++) {
        const point = facts.points.find(one, wire(`c[0][${k}]`), wire(`c[1][${k}]`))
        if (point === undefined) return false
        points.push(point)
      }
      facts.points.learn(one, wire('out[0]'), wire('out[1]'), points.reduce(eitherOf))
      return true
    })
  }
}

/** P + Q. (In Montgomery form, where it is not neutral, `learn` takes that into account.) */
function sum(facts: Facts, p: CurvePoint, q: CurvePoint): CurvePoint {
  const multiples = new Map(commonBases(p, q).map(([base, ofP, ofQ]) => [base, sums(ofP, ofQ)] as const))
  let orders = ordersOfSum(p.orders, q.orders)
  for (const [base, all] of multiples) orders &= ordersOfMultiples(facts.points.ordersOfBase(base), all)
  return { orders, multiples }
}

function commonBases(p: CurvePoint, q: CurvePoint): (readonly [base: string, ofP: Multiples, ofQ: Multiples])[] {
  return [...p.multiples].flatMap(([base, ofP]) => {
    const ofQ = q.multiples.get(base)
    return ofQ === undefined ? [] : [[base, ofP, ofQ] as const]
  })
}

function form(
  { system }: Facts,
  constant: bigint,
  terms: readonly (readonly [wire: number, factor: bigint])[],
): Affine {
  const values = terms.map(([wire, factor]) => factor * (system.constants.get(wire) ?? 0n))
  return affine(
    values.reduce((total, value) => total + value, constant),
    terms.filter(([wire]) => !system.constants.has(wire)),
  )
}
