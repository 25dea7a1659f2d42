import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { audit } from '../../audit/audit.ts'
import { openAuditSubject } from '../../audit/audit-subject.ts'
import { OFF_CURVE } from '../../audit/curve/off-curve.ts'
import { inputWires } from '../../audit/input-wires.ts'
import { prove } from '../../audit/prove.ts'
import { findBrokenConstraints } from '../../circom/constraint-check.ts'
import { CORPUS_ROOT } from '../../lab/corpus/compiled.ts'
import { isOnCurve, type Point } from '../../protocol/crypto/baby-jubjub.ts'
import { divide, reduce } from '../../protocol/field.ts'

const A = 168_698n

/** A point as chord and tangent see it; undefined for the neutral element. */
type Montgomery = { readonly u: bigint; readonly v: bigint } | undefined

function add(p: Montgomery, q: Montgomery): Montgomery {
  if (p === undefined || q === undefined) return p ?? q
  if (p.u === q.u && reduce(p.v + q.v) === 0n) return undefined
  const slope =
    p.u === q.u
      ? divide(reduce(3n * p.u * p.u + 2n * A * p.u + 1n), reduce(2n * p.v))
      : divide(reduce(q.v - p.v), reduce(q.u - p.u))
  const u = reduce(slope * slope - A - p.u - q.u)
  return { u, v: reduce(slope * (p.u - u) - p.v) }
}

function multiply({ x, y }: Point, scalar: bigint): Montgomery {
  const u = divide(1n + y, reduce(1n - y))
  let sum: Montgomery
  for (let i = 0n; i < scalar; i++) sum = add(sum, { u, v: divide(u, x) })
  return sum
}

const ladder = (template: string, bits: number) =>
  openAuditSubject(join(CORPUS_ROOT, 'ladder.circom'), { template, templateArguments: [bits] })

describe('pairs that are no points of the curve', () => {
  it('have the orders 7 and 5 by chord and tangent, and meet their own multiples', () => {
    const [seven, five] = OFF_CURVE
    for (const [pair, order] of [
      [seven!, 7n],
      [five!, 5n],
    ] as const) {
      assert.ok(!isOnCurve(pair))
      assert.equal(multiply(pair, order), undefined)
      assert.notEqual(multiply(pair, 1n), undefined)
      assert.deepEqual(multiply(pair, 8n), multiply(pair, 8n - order))
    }
  })
})

describe('a point that a ladder takes and nothing checks', () => {
  it('is tried off the curve, and what follows from it is forged, through a ladder of 100 steps', async () => {
    const subject = await ladder('SharedKeyOfAny', 100)
    const { targets, uncheckedPoints, notes } = await audit({ ...subject, targets: 'outputs', timeout: 600_000 })
    const point = ['main.x', 'main.y']
    assert.deepEqual(uncheckedPoints, [point])
    assert.equal(notes.filter((note) => note.includes('(main.x, main.y) is taken for a point')).length, 1)
    assert.deepEqual(
      targets.map(({ name, verdict }) => [name, verdict]),
      [
        ['main.sharedX', 'FORGED'],
        ['main.sharedY', 'FORGED'],
      ],
    )
    const { from, to } = inputWires(subject.r1cs)
    for (const { wire, forgery, uncheckedPoints: needed } of targets) {
      const { first, second } = forgery!
      for (const witness of [first, second]) assert.deepEqual(findBrokenConstraints(subject.r1cs, witness), [])
      assert.deepEqual(first.slice(from, to), second.slice(from, to))
      assert.notEqual(first[wire], second[wire])
      assert.deepEqual(needed, [point])
    }
  })

  it('is named by what is UNKNOWN and hangs on it, and by nothing else', async () => {
    const { targets, counts, uncheckedPoints } = await audit({
      ...(await ladder('SharedKeyOfAny', 20)),
      calculate: undefined,
      targets: 'all',
      effort: 0,
    })
    assert.equal(uncheckedPoints.length, 1)
    assert.ok(counts.UNKNOWN > 100)
    for (const { name, verdict, uncheckedPoints: needed } of targets) {
      assert.deepEqual(needed, verdict === 'UNKNOWN' ? uncheckedPoints : undefined, name)
    }
  })

  it('is none where a constraint checks it', async () => {
    const report = await audit({ ...(await ladder('SharedKeyOfPoint', 20)), targets: 'outputs' })
    assert.deepEqual(report.uncheckedPoints, [])
    assert.deepEqual(
      report.targets.map(({ verdict }) => verdict),
      ['PROVEN', 'PROVEN'],
    )
  })

  it('proves nothing by being supposed to be on the curve', async () => {
    const { r1cs, symbols } = await ladder('SharedKeyOfAny', 20)
    const { from, to } = inputWires(r1cs)
    const inputs = Array.from({ length: to - from }, (_, i) => from + i)
    const proof = await prove({ r1cs, symbols, inputs, deadline: Number.POSITIVE_INFINITY })
    const known = proof.facts!.knownCount
    const { points, neededFor } = await proof.supposePoints()
    assert.equal(points.length, 1)
    assert.equal(proof.facts!.knownCount, known)
    for (const output of [1, 2]) {
      assert.equal(proof.verdictOf(output), 'UNKNOWN')
      assert.deepEqual(neededFor(output), points)
    }
    for (const input of inputs) assert.deepEqual(neededFor(input), [])
  })
})
