import type { CompilableCircuit } from '../../../circom/main-component.ts'
import { cashBatch } from '../../../circuits/cash-batch/index.ts'
import { deleverage } from '../../../circuits/deleverage/index.ts'
import { exit } from '../../../circuits/exit/index.ts'
import { marginSufficiency } from '../../../circuits/margin-sufficiency/index.ts'
import { portfolioExposure } from '../../../circuits/portfolio-exposure/index.ts'
import { requireStateCircuit } from '../../../circuits/registry.ts'
import {
  RISK_UPDATE_KIND,
  type RiskUpdateStatement,
  riskUpdate,
  riskUpdateWords,
} from '../../../circuits/risk-update/index.ts'
import { type StateMoveStatement, wordsOf } from '../../../circuits/state/statement.ts'
import { takeover } from '../../../circuits/takeover/index.ts'
import { tradeBatch } from '../../../circuits/trade-batch/index.ts'
import { deriveToxicWaste } from '../../../keys/dev/toxic-waste.ts'
import { loadArtifacts } from '../../../keys/load.ts'
import { DEFAULT_DEV_SEED } from '../../../keys/selection.ts'
import { publicData } from '../../../protocol/public-data.ts'
import { readVerifierKey, type VerifierKey } from '../../../settlement/verifier-key.ts'
import type { Groth16Proof } from '../../../verifier/proof.ts'
import type { VkeyJson } from '../noble-verify.ts'
import { simulateProof } from '../simulate.ts'

/** A dev key as the Hardhat build uses it. */
export interface DevKey extends VerifierKey {
  readonly verificationKey: VkeyJson
}

/** A statement: the values of a circuit's public signals by name. */
export type Statement = Readonly<Record<string, bigint>>

type AnyStatement = Statement | StateMoveStatement | RiskUpdateStatement

const devKey = async (circuit: CompilableCircuit) =>
  (await readVerifierKey(await loadArtifacts(circuit, 'small'))) as DevKey

export const tradeBatchKey = await devKey(tradeBatch)
export const cashBatchKey = await devKey(cashBatch)
export const takeoverKey = await devKey(takeover)
export const deleverageKey = await devKey(deleverage)
export const riskUpdateKey = await devKey(riskUpdate)
export const exitKey = await devKey(exit)
export const marginSufficiencyKey = await devKey(marginSufficiency)
export const portfolioExposureKey = await devKey(portfolioExposure)

/** What `deploy` needs. */
export const deployedKeys: readonly DevKey[] = [
  tradeBatchKey,
  cashBatchKey,
  takeoverKey,
  deleverageKey,
  riskUpdateKey,
  exitKey,
  marginSufficiencyKey,
]

const secrets = deriveToxicWaste(DEFAULT_DEV_SEED)

/** A statement's public signals in the order of its circuit. No rule is asked of it. */
export function signalsOf({ definition }: DevKey, statement: AnyStatement): bigint[] {
  const told = toldOf(definition.name, statement)
  if (told === undefined) return definition.publicSignals.map((name) => (statement as Statement)[name]!)
  const { commitment, challenge, value } = publicData(told.words[0]!, told.kind, told.words)
  return [commitment, challenge, value]
}

/** The words of a statement that publishes some, and their kind. */
function toldOf(circuit: string, statement: AnyStatement) {
  if ('medians' in statement) {
    return { kind: RISK_UPDATE_KIND, words: riskUpdateWords(statement as RiskUpdateStatement) }
  }
  if (!('data' in statement)) return undefined
  return { kind: requireStateCircuit(circuit).settlementKind, words: wordsOf(statement as StateMoveStatement) }
}

/** A proof that the key's verifier accepts, whether the statement is true or not. */
export const prove = (key: DevKey, statement: AnyStatement): Groth16Proof =>
  simulateProof(key.verificationKey, secrets, signalsOf(key, statement))

/** The key with delta = gamma, as a set-up leaves it that skipped phase 2. */
export const skippedPhase2 = (key: DevKey): DevKey => ({
  ...key,
  verificationKey: { ...key.verificationKey, vk_delta_2: key.verificationKey.vk_gamma_2 },
})
