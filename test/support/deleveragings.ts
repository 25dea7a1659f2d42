import fc from 'fast-check'
import { makeAccount, makeState, NOW } from '../../lab/instances/model.ts'
import type { Account } from '../../protocol/account.ts'
import type { Closing } from '../../protocol/deleverage/close.ts'
import { lotsOf } from '../../protocol/deleverage/price.ts'
import { min } from '../../protocol/numbers.ts'
import { PHASES } from '../../protocol/parameters.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import type { State } from '../../protocol/state.ts'
import { fairPrice } from '../../protocol/takeover/auction.ts'
import type { TakeoverContext } from '../../protocol/takeover/pass.ts'
import { arbitraryAccount, arbitraryRiskTable } from './arbitraries.ts'

export const [VICTIM, COUNTERPARTY, OTHER] = [5, 2, 7]

/** A bankrupt account in its auction, counterparties that may hold what it holds against them, and what is to be closed. */
export interface Bankruptcy {
  readonly state: State
  readonly context: TakeoverContext
  readonly closing: Closing
}

/** Most of them can be deleveraged: what they owe is more or less than what they hold, or hardly anything. */
export function arbitraryBankruptcy(shape: VenueShape, domain: bigint): fc.Arbitrary<Bankruptcy> {
  return fc
    .record({
      random: arbitraryRiskTable(shape),
      accounts: fc.tuple(arbitraryAccount(shape), arbitraryAccount(shape), arbitraryAccount(shape)),
      deficit: fc.oneof(fc.bigInt(1n, 5n), fc.bigInt(1n, 100_000n), fc.bigInt(1n, 1n << 60n)),
      houseCash: fc.oneof(fc.constant(0n), fc.bigInt(0n, 100_000n), fc.constant(1n << 70n)),
      market: fc.nat(shape.markets - 1),
      share: fc.bigInt(0n, 1_000n),
      late: fc.bigInt(0n, 1n << 20n),
    })
    .map(({ random, accounts, deficit, houseCash, market, share, late }) => {
      const markets = random.markets.map((m, i) => {
        return { ...m, phase: i === market || m.phase !== PHASES.SETTLED ? PHASES.OPEN : m.phase }
      })
      const table: RiskTable = { ...random, markets, maxAge: 1n << 22n }
      const [first, ...others] = accounts as [Account, Account, Account]
      const size = first.positions[market]!.size
      const sizes = others.map(({ positions }, i) => (positions[market]!.size + BigInt(i)) * (i === 0 ? -1n : 1n))
      const opposite = others.map((account, i) => {
        const held = sizes[i]!
        const turned = held < 0n !== size < 0n ? held : -held
        return rich({
          ...account,
          positions: account.positions.with(market, { ...account.positions[market]!, size: turned }),
        })
      })
      const owed = fairPrice(first, table) + deficit
      const victim: Account = {
        ...first,
        ...{ flaggedAt: NOW, suspended: false },
        collateral: first.collateral.with(0, first.collateral[0]! - owed),
      }
      const limit = min(lotsOf(size), lotsOf(opposite[0]!.positions[market]!.size))
      const state = makeState(shape, {
        0: makeAccount(shape, { cash: houseCash }),
        [VICTIM!]: victim,
        [COUNTERPARTY!]: opposite[0]!,
        [OTHER!]: opposite[1]!,
      })
      return {
        state,
        context: {
          timestamp: NOW + table.grace + (late % (table.auction + 1n)),
          ...{ domain, riskTable: table, resumedAt: 0n },
        },
        closing: { victim: VICTIM!, counterparty: COUNTERPARTY!, market, lots: 1n + (limit * share) / 1_001n },
      }
    })
}

function rich(account: Account): Account {
  return { ...account, collateral: account.collateral.with(0, (1n << 80n) - 1n - (1n << 78n)), flaggedAt: 0n }
}
