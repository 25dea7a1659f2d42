import { ownerCommitment } from '../../protocol/account.ts'
import { applyCashBatch, type CashBatch, HOUSE } from '../../protocol/cash-batch/cash-batch.ts'
import type { CashMessage, CashOperation } from '../../protocol/cash-batch/operation.ts'
import { signCashMessage } from '../../protocol/cash-batch/sign.ts'
import { type ProfileName, type VenueShape, venueShape } from '../../protocol/shape.ts'
import { keyToRegister, tradingKey } from '../../protocol/signature.ts'
import { genesisState, type State } from '../../protocol/state.ts'
import { EXAMPLE_TIME, exampleOwnerSecret, exampleRiskTable, exampleViewKey } from '../trade-batch/example.ts'
import { CASH_BATCH_SIZES } from './sizes.ts'

const MARKET = { maxLots: 1n << 30n, maxPrice: 1n << 33n }
const NEWCOMER = 3

/** The house, and accounts 1 and 2 with a position against each other. */
function exampleState(shape: VenueShape): State {
  const accounts = [HOUSE, 1, 2].map((index) => ({
    index,
    tradingKey: tradingKey(privateKey(index)),
    ownerCommitment: ownerCommitment(exampleOwnerSecret(index)),
    viewKey: exampleViewKey(index),
    collateral: [10n ** 12n, ...new Array<bigint>(shape.collaterals - 1).fill(1000n)],
    sizes: Array.from({ length: shape.markets }, (_, m) => (m === 0 ? [0n, 50n, -50n][index]! : 0n)),
  }))
  return genesisState({ markets: new Array(shape.markets).fill(MARKET), accounts }, shape)
}

/** A batch of as many operations as it has slots, and a sweep. */
export function exampleCashBatch(profile: ProfileName, domain: bigint): CashBatch {
  const shape = venueShape(profile)
  const sizes = CASH_BATCH_SIZES[profile]
  const key = keyToRegister(tradingKey(privateKey(NEWCOMER)))
  const signed = (message: Pick<CashMessage, 'kind' | 'counterAccount' | 'nonce'>) =>
    signCashMessage(
      { ...message, account: 1, asset: 0, amount: 10n ** 9n, expiry: EXAMPLE_TIME },
      domain,
      privateKey(1),
    )
  const deposit = { kind: 'DEPOSIT', account: NEWCOMER, asset: 0, amount: 10n ** 10n } as const
  const operations: CashOperation[] = [
    { kind: 'REGISTER', account: NEWCOMER, key, ownerCommitment: ownerCommitment(exampleOwnerSecret(NEWCOMER)) },
    { kind: 'FORCED', account: 2, asset: 0, requested: 10n ** 13n },
    signed({ kind: 'TRANSFER_OUT', counterAccount: NEWCOMER, nonce: 1n }),
    { kind: 'VIEW', account: NEWCOMER, viewKey: exampleViewKey(NEWCOMER) },
    { kind: 'ROTATE', account: NEWCOMER, key },
    { kind: 'SUSPEND', account: NEWCOMER },
    { kind: 'RESUME', account: NEWCOMER },
    signed({ kind: 'WITHDRAW', counterAccount: 0, nonce: 2n }),
    ...new Array<CashOperation>(sizes.slots).fill(deposit),
  ]
  const vault = new Array<bigint>(shape.collaterals).fill(10n ** 14n)
  const context = { sizes, timestamp: EXAMPLE_TIME, domain, riskTable: exampleRiskTable(shape), vault }
  const batch = applyCashBatch(exampleState(shape), operations.slice(0, sizes.slots - 1), context, 0)
  if (batch.slots.length !== sizes.slots) throw new Error('the batch is not full')
  return batch
}

function privateKey(account: number): Uint8Array {
  return new Uint8Array(32).fill(account + 1)
}
