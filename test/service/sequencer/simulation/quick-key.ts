import type { TradingKey } from '../../../../protocol/account.ts'
import { type Point, SUBGROUP_ORDER } from '../../../../protocol/crypto/baby-jubjub.ts'
import { primitives } from '../../../../protocol/crypto/primitives.ts'
import type { Signature } from '../../../../protocol/message.ts'

const COFACTOR = 8n

/** Few, and made once. */
const NONCES = Array.from({ length: 16 }, (_, i) => 2n ** 200n + 7_919n * BigInt(i))
const points: Point[] = []

/**
 * A trading key whose signatures are as good as any, and quicker made: it takes one of few nonces, by which two signatures give it away. For
 * tests that sign without end.
 */
export class QuickKey {
  readonly point: TradingKey
  readonly #secret: bigint

  constructor(secret: bigint) {
    this.#secret = secret
    this.point = primitives().multiplyBase(secret)
  }

  /** EdDSA-Poseidon of a field element. */
  sign(digest: bigint): Signature {
    const i = Number(digest % BigInt(NONCES.length))
    const nonce = NONCES[i]!
    points[i] ??= primitives().multiplyBase(nonce)
    const { x, y } = points[i]
    const challenge = primitives().poseidon(0n, [x, y, this.point.x, this.point.y, digest])
    return { R8x: x, R8y: y, S: (nonce + COFACTOR * challenge * this.#secret) % SUBGROUP_ORDER }
  }
}
