import fc from 'fast-check'
import { cashMessage } from '../../lab/instances/cash.ts'
import { makeAccount, makeState, NOW } from '../../lab/instances/model.ts'
import type { Account } from '../../protocol/account.ts'
import type { CashOperation } from '../../protocol/cash-batch/operation.ts'
import type { CashBatchContext } from '../../protocol/cash-batch/slot.ts'
import { BASE } from '../../protocol/crypto/baby-jubjub.ts'
import type { VenueShape } from '../../protocol/shape.ts'
import type { State } from '../../protocol/state.ts'
import { arbitraryAccount, arbitraryLivelyTable, arbitraryRiskTable } from './arbitraries.ts'

/** An account that may withdraw, or not: flat or not, in debt, flagged, suspended. */
export function arbitraryPayer(shape: VenueShape): fc.Arbitrary<Account> {
  const flat = fc.record({ cash: fc.bigInt(-5n, 1n << 50n), other: fc.bigInt(0n, 1n << 40n) })
  const simple = flat.map(({ cash, other }) => makeAccount(shape, { cash, others: [other] }))
  const small = fc
    .record({ cash: fc.bigInt(-20_000n, 60_000n), size: fc.bigInt(-30n, 30n), openBuy: fc.bigInt(0n, 5n) })
    .map(({ cash, size, openBuy }) => makeAccount(shape, { cash, others: [9n], positions: { 0: { size, openBuy } } }))
  return fc
    .record({
      account: fc.oneof(simple, { arbitrary: small, weight: 2 }, arbitraryAccount(shape)),
      flaggedAt: fc.oneof({ arbitrary: fc.constant(0n), weight: 9 }, fc.bigInt(1n, (1n << 40n) - 1n)),
      suspended: fc.boolean(),
      nonce: fc.oneof(fc.constant(0n), fc.constant((1n << 64n) - 40n)),
    })
    .map(({ account, ...rest }) => ({ ...account, ...rest }))
}

/** A table that is fresh, stale, from the future or not there, and its time. */
export function arbitraryPrices(shape: VenueShape): fc.Arbitrary<Pick<CashBatchContext, 'riskTable' | 'timestamp'>> {
  return fc
    .record({
      riskTable: fc.oneof(arbitraryLivelyTable(shape), arbitraryRiskTable(shape)),
      wait: fc.oneof({ arbitrary: fc.constant(0n), weight: 6 }, fc.constantFrom(-1n, 100_000n, 100_001n)),
      posted: fc.nat(7),
    })
    .map(({ riskTable, wait, posted }) => ({
      riskTable: posted === 0 ? undefined : riskTable,
      timestamp: NOW + wait,
    }))
}

/** A state of four accounts, and operations of all kinds on them, most of which can be proved; the first may be a flag. */
export function arbitraryOperations(shape: VenueShape): fc.Arbitrary<{
  state: State
  operations: CashOperation[]
  prices: Pick<CashBatchContext, 'riskTable' | 'timestamp'>
  sweep: number | undefined
}> {
  const payers = fc.array(arbitraryPayer(shape), { minLength: 4, maxLength: 4 })
  return fc
    .record({
      payers,
      blind: fc.boolean(),
      wishes: fc.array(wish, { minLength: 8, maxLength: 12 }),
      prices: arbitraryPrices(shape),
      sweep: fc.constantFrom(undefined, 0, 1),
      fees: fc.bigInt(0n, 1n << 66n),
      flag: fc.option(account, { nil: undefined }),
    })
    .map(({ payers, blind, wishes, prices, sweep, fees, flag }) => {
      const accounts = payers.map((account) => (blind ? { ...account, viewKey: 0n } : account))
      const state = makeState(shape, { ...accounts }, { 1: { fees } })
      const flags: CashOperation[] = flag === undefined ? [] : [{ kind: 'FLAG', account: flag }]
      const operations = [...flags, ...wishes.map((make, i) => make(accounts, BigInt(i + 1)))]
      return { state, operations, prices, sweep }
    })
}

type Wish = (accounts: readonly Account[], turn: bigint) => CashOperation

const account = fc.nat(3)
const asset = fc.nat(1)
const amount = fc.oneof(fc.bigInt(0n, 20n), fc.bigInt(0n, 30_000n), fc.bigInt(0n, 1n << 60n))

const little = fc.oneof({ arbitrary: fc.bigInt(0n, 20n), weight: 4 }, amount)

const wish: fc.Arbitrary<Wish> = fc.oneof(
  fc.tuple(fc.integer({ min: 4, max: 15 }), amount).map(
    ([index, owner]): Wish =>
      () => {
        return { kind: 'REGISTER', account: index, key: BASE, ownerCommitment: owner }
      },
  ),
  fc.record({ account, asset, amount }).map(
    (to): Wish =>
      () => ({ kind: 'DEPOSIT', ...to }),
  ),
  account.map(
    (index): Wish =>
      () => ({ kind: 'ROTATE', account: index, key: BASE }),
  ),
  account.map(
    (index): Wish =>
      () => ({ kind: 'SUSPEND', account: index }),
  ),
  account.map(
    (index): Wish =>
      () => ({ kind: 'RESUME', account: index }),
  ),
  account.map(
    (index): Wish =>
      () => ({ kind: 'CURE', account: index }),
  ),
  fc.record({ account, market: fc.nat(1) }).map(
    (of): Wish =>
      () => ({ kind: 'EXPIRE', ...of }),
  ),
  fc.record({ account, asset, requested: amount }).map(
    (of): Wish =>
      () => ({ kind: 'FORCED', ...of }),
  ),
  account.map(
    (index): Wish =>
      () => ({ kind: 'VIEW', account: index, viewKey: 99n }),
  ),
  {
    weight: 6,
    arbitrary: fc
      .record({ account, asset, amount: little, to: account, out: fc.boolean() })
      .map(({ to, out, ...of }): Wish => {
        return (accounts, turn) => {
          const nonce = accounts[of.account]!.nonce + turn
          return cashMessage({ ...of, nonce, kind: out ? 'TRANSFER_OUT' : 'WITHDRAW', counterAccount: out ? to : 0 })
        }
      }),
  },
)
