import { ZkclearError } from '../protocol/errors.ts'
import { type AttestationPolicy, decodePolicy } from '../service/attestation/policy.ts'
import { named, readJson } from './read-file.ts'

/**
 * Which enclaves a venue gives work to, by the file of --attest; undefined without it. Throws INPUT_INVALID, also where workers would run
 * beside the venue, in no enclave; FILE_UNREADABLE.
 */
export async function readAttestationPolicy({
  attest: file,
  workers,
}: {
  readonly attest?: string
  readonly workers: bigint
}): Promise<AttestationPolicy | undefined> {
  if (file === undefined) return undefined
  if (workers > 0n) {
    const message = `is ${workers}, and such workers run in no enclave: with --attest give --workers 0`
    throw new ZkclearError('INPUT_INVALID', message, { path: '--workers' })
  }
  const json = await readJson(file, 'proof')
  return await named(file, () => decodePolicy(json))
}
