import { buildModule } from '@nomicfoundation/hardhat-ignition/modules'

/**
 * The whole deployment. Parameters: `genesisRoot`, the state root to begin from; `riskPublisher`, the only address that may post
 * risk roots; `marginRatioBps`, what MarginGate asks for (default 10000: maintenance margin); `marginMaxRootAge` and
 * `marginMaxRiskAge`, the oldest state root and prices that it admits on, in seconds (default 900 and 3600).
 *
 * The verifiers are those of the Hardhat build, made from dev keys: they refuse every chain but a local one.
 */
export default buildModule('Zkclear', (m) => {
  const tradeBatchVerifier = m.contract('TradeBatchVerifier')
  const marginSufficiencyVerifier = m.contract('MarginSufficiencyVerifier')
  const settlement = m.contract('Settlement', [
    m.getParameter<bigint>('genesisRoot'),
    m.getParameter<string>('riskPublisher'),
    tradeBatchVerifier,
  ])
  const marginGate = m.contract('MarginGate', [
    settlement,
    marginSufficiencyVerifier,
    m.getParameter<bigint>('marginRatioBps', 10_000n),
    m.getParameter<bigint>('marginMaxRootAge', 900n),
    m.getParameter<bigint>('marginMaxRiskAge', 3600n),
  ])
  return { tradeBatchVerifier, marginSufficiencyVerifier, settlement, marginGate }
})
