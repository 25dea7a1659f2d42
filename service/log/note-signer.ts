import { hash } from 'node:crypto'
import type { LogSigner } from '../keys/key-provider.ts'

/** The kind of key of Ed25519 in signed notes. */
const ED25519 = 1

/** Signs heads of one log as C2SP tlog-checkpoint and signed-note have it. */
export class NoteSigner {
  readonly origin: string
  /** Public key as signed-note writes it, `name+id+key`. */
  readonly verifierKey: string
  readonly #signer: LogSigner
  readonly #id: Buffer

  constructor(signer: LogSigner, origin: string) {
    const encoded = Buffer.concat([Buffer.from([ED25519]), signer.publicKey])
    this.origin = origin
    this.#signer = signer
    this.#id = hash('sha256', Buffer.concat([Buffer.from(`${origin}\n`), encoded]), 'buffer').subarray(0, 4)
    this.verifierKey = `${origin}+${this.#id.toString('hex')}+${encoded.toString('base64')}`
  }

  /** The signed note of a head. `time`: unix seconds. */
  async checkpoint({ size, root, time }: { size: number; root: Uint8Array; time: number }): Promise<string> {
    const text = `${this.origin}\n${size}\n${Buffer.from(root).toString('base64')}\ntime ${time}\n`
    const signature = Buffer.concat([this.#id, await this.#signer.sign(Buffer.from(text))])
    return `${text}\n\u2014 ${this.origin} ${signature.toString('base64')}\n`
  }
}

/** The name of the log of a venue's epoch. */
export function logOrigin({
  chainId,
  settlement,
  epoch,
}: {
  readonly chainId: bigint
  readonly settlement: string
  readonly epoch: bigint
}): string {
  return `zkclear/${chainId}/${settlement.toLowerCase()}/${epoch}`
}
