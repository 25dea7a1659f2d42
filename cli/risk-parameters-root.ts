import { hashRiskParameters } from '../protocol/risk/parameter-words.ts'
import { readRiskParameters } from './venue-files.ts'
import { newVerb, type Verb } from './verb.ts'

const DESCRIPTION = `Prints the root that stands for a file's risk parameters, after checking them: what governance proposes, and what the proofs of
tables name. Names and the decimals of prices are not part of it.`

export const riskParametersRootCommand: Verb = (run) =>
  newVerb('root', DESCRIPTION, ['zkclear risk parameters root parameters.json'])
    .argument('<file>', 'risk parameters')
    .action(
      run(async (_, file: string) => {
        const { profile, parameters } = await readRiskParameters(file)
        const parametersRoot = hashRiskParameters(parameters)
        return { document: { profile, parametersRoot }, text: `${parametersRoot}` }
      }),
    )
