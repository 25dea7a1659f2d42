import { FIELD_BYTES } from '../../../circuits/input-schema.ts'

/** Parts of a native proof, in the order in which the addon reports them behind the proof's coordinates. */
export const PARTS = ['rows', 'ntt', 'a', 'b1', 'b2', 'c', 'h'] as const

export type Part = (typeof PARTS)[number]

const PROOF_BYTES = 8 * FIELD_BYTES

/** Milliseconds of processor time of each part over all threads, from what the addon's `prove` resolves to. */
export function readParts(bytes: ArrayBuffer): Record<Part, number> {
  const seconds = new Float64Array(bytes.slice(PROOF_BYTES))
  if (seconds.length !== PARTS.length) throw new Error(`the addon reports ${seconds.length} parts, not ${PARTS.length}`)
  return Object.fromEntries(PARTS.map((part, i) => [part, 1000 * seconds[i]!])) as Record<Part, number>
}
