import { buildModule } from '@nomicfoundation/hardhat-ignition/modules'
import { riskUpdateWordCount, STATE_CIRCUITS } from '../../circuits/index.ts'
import { venueShape } from '../../protocol/shape.ts'
import { emptyState, stateRoot } from '../../protocol/state.ts'
import { DEFAULT_FEES, DEFAULT_MARGIN, DEFAULT_PERIODS } from '../../settlement/terms.ts'
import { verifierContractName } from '../../verifier/solidity.ts'

const SHAPE = venueShape('small')
const UNLIMITED = Array.from({ length: SHAPE.collaterals }, () => ({ floor: 0n, shareBps: 10_000n }))

/**
 * The whole deployment. Parameters without a default: `assets`, a list of { token, lotScale, minDeposit }; `house`, that of
 * account 0, as { owner, x, y, ownerCommitment, viewCommitment }; `governor`, `operator`. With one:
 * `guardian` (nobody), `outflowLimits` (a list of { floor, shareBps }; no limit), `coverPerHour` (0), `riskParameters` ({ root, words }; none), each of the periods, fees and margin terms
 * by its name in settlement/terms.ts, and `shortDelay`. The contracts refuse what does not fit.
 *
 * A venue begins with the root of the state without accounts: there is no parameter for another. The verifiers are those of the
 * Hardhat build, made from dev keys: they refuse every chain but a local one. Authority gets one for each circuit that moves the
 * state root, at the place of its kind, and that of risk tables.
 */
export default buildModule('Zkclear', (m) => {
  const period = (name: keyof typeof DEFAULT_PERIODS) => m.getParameter<bigint>(name, DEFAULT_PERIODS[name])
  const fee = (name: keyof typeof DEFAULT_FEES) => m.getParameter<bigint>(name, DEFAULT_FEES[name])
  const margin = (name: keyof typeof DEFAULT_MARGIN) => m.getParameter<bigint>(name, DEFAULT_MARGIN[name])
  const maxDeadline = period('maxDeadline')
  const circuits = STATE_CIRCUITS.map((circuit) => ({
    verifier: m.contract(verifierContractName(circuit)),
    words: circuit.wordCount('small'),
  }))
  const riskUpdate = { verifier: m.contract('RiskUpdateVerifier'), words: riskUpdateWordCount('small') }
  const exitVerifier = m.contract('ExitVerifier')
  const marginSufficiencyVerifier = m.contract('MarginSufficiencyVerifier')
  const authority = m.contract('Authority', [
    {
      upgradeDelay: period('upgradeDelay'),
      executionWindow: period('executionWindow'),
      maxPause: period('maxPause'),
      windDownPeriod: period('windDownPeriod'),
      closingNotice: period('closingNotice'),
      shortDelay: m.getParameter<boolean>('shortDelay', false),
    },
    {
      governor: m.getParameter<string>('governor'),
      operator: m.getParameter<string>('operator'),
      guardian: m.getParameter<string>('guardian', `0x${'0'.repeat(40)}`),
    },
    circuits,
    riskUpdate,
    exitVerifier,
    m.getParameter('outflowLimits', UNLIMITED),
    maxDeadline,
    m.getParameter<bigint>('coverPerHour', 0n),
    m.getParameter('riskParameters', { root: 0n, words: [] }),
  ])
  const exits = m.contract('Exits', [authority, SHAPE.collaterals, period('claimPeriod')])
  const settlement = m.contract('Settlement', [
    {
      genesisRoot: stateRoot(emptyState(SHAPE)),
      accountLevels: SHAPE.accountLevels,
      house: m.getParameter('house'),
      assets: m.getParameter('assets'),
      outflowMax: period('outflowMax'),
      queue: {
        forcePeriod: period('forcePeriod'),
        spacing: period('spacing'),
        maxDeadline,
        maxPending: fee('maxPending'),
        fee: fee('base'),
        feeStep: fee('step'),
        registrationFee: fee('registration'),
      },
      authority,
      exits,
    },
  ])
  const marginGate = m.contract('MarginGate', [
    settlement,
    marginSufficiencyVerifier,
    margin('ratioBps'),
    margin('maxRootAge'),
    margin('maxRiskAge'),
  ])
  return { marginSufficiencyVerifier, authority, exits, settlement, marginGate }
})
