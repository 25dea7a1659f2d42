import { max } from '../../protocol/numbers.ts'

/** What was claimed of an asset and what is there: the arithmetic of Exits.sol, for what is not paid yet. */
export interface ClaimPool {
  /** Lots claimed in time. */
  readonly claims: bigint
  /** Lots claimed late. */
  readonly late: bigint
  /** Lots in the vault when the first period ended, or now while it has not. */
  readonly vault: bigint
}

/** What a claim is paid, by all claims so far. */
export function payoutOf(claim: bigint, { claims, late, vault }: ClaimPool, inTime: boolean): bigint {
  return inTime ? shareOf(claim, claims, vault) : shareOf(claim, late, leftOf(vault, claims))
}

/** What is left of an asset for an account with these claims in time, by all claims so far. */
export function leftoverOf(claimed: readonly bigint[], asset: number, pools: readonly ClaimPool[]): bigint {
  const [quote, pool] = [pools[0]!, pools[asset]!]
  const by = quote.claims > quote.vault || pool.claims === 0n ? 0 : asset
  const { claims } = pools[by]!
  const left = leftOf(leftOf(pool.vault, pool.claims), pool.late)
  return claims === 0n ? 0n : (claimed[by]! * left) / claims
}

function shareOf(claim: bigint, claims: bigint, there: bigint): bigint {
  return claims <= there ? claim : (claim * there) / claims
}

function leftOf(there: bigint, claims: bigint): bigint {
  return max(0n, there - claims)
}
