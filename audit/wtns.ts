import { randomBytes } from 'node:crypto'
import { link, open, readFile, rm } from 'node:fs/promises'
import { toBytes } from '../circom/field-bytes.ts'
import { witnessFile } from '../circom/witness-file.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { assertCanonical } from '../protocol/numbers.ts'

/**
 * Writes a witness as a .wtns file, version 2, which any tool can check. The file appears whole or not at all, and never in
 * place of another. It holds private values: only its owner can read it. Throws OUTPUT_UNWRITABLE, also if there is a file of that name; INPUT_INVALID
 * for an entry that is no canonical field element.
 */
export async function writeWitnessFile(path: string, witness: readonly bigint[]): Promise<void> {
  for (const [wire, value] of witness.entries()) assertCanonical(value, `witness[${wire}]`)
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await using file = await open(temporary, 'wx', 0o600)
    await file.writeFile(witnessFile(toBytes(witness)))
    await file.sync()
    // Unlike a rename, this fails if there is such a file.
    await link(temporary, path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const reason =
      code === 'EEXIST' ? 'exists already; choose another folder or move it' : `cannot be written (${code})`
    throw new ZkclearError('OUTPUT_UNWRITABLE', reason, { path, cause })
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Whether a file holds that witness, as `writeWitnessFile` writes it. One that cannot be read holds another. */
export async function holdsWitness(path: string, witness: readonly bigint[]): Promise<boolean> {
  const held = await readFile(path).catch(() => undefined)
  return held?.equals(witnessFile(toBytes(witness))) ?? false
}
