import type { CurveForm } from '../../audit/curve/point-facts.ts'
import { smallOrderPoint } from '../../lab/instances/raw-signature.ts'
import { addPoints, BASE, multiplyPoint, type Point } from '../../protocol/crypto/baby-jubjub.ts'
import { divide, reduce } from '../../protocol/field.ts'
import type { Random } from '../../protocol/random.ts'
import { type Terms, terms } from './constraint-rows.ts'
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

const SMALL = ([1, 1, 2, 4, 8] as const).map(smallOrderPoint)

/** Gadgets of circomlib's curve in two witnesses that satisfy them all: where one leaves a slope or a coordinate free, the witnesses choose differently. */
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
  }

  /** A point of any order, mostly given, and mostly checked to be on the curve. */
  base(): void {
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
    this.row([[x, 1n]], [[x, 1n]], [[x2, 1n]])
    this.row([[y, 1n]], [[y, 1n]], [[y2, 1n]])
    this.row([[x2, 168_696n]], [[y2, 1n]], terms([x2, 168_700n], [y2, 1n], [0, -1n]))
    this.steps.push({ template: 'BabyCheck()', wires: { x, y, x2, y2 } })
  }

  /** A wire that chooses, and mostly is a bit. */
  selector(): number {
    const { plot } = this
    const { random } = plot
    const value = random.between(0n, random.chance(10) ? 2n : 1n)
    const other = random.chance(80) ? value : random.between(0n, 1n)
    const s = plot.wire(value, other)
    if (value < 2n && random.chance(90)) this.row([[s, 1n]], terms([s, 1n], [0, -1n]), [])
    if (value === other) this.given.push(s)
    return s
  }

  form(): CurveForm {
    return this.plot.random.pick(['edwards', 'montgomery'])
  }

  /** Mostly one of the last points of the form; the wires [0, 0] if there is none. */
  pick(form: CurveForm): readonly [number, number] {
    const all = this.points.filter((point) => point.form === form)
    if (all.length === 0) return form === 'edwards' ? this.points[0]!.wires : [0, 0]
    return this.plot.random.pick(this.plot.random.chance(60) ? all.slice(-3) : all).wires
  }

  /** A wire q with denominator * q = numerator, which is free where both are 0; undefined if a witness has none. */
  quotient(numerator: Terms, denominator: Terms): number | undefined {
    const { plot } = this
    const [over, under] = [plot.evaluate(numerator), plot.evaluate(denominator)]
    if ([0, 1].some((side) => under[side] === 0n && over[side] !== 0n)) return undefined
    const [one, other] = [0, 1].map((side) => {
      if (under[side] !== 0n) return divide(over[side]!, under[side]!)
      this.free++
      return plot.value()
    }) as [bigint, bigint]
    const quotient = plot.innerWire(one, other)
    this.row([[quotient, 1n]], denominator, numerator)
    return quotient
  }

  /** Notes a step, whose outputs are a point. */
  result(template: string, form: CurveForm, wires: Readonly<Record<string, number>>): void {
    this.steps.push({ template, wires })
    const [first, second] = template === 'BabyAdd()' ? ['xout', 'yout'] : ['out[0]', 'out[1]']
    this.points.push({ form, wires: [wires[first!]!, wires[second!]!] })
  }

  /** Says that a * b = c. */
  row(a: Terms, b: Terms, c: Terms): void {
    this.plot.add(merged(a), merged(b), merged(c))
  }

  #somePoint(): Point {
    const { random } = this.plot
    const small = random.pick(SMALL)
    return random.chance(40) ? small : addPoints(multiplyPoint(BASE, random.between(1n, 9n)), small)
  }

  #constant(wire: number): void {
    this.row([], [], terms([wire, 1n], [0, -this.plot.values[wire]![0]]))
  }

  #wires(first: Two, second: Two): [number, number] {
    return [this.plot.wire(...first), this.plot.wire(...second)]
  }
}

function merged(of: Terms): Terms {
  const sums = new Map<number, bigint>()
  for (const [wire, k] of of) sums.set(wire, reduce((sums.get(wire) ?? 0n) + k))
  return [...sums]
}
