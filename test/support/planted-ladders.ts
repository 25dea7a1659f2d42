import type { CurveForm } from '../../audit/curve/point-facts.ts'
import { smallOrderPoint } from '../../lab/instances/raw-signature.ts'
import { addPoints, BASE, multiplyPoint, type Point } from '../../protocol/crypto/baby-jubjub.ts'
import { divide, reduce } from '../../protocol/field.ts'
import type { Random } from '../../protocol/random.ts'
import type { Terms } from './constraint-rows.ts'
import { Plot, type Two } from './planted-systems.ts'

/** A gadget of a lemma: its template, and its signals by name, as wires. */
export interface PlantedStep {
  readonly template: string
  readonly wires: Readonly<Record<string, number>>
}

/** Two wires that are the coordinates of a point, if the steps before them were used where they are sound. */
export interface PlantedPoint {
  readonly form: CurveForm
  readonly wires: readonly [number, number]
}

const A = 168_698n
const SMALL = ([1, 1, 2, 4, 8] as const).map(smallOrderPoint)

/**
 * Gadgets of circomlib's curve in random order, applied to whatever points there are, in two witnesses that satisfy them all:
 * where a step leaves a slope or a coordinate free, the witnesses choose differently. Points have small multiples, and all
 * orders, so that equal points, opposite ones and those of order 2 meet often. A step that no witness satisfies is left out.
 */
export class Ladder {
  readonly plot: Plot
  readonly steps: PlantedStep[] = []
  readonly points: PlantedPoint[] = []
  /** Wires that may be inputs: coordinates of bases, and selectors. */
  readonly given: number[] = []
  /** How often a value was free. */
  free = 0

  constructor(random: Random) {
    this.plot = new Plot(random)
    const bases = random.pick([1, 1, 2])
    for (let i = 0; i < bases; i++) this.#base()
    for (let left = random.between(3n, 14n); left > 0n; left--) random.pick(this.#moves)()
  }

  readonly #moves = [
    () => this.#base(),
    () => this.#toMontgomery(),
    () => this.#toMontgomery(),
    () => this.#toEdwards(),
    () => this.#double(),
    () => this.#double(),
    () => this.#addMontgomery(),
    () => this.#addMontgomery(),
    () => this.#addMontgomery(),
    () => this.#addEdwards(),
    () => this.#choose(),
    () => this.#choose(),
    () => this.#multiplex(),
    () => this.#negate(),
    () => this.#notZero(),
  ]

  /** A point of any order, mostly given, and mostly checked to be on the curve. */
  #base(): void {
    const { random } = this.plot
    const one = this.#somePoint()
    const other = random.chance(75) ? one : this.#somePoint()
    const [x, y] = this.#wires([one.x, other.x], [one.y, other.y])
    if (one === other && random.chance(15)) for (const wire of [x, y]) this.#constant(wire)
    else this.given.push(x, y)
    this.points.push({ form: 'edwards', wires: [x, y] })
    if (random.chance(8)) return
    const x2 = this.plot.derive([x], (value) => value * value)
    const y2 = this.plot.derive([y], (value) => value * value)
    this.#row([[x, 1n]], [[x, 1n]], [[x2, 1n]])
    this.#row([[y, 1n]], [[y, 1n]], [[y2, 1n]])
    this.#row(
      [[x2, 168_696n]],
      [[y2, 1n]],
      [
        [x2, 168_700n],
        [y2, 1n],
        [0, -1n],
      ],
    )
    this.steps.push({ template: 'BabyCheck()', wires: { x, y, x2, y2 } })
  }

  #somePoint(): Point {
    const { random } = this.plot
    const small = random.pick(SMALL)
    return random.chance(40) ? small : addPoints(multiplyPoint(BASE, random.between(1n, 9n)), small)
  }

  #constant(wire: number): void {
    this.#row(
      [],
      [],
      [
        [wire, 1n],
        [0, -this.plot.values[wire]![0]],
      ],
    )
  }

  #toMontgomery(): void {
    const [x, y] = this.#pick('edwards')
    const u = this.#quotient(
      [
        [y, 1n],
        [0, 1n],
      ],
      [
        [y, -1n],
        [0, 1n],
      ],
    )
    const v = u && this.#quotient([[u, 1n]], [[x, 1n]])
    if (u === undefined || v === undefined) return
    this.#result('Edwards2Montgomery()', 'montgomery', { 'in[0]': x, 'in[1]': y, 'out[0]': u, 'out[1]': v })
  }

  #toEdwards(): void {
    const [u, v] = this.#pick('montgomery')
    if (u === 0) return
    const x = this.#quotient([[u, 1n]], [[v, 1n]])
    const y =
      x &&
      this.#quotient(
        [
          [u, 1n],
          [0, -1n],
        ],
        [
          [u, 1n],
          [0, 1n],
        ],
      )
    if (x === undefined || y === undefined) return
    this.#result('Montgomery2Edwards()', 'edwards', { 'in[0]': u, 'in[1]': v, 'out[0]': x, 'out[1]': y })
  }

  #double(): void {
    const [u, v] = this.#pick('montgomery')
    if (u === 0) return
    const square = this.plot.derive([u], (value) => value * value)
    this.#row([[u, 1n]], [[u, 1n]], [[square, 1n]])
    const lamda = this.#quotient(
      [
        [square, 3n],
        [u, 2n * A],
        [0, 1n],
      ],
      [[v, 2n]],
    )
    if (lamda === undefined) return
    const u3 = this.plot.derive([lamda, u], (slope, one) => slope * slope - A - 2n * one)
    const v3 = this.plot.derive([lamda, u, u3, v], (slope, one, three, ordinate) => slope * (one - three) - ordinate)
    this.#row(
      [[lamda, 1n]],
      [[lamda, 1n]],
      [
        [u3, 1n],
        [u, 2n],
        [0, A],
      ],
    )
    this.#row(
      [[lamda, 1n]],
      [
        [u, 1n],
        [u3, -1n],
      ],
      [
        [v3, 1n],
        [v, 1n],
      ],
    )
    const wires = { 'in[0]': u, 'in[1]': v, lamda, x1_2: square, 'out[0]': u3, 'out[1]': v3 }
    this.#result('MontgomeryDouble()', 'montgomery', wires)
  }

  #addMontgomery(): void {
    const [[u1, v1], [u2, v2]] = [this.#pick('montgomery'), this.#pick('montgomery')]
    if (u1 === 0) return
    const lamda = this.#quotient(
      [
        [v2, 1n],
        [v1, -1n],
      ],
      [
        [u2, 1n],
        [u1, -1n],
      ],
    )
    if (lamda === undefined) return
    const u3 = this.plot.derive([lamda, u1, u2], (slope, one, two) => slope * slope - A - one - two)
    const v3 = this.plot.derive([lamda, u1, u3, v1], (slope, one, three, ordinate) => slope * (one - three) - ordinate)
    this.#row(
      [[lamda, 1n]],
      [[lamda, 1n]],
      [
        [u3, 1n],
        [u1, 1n],
        [u2, 1n],
        [0, A],
      ],
    )
    this.#row(
      [[lamda, 1n]],
      [
        [u1, 1n],
        [u3, -1n],
      ],
      [
        [v3, 1n],
        [v1, 1n],
      ],
    )
    const wires = { 'in1[0]': u1, 'in1[1]': v1, 'in2[0]': u2, 'in2[1]': v2, lamda, 'out[0]': u3, 'out[1]': v3 }
    this.#result('MontgomeryAdd()', 'montgomery', wires)
  }

  #addEdwards(): void {
    const { plot } = this
    const [[x1, y1], [x2, y2]] = [this.#pick('edwards'), this.#pick('edwards')]
    const beta = plot.derive([x1, y2], (x, y) => x * y)
    const gamma = plot.derive([y1, x2], (y, x) => y * x)
    const delta = plot.derive([x1, y1, x2, y2], (a, b, c, d) => (b - 168_700n * a) * (c + d))
    const tau = plot.derive([beta, gamma], (b, c) => b * c)
    this.#row([[x1, 1n]], [[y2, 1n]], [[beta, 1n]])
    this.#row([[y1, 1n]], [[x2, 1n]], [[gamma, 1n]])
    this.#row(
      [
        [x1, -168_700n],
        [y1, 1n],
      ],
      [
        [x2, 1n],
        [y2, 1n],
      ],
      [[delta, 1n]],
    )
    this.#row([[beta, 1n]], [[gamma, 1n]], [[tau, 1n]])
    const xout = this.#quotient(
      [
        [beta, 1n],
        [gamma, 1n],
      ],
      [
        [tau, 168_696n],
        [0, 1n],
      ],
    )
    const yout =
      xout &&
      this.#quotient(
        [
          [delta, 1n],
          [beta, 168_700n],
          [gamma, -1n],
        ],
        [
          [tau, -168_696n],
          [0, 1n],
        ],
      )
    if (xout === undefined || yout === undefined) return
    this.#result('BabyAdd()', 'edwards', { x1, y1, x2, y2, xout, yout, beta, gamma, delta, tau })
  }

  /** One of two points by a selector, which mostly is a bit, as Multiplexor2 and conditions write it. */
  #choose(): void {
    const { random } = this.plot
    const form = this.#form()
    const [if0, if1] = [this.#pick(form), this.#pick(form)]
    const s = this.#selector()
    const chosen = [0, 1].map((i) => {
      const [a, b] = [if0[i]!, if1[i]!]
      const out = this.plot.derive([a, b, s], (x, y, bit) => x + (y - x) * bit)
      const difference: Terms = [
        [b, 1n],
        [a, -1n],
      ]
      if (random.chance(70))
        this.#row(
          difference,
          [[s, 1n]],
          [
            [out, 1n],
            [a, -1n],
          ],
        )
      else
        this.#row(
          [
            [s, 1n],
            [0, -1n],
          ],
          difference,
          [
            [out, 1n],
            [b, -1n],
          ],
        )
      return out
    })
    this.points.push({ form, wires: chosen as [number, number] })
  }

  #multiplex(): void {
    const { plot } = this
    const form = this.#form()
    const c = Array.from({ length: 4 }, () => this.#pick(form))
    const s = [this.#selector(), this.#selector()] as const
    const s10 = plot.derive([...s], (low, high) => low * high)
    this.#row([[s[1], 1n]], [[s[0], 1n]], [[s10, 1n]])
    const wires: Record<string, number> = { 's[0]': s[0], 's[1]': s[1], s10 }
    const out = [0, 1].map((i) => {
      const of = c.map((point) => point[i]!)
      const [c0, c1, c2, c3] = of as [number, number, number, number]
      const both = plot.derive([...of, s10], (...v) => (v[3]! - v[2]! - v[1]! + v[0]!) * v[4]!)
      const high = plot.derive([c2, c0, s[1]], (x, y, bit) => (x - y) * bit)
      const low = plot.derive([c1, c0, s[0]], (x, y, bit) => (x - y) * bit)
      const sum = plot.derive([both, high, low, c0], (...v) => v.reduce((total, value) => total + value))
      this.#row(
        [
          [c3, 1n],
          [c2, -1n],
          [c1, -1n],
          [c0, 1n],
        ],
        [[s10, 1n]],
        [[both, 1n]],
      )
      this.#row(
        [
          [c2, 1n],
          [c0, -1n],
        ],
        [[s[1], 1n]],
        [[high, 1n]],
      )
      this.#row(
        [
          [c1, 1n],
          [c0, -1n],
        ],
        [[s[0], 1n]],
        [[low, 1n]],
      )
      this.#row(
        [],
        [],
        [
          [both, 1n],
          [high, 1n],
          [low, 1n],
          [c0, 1n],
          [sum, -1n],
        ],
      )
      for (const [k, wire] of of.entries()) wires[`c[${i}][${k}]`] = wire
      return sum
    })
    this.steps.push({ template: 'MultiMux2(2)', wires: { ...wires, 'out[0]': out[0]!, 'out[1]': out[1]! } })
    this.points.push({ form, wires: out as [number, number] })
  }

  #selector(): number {
    const { plot } = this
    const { random } = plot
    const value = random.between(0n, random.chance(10) ? 2n : 1n)
    const other = random.chance(80) ? value : random.between(0n, 1n)
    const s = plot.wire(value, other)
    if (value < 2n && random.chance(90))
      this.#row(
        [[s, 1n]],
        [
          [s, 1n],
          [0, -1n],
        ],
        [],
      )
    if (value === other) this.given.push(s)
    return s
  }

  #negate(): void {
    const form = this.#form()
    const [first, second] = this.#pick(form)
    if (first === 0 && second === 0) return
    const turned = form === 'edwards' ? first : second
    const negative = this.plot.derive([turned], (value) => -value)
    this.#row(
      [],
      [],
      [
        [negative, 1n],
        [turned, 1n],
      ],
    )
    this.points.push({ form, wires: form === 'edwards' ? [negative, second] : [first, negative] })
  }

  /** Says of the coordinate that only points of order 1 and 2 have as 0, or of its zero test, that it is not 0. */
  #notZero(): void {
    const form = this.#form()
    const [first, second] = this.#pick(form)
    const wire = form === 'edwards' ? first : second
    const inverse = wire === 0 ? undefined : this.#quotient([[0, 1n]], [[wire, 1n]])
    if (inverse === undefined) return
  }

  #form(): CurveForm {
    return this.plot.random.pick(['edwards', 'montgomery'])
  }

  /** Mostly one of the last points of the form; the wires [0, 0] if there is none. */
  #pick(form: CurveForm): readonly [number, number] {
    const all = this.points.filter((point) => point.form === form)
    if (all.length === 0) return form === 'edwards' ? this.points[0]!.wires : [0, 0]
    return this.plot.random.pick(this.plot.random.chance(60) ? all.slice(-3) : all).wires
  }

  /** A wire q with denominator * q = numerator, which is free where both are 0; undefined if a witness has none. */
  #quotient(numerator: Terms, denominator: Terms): number | undefined {
    const { plot } = this
    const [over, under] = [plot.evaluate(numerator), plot.evaluate(denominator)]
    if ([0, 1].some((side) => under[side] === 0n && over[side] !== 0n)) return undefined
    const [one, other] = [0, 1].map((side) => {
      if (under[side] !== 0n) return divide(over[side]!, under[side]!)
      this.free++
      return plot.value()
    }) as [bigint, bigint]
    const quotient = plot.innerWire(one, other)
    this.#row([[quotient, 1n]], denominator, numerator)
    return quotient
  }

  #result(template: string, form: CurveForm, wires: Readonly<Record<string, number>>): void {
    this.steps.push({ template, wires })
    const [first, second] = template === 'BabyAdd()' ? ['xout', 'yout'] : ['out[0]', 'out[1]']
    this.points.push({ form, wires: [wires[first!]!, wires[second!]!] })
  }

  #wires(first: Two, second: Two): [number, number] {
    return [this.plot.wire(...first), this.plot.wire(...second)]
  }

  #row(a: Terms, b: Terms, c: Terms): void {
    this.plot.add(merged(a), merged(b), merged(c))
  }
}

function merged(terms: Terms): Terms {
  const sums = new Map<number, bigint>()
  for (const [wire, k] of terms) sums.set(wire, reduce((sums.get(wire) ?? 0n) + k))
  return [...sums]
}
