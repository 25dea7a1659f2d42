import { toField } from '../protocol/numbers.ts'
import { hashRiskParameters, riskParameterWords } from '../protocol/risk/parameter-words.ts'
import { readRiskParameters } from './venue-files.ts'
import { newVerb, type Verb } from './verb.ts'

const DESCRIPTION = `Prints the root that stands for a file's risk parameters, after checking them: what governance proposes, and what the proofs of
tables name. Names and the decimals of prices are not part of it. With --json, the words too, as Authority's proposeParameters takes
them.`

export const riskParametersRootCommand: Verb = (run) =>
  newVerb('root', DESCRIPTION, ['zkclear risk parameters root parameters.json'])
    .argument('<file>', 'risk parameters')
    .action(
      run(async (_, file: string) => {
        const { profile, parameters } = await readRiskParameters(file)
        const parametersRoot = hashRiskParameters(parameters)
        const words = riskParameterWords(parameters).map(toField)
        return { document: { profile, parametersRoot, words }, text: `${parametersRoot}` }
      }),
    )
