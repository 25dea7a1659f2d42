import { exit } from '../circuits/exit/index.ts'
import { STATE_CIRCUITS } from '../circuits/index.ts'
import { marginSufficiency } from '../circuits/margin-sufficiency/index.ts'
import { riskUpdate } from '../circuits/risk-update/index.ts'
import type { CircuitDefinition } from '../circuits/types.ts'
import { ZkclearError } from '../protocol/errors.ts'
import { LOCAL_CHAIN_IDS } from '../verifier/solidity.ts'
import type { VerifierKey } from './verifier-key.ts'

/**
 * The circuits whose proofs the contracts take: those that move the state root, each at the place of its kind, then those of risk
 * tables and of exits, and MarginGate's.
 */
export const DEPLOYED_CIRCUITS: readonly CircuitDefinition[] = [
  ...STATE_CIRCUITS,
  riskUpdate as CircuitDefinition,
  exit as CircuitDefinition,
  marginSufficiency as CircuitDefinition,
]

/** The keys in the order of DEPLOYED_CIRCUITS, each of which must have exactly one, all of one profile. Throws INPUT_INVALID. */
export function keysInOrder(given: readonly VerifierKey[]): readonly VerifierKey[] {
  const refuse = (message: string, path: string) => new ZkclearError('INPUT_INVALID', message, { path })
  const names = DEPLOYED_CIRCUITS.map(({ name }) => name)
  for (const [i, { definition, profile, proofSystem = 'groth16' }] of given.entries()) {
    const path = `keys[${i}]`
    if (proofSystem !== 'groth16') throw refuse(`got a ${proofSystem} key; the contracts take Groth16 proofs`, path)
    if (!names.includes(definition.name)) {
      throw refuse(`got the key of ${definition.name}; the contracts take those of ${names.join(', ')}`, path)
    }
    if (given.findIndex((key) => key.definition.name === definition.name) !== i) {
      throw refuse(`got a second key of ${definition.name}; give one of each`, path)
    }
    if (profile !== given[0]!.profile) {
      throw refuse(`is of profile ${profile}, and keys[0] of ${given[0]!.profile}; a venue has one profile`, path)
    }
  }
  return names.map((name) => {
    const key = given.find(({ definition }) => definition.name === name)
    if (key === undefined) throw refuse(`have no key of ${name}; give one each of ${names.join(', ')}`, 'keys')
    return key
  })
}

/** Throws CHAIN_REFUSED for a dev key on a chain that is not local. */
export function refuseDevKeys(keys: readonly VerifierKey[], chainId: bigint): void {
  const dev = keys.find(({ setup }) => setup !== 'ceremony')
  if (dev === undefined || LOCAL_CHAIN_IDS.includes(chainId)) return
  const chains = LOCAL_CHAIN_IDS.join(' and ')
  const message =
    `the key of ${dev.definition.name} is a dev key, whose secrets are public: on chain ${chainId} anybody could forge proofs; ` +
    `deploy it to a local chain (${chains}) or make keys in a ceremony`
  throw new ZkclearError('CHAIN_REFUSED', message, { details: { circuit: dev.definition.name, chainId: `${chainId}` } })
}
