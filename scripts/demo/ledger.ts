import type { Account } from '../../protocol/account.ts'
import { HOUSE } from '../../protocol/cash-batch/cash-batch.ts'
import type { State } from '../../protocol/state.ts'
import { claim } from '../../settlement/index.ts'
import type { Chain } from './chain.ts'
import { expect } from './expect.ts'
import type { Owner } from './owners.ts'

/** What the contract holds of an asset, in lots, and what the venue's books say of it. */
export interface Money {
  readonly queued: bigint
  readonly vault: bigint
  readonly claimable: bigint
  /** What the accounts have together, funding that is not yet realised included; less than 0 of none, for debts count. */
  readonly accounts: bigint
  /** Fees that the books hold and the house has not taken yet; of the first asset only. */
  readonly fees: bigint
}

/** The money of each asset at a moment. */
export interface MoneyAt {
  readonly label: string
  /** Unix seconds. */
  readonly time: bigint
  readonly assets: readonly Money[]
  /** What the house has of the first asset: fees that were swept to it. */
  readonly house: bigint
}

/** What an account brought and took, in lots of each asset. */
export interface AccountMoney {
  readonly account: number
  readonly brought: readonly bigint[]
  /** Taken while the venue lived. */
  readonly taken: readonly bigint[]
}

/** Writes down where the money is, from the contract and from the venue's state, and fails if a quantum is missing. */
export class Ledger {
  readonly points: MoneyAt[] = []
  readonly #chain: Chain

  constructor(chain: Chain) {
    this.#chain = chain
  }

  async note(label: string, state: State): Promise<void> {
    const { collaterals, markets } = state.shape
    const fees = Array.from({ length: markets }, (_, m) => state.books.get(m)!.fees).reduce((a, b) => a + b)
    const assets: Money[] = []
    for (let asset = 0; asset < collaterals; asset++) {
      const [queued, vault, claimable] = await this.#chain.lots(asset)
      const accounts = [...state.accounts.entries()].reduce((sum, [, account]) => sum + ownedOf(account, asset), 0n)
      assets.push({ queued, vault, claimable, accounts, fees: asset === 0 ? fees : 0n })
      expect(vault === accounts + assets.at(-1)!.fees, `the vault holds what accounts and books have of asset ${asset}`)
    }
    const house = state.accounts.get(HOUSE)?.collateral[0] ?? 0n
    this.points.push({ label, time: await this.#chain.time(), assets, house })
  }
}

/**
 * What an account has of an asset. Funding that is not yet realised belongs to it: whoever realises it first has cash in the place of what
 * another still owes. As the sizes of a market sum to 0, it is enough to count funding from 0 (protocol.md#exit).
 */
function ownedOf({ collateral, positions }: Account, asset: number): bigint {
  const funding = positions.reduce((sum, { size, fundingIndex }) => sum + size * fundingIndex, 0n)
  return collateral[asset]! + (asset === 0 ? funding : 0n)
}

/** What each owner brought and took while the venue lived. */
export class Cashier {
  readonly accounts: AccountMoney[]
  readonly #owners: readonly Owner[]

  constructor(owners: readonly Owner[]) {
    this.#owners = owners
    const zeros = owners[0]!.deposits.map(() => 0n)
    const house = { account: 0, brought: zeros, taken: [...zeros] }
    this.accounts = [
      house,
      ...owners.map(({ account, deposits }) => ({ account, brought: deposits, taken: [...zeros] })),
    ]
  }

  /** An owner brings more cash. */
  brings(account: number, lots: bigint): void {
    const at = this.accounts.findIndex((one) => one.account === account)
    const { brought, ...rest } = this.accounts[at]!
    this.accounts[at] = { ...rest, brought: brought.with(0, brought[0]! + lots) }
  }

  /** Every owner claims what they are credited. */
  async collect(chain: Chain): Promise<void> {
    const { settlement } = chain.settlement
    for (const { account, signer, deposits } of this.#owners) {
      const taken = this.accounts.find((one) => one.account === account)!.taken as bigint[]
      for (const asset of deposits.keys()) {
        const [all] = await chain.creditOf(await signer.getAddress(), asset)
        if (all === 0n) continue
        const { lots } = await claim({ signer, settlement, asset })
        taken[asset]! += lots
      }
    }
  }
}
