import { doubtfulRiskParameters } from '../protocol/risk/check-parameters.ts'
import { hashRiskParameters } from '../protocol/risk/parameter-words.ts'
import { type LabelledParameters, valueInFile } from '../venue/index.ts'
import { tableText } from './table.ts'
import { readRiskParameters } from './venue-files.ts'
import { newVerb, type Verb } from './verb.ts'

const DESCRIPTION = `Checks a file of risk parameters: every bound that the circuits hold them to, and the oracles' keys, which no circuit checks.
Names the first parameter that breaks a bound, what it is and what it may be. Warns of what is allowed and hardly meant.`

export const riskParametersCheckCommand: Verb = (run) =>
  newVerb('check', DESCRIPTION, [
    'zkclear risk parameters check parameters.json',
    'zkclear risk parameters check parameters.json --json',
  ])
    .argument('<file>', 'risk parameters')
    .action(
      run(async (_, file: string) => {
        const labelled = await readRiskParameters(file)
        const { profile, parameters } = labelled
        const parametersRoot = hashRiskParameters(parameters)
        const doubts = doubtfulRiskParameters(parameters)
        const markets = marketRows(labelled)
        const warnings = doubts.map((doubt) => `\nwarning: ${doubt}`).join('')
        return {
          document: { valid: true, profile, parametersRoot, markets, doubts },
          text: `${tableText(['market', 'name', 'kind', 'underlying', 'strike a lot', 'expiry'], markets.map(Object.values))}\nparameters root ${parametersRoot}${warnings}`,
        }
      }),
    )

/** What is listed where. */
function marketRows({ parameters, labels }: LabelledParameters) {
  return parameters.markets.flatMap(({ kind, underlying, strike, expiry }, market) => {
    if (kind === 'none') return []
    const text = (name: string, value: bigint) => valueInFile(name, value, labels)
    return [
      {
        ...{ market, name: labels.markets[market]!, kind, underlying: labels.underlyings[underlying]! },
        ...{ strike: strike === 0n ? '' : text('strike', strike), expiry: text('expiry', expiry) },
      },
    ]
  })
}
