import { randomBytes } from 'node:crypto'
import type { CurveBytes } from '../dev/curve-types.ts'
import { sameRatio } from './contribution-chain.ts'
import type { CeremonyCurve } from './curve.ts'
import { G1_BYTES, type KeyFile, SECTION } from './key-file.ts'
import { readBytes } from './sections.ts'

/** Points that are read and combined at once. */
const CHUNK = 1 << 14

/** Bytes of each random coefficient: a wrong section passes with a chance of 2^-128. */
const COEFFICIENT_BYTES = 16

/** Sections that no contribution touches. */
const FIXED_SECTIONS = ['ic', 'coefficients', 'a', 'b1', 'b2'] as const
const FIXED_POINTS = ['alpha1', 'beta1', 'beta2', 'gamma2', 'circuitHash'] as const

/**
 * Checks that `to` is `from` with another delta and nothing else: same circuit, same points, and the two sections that are
 * divided by delta divided by exactly that. Returns what is wrong, or undefined. `onPoints` gets the share that is done.
 */
export async function relationFault(
  curve: CeremonyCurve,
  from: KeyFile,
  to: KeyFile,
  onShare?: (share: number) => void,
): Promise<string | undefined> {
  for (const size of ['nWires', 'nPublic', 'domainSize'] as const) {
    if (from[size] !== to[size]) return `${size} is ${to[size]} instead of ${from[size]}`
  }
  for (const name of FIXED_POINTS) {
    if (Buffer.compare(from[name], to[name]) !== 0) return `${name} is another one`
  }
  for (const name of FIXED_SECTIONS) {
    if (!(await sameSection(from, to, SECTION[name]))) return `section ${SECTION[name]} (${name}) is another one`
  }
  for (const [index, name] of (['c', 'h'] as const).entries()) {
    const sums = await combine(curve, from, to, SECTION[name], (share) => onShare?.((index + share) / 2))
    if (typeof sums === 'string') return `section ${SECTION[name]} (${name}) ${sums}`
    const [before, after] = sums
    const bothZero = curve.G1.isZero(before) && curve.G1.isZero(after)
    if (!bothZero && !(await sameRatio(curve, after, before, from.delta2, to.delta2))) {
      return `section ${SECTION[name]} (${name}) was not divided by what delta was multiplied by`
    }
  }
  return undefined
}

async function sameSection(from: KeyFile, to: KeyFile, id: number): Promise<boolean> {
  const [a, b] = [from.sections.get(id)!, to.sections.get(id)!]
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at += 1 << 20) {
    const length = Math.min(1 << 20, a.length - at)
    const [left, right] = await Promise.all([
      readBytes(from.file, a.start + at, length),
      readBytes(to.file, b.start + at, length),
    ])
    if (!left.equals(right)) return false
  }
  return true
}

/** One random combination of the section's points in both keys; or what is wrong with a point. */
async function combine(
  { G1 }: CeremonyCurve,
  from: KeyFile,
  to: KeyFile,
  id: number,
  onShare: (share: number) => void,
): Promise<[CurveBytes, CurveBytes] | string> {
  const { length } = from.sections.get(id)!
  let before = G1.zero
  let after = G1.zero
  for (let at = 0; at < length; at += CHUNK * G1_BYTES) {
    const bytes = Math.min(CHUNK * G1_BYTES, length - at)
    const count = bytes / G1_BYTES
    const coefficients = new Uint8Array(randomBytes(count * COEFFICIENT_BYTES))
    const read = async ({ file, sections }: KeyFile) =>
      new Uint8Array(await readBytes(file, sections.get(id)!.start + at, bytes))
    const [old, fresh] = [await read(from), await read(to)]
    for (let point = 0; point < count; point++) {
      const value = fresh.slice(point * G1_BYTES, (point + 1) * G1_BYTES)
      if (!G1.isZero(value) && !G1.isValid(value)) return `has a point off the curve, number ${at / G1_BYTES + point}`
    }
    before = G1.add(before, await G1.multiExpAffine(old, coefficients))
    after = G1.add(after, await G1.multiExpAffine(fresh, coefficients))
    onShare((at + bytes) / length)
  }
  return [before, after]
}
