import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { buildEddsa, type Point as LibraryPoint } from 'circomlibjs'
import { WINDOWS, windowsOf } from '../../../circuits/lib/fixed-base-windows.ts'
import { gadget } from '../../../lab/circuits/gadget.ts'
import {
  type SignedElement,
  signatureInput,
  signWith,
  smallOrderPoint,
  timesBase,
} from '../../../lab/instances/raw-signature.ts'
import { addPoints, BASE, NEUTRAL, type Point, SUBGROUP_ORDER } from '../../../protocol/crypto/baby-jubjub.ts'
import { publicKey, sign, verify } from '../../../protocol/crypto/eddsa.ts'
import { primitives } from '../../../protocol/crypto/primitives.ts'
import { FIELD } from '../../../protocol/numbers.ts'
import { Random } from '../../../protocol/random.ts'

const SHAPES = { enabled: [], keyX: [], keyY: [], R8x: [], R8y: [], message: [], window: [WINDOWS + 1, 2] }
const probe = await gadget('SignatureProbe', [], SHAPES, 'signature.circom')
const circomlib = await buildEddsa()
const { F } = circomlib

const isAccepted = (claim: SignedElement, enabled?: bigint) => probe.evaluate(signatureInput(claim, enabled)).accepted

function isValidForCircomlib({ message, signature, key }: SignedElement): boolean {
  const toLibrary = ({ x, y }: Point): LibraryPoint => [F.e(x), F.e(y)]
  const { R8, S } = signature
  return circomlib.verifyPoseidon(F.e(message), { R8: toLibrary(R8), S }, toLibrary(key))
}

const random = new Random(11n)
const claims = Array.from({ length: 6 }, (): SignedElement => {
  const secret = random.bytes(32)
  const message = BigInt(`0x${Buffer.from(random.bytes(31)).toString('hex')}`)
  return { message, signature: sign(secret, message), key: publicKey(secret) }
})

/** Claims that differ from a true one in one thing. */
function changed({ message, signature, key }: SignedElement): Readonly<Record<string, SignedElement>> {
  const { R8, S } = signature
  const withR8 = (other: Point) => ({ message, signature: { R8: other, S }, key })
  const withS = (other: bigint) => ({ message, signature: { R8, S: other }, key })
  return {
    'another message': { message: message + 1n, signature, key },
    'S + 1': withS((S + 1n) % SUBGROUP_ORDER),
    'S - 1': withS(S - 1n),
    '-S': withS(SUBGROUP_ORDER - S),
    'R8x + 1': withR8({ x: R8.x + 1n, y: R8.y }),
    'R8y + 1': withR8({ x: R8.x, y: R8.y + 1n }),
    '-R8': withR8({ x: FIELD - R8.x, y: R8.y }),
    'R8 + base': withR8(addPoints(R8, BASE)),
    'R8 + a point of order 2': withR8(addPoints(R8, smallOrderPoint(2))),
    'R8 + a point of order 4': withR8(addPoints(R8, smallOrderPoint(4))),
    'R8 + a point of order 8': withR8(addPoints(R8, smallOrderPoint(8))),
    'another key': { message, signature, key: addPoints(key, BASE) },
    'the opposite key': { message, signature, key: { x: FIELD - key.x, y: key.y } },
  }
}

suite('lib/signature', () => {
  test('accepts what circomlibjs and the model accept', () => {
    for (const claim of claims) {
      assert.ok(isValidForCircomlib(claim))
      assert.ok(verify(claim.message, claim.signature, claim.key))
      assert.ok(isAccepted(claim))
    }
  })

  test('refuses what they refuse: any part of a signature changed by the least, or by a point of small order', () => {
    for (const claim of claims.slice(0, 2)) {
      for (const [what, other] of Object.entries(changed(claim))) {
        assert.ok(!isAccepted(other), what)
        assert.ok(!verify(other.message, other.signature, other.key), what)
        assert.ok(!isValidForCircomlib(other), what)
      }
    }
  })

  test('compares both coordinates: a commitment that is right in one of them is refused for the other', () => {
    const [secret, nonce, message] = [77n, 1234567n, 5n]
    const [R8, key] = [timesBase(nonce), timesBase(secret)]
    for (const [coordinate, other] of [
      ['x', { x: FIELD - R8.x, y: R8.y }],
      ['y', { x: R8.x, y: FIELD - R8.y }],
    ] as const) {
      const h = primitives().poseidon(0n, [other.x, other.y, key.x, key.y, message])
      const S = (nonce + 8n * h * secret) % SUBGROUP_ORDER
      const { broken } = probe.evaluate(signatureInput({ message, signature: { R8: other, S }, key }))
      assert.equal(broken.length, 1)
      assert.ok(broken[0]!.includes(`main.gadget.difference.${coordinate}out`))
    }
  })

  test('accepts nonces and keys at the edges: nonce 0, whose R8 is the neutral element, 1, -1; keys 1, 2, -1', () => {
    for (const nonce of [0n, 1n, SUBGROUP_ORDER - 1n]) {
      for (const secret of [1n, 2n, SUBGROUP_ORDER - 1n]) {
        const claim = signWith(nonce, secret, 7n)
        if (nonce === 0n) assert.deepEqual(claim.signature.R8, NEUTRAL)
        assert.ok(isAccepted(claim) && verify(7n, claim.signature, claim.key), `${nonce}, ${secret}`)
        assert.ok(!isAccepted({ ...claim, message: 8n }), `${nonce}, ${secret}`)
      }
    }
  })

  test('takes any spelling of the scalar, S - l for S as well: no signature has a second form that anything could tell', () => {
    const isSmall = (scalar: bigint) => scalar <= 1n << 250n
    const claim = Array.from({ length: 40 }, (_, i) => signWith(BigInt(i + 1), 7n, 9n)).find(
      ({ signature: { S } }) => isSmall(S) && isSmall(SUBGROUP_ORDER - S),
    )!
    const opposite = windowsOf(SUBGROUP_ORDER - claim.signature.S)
    const window = opposite.map(([u, v]): [bigint, bigint] => [u, FIELD - v])
    assert.notDeepEqual(window, windowsOf(claim.signature.S))
    assert.ok(probe.evaluate({ ...signatureInput(claim), window }).accepted)
    assert.ok(!probe.evaluate({ ...signatureInput(claim), window: opposite }).accepted)
  })

  test('asks nothing where no message is signed, whatever stands for key, R8 and message', () => {
    const [claim] = claims as [SignedElement]
    const nobody = { x: 0n, y: 0n }
    for (const key of [nobody, NEUTRAL, smallOrderPoint(2), smallOrderPoint(8), { x: 5n, y: 6n }, claim.key]) {
      for (const R8 of [nobody, NEUTRAL, { x: 1n, y: 2n }]) {
        assert.ok(isAccepted({ message: 0n, signature: { R8, S: 1n }, key }, 0n))
      }
    }
    assert.ok(!isAccepted(claim, 2n))
  })

  test('finds a windowful of points in no other order, and none that is not of its window', () => {
    const [claim] = claims as [SignedElement]
    const window = windowsOf(claim.signature.S)
    const input = signatureInput(claim)
    assert.ok(!probe.evaluate({ ...input, window: window.with(0, window[1]!).with(1, window[0]!) }).accepted)
    for (const i of [0, 1, 40, WINDOWS - 1, WINDOWS]) {
      const [u, v] = window[i]!
      for (const other of [
        [u, FIELD - v],
        [u + 1n, v],
        [u, v + 1n],
        [0n, 0n],
      ]) {
        assert.ok(!probe.evaluate({ ...input, window: window.with(i, other as [bigint, bigint]) }).accepted, `${i}`)
      }
    }
  })
})
