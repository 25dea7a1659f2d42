import { open, rm } from 'node:fs/promises'
import { toBytes } from '../../circom/field-bytes.ts'
import type { Progress } from '../../circuits/types.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { invert, power as powerOf } from '../../protocol/field.ts'
import { FIELD } from '../../protocol/numbers.ts'
import { BASE_FIELD } from '../../verifier/curve.ts'
import { fileHeader, u32, writeSection } from './binary-file.ts'
import { type Group, POINT_BYTES } from './fixed-base.ts'
import { lagrangeAt, rootOfUnity, TWO_ADICITY } from './lagrange.ts'
import { Multiplier } from './multiply.ts'
import { checkToxicWaste, deriveToxicWaste, type ToxicWaste } from './toxic-waste.ts'

/** What the file is for: a complete one, or only what snarkjs's setup of that proof system reads. */
export type PowersOfTauContent = 'all' | 'plonk' | 'fflonk'

export interface PowersOfTauOptions {
  /** Path of the file; nothing may be there yet. */
  path: string
  /**
   * log2 of the largest domain that the file serves, from 1 to 27: a complete one holds 2^(power + 1) - 1 powers of tau in
   * G1 and 2^power in G2.
   */
  power: number
  /** A seed, from which the secrets are derived as for dev keys; or, for tests, the secrets themselves. */
  secrets: string | Omit<ToxicWaste, 'delta'>
  /** Default: all. */
  content?: PowersOfTauContent | undefined
  threads?: number | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}

/** One section of points: multiples of a generator by scalars that come in pieces, so that few are in memory. */
interface Section {
  readonly id: number
  readonly group: Group
  readonly count: number
  readonly scalars: () => Iterable<readonly bigint[]>
}

const PIECE = 1 << 16
/** How many G1 points take as long as one G2 point; for the progress only. */
const G2_COST = 2.5

/**
 * Writes a powers-of-tau file prepared for phase 2 straight from known secrets, in snarkjs's format: for dev keys and tests.
 * It says that nobody contributed to it, so snarkjs's own check refuses it; whoever knows the seed forges proofs under every
 * key that is made from it. A complete file of 2^14 takes some 10 seconds on two cores. Throws INPUT_INVALID for a power
 * or secrets out of range, OUTPUT_UNWRITABLE, ABORTED; then no file is left.
 */
export async function writePowersOfTau(options: PowersOfTauOptions): Promise<void> {
  const { path, power, signal, onProgress } = options
  const secrets = typeof options.secrets === 'string' ? deriveToxicWaste(options.secrets) : options.secrets
  if (!Number.isInteger(power) || power < 1 || power >= TWO_ADICITY) {
    throw new ZkclearError('INPUT_INVALID', `got ${power}, need an integer from 1 to ${TWO_ADICITY - 1}`, {
      path: 'power',
    })
  }
  checkToxicWaste({ ...secrets, delta: 1n }, 2 ** power)
  const sections = plan(power, secrets, options.content ?? 'all')
  const cost = (group: Group, points: number) => (group === 'g2' ? G2_COST : 1) * points
  const total = sections.reduce((sum, { group, count }) => sum + cost(group, count), 0)
  const file = await open(path, 'wx').catch((cause) => {
    throw new ZkclearError('OUTPUT_UNWRITABLE', `cannot be created (${cause.code})`, { path, cause })
  })
  let finished = false
  let done = 0
  try {
    await using multiplier = await Multiplier.create({
      threads: options.threads,
      signal,
      onPoints(group, count) {
        done += cost(group, count)
        onProgress?.({ stage: 'powers of tau', fraction: done / total })
      },
    })
    await file.writeFile(fileHeader('ptau', sections.length + 2))
    await writeSection(file, 1, 44, [u32(32), toBytes([BASE_FIELD]), u32(power, power)])
    for (const { id, group, count, scalars } of sections) {
      await writeSection(file, id, count * POINT_BYTES[group], points(multiplier, group, scalars(), signal))
    }
    await writeSection(file, 7, 4, [u32(0)])
    finished = true
  } catch (error) {
    if (signal?.aborted) throw new ZkclearError('ABORTED', 'making powers of tau was aborted', { cause: error })
    throw error
  } finally {
    await file.close()
    if (!finished) await rm(path, { force: true })
  }
}

async function* points(
  multiplier: Multiplier,
  group: Group,
  scalars: Iterable<readonly bigint[]>,
  signal: AbortSignal | undefined,
) {
  for (const piece of scalars) {
    signal?.throwIfAborted()
    yield await multiplier.multiply(group, piece)
  }
}

/** The sections as snarkjs numbers them: powers first, then the same in Lagrange form for every domain up to the file's. */
function plan(power: number, secrets: Omit<ToxicWaste, 'delta'>, content: PowersOfTauContent): Section[] {
  const { tau, alpha, beta } = secrets
  const size = 2 ** power
  const levels = 2 * size - 1
  const powers = (id: number, group: Group, count: number, factor = 1n): Section => ({
    id,
    group,
    count,
    scalars: () => powersOf(tau, count, factor),
  })
  const lagrange = (id: number, group: Group, factor = 1n): Section => ({
    id,
    group,
    count: levels,
    scalars: () => lagrangeLevels(tau, power, factor),
  })
  // Of the powers in G2, PLONK and FFLONK take the first two; of those in G1, as many as their polynomials are long.
  const tauG2 = powers(3, 'g2', 2)
  if (content === 'plonk') return [powers(2, 'g1', size + 6), tauG2, lagrange(12, 'g1')]
  // The setup wants section 12 to be there, and does not look into it.
  if (content === 'fflonk')
    return [powers(2, 'g1', 9 * size + 18), tauG2, { ...lagrange(12, 'g1'), count: 0, scalars: () => [] }]
  const betaG2: Section = { id: 6, group: 'g2', count: 1, scalars: () => [[beta]] }
  const tauLagrange: Section = {
    id: 12,
    group: 'g1',
    count: levels + 2 * size,
    scalars: () => concat(lagrangeLevels(tau, power, 1n), pieces(topLevel(tau, power))),
  }
  return [
    ...[
      powers(2, 'g1', levels),
      powers(3, 'g2', size),
      powers(4, 'g1', size, alpha),
      powers(5, 'g1', size, beta),
      betaG2,
    ],
    ...[tauLagrange, lagrange(13, 'g2'), lagrange(14, 'g1', alpha), lagrange(15, 'g1', beta)],
  ]
}

/** factor * tau^i for i from 0. */
function* powersOf(tau: bigint, count: number, factor: bigint): Iterable<bigint[]> {
  let value = factor
  for (let start = 0; start < count; start += PIECE) {
    const piece: bigint[] = []
    for (let i = start; i < Math.min(start + PIECE, count); i++, value = (value * tau) % FIELD) piece.push(value)
    yield piece
  }
}

function* lagrangeLevels(tau: bigint, power: number, factor: bigint): Iterable<readonly bigint[]> {
  for (let log = 0; log <= power; log++) {
    const values = lagrangeAt(tau, log)
    yield* pieces(factor === 1n ? values : values.map((value) => (value * factor) % FIELD))
  }
}

/**
 * The Lagrange form for the domain of N = 2^(power + 1) points of all powers in the file, which are N - 1: that of tau's
 * first N powers without the part of the last one, tau^(N - 1) w^i / N.
 */
function topLevel(tau: bigint, power: number): bigint[] {
  const log = power + 1
  const size = 1n << BigInt(log)
  const root = rootOfUnity(log)
  let missing = (powerOf(tau, size - 1n) * invert(size)) % FIELD
  return lagrangeAt(tau, log).map((value) => {
    const rest = (value - missing + FIELD) % FIELD
    missing = (missing * root) % FIELD
    return rest
  })
}

function* pieces(values: readonly bigint[]): Iterable<readonly bigint[]> {
  for (let start = 0; start < values.length; start += PIECE) yield values.slice(start, start + PIECE)
}

function* concat(...parts: Iterable<readonly bigint[]>[]): Iterable<readonly bigint[]> {
  for (const part of parts) yield* part
}
