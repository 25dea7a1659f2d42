import { createPrivateKey, type KeyObject } from 'node:crypto'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { NAMES, type Name, nitro } from './nitro.ts'

/** What a program of a test needs to make documents of a machine. */
export interface Machine {
  readonly now: number
  /** The root's certificate, base64. */
  readonly first: string
  /** PEM. */
  readonly keys: Readonly<Record<Name, string>>
  /** What register 0 measures, hex, of an image that is not the policy's. */
  readonly pcr0?: string | undefined
}

/** The whole life of a program that does what one that asks a hypervisor does. */
export async function answerRequest({ now, first, keys: pems, pcr0 }: Machine): Promise<void> {
  const keys = Object.fromEntries(NAMES.map((name) => [name, createPrivateKey(pems[name])])) as Record<Name, KeyObject>
  const { nonce, publicKey } = JSON.parse(await text(process.stdin))
  const asked = { nonce: Buffer.from(nonce, 'base64'), publicKey: Buffer.from(publicKey, 'base64') }
  const fields = pcr0 === undefined ? {} : { pcrs: new Map([[0, Buffer.from(pcr0, 'hex')]]) }
  process.stdout.write(nitro({ now, keys, first: Buffer.from(first, 'base64') }).document(asked, { fields }))
}
