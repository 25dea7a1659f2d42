import type { Signature } from 'ethers'

/** What wraps data keys. */
export interface KeyWrapper {
  /** The version of the sealing key under which data keys are wrapped now. */
  readonly version: number
  /** Wraps a data key for what has that name; the result begins with the version, 4 bytes, big-endian. */
  wrap(key: Uint8Array, name: string): Promise<Uint8Array>
  /** The inverse. Throws SEAL_BROKEN for what was not wrapped for that name, or under a version that is not held here. */
  unwrap(wrapped: Uint8Array, name: string): Promise<Uint8Array>
}

/** What signs the heads of the log, with Ed25519. */
export interface LogSigner {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>
}

/** The keys of a venue: what it signs its transactions and its log with, and what its data is sealed under. None of them leaves it. */
export interface KeyProvider extends KeyWrapper {
  /** Addresses of the operator's keys, in the order in which they came: which of them counts, the contract says. Never empty. */
  readonly operators: readonly string[]
  /** Addresses of those who only pay, in the same order; the newest sends. None where the operator does that itself. */
  readonly gas: readonly string[]
  /** The signature of 32 bytes by the key of one of these addresses: s in the lower half, and from it follows that address. */
  sign(digest: Uint8Array, address: string): Promise<Signature>
  readonly log: LogSigner
}

const VERSION_BYTES = 4

/** The version of the sealing key under which a data key is wrapped; 0 for what is too short to say. */
export function versionOf(wrapped: Uint8Array): number {
  return wrapped.length < VERSION_BYTES ? 0 : Buffer.from(wrapped).readUInt32BE()
}

/** What was wrapped, with its version before it. */
export function withVersion(version: number, wrapped: Uint8Array): Uint8Array {
  const head = Buffer.alloc(VERSION_BYTES)
  head.writeUInt32BE(version)
  return Buffer.concat([head, wrapped])
}

/** The inverse. */
export function withoutVersion(wrapped: Uint8Array): Uint8Array {
  return wrapped.subarray(VERSION_BYTES)
}
