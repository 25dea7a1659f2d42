import { buildModule } from '@nomicfoundation/hardhat-ignition/modules'
import { STATE_CIRCUITS } from '../../circuits/index.ts'
import { verifierContractName } from '../../verifier/solidity.ts'

/**
 * The whole deployment. Parameters: `genesisRoot`, the state root to begin from; `riskPublisher`, the only address that may post
 * risk roots; `marginRatioBps`, what MarginGate asks for (default 10000: maintenance margin); `marginMaxRootAge` and
 * `marginMaxRiskAge`, the oldest state root and prices that it admits on, in seconds (default 900 and 3600).
 *
 * The verifiers are those of the Hardhat build, made from dev keys: they refuse every chain but a local one. Settlement gets
 * one for each circuit that moves the state root, at the place of its kind.
 */
export default buildModule('Zkclear', (m) => {
  const stateVerifiers = STATE_CIRCUITS.map((circuit) => ({
    verifier: m.contract(verifierContractName(circuit)),
    wordCount: circuit.wordCount('small'),
  }))
  const marginSufficiencyVerifier = m.contract('MarginSufficiencyVerifier')
  const settlement = m.contract('Settlement', [
    m.getParameter<bigint>('genesisRoot'),
    m.getParameter<string>('riskPublisher'),
    stateVerifiers,
  ])
  const marginGate = m.contract('MarginGate', [
    settlement,
    marginSufficiencyVerifier,
    m.getParameter<bigint>('marginRatioBps', 10_000n),
    m.getParameter<bigint>('marginMaxRootAge', 900n),
    m.getParameter<bigint>('marginMaxRiskAge', 3600n),
  ])
  return { marginSufficiencyVerifier, settlement, marginGate }
})
