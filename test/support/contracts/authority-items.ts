import {
  CASH,
  type Callable,
  DELEVERAGE,
  ITEMS,
  RISK_UPDATE,
  type SettlementVenue,
  TAKEOVER,
  TRADE,
} from './settlement.ts'

const ZERO = '0x0000000000000000000000000000000000000000'

type Change = [item: number, key: bigint, target: string, number: bigint]

/** A change of each item that authority is about; `verifier` is the address of one that is not in force. */
export function itemChanges({ signers: { bob } }: SettlementVenue, verifier: string): Record<string, Change> {
  return {
    'the verifier of trade batches': [ITEMS.CIRCUIT, TRADE, verifier, 9n],
    'the verifier of cash batches': [ITEMS.CIRCUIT, CASH, verifier, 28n],
    'the verifier of takeovers': [ITEMS.CIRCUIT, TAKEOVER, verifier, 15n],
    'the verifier of deleveragings': [ITEMS.CIRCUIT, DELEVERAGE, verifier, 12n],
    'the verifier of risk tables': [ITEMS.CIRCUIT, RISK_UPDATE, verifier, 9n],
    'the exit verifier': [ITEMS.EXIT_VERIFIER, 0n, verifier, 0n],
    'the operator': [ITEMS.OPERATOR, 0n, bob.address, 0n],
    'the guardian': [ITEMS.GUARDIAN, 0n, bob.address, 0n],
    'the outflow limit of asset 1': [ITEMS.OUTFLOW, 1n, ZERO, (77n << 16n) | 500n],
    'what the house pays for takeovers': [ITEMS.COVER, 0n, ZERO, 88n],
    'the governor': [ITEMS.GOVERNOR, 0n, bob.address, 0n],
    'the risk parameters': [ITEMS.PARAMETERS, 0n, bob.address.replace(/^0x../, '0x00'), 77n],
  }
}

/** Proposes a change; risk parameters with some words. */
export function proposeChange(governor: Callable, [item, key, target, number]: Change): Promise<unknown> {
  if (item !== ITEMS.PARAMETERS) return governor.propose(item, key, target, number)
  return governor.proposeParameters((BigInt(target) << 96n) | number, [1n, 2n])
}

/** All that authority is about, as it is in force. */
export async function inForceOf({ authority }: SettlementVenue): Promise<string> {
  const names = ['governor', 'operator', 'guardian', 'exitVerifier', 'parametersRoot', 'coverPerHour'] as const
  const roles = await Promise.all(names.map((name) => authority[name]()))
  const circuits = await Promise.all(
    [TRADE, CASH, TAKEOVER, DELEVERAGE, RISK_UPDATE].map((kind) => authority.circuits(kind)),
  )
  const limits = await Promise.all([0, 1].map((asset) => authority.outflowLimits(asset)))
  return [...roles, ...circuits.flatMap((circuit) => [...circuit]), ...limits.flatMap((limit) => [...limit])].join()
}
