import { riskParametersCheckCommand } from './risk-parameters-check.ts'
import { riskParametersDiffCommand } from './risk-parameters-diff.ts'
import { riskParametersRootCommand } from './risk-parameters-root.ts'
import { newGroup, type Verb } from './verb.ts'

const DESCRIPTION = `Reads files of risk parameters (docs/flow.md#risk-parameters): says which bound a value breaks, what is different between two,
and the root that stands for all of them.`

export const riskParametersGroup: Verb = newGroup('parameters', DESCRIPTION, {
  examples: ['zkclear risk parameters check parameters.json', 'zkclear risk parameters diff now.json proposed.json'],
  commands: [riskParametersCheckCommand, riskParametersDiffCommand, riskParametersRootCommand],
})
