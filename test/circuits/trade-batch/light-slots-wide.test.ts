import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { dishonestProver } from '../../../lab/dishonesty/dishonest-prover.ts'
import { makeTable, SMALL, type TestVenue } from '../../../lab/instances/model.ts'
import { Venue } from '../../../lab/instances/venue.ts'
import { inSlots } from '../../../protocol/trade-batch/account-slots.ts'
import type { TradeBatch } from '../../../protocol/trade-batch/trade-batch.ts'

/** Two groups of positions, one full slot and two light ones. */
const WIDE: TestVenue = {
  ...SMALL,
  name: 'wide',
  ...{ markets: 8, collaterals: 1, scenarios: 2, accountLevels: 3, window: 2, underlyings: 1, oracles: 1 },
  ...{ messages: 1, signatures: 1, steps: 3, accounts: 1, lightAccounts: 2 },
}
/** In the second group. */
const MARKET = 5

const { refuses, attempt, expectHonest, honestInput } = await dishonestProver(WIDE)

type Rows = readonly (readonly bigint[])[]

/** Account 40 buys of 7 and 33, who hold something in every market. */
function sweep(): TradeBatch {
  const positions = (sign: bigint) =>
    Object.fromEntries(
      Array.from({ length: WIDE.markets }, (_, m) => [m, { size: sign * BigInt(m + 1), fundingIndex: BigInt(m) }]),
    )
  const venue = new Venue({
    venue: WIDE,
    market: MARKET,
    table: makeTable(WIDE, { takerFeeBps: 7n, makerFeeBps: 3n }, { fundingIndex: 11n }),
    accounts: { 7: { positions: positions(1n) }, 33: { positions: positions(-1n) }, 40: {} },
  })
  venue.rest([venue.sell(33, 1000n, 2n), venue.sell(7, 1001n, 3n)])
  return venue.batch([venue.buy(40, 1001n, 5n, { timeInForce: 'IOC' })])
}

suite('protocol.md#account-slots: of several groups of positions', () => {
  test('one is opened, that of the market, and the others stay', () => {
    const batch = sweep()
    assert.deepEqual(
      inSlots(batch).map(({ index }) => index),
      [40, 7, 33],
    )
    assert.deepEqual(honestInput(batch).lightSize, [[5n, 6n, 7n, 8n], (honestInput(batch).lightSize as Rows)[1]!])
    expectHonest(batch)
    assert.ok(attempt(batch).shippedAccepts())
  })

  test('refuses another digest of a group that is not opened, before or afterwards', () => {
    const batch = sweep()
    const digests = honestInput(batch).lightDigests as Rows
    const path = /main\.lightUpdate\[[01]\]\.write\.(path|oldRoot)/
    refuses(batch, { forge: { lightDigests: digests.with(0, [1n, digests[0]![1]!]) } }, path)
    for (const [element, value] of [
      [0, digests[0]![1]!],
      [1, digests[0]![1]!],
    ] as const) {
      const lies = [{ signal: 'ReplaceDigest.newDigests', element, value }]
      refuses(batch, { lies }, `main.lightUpdate[0].replace.newDigests[${element}]`)
    }
  })

  test('refuses the positions of another group for those of the market', () => {
    const batch = sweep()
    const { signal } = attempt(batch)
    assert.deepEqual(
      [0, 1].map((g) => signal(`main.locate.group[${g}]`)),
      [0n, 1n],
    )
    const full = honestInput(batch) as Record<string, Rows>
    const other = { lightSize: full.lightSize!.with(0, [1n, 2n, 3n, 4n]) }
    refuses(batch, { forge: other }, 'main.lightUpdate[0].replace.digests[1]')
    for (const [element, value] of [
      [0, 1n],
      [1, 0n],
    ] as const) {
      const lies = [{ signal: 'LocateMarket.group', element, value }]
      const { broken, shippedAccepts } = attempt(batch, { lies })
      assert.ok(broken.some((signals) => signals.includes(`main.locate.group[${element}]`)))
      assert.ok(!shippedAccepts())
    }
  })

  test('refuses another place in the group than the market’s', () => {
    const batch = sweep()
    const { signal } = attempt(batch)
    assert.deepEqual(
      [0, 1, 2, 3].map((i) => signal(`main.locate.place[${i}]`)),
      [0n, 1n, 0n, 0n],
    )
    for (const [element, value] of [
      [1, 0n],
      [2, 1n],
    ] as const) {
      const { broken, shippedAccepts } = attempt(batch, { lies: [{ signal: 'LocateMarket.place', element, value }] })
      assert.ok(broken.some((signals) => signals.includes(`main.locate.place[${element}]`)))
      assert.ok(!shippedAccepts())
    }
  })
})

suite('protocol.md#account-slots: several light slots', () => {
  const LEAF = ['index', 'keyX', 'keyY', 'ownerCommitment', 'viewKey', 'status', 'nonce', 'collateral'] as const
  const LIGHT = ['lightSize', 'lightFundingIndex', 'lightOpenBuy', 'lightOpenSell', 'lightDigests'] as const

  test('refuses them in another order than ascending', () => {
    const batch = sweep()
    const honest = honestInput(batch) as Record<string, readonly never[]>
    const swap = ([first, second]: readonly never[]) => [second!, first!]
    const forge = {
      ...Object.fromEntries(LEAF.map((name) => [name, [honest[name]![0]!, ...swap(honest[name]!.slice(1))]])),
      ...Object.fromEntries(LIGHT.map((name) => [name, swap(honest[name]!)])),
      victim: [1n, 2n, 0n],
    }
    const { newStateRoot } = refuses(batch, { forge }, /main\.ascending\[2\]\./)
    assert.equal(newStateRoot, attempt(batch).newStateRoot)
  })

  test('takes one index for the first of them below that of a full slot', () => {
    const batch = sweep()
    assert.ok(inSlots(batch)[1]!.index < inSlots(batch)[0]!.index)
    expectHonest(batch)
  })
})
