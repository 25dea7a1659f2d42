import { ceremonyStatus } from '../keys/ceremony/index.ts'
import { addDirectoryOption, type DirectoryOption } from './ceremony-options.ts'
import { tableText } from './table.ts'
import { newVerb, type Verb } from './verb.ts'

const DESCRIPTION = `Shows what was done in a ceremony and what is next, and compares the last keys with the transcript's hashes. That shows
a broken copy, not a dishonest one: "zkclear ceremony verify" does.`

export const statusCommand: Verb = (run) =>
  addDirectoryOption(newVerb('status', DESCRIPTION, ['zkclear ceremony status --dir ceremony'])).action(
    run(async ({ signal }, { dir }: DirectoryOption) => {
      const { transcript, ...status } = await ceremonyStatus(dir, { signal })
      const { profile, powersOfTau, circuits, beaconPlan, created } = transcript
      const rounds = transcript.rounds.map(({ index, kind, name, time, ...rest }) => {
        const remark =
          'attestation' in rest ? rest.attestation : `${rest.value} hashed 2^${rest.iterationsExponent} times`
        return { index, kind, name, time, remark }
      })
      const table = tableText(
        ['round', 'kind', 'by', 'time', 'attestation or value'],
        [
          [0, 'first keys', '', created, beaconPlan === '' ? '' : `beacon: ${beaconPlan}`],
          ...rounds.map((round) => Object.values(round)),
        ],
      )
      const names = circuits.map(({ circuit }) => circuit).join(', ')
      const lines = [
        `${names} (${profile}), powers of tau ${powersOfTau.name ?? powersOfTau.blake2b512}`,
        table,
        `digest: ${status.digest}`,
        `${status.state}, ${status.contributions} contributions; next: ${status.next}`,
        ...status.unfinished.map((folder) => `left by an interrupted run: ${folder}; give the same command again`),
      ]
      const document = { ...status, profile, powersOfTau, circuits, beaconPlan, created, history: rounds }
      return { document, text: lines.join('\n') }
    }),
  )
