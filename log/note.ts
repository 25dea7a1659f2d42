import { verify } from 'node:crypto'
import { equalBytes, fromBase64 } from './bytes.ts'
import type { LogKey } from './log-key.ts'

/** Longest note, in characters. */
const MOST_CHARACTERS = 1 << 16
const ID_BYTES = 4
const SIGNATURE_BYTES = 64

/**
 * What a signed note of C2SP says, if that key signed it; undefined if it is none, or not signed by it. Signatures of other keys are
 * passed over, one of this key that is false is not.
 */
export function openNote(note: string, { name, id, key }: LogKey): string | undefined {
  if (note.length > MOST_CHARACTERS) return undefined
  const split = note.lastIndexOf('\n\n')
  if (split === -1 || !note.endsWith('\n') || hasControls(note)) return undefined
  const text = note.slice(0, split + 1)
  const lines = note.slice(split + 2, -1).split('\n')
  let isSigned = false
  for (const line of lines) {
    const [, signer, encoded] = /^\u2014 ([^\s+]+) (\S+)$/.exec(line) ?? []
    const bytes = encoded === undefined ? undefined : fromBase64(encoded)
    if (signer === undefined || bytes === undefined || bytes.length <= ID_BYTES) return undefined
    if (signer !== name || !equalBytes(bytes.subarray(0, ID_BYTES), id)) continue
    const signature = bytes.subarray(ID_BYTES)
    if (signature.length !== SIGNATURE_BYTES || !verify(null, Buffer.from(text), key, signature)) return undefined
    isSigned = true
  }
  return isSigned ? text : undefined
}

function hasControls(note: string): boolean {
  return [...note].some((character) => character < ' ' && character !== '\n')
}
