import { open } from 'node:fs/promises'
import { ZkclearError } from '../../protocol/errors.ts'
import { BASE_FIELD } from '../../verifier/curve.ts'
import { type HashOptions, hashFile } from './hash-file.ts'
import { PUBLISHED_POWERS_OF_TAU } from './published-powers-of-tau.ts'
import { malformed, readBytes, readSections } from './sections.ts'

/** A powers-of-tau file that a ceremony starts from. */
export interface PowersOfTau {
  /** The file's published name; null if the caller vouched for its hash. */
  readonly name: string | null
  /** log2 of the largest evaluation domain that it serves. */
  readonly power: number
  readonly bytes: number
  readonly blake2b512: string
}

const MAX_POWER = 28

/**
 * Hashes a powers-of-tau file and checks that it is one of the published ones, or one whose BLAKE2b-512 hash is `trusted`,
 * and that it is complete and prepared for phase 2. Throws FILE_UNREADABLE; INPUT_INVALID for a file that nobody vouches for;
 * CEREMONY_INVALID for a malformed one; ABORTED.
 */
export async function readPowersOfTau(
  path: string,
  trusted: string | undefined,
  options: HashOptions = {},
): Promise<PowersOfTau> {
  if (trusted !== undefined && !/^[0-9a-f]{128}$/.test(trusted)) {
    throw new ZkclearError('INPUT_INVALID', 'need a BLAKE2b-512 hash: 128 lower-case hex digits', { path: 'trustPtau' })
  }
  // The few bytes of structure first: a wrong file shows before gigabytes are hashed.
  const power = await readPower(path)
  const { hash, bytes } = await hashFile('blake2b512', path, options)
  const published = PUBLISHED_POWERS_OF_TAU.find(({ blake2b512 }) => blake2b512 === hash)
  if (published === undefined && hash !== trusted) {
    const message =
      `has the BLAKE2b-512 hash ${hash}, which is none of the published powers-of-tau files; whoever knows the secret ` +
      'behind such a file can forge every proof. Take a published one, or vouch for this one with --trust-ptau'
    throw new ZkclearError('INPUT_INVALID', message, { path, details: { blake2b512: hash } })
  }
  return { name: published?.name ?? null, power, bytes, blake2b512: hash }
}

/** Throws INPUT_INVALID unless a circuit with a domain of 2^log points fits. */
export function requirePower({ power }: PowersOfTau, log: number, circuit: string, path: string): void {
  if (log <= power) return
  const file = PUBLISHED_POWERS_OF_TAU.find((one) => one.power >= log)
  const message = `serves 2^${power} rows, ${circuit} has 2^${log}; take ${file?.name ?? 'a larger file'}`
  throw new ZkclearError('INPUT_INVALID', message, { path, details: { circuit, power, needed: log } })
}

async function readPower(path: string): Promise<number> {
  await using file = await open(path, 'r').catch((cause) => {
    throw new ZkclearError('FILE_UNREADABLE', `cannot be read (${cause.code}); check the path`, { path, cause })
  })
  const sections = await readSections(file, { type: 'ptau', version: 1, path })
  const header = sections.get(1)
  if (header?.length !== 44) throw malformed(path, 'has no proper header')
  const bytes = await readBytes(file, header.start, header.length)
  const prime = BigInt(`0x${Buffer.from(bytes.subarray(4, 36)).reverse().toString('hex')}`)
  if (bytes.readUInt32LE(0) !== 32 || prime !== BASE_FIELD) throw malformed(path, 'is not over BN254')
  const power = bytes.readUInt32LE(36)
  if (power < 1 || power > MAX_POWER) throw malformed(path, `says that its power is ${power}`)
  if (!sections.has(12)) throw malformed(path, 'is not prepared for phase 2')
  const size = 2 ** power
  // Powers of tau, then their Lagrange forms for every size up to the file's own; those of tau in G1 one size further.
  const lengths: Readonly<Record<number, number>> = {
    2: (2 * size - 1) * 64,
    3: size * 128,
    4: size * 64,
    5: size * 64,
    6: 128,
    12: (4 * size - 1) * 64,
    13: (2 * size - 1) * 128,
    14: (2 * size - 1) * 64,
    15: (2 * size - 1) * 64,
  }
  for (const [id, length] of Object.entries(lengths)) {
    const actual = sections.get(Number(id))?.length
    if (actual !== length) throw malformed(path, `has ${actual ?? 'no'} bytes in section ${id} instead of ${length}`)
  }
  return power
}
