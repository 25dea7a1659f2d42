import { type FileHandle, open } from 'node:fs/promises'
import { ZkclearError } from '../../protocol/errors.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { BASE_FIELD } from '../../verifier/curve.ts'
import { type Contribution, readContributions } from './contributions.ts'
import { malformed, readBytes, readSections, type Section } from './sections.ts'

/** Sections of a Groth16 .zkey file. */
export const SECTION = { ic: 3, coefficients: 4, a: 5, b1: 6, b2: 7, c: 8, h: 9, contributions: 10 } as const

/** Bytes of an affine point as the file holds it: little-endian Montgomery coordinates. */
export const G1_BYTES = 64
const G2_BYTES = 128

const HEADER_BYTES = 2 * (4 + 32) + 3 * 4 + 3 * G1_BYTES + 3 * G2_BYTES
const COEFFICIENT_BYTES = 44
const MAX_CONTRIBUTION_BYTES = 16 << 20

/** A Groth16 .zkey file, opened: its small parts in memory, its large ones by place. */
export interface KeyFile extends AsyncDisposable {
  readonly path: string
  readonly file: FileHandle
  readonly sections: ReadonlyMap<number, Section>
  readonly nWires: number
  readonly nPublic: number
  readonly domainSize: number
  readonly alpha1: Uint8Array
  readonly beta1: Uint8Array
  readonly beta2: Uint8Array
  readonly gamma2: Uint8Array
  readonly delta1: Uint8Array
  readonly delta2: Uint8Array
  /** BLAKE2b-512 of the first key's points: what snarkjs calls the circuit hash. */
  readonly circuitHash: Uint8Array
  readonly contributions: readonly Contribution[]
}

/**
 * Opens a key and checks that its header and the sizes of its sections agree; no point is checked yet. Throws
 * FILE_UNREADABLE, CEREMONY_INVALID.
 */
export async function openKeyFile(path: string): Promise<KeyFile> {
  const file = await open(path, 'r').catch((cause) => {
    throw new ZkclearError('FILE_UNREADABLE', `cannot be read (${cause.code}); fetch the key again`, { path, cause })
  })
  try {
    return { ...(await parse(file, path)), [Symbol.asyncDispose]: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function parse(file: FileHandle, path: string): Promise<Omit<KeyFile, typeof Symbol.asyncDispose>> {
  const sections = await readSections(file, { type: 'zkey', version: 1, path })
  const content = (id: number, cap: number) => {
    const section = sections.get(id)
    if (section === undefined) throw malformed(path, `has no section ${id}`)
    if (section.length > cap) throw malformed(path, `has ${section.length} bytes in section ${id}`)
    return readBytes(file, section.start, section.length)
  }
  const protocol = await content(1, 4)
  if (protocol.length !== 4 || protocol.readUInt32LE() !== 1) throw malformed(path, 'is no Groth16 key')
  const header = await content(2, HEADER_BYTES)
  if (header.length !== HEADER_BYTES) throw malformed(path, `has ${header.length} bytes in its header`)
  let at = 0
  const take = (length: number) => {
    at += length
    return new Uint8Array(header.subarray(at - length, at))
  }
  const u32 = () => new DataView(take(4).buffer).getUint32(0, true)
  for (const prime of [BASE_FIELD, FIELD]) {
    if (u32() !== 32 || littleEndian(take(32)) !== prime) throw malformed(path, 'is no key over BN254')
  }
  const sizes = { nWires: u32(), nPublic: u32(), domainSize: u32() }
  const points = {
    alpha1: take(G1_BYTES),
    beta1: take(G1_BYTES),
    beta2: take(G2_BYTES),
    gamma2: take(G2_BYTES),
    delta1: take(G1_BYTES),
    delta2: take(G2_BYTES),
  }
  checkSizes(path, sections, sizes)
  const trail = readContributions(await content(SECTION.contributions, MAX_CONTRIBUTION_BYTES), path)
  return { path, file, sections, ...sizes, ...points, ...trail }
}

function checkSizes(
  path: string,
  sections: ReadonlyMap<number, Section>,
  { nWires, nPublic, domainSize }: Pick<KeyFile, 'nWires' | 'nPublic' | 'domainSize'>,
): void {
  if (nWires <= nPublic || domainSize < 1 || (domainSize & (domainSize - 1)) !== 0) {
    throw malformed(path, `says that it has ${nWires} wires, ${nPublic} public, and a domain of ${domainSize}`)
  }
  const expected: readonly [number, number][] = [
    [SECTION.ic, (nPublic + 1) * G1_BYTES],
    [SECTION.a, nWires * G1_BYTES],
    [SECTION.b1, nWires * G1_BYTES],
    [SECTION.b2, nWires * G2_BYTES],
    [SECTION.c, (nWires - nPublic - 1) * G1_BYTES],
    [SECTION.h, domainSize * G1_BYTES],
  ]
  for (const [id, length] of expected) {
    const actual = sections.get(id)?.length
    if (actual !== length) throw malformed(path, `has ${actual ?? 'no'} bytes in section ${id} instead of ${length}`)
  }
  const coefficients = sections.get(SECTION.coefficients)?.length ?? 0
  if (coefficients % COEFFICIENT_BYTES !== 4) throw malformed(path, 'has a broken section 4')
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
}
