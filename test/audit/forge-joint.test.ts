import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { audit } from '../../audit/audit.ts'
import { forge } from '../../audit/forge.ts'
import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import { parseSymbols } from '../../circom/symbols.ts'
import { divide, reduce } from '../../protocol/field.ts'
import { Random } from '../../protocol/random.ts'
import { type Constraint, constraintsOf, r1csOf, type Terms } from '../support/constraint-rows.ts'

type Point = readonly bigint[]

/** A system in the wires 1 .. n of two points that both satisfy it, and what else it has as functions of these. */
interface Planted {
  readonly r1cs: ReturnType<typeof r1csOf>
  readonly first: readonly bigint[]
  readonly second: readonly bigint[]
}

const element = (random: Random) =>
  reduce(random.next() * random.next() * random.next() * random.next() * random.next())

function twoPoints(random: Random, n: number): readonly [Point, Point] {
  const point = () => Array.from({ length: n }, () => element(random))
  return [point(), point()]
}

/** The last coefficient of a wire, and the constant, with which a sum is `rest` less than 0 at both points. */
function fit([first, second]: readonly [Point, Point], wire: number, rests: readonly [bigint, bigint]): Terms {
  const slope = divide(rests[1] - rests[0], first[wire]! - second[wire]!)
  return [
    [1 + wire, slope],
    [0, reduce(-rests[0] - slope * first[wire]!)],
  ]
}

/** Quadratic equations in general position, each in a row of its own over products that have rows of their own. */
function expanded(random: Random, n: number): Planted {
  const points = twoPoints(random, n)
  const pairs = Array.from({ length: n }, (_, i) => Array.from({ length: i + 1 }, (_, j) => [i, j] as const)).flat()
  const products = pairs.map(([i, j], at): Constraint => [[[1 + i, 1n]], [[1 + j, 1n]], [[1 + n + at, 1n]]])
  const witnesses = points.map((point) => [1n, ...point, ...pairs.map(([i, j]) => reduce(point[i]! * point[j]!))])
  const equations = Array.from({ length: n }, (_, wire): Constraint => {
    const terms = Array.from(pairs, (_, at) => [1 + n + at, element(random)] as const)
    const rests = witnesses.map((witness) => terms.reduce((sum, [at, value]) => sum + value * witness[at]!, 0n))
    return [[], [], [...terms, ...fit(points, wire, rests as [bigint, bigint])]]
  })
  const r1cs = r1csOf({ nWires: 1 + n + pairs.length, constraints: [...products, ...equations] })
  return { r1cs, first: witnesses[0]!, second: witnesses[1]! }
}

/** As many products of sums as unknowns: no row gives an unknown. */
function compact(random: Random, n: number): Planted {
  const points = twoPoints(random, n)
  const witnesses = points.map((point) => [1n, ...point])
  const sum = () => Array.from({ length: n + 1 }, (_, wire) => [wire, element(random)] as const)
  const evaluate = (terms: Terms, witness: Point) => terms.reduce((all, [at, value]) => all + value * witness[at]!, 0n)
  const constraints = Array.from({ length: n }, (_, wire): Constraint => {
    const [a, b] = [sum(), sum()]
    const rests = witnesses.map((witness) => -evaluate(a, witness) * evaluate(b, witness)) as [bigint, bigint]
    return [a, b, fit(points, wire, rests)]
  })
  return { r1cs: r1csOf({ nWires: n + 1, constraints }), first: witnesses[0]!, second: witnesses[1]! }
}

suite('small systems with two planted solutions', () => {
  for (const [what, plant] of Object.entries({ expanded, compact })) {
    for (const n of [2, 3]) {
      test(`of ${n} quadratic equations, ${what}: the second is found from the first, and nothing is PROVEN`, async () => {
        for (let seed = 1n; seed <= 12n; seed++) {
          const { r1cs, first, second } = plant(new Random(1000n * seed + BigInt(n)), n)
          for (const witness of [first, second]) assert.deepEqual(findBrokenConstraints(r1cs, witness), [])
          const target = 1 + Number(seed % BigInt(n))
          const forgery = await forge({ r1cs, proven: new Uint8Array(r1cs.nWires), target, witness: first, steps: 200 })
          assert.ok(forgery, `seed ${seed}`)
          const { targets, counts } = await audit({ r1cs, symbols: parseSymbols(''), witness: first, timeout: 60_000 })
          assert.equal(counts.PROVEN, 0, `seed ${seed}`)
          assert.ok(targets.slice(0, n).every(({ verdict }) => verdict === 'FORGED'))
        }
      })
    }
  }

  test('are not forged where a third equation leaves the first alone', async () => {
    const random = new Random(7n)
    const { r1cs, first } = compact(random, 2)
    const terms = [1, 2].map((wire) => [wire, element(random)] as const)
    const rest = terms.reduce((sum, [at, value]) => sum + value * first[at]!, 0n)
    const alone = r1csOf({
      nWires: 3,
      constraints: [...constraintsOf(r1cs), [[], [], [...terms, [0, reduce(-rest)]]]],
    })
    const options = { r1cs: alone, proven: new Uint8Array(3), witness: first, work: 20_000 }
    for (const target of [1, 2]) assert.equal(await forge({ ...options, target }), undefined)
  })
})
