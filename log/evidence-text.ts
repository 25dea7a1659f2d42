import type { Evidence } from './evidence.ts'

/** A file of evidence, as `decodeEvidence` reads it: bytes in base64, large numbers as decimal strings. */
export function evidenceText({
  key,
  evidence,
}: {
  readonly key: string
  readonly evidence: readonly Evidence[]
}): string {
  return `${JSON.stringify({ version: 1, key, evidence: evidence.map(encoded) }, undefined, 1)}\n`
}

function encoded(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (typeof value === 'bigint') return `${value}`
  if (Array.isArray(value)) return value.map(encoded)
  if (Object(value) !== value) return value
  return Object.fromEntries(Object.entries(value as object).map(([name, part]) => [name, encoded(part)]))
}
