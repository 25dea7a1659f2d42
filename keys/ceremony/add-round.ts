import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { ZkclearError } from '../../protocol/errors.ts'
import { type BoundFacts, isBound } from './binding.ts'
import { contributionHash } from './contribution-chain.ts'
import type { Contribution } from './contributions.ts'
import { type CeremonyCurve, ceremonyCurve } from './curve.ts'
import {
  checkKeyHashes,
  keyPath,
  makeFile,
  openLastRound,
  openWorkFolder,
  publishRound,
  type RoundFolder,
} from './directory.ts'
import { hashFile } from './hash-file.ts'
import { type Job, runJob } from './job.ts'
import { openKeyFile } from './key-file.ts'
import { progressOf, type RunOptions } from './progress.ts'
import { checkedTranscript, isComplete, MAX_ROUNDS, type Round, type RoundKey, transcriptDigest } from './transcript.ts'
import { verificationKeyText } from './verification-key-text.ts'

type DistributedOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/** What a round says of itself; the rest follows from what was done. */
export type RoundFacts = DistributedOmit<Round, 'index' | 'previous' | 'time' | 'keys'>

/** A key that is to be made: from which file to which, and what the round builds on. */
export interface NewKey {
  readonly circuit: string
  readonly from: string
  readonly to: string
  /** Digest of the transcript before the round. */
  readonly previous: string
}

/** A round that was added, with the circuits whose keys an interrupted run had made already. */
export interface AddedRound extends RoundFolder {
  readonly resumed: readonly string[]
}

/**
 * Makes the keys of the next round from those of the last, checks each with our own code, and adds the round. A key that an
 * interrupted run of the same round finished is checked and kept.
 */
export async function addRound(
  directory: string,
  factsOf: (last: RoundFolder) => RoundFacts,
  jobOf: (key: NewKey) => Job,
  { signal, onProgress }: RunOptions,
): Promise<AddedRound> {
  const last = await openLastRound(directory)
  if (isComplete(last.transcript)) {
    const message = 'has its beacon, after which nothing can be added; verify and export it, or begin another ceremony'
    throw new ZkclearError('INPUT_INVALID', message, { path: directory })
  }
  const facts = factsOf(last)
  // The last place is the beacon's.
  if (last.index >= MAX_ROUNDS - (facts.kind === 'beacon' ? 0 : 1)) {
    const message = `has ${last.index} rounds, as many as a transcript holds; apply the beacon`
    throw new ZkclearError('INPUT_INVALID', message, { path: directory })
  }
  await checkKeyHashes(last, signal)
  const previous = transcriptDigest(last.transcript)
  const work = await openWorkFolder(directory, last.index + 1, [previous, JSON.stringify(facts)])
  const circuits = last.transcript.circuits
  const progress = progressOf(
    circuits.flatMap(({ power }) => [2 ** power, 2 ** power]),
    onProgress,
  )
  const keys: RoundKey[] = []
  const resumed: string[] = []
  for (const { circuit } of circuits) {
    const [from, to] = [keyPath(last.path, circuit), keyPath(work, circuit)]
    const making = progress.next(`${facts.kind} to ${circuit}`)
    const checking = progress.next(`check ${circuit}`)
    const key = { circuit, from, previous }
    const fault = (path: string) => roundFault({ ...key, to: path }, facts, { signal, onShare: checking })
    const make = (temporary: string) =>
      runJob(jobOf({ ...key, to: temporary }), { signal, onShare: making }).then(() => undefined)
    const wasThere = await makeFile(to, make, async (path) => (await fault(path)) === undefined)
    if (wasThere) resumed.push(circuit)
    const wrong = wasThere ? undefined : await fault(to)
    if (wrong !== undefined) {
      await rm(to, { force: true })
      throw new ZkclearError('CEREMONY_INVALID', `the new key of ${circuit} is refused: ${wrong}`, {
        details: { circuit },
      })
    }
    keys.push(await describeKey(circuit, to, signal))
  }
  const round = { ...facts, index: last.index + 1, previous, time: new Date().toISOString(), keys } as Round
  const transcript = checkedTranscript({ ...last.transcript, rounds: [...last.transcript.rounds, round] })
  const folder = await publishRound(work, directory, transcript)
  onProgress?.({ stage: 'done', fraction: 1 })
  return { ...folder, resumed }
}

/** What is wrong with a key as the next round after another one. */
async function roundFault(
  { circuit, from: fromPath, to: toPath, previous }: NewKey,
  facts: RoundFacts,
  options: Parameters<typeof runJob>[1],
): Promise<string | undefined> {
  try {
    await using from = await openKeyFile(fromPath)
    await using to = await openKeyFile(toPath)
    const added = to.contributions.at(-1)
    if (!isDeepStrictEqual(to.contributions.slice(0, -1), from.contributions) || added === undefined) {
      return 'it does not have exactly one contribution more'
    }
    const mismatch = factsFault(await ceremonyCurve(), added, { ...facts, circuit, previous })
    if (mismatch !== undefined) return mismatch
  } catch (error) {
    if (error instanceof ZkclearError && error.code === 'CEREMONY_INVALID') return error.message
    throw error
  }
  return runJob({ kind: 'check', from: fromPath, to: toPath }, options)
}

/** What a key file says of a contribution, compared with what the transcript says of it and before it. */
export function factsFault(
  curve: CeremonyCurve,
  contribution: Contribution,
  facts: RoundFacts & Pick<BoundFacts, 'circuit' | 'previous'>,
): string | undefined {
  const { name, beacon } = contribution
  if (name !== facts.name) return `its contribution is by ${JSON.stringify(name)}, not by ${JSON.stringify(facts.name)}`
  const { value, iterationsExponent } = facts.kind === 'beacon' ? facts : {}
  if (beacon?.value !== value || beacon?.iterationsExponent !== iterationsExponent) return 'its beacon is another one'
  if (facts.kind === 'contribution' && !isBound(curve, contribution, facts)) {
    return 'its contribution was made to another transcript, or with other words: something was rewritten afterwards'
  }
  return undefined
}

async function describeKey(circuit: string, path: string, signal: AbortSignal | undefined): Promise<RoundKey> {
  await using key = await openKeyFile(path)
  const text = await verificationKeyText(key)
  return {
    circuit,
    contribution: contributionHash(await ceremonyCurve(), key.contributions.at(-1)!),
    key: (await hashFile('sha256', path, { signal })).hash,
    verificationKey: createHash('sha256').update(text).digest('hex'),
  }
}
