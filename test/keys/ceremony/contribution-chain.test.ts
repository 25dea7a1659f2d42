import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { before, describe, test } from 'node:test'
import { ChaChaStream } from '../../../keys/ceremony/chacha-stream.ts'
import { contributionFault } from '../../../keys/ceremony/contribution-chain.ts'
import type { Contribution } from '../../../keys/ceremony/contributions.ts'
import { type CeremonyCurve, ceremonyCurve } from '../../../keys/ceremony/curve.ts'
import type { KeyFile } from '../../../keys/ceremony/key-file.ts'

const BEACON_VALUE = 'ab'.repeat(16)
const NO_BEACON = /is not of the beacon that it names/

/** The field of G2's coordinates, with what only these tests need. */
interface ExtensionField {
  fromObject(pair: readonly bigint[]): Uint8Array
  add(a: Uint8Array, b: Uint8Array): Uint8Array
  mul(a: Uint8Array, b: Uint8Array): Uint8Array
  square(a: Uint8Array): Uint8Array
  sqrt(a: Uint8Array): Uint8Array | null
}

const circuitHash = new Uint8Array(64).fill(7)

describe('contributionFault', () => {
  let curve: CeremonyCurve
  before(async () => {
    curve = await ceremonyCurve()
  })

  const g1 = (scalar: bigint) => curve.G1.toAffine(curve.G1.timesScalar(curve.G1.g, scalar))
  const g2 = (scalar: bigint) => curve.G2.toAffine(curve.G2.timesScalar(curve.G2.g, scalar))

  /** A point of the curve of G2 that is not in its subgroup of order r. */
  function outsideSubgroup(): Uint8Array {
    const { F, b } = curve.G2 as unknown as { F: ExtensionField; b: Uint8Array }
    for (let x = 1n; ; x++) {
      const element = F.fromObject([x, 0n])
      const y = F.sqrt(F.add(F.mul(F.square(element), element), b))
      if (y === null) continue
      const point = new Uint8Array([...element, ...y])
      assert.ok(curve.G2.isValid(point) && !curve.G2.isZero(curve.G2.timesScalar(point, curve.r)))
      return point
    }
  }

  /** What a beacon draws: its base and its secret. */
  function beaconDraw(iterationsExponent: number): { base: Uint8Array; secret: bigint } {
    let seed: Buffer = Buffer.from(BEACON_VALUE, 'hex')
    for (let i = 0; i < 2 ** iterationsExponent; i++) seed = createHash('sha256').update(seed).digest()
    const random = new ChaChaStream(seed)
    const secret = (curve.Fr as unknown as { toObject(a: Uint8Array): bigint }).toObject(curve.Fr.fromRng(random))
    return { base: curve.G1.toAffine(curve.G1.fromRng(random)), secret }
  }

  /** A beacon of 2^3 iterations that a contribution claims to be. */
  const asBeacon = (base: Uint8Array, secret: bigint) =>
    contributed(secret, { beacon: { value: BEACON_VALUE, iterationsExponent: 3 } }, base)

  /** The first contribution to a circuit, with the secret given, and the key it leaves. */
  function contributed(secret: bigint, changes: Partial<Contribution> = {}, g1s: Uint8Array = g1(5n)): KeyFile {
    const g1sx = curve.G1.toAffine(curve.G1.timesScalar(g1s, secret))
    const hash = createHash('blake2b512').update(circuitHash)
    for (const point of [g1s, g1sx]) {
      const bytes = new Uint8Array(64)
      curve.G1.toRprUncompressed(bytes, 0, point)
      hash.update(bytes)
    }
    const transcript = new Uint8Array(hash.digest())
    const base = curve.G2.fromRng(new ChaChaStream(transcript.subarray(0, 32)))
    const g2spx = curve.G2.toAffine(curve.G2.timesScalar(base, secret))
    const own = { deltaAfter: g1(secret), g1s, g1sx, g2spx, transcript, name: undefined, beacon: undefined }
    const contributions = [{ ...own, ...changes }]
    return { circuitHash, contributions, delta1: g1(secret), delta2: g2(secret) } as unknown as KeyFile
  }

  test('finds none in an honest contribution', async () => {
    assert.equal(await contributionFault(curve, contributed(11n)), undefined)
  })

  test('finds none in a beacon that was drawn from its value', async () => {
    const { base, secret } = beaconDraw(3)
    assert.equal(await contributionFault(curve, asBeacon(base, secret)), undefined)
  })

  test('finds none in a key without contributions, whose deltas are the generators', async () => {
    const key = { ...contributed(1n), contributions: [] }
    assert.equal(await contributionFault(curve, key), undefined)
  })

  test('refuses a contribution of 1, which leaves delta the generator', async () => {
    assert.match((await contributionFault(curve, contributed(1n)))!, /left delta as it was/)
  })

  const dishonest: [string, (key: KeyFile) => KeyFile | Partial<Contribution>, RegExp][] = [
    ['another delta than its secret makes', () => ({ deltaAfter: g1(12n) }), /did not change delta by its secret/],
    ['a secret that nobody proved to know', () => ({ g2spx: g2(11n) }), /does not prove that its secret was known/],
    ['a hash that is not of what went before', () => ({ transcript: new Uint8Array(64) }), /does not build on/],
    ['the point at infinity in G2', () => ({ g2spx: new Uint8Array(128) }), /a point that is not in G2/],
    ['a point off the curve in G2', () => ({ g2spx: g2(11n).with(3, 1) }), /a point that is not in G2/],
    ['a point outside the subgroup of G2', () => ({ g2spx: outsideSubgroup() }), /a point that is not in G2/],
    ['a point off the curve in G1', () => ({ deltaAfter: g1(11n).with(3, 1) }), /a point that is not in G1/],
    ['a delta outside the subgroup of G2', (key) => ({ ...key, delta2: outsideSubgroup() }), /delta is not in G2/],
    ["a secret of its own on a beacon's base", () => asBeacon(beaconDraw(3).base, 11n), NO_BEACON],
    ["a beacon's secret on a base of its own", () => asBeacon(g1(5n), beaconDraw(3).secret), NO_BEACON],
    ['a beacon hashed another number of times', () => asBeacon(beaconDraw(4).base, beaconDraw(4).secret), NO_BEACON],
    ['the point at infinity', () => ({ g1sx: new Uint8Array(64) }), /a point that is not in G1/],
    [
      'a beacon that was not drawn from its value',
      () => ({ beacon: { value: 'ab', iterationsExponent: 1 } }),
      /beacon/,
    ],
    ['another delta in G1', (key) => ({ ...key, delta1: g1(3n) }), /delta in G1 is not that of the last/],
    ['another delta in G2', (key) => ({ ...key, delta2: g2(3n) }), /delta in G2 is not delta in G1/],
    ['no delta in G2', (key) => ({ ...key, delta2: new Uint8Array(128) }), /delta is not in G2/],
  ]
  for (const [what, change, reason] of dishonest) {
    test(`refuses ${what}`, async () => {
      const honest = contributed(11n)
      const changed = change(honest)
      const key = 'contributions' in changed ? (changed as KeyFile) : contributed(11n, changed as Partial<Contribution>)
      assert.match((await contributionFault(curve, key))!, reason)
    })
  }
})
