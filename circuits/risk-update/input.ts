import { toField } from '../../protocol/numbers.ts'
import { emptyRiskMemory, riskMemoryWords } from '../../protocol/risk/memory.ts'
import { riskParameterWordCount, riskParameterWords } from '../../protocol/risk/parameter-words.ts'
import { riskTableLength, riskTableWords } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import { signalInputs } from '../statement.ts'
import type { CircuitInput, InputShape } from '../types.ts'
import { reportsInput, reportsShapes } from './reports-input.ts'
import { type RiskUpdateStatement, type RiskUpdateWitness, riskUpdateCodec } from './statement.ts'

/** Shapes of RiskUpdate's inputs. */
export function riskUpdateShapes(shape: VenueShape): Record<string, InputShape> {
  const { oracles } = shape
  return {
    dataCommitment: [],
    dataChallenge: [],
    dataValue: [],
    domain: [],
    oldRiskRoot: [],
    retired: [],
    parameterWords: [riskParameterWordCount(shape)],
    oldTableWords: [riskTableLength(shape) - 1],
    memoryWords: [riskMemoryWords(emptyRiskMemory(shape)).length],
    ...reportsShapes(oracles, shape),
  }
}

/** All inputs of RiskUpdate; the statement is the one that the witness proves, or a forged one. */
export function riskUpdateInput(
  statement: RiskUpdateStatement,
  { parameters, before, reports, retired }: RiskUpdateWitness,
  shape: VenueShape,
): CircuitInput {
  const { oldTableWords } = riskUpdateShapes(shape)
  const tableWords = before && riskTableWords(before.table).slice(0, -1).map(toField)
  return {
    ...signalInputs(riskUpdateCodec, statement),
    domain: statement.domain,
    oldRiskRoot: statement.oldRiskRoot,
    retired,
    parameterWords: riskParameterWords(parameters).map(toField),
    oldTableWords: tableWords ?? new Array<bigint>(oldTableWords![0]!).fill(0n),
    memoryWords: riskMemoryWords(before?.memory ?? emptyRiskMemory(shape)),
    ...reportsInput(reports, parameters.oracles, shape),
  }
}
