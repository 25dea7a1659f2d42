import { ZkclearError } from '../protocol/errors.ts'
import { diffRiskParameters, type ParameterChangeKind } from '../protocol/risk/parameter-changes.ts'
import { hashRiskParameters } from '../protocol/risk/parameter-words.ts'
import { venueShape } from '../protocol/shape.ts'
import { type LabelledParameters, placeInFile, valueInFile } from '../venue/index.ts'
import { EXIT } from './exit-codes.ts'
import { tableText } from './table.ts'
import { readRiskParameters } from './venue-files.ts'
import { newVerb, type Verb } from './verb.ts'

const DESCRIPTION = `Says what is different between two files of risk parameters, which are both checked: of each change what it was, what it is and what
it comes to. Ends with 1 if a change has no table that can be proved under it: what is listed in a market cannot become something else, but a
perpetual may be given an expiry.`

/** What a kind of change comes to. */
const MEANINGS: Readonly<Record<ParameterChangeKind, string>> = {
  listing: 'listing, where nothing was',
  delisting: 'delisting: it settles at its expiry',
  ignored: 'NO EFFECT once a table has an expiry',
  relisting: 'REFUSED: something is listed there',
  setting: 'setting',
}

export const riskParametersDiffCommand: Verb = (run) =>
  newVerb('diff', DESCRIPTION, [
    'zkclear risk parameters diff now.json proposed.json',
    'zkclear risk parameters diff now.json proposed.json --json',
  ])
    .argument('<before>', 'risk parameters in force')
    .argument('<after>', 'risk parameters proposed')
    .action(
      run(async (_, beforeFile: string, afterFile: string) => {
        const [before, after] = [await readRiskParameters(beforeFile), await readRiskParameters(afterFile)]
        assertComparable(before, after, afterFile)
        const shape = venueShape(after.profile)
        const changes = diffRiskParameters(before.parameters, after.parameters, shape).map((change) => {
          const { path, was, is, kind } = change
          return {
            ...{ path: placeInFile(path), of: labelOf(path, after) ?? labelOf(path, before) ?? '' },
            ...{ was: valueInFile(path, was, before.labels), is: valueInFile(path, is, after.labels), kind },
          }
        })
        const refused = changes.some(({ kind }) => kind === 'relisting')
        const rows = changes.map(({ path, of, was, is, kind }) => [path, of, was, is, MEANINGS[kind]])
        const [oldRoot, newRoot] = [before, after].map(({ parameters }) => hashRiskParameters(parameters))
        const table = tableText(['parameter', 'of', 'was', 'is', 'change'], rows)
        return {
          document: { profile: after.profile, oldRoot, newRoot, refused, changes },
          text: `${changes.length === 0 ? 'no parameter is different' : table}\nparameters root ${oldRoot}\nbecomes ${newRoot}`,
          code: refused ? EXIT.false : EXIT.success,
        }
      }),
    )

/** Numbers are shown as the files have them, so both have to mean the same by them. */
function assertComparable(before: LabelledParameters, after: LabelledParameters, file: string): void {
  for (const [name, was, is] of [
    ['profile', before.profile, after.profile],
    ['quoteDecimals', before.labels.quoteDecimals, after.labels.quoteDecimals],
  ]) {
    if (was === is) continue
    const message = `is ${is}, and that of the other file ${was}; both must be the same (in ${file})`
    throw new ZkclearError('INPUT_INVALID', message, { path: `parameters.${name}` })
  }
}

/** The name of the entry of a list that a parameter belongs to. */
function labelOf(path: string, { labels }: LabelledParameters): string | undefined {
  const [, list, index] = /^(\w+)\[(\d+)\]/.exec(path) ?? []
  return list === undefined ? '' : labels[list as 'markets'][Number(index)]
}
