import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DOMAIN, makeRecord, makeTable, NOW, SMALL } from '../../../lab/instances/model.ts'
import { MARKET, Venue } from '../../../lab/instances/venue.ts'
import { applyDeleveraging } from '../../../protocol/deleverage/deleverage.ts'
import { deficitOf } from '../../../protocol/deleverage/price.ts'
import { accountAt, type State } from '../../../protocol/state.ts'
import { fairPrice } from '../../../protocol/takeover/auction.ts'

const [LOSER, WINNER, STRANGER] = [1, 2, 3]

const table = makeTable(SMALL, { maxAge: 3_600n, lastDiscountBps: 5_000n })
const risen = {
  ...table,
  markets: table.markets.with(MARKET, makeRecord(SMALL, table, { mark: 1_300n })),
}
const context = { timestamp: NOW, domain: DOMAIN, riskTable: risen, resumedAt: 0n }

/** At 1,300 an account that is short 10,000 lots since 1,000 owes 600,000: 9,500 are its owner's other account's, 500 a stranger's. */
const opened = () =>
  new Venue({
    table: risen,
    timestamp: NOW,
    accounts: {
      0: { cash: 0n },
      [LOSER]: { cash: 12_400_000n, positions: { [MARKET]: { size: -10_000n } }, flaggedAt: NOW - 150n },
      [WINNER]: { cash: -7_100_000n, positions: { [MARKET]: { size: 9_500n } } },
      [STRANGER]: { cash: 100_000n, positions: { [MARKET]: { size: 500n } } },
    },
  })

/** The loser buys from the winner, at the mark, until that one holds nothing. */
function closeFirst(venue: Venue): void {
  for (let batch = 0; batch < 5; batch++) {
    venue.rest([venue.sell(WINNER, 1_300n, 1_900n)])
    venue.state = venue.batch([venue.buy(LOSER, 1_300n, 1_900n, { timeInForce: 'IOC', reduceOnly: true })]).after
  }
}

const worth = (state: State, index: number) => fairPrice(accountAt(state, index)!, risen)

test('whoever is left when an account that owes has closed against its own winner pays no more than orders of their lots reserve', () => {
  const whole = { victim: LOSER, counterparty: STRANGER, market: MARKET, lots: 500n }
  const atOnce = applyDeleveraging(opened().state, whole, context)
  assert.deepEqual([atOnce.deficit, atOnce.surcharge], [600_000n, 30_000n])

  const venue = opened()
  closeFirst(venue)
  const made = applyDeleveraging(venue.state, whole, context)
  assert.equal(risen.markets[MARKET]!.longRisk, 340n)
  assert.deepEqual([made.deficit, made.surcharge], [600_000n, 170_000n])
  assert.deepEqual([worth(made.before, STRANGER), worth(made.after, STRANGER)], [750_000n, 580_000n])
  assert.equal(deficitOf(accountAt(made.after, LOSER)!, risen), 430_000n)
  assert.equal(worth(venue.state, WINNER), 5_250_000n)
})
