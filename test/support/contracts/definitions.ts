import type { VerifierKey } from '../../../deployer/verifier-key.ts'

type Definition = VerifierKey['definition']

/** What the contracts assume of the circuits, written down a second time: a test holds the registry to it. */
export const TRADE_BATCH: Definition = {
  name: 'trade-batch',
  template: 'TradeBatch',
  publicSignals: ['domain', 'timestamp', 'riskRoot', 'oldStateRoot', 'newStateRoot'],
}

export const MARGIN_SUFFICIENCY: Definition = {
  name: 'margin-sufficiency',
  template: 'MarginSufficiency',
  publicSignals: ['domain', 'stateRoot', 'riskRoot', 'ratioBps', 'context', 'nullifier'],
}
