import { Contract, type Signer } from 'ethers'
import type { AccountSecrets } from '../../protocol/account-secrets.ts'
import { portfolioRisk } from '../../protocol/margin.ts'
import { BASIS_POINTS } from '../../protocol/parameters.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { State } from '../../protocol/state.ts'
import { deposit, registerAccount, registrationOf } from '../../settlement/index.ts'
import type { Chain } from './chain.ts'
import { expect } from './expect.ts'

/** A trader of the sample: an account of the venue, and the wallet that owns it. */
export interface Owner {
  readonly account: number
  readonly secrets: AccountSecrets
  readonly signer: Signer
  /** Lots of each asset that the owner brings. */
  readonly deposits: readonly bigint[]
}

/** The accounts of the sample, each with a wallet of its own. Whoever is to open a position brings what that takes. */
export async function ownersOf(
  state: State,
  secrets: ReadonlyMap<number, AccountSecrets>,
  table: RiskTable,
  chain: Chain,
): Promise<readonly Owner[]> {
  const owners = [...state.accounts.entries()].map(async ([account, given]): Promise<Owner> => {
    const deposits = depositsOf(account, given, table)
    return { account, secrets: secrets.get(account)!, signer: await chain.account(account), deposits }
  })
  return Promise.all(owners)
}

/** Lots of each asset that the owner of an account of the sample brings. */
export function depositsOf(account: number, given: AccountOfState, table: RiskTable): readonly bigint[] {
  const cash = depositOf(given, table)
  const coins = account === 1 ? 2_000n : isLong(given) ? 40n : 0n
  return given.collateral.map((_, asset) => (asset === 0 ? cash : asset === 1 ? coins : 0n))
}

type AccountOfState = NonNullable<ReturnType<State['accounts']['get']>>

function isLong({ positions }: AccountOfState): boolean {
  return positions.some(({ size }) => size > 0n)
}

/** The sample's files hold accounts as they stand; this is what they must have brought, at the marks of the table. */
function depositOf(account: AccountOfState, table: RiskTable): bigint {
  const size = account.positions.reduce((sum, position, m) => sum + position.size * table.markets[m]!.mark, 0n)
  const equity = account.collateral[0]! + size
  if (size === 0n) return equity
  // Initial margin, and some for the fee of the trade that opens the position: hardly more, so that a move of prices is felt.
  const needed = (portfolioRisk(account, table) * table.initialMarginBps) / BASIS_POINTS
  const fee = (size < 0n ? -size : size) * table.takerFeeBps
  const least = needed + fee / BASIS_POINTS + 1n
  return equity > least ? equity : least
}

/** Registers everybody and deposits what they bring, each in transactions of their own. */
export async function enterVenue(owners: readonly Owner[], chain: Chain, report: (fraction: number) => void) {
  const { settlement } = chain.settlement
  for (const [i, { account, secrets, signer }] of owners.entries()) {
    const registered = await registerAccount({ signer, settlement, registration: registrationOf(secrets) })
    expect(registered.account === account, 'accounts are registered in the order of their indices')
    report(i / owners.length / 2)
  }
  for (const [i, { account, signer, deposits }] of owners.entries()) {
    for (const [asset, lots] of deposits.entries()) {
      if (lots === 0n) continue
      await mint(chain, asset, lots, signer)
      await deposit({ signer, settlement, account, asset, lots })
    }
    report((1 + i / owners.length) / 2)
  }
}

/** Gives the wallet play tokens. */
export async function mint(chain: Chain, asset: number, lots: bigint, signer: Signer): Promise<void> {
  const { abi } = chain.deployment.contracts[`PlayToken${asset}`]!
  const token = new Contract(chain.deployment.tokens[asset]!, abi, signer)
  const units = lots * LOT_SCALE
  await (await token.getFunction('mint').send(await signer.getAddress(), units)).wait()
}

/** Token units per lot, by the sample's terms. */
const LOT_SCALE = 10n ** 12n
