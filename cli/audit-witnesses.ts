import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AuditReport } from '../audit/audit.ts'
import { holdsWitness, writeWitnessFile } from '../audit/wtns.ts'
import { makeFolders } from '../circom/make-folders.ts'
import { ZkclearError } from '../protocol/errors.ts'

/** Files that show a finding, by its kind and name. */
export type WitnessFiles = ReadonlyMap<string, readonly string[]>

/** How a finding is called in `WitnessFiles`. */
export function findingKey({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${name}`
}

/** Characters of a signal's name that its files are named by: less than any file system allows. */
const MOST_CHARACTERS = 180

/**
 * Writes the witnesses of a report: two for a forgery, one for a gadget beyond its range. They are named after the signal and, where
 * that does not tell them apart, a number. Files of an earlier run stay: where they hold the same witnesses they are named again, and others
 * are numbered, so that a verdict is never lost over them. Throws OUTPUT_UNWRITABLE.
 */
export async function writeWitnesses(
  folder: string,
  { targets, ancestors, ranges }: AuditReport,
): Promise<WitnessFiles> {
  const findings = [
    ...[...targets, ...ancestors].flatMap(({ name, wire, forgery }) => {
      if (forgery === undefined) return []
      const witnesses = { first: forgery.first, second: forgery.second }
      return [{ kind: 'FORGED', name, number: wire, witnesses }]
    }),
    ...ranges.map(({ signal, constraint, witness }) => {
      return { kind: 'RANGE', name: signal, number: constraint, witnesses: { range: witness } }
    }),
  ]
  const files = new Map<string, readonly string[]>()
  if (findings.length > 0) await makeFolder(folder)
  for (const finding of findings) {
    const { name, number, witnesses } = finding
    const safe = name.replace(/[^\w.[\]-]/g, '_')
    const isPlain = safe === name && name.length <= MOST_CHARACTERS
    const stem = isPlain ? name : `${safe.slice(0, MOST_CHARACTERS)}-${number}`
    files.set(findingKey(finding), await writeOnce(folder, stem, witnesses))
  }
  return files
}

async function makeFolder(folder: string): Promise<void> {
  await makeFolders(folder, 0o700).catch((cause) => {
    const message = `is no folder and cannot be made one (${cause.code})`
    throw new ZkclearError('OUTPUT_UNWRITABLE', message, { path: folder, cause })
  })
}

/** The files that hold these witnesses, each named by its part, under the first number under which nothing else stands. */
async function writeOnce(
  folder: string,
  stem: string,
  witnesses: Readonly<Record<string, readonly bigint[]>>,
): Promise<readonly string[]> {
  for (let run = 1; ; run++) {
    const name = run === 1 ? stem : `${stem}-${run}`
    // The whole name is joined: a signal may be called "..".
    const files = Object.entries(witnesses).map(([part, witness]) => {
      return { path: join(folder, `${name}.${part}.wtns`), witness }
    })
    const paths = files.map(({ path }) => path)
    if (!paths.some((path) => existsSync(path))) {
      for (const { path, witness } of files) await writeWitnessFile(path, witness)
      return paths
    }
    const areThere = await Promise.all(files.map(({ path, witness }) => holdsWitness(path, witness)))
    if (areThere.every(Boolean)) return paths
  }
}
