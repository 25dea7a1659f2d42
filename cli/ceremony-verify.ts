import { CIRCUITS } from '../circuits/index.ts'
import { type VerifiedCeremony, verifyCeremony } from '../keys/ceremony/index.ts'
import {
  addDirectoryOption,
  addSourceOptions,
  ceremonySources,
  type DirectoryOption,
  type SourceOptions,
} from './ceremony-options.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

const DESCRIPTION = `Verifies a ceremony from this package's circuit sources and the powers-of-tau file to the verification keys: makes the first
keys again, checks every contribution and the beacon twice, with its own code and with snarkjs, and all hashes of the transcript.
Ends with 0 if all of it holds, also before the beacon; with 1 and the reason if not.`

export const verifyCommand: Verb = (run) =>
  addSourceOptions(
    addDirectoryOption(
      newVerb('verify', DESCRIPTION, ['zkclear ceremony verify --dir ceremony --ptau powersOfTau28_hez_final_16.ptau']),
    ),
  ).action(
    run(async ({ signal, onProgress }, options: DirectoryOption & SourceOptions) => {
      const verified = await verifyCeremony({
        ...ceremonySources(options),
        directory: options.dir,
        definitions: CIRCUITS,
        signal,
        onProgress,
      })
      const { complete, contributions } = verified
      const rest = complete ? '' : ' It has no beacon yet: its keys are not fit for use.'
      const text = `VALID: ${contributions} contributions${complete ? ' and a beacon' : ''}.${rest}\n${verifiedTable(verified)}`
      return { document: verifiedDocument(verified), text }
    }),
  )

/** What was verified, as JSON. */
export function verifiedDocument({ digest, complete, contributions, transcript }: VerifiedCeremony) {
  const { profile, powersOfTau, circuits, rounds } = transcript
  return {
    valid: true,
    digest,
    complete,
    contributions,
    profile,
    powersOfTau,
    circuits,
    keys: rounds.at(-1)?.keys ?? [],
  }
}

export function verifiedTable({ digest, transcript }: VerifiedCeremony): string {
  const keys = new Map(transcript.rounds.at(-1)?.keys.map((key) => [key.circuit, key.verificationKey]))
  const table = tableText(
    ['circuit', 'constraints', 'verification key (sha256)'],
    transcript.circuits.map(({ circuit, constraints }) => [circuit, constraints, keys.get(circuit) ?? 'none yet']),
  )
  return `${table}\ndigest: ${digest}`
}
