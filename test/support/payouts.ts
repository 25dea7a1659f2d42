import { min } from '../../protocol/numbers.ts'

/** An account of a dead venue, and when its claim is recorded. */
export interface Claimant {
  readonly account: number
  readonly claims: readonly bigint[]
  readonly when: 'in time' | 'late' | 'never'
}

/** What each account gets, computed all at once: the rule of docs/custody.md. */
export function payouts(claimants: readonly Claimant[], vault: readonly bigint[]): Map<number, bigint[]> {
  const paid = new Map(claimants.map(({ account }) => [account, [0n, 0n]]))
  const share = (claim: bigint, claimed: bigint, there: bigint) =>
    claimed <= there ? claim : (claim * there) / claimed
  /** Pays those claims from what is there: all of each, or the same share. Returns what they claimed, and what is left. */
  const payOf = (when: Claimant['when'], there: readonly bigint[]) => {
    const those = claimants.filter((claimant) => claimant.when === when)
    const claimed = [0, 1].map((asset) => those.reduce((sum, { claims }) => sum + claims[asset]!, 0n))
    for (const { account, claims } of those) {
      for (const asset of [0, 1]) paid.get(account)![asset]! += share(claims[asset]!, claimed[asset]!, there[asset]!)
    }
    return { those, claimed, left: [0, 1].map((asset) => there[asset]! - min(there[asset]!, claimed[asset]!)) }
  }
  const { those: inTime, claimed, left } = payOf('in time', vault)
  const { left: leftovers } = payOf('late', left)
  const short = claimed[0]! > vault[0]!
  for (const { account, claims } of inTime) {
    for (const asset of [0, 1]) {
      const by = short || claimed[asset] === 0n ? 0 : asset
      if (claimed[by]! > 0n) paid.get(account)![asset]! += (claims[by]! * leftovers[asset]!) / claimed[by]!
    }
  }
  return paid
}
