import { hash } from 'node:crypto'

/** Bytes of every hash and salt here. */
export const HASH_BYTES = 32

const LEAF = new Uint8Array([0])
const NODE = new Uint8Array([1])

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Uint8Array = hash('sha256', '', 'buffer')

/** RFC 6962, 2.1: the hash of a leaf. */
export function leafHash(data: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([LEAF, data]), 'buffer')
}

/** RFC 6962, 2.1: the hash of a node over two others. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([NODE, left, right]), 'buffer')
}
