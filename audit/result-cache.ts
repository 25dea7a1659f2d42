import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { R1cs } from '../circom/r1cs.ts'
import type { Symbols } from '../circom/symbols.ts'
import type { AuditReport } from './audit.ts'

/** What an audit came to, without the witnesses: those are in files. */
export interface CachedResult {
  readonly report: AuditReport
  /** Files of witnesses, by finding. */
  readonly files: Readonly<Record<string, readonly string[]>>
  /** SHA-256 (hex) of what is in each of these files, by path. */
  readonly digests: Readonly<Record<string, string>>
}

/** Results by their keys, those of late last. */
export type ResultCache = ReadonlyMap<string, CachedResult>

/** What an audit was asked besides the system: two audits with equal choices come to the same. */
export type AuditChoices = Readonly<Record<string, string | number | boolean | undefined>>

/** Results that a cache holds. */
const MOST_RESULTS = 64
const FORMAT = 1

/**
 * The key of a result, SHA-256 in hex: over the header and the constraints, the names and labels of all signals, the choices, and
 * the version of the audit. Equal keys mean the same question to the same rules.
 */
export function resultKey({ r1cs, symbols }: { r1cs: R1cs; symbols: Symbols }, choices: AuditChoices): string {
  const hash = createHash('sha256')
  const { nWires, nOutputs, nPublicInputs, nPrivateInputs, nConstraints } = r1cs
  const sorted = Object.entries(choices).toSorted(([a], [b]) => (a < b ? -1 : 1))
  hash.update(JSON.stringify([auditVersion(), sorted, nWires, nOutputs, nPublicInputs, nPrivateInputs, nConstraints]))
  hash.update(r1cs.coefficients.join())
  for (const part of [r1cs.offsets, r1cs.wires, r1cs.coefficientOf, r1cs.labelOf]) {
    hash.update(`;${part.length};`)
    hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
  }
  for (let wire = 1; wire < nWires; wire++) hash.update(`${symbols.names(wire).join(' ')}\n`)
  return hash.digest('hex')
}

let version: string | undefined

/** SHA-256 (hex) of everything that the verdicts come from: each source of the audit and of what it is built on. */
function auditVersion(): string {
  version ??= hashOfSources(['audit', 'circom', 'protocol'])
  return version
}

function hashOfSources(folders: readonly string[]): string {
  const hash = createHash('sha256')
  const root = fileURLToPath(new URL('..', import.meta.url))
  for (const folder of folders) {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    for (const file of files.filter((name) => /\.[jt]s$/.test(name)).toSorted()) {
      const text = readFileSync(join(root, folder, file))
      hash.update(`${folder}/${file} ${text.length}\n`).update(text)
    }
  }
  return hash.digest('hex')
}

/** Reads what `cacheText` wrote. A text that is none, of another format or not whole, is an empty cache. */
export function parseCache(text: string): ResultCache {
  try {
    const { format, digest, results } = JSON.parse(text)
    if (format === FORMAT && digest === digestOf(results)) return new Map(results)
  } catch {
    // What is no JSON was cut short, or is something else.
  }
  return new Map()
}

/** The text of a cache with one result more, the oldest ones left out. */
export function cacheText(cache: ResultCache, key: string, result: CachedResult): string {
  const kept = [...cache].filter(([other]) => other !== key).slice(1 - MOST_RESULTS)
  const results = [...kept, [key, withoutWitnesses(result)]]
  return `${JSON.stringify({ format: FORMAT, digest: digestOf(results), results })}\n`
}

/** Against files that were cut short or edited by mistake; whoever may write the file can make it say anything. */
function digestOf(results: unknown): string {
  return createHash('sha256').update(JSON.stringify(results)).digest('hex')
}

function withoutWitnesses({ report, files, digests }: CachedResult): CachedResult {
  return {
    report: {
      ...report,
      targets: report.targets.map(({ forgery: _, ...target }) => target),
      ancestors: report.ancestors.map(({ forgery: _, ...ancestor }) => ancestor),
      ranges: report.ranges.map((range) => ({ ...range, witness: [] })),
    },
    files,
    digests,
  }
}
