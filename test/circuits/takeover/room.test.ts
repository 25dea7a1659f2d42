import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { ruleProver } from '../../../lab/dishonesty/rule-prover.ts'
import {
  lawlessTakeover,
  makeTakeover,
  TAKEOVER_CIRCUIT,
  TAKEOVER_TABLE,
  type TakeoverSetting,
  takeoverInputs,
} from '../../../lab/instances/takeover.ts'

const { shipped, refused } = await ruleProver(TAKEOVER_CIRCUIT, takeoverInputs)

const room = /^main\.pass\.AssertBits\S*\.Num2Bits/
const LIMIT = TAKEOVER_TABLE.markets[0]!.maxPosition
const CHEAP = {
  ...TAKEOVER_TABLE,
  markets: TAKEOVER_TABLE.markets.map((m) => ({ ...m, longRisk: 1n, shortRisk: 1n })),
}
const LOWERED = { ...CHEAP, markets: CHEAP.markets.map((m) => ({ ...m, maxPosition: 3n })) }
const SHORT = { victim: { cash: 11_900n, positions: { 0: { size: -10n } } } }

interface Orders {
  readonly size?: bigint
  readonly openBuy?: bigint
  readonly openSell?: bigint
}

function proves(setting: TakeoverSetting): void {
  shipped.expectPass(takeoverInputs(makeTakeover(setting)))
}

/** Where the model refuses it too, or else the test is about nothing. */
function forbidden(setting: TakeoverSetting): void {
  assert.throws(() => makeTakeover(setting), { code: 'BATCH_UNPROVABLE' })
  refused(lawlessTakeover(setting), room)
}

/** Ten lots pass, long or short, to a bidder with that position and those open orders in their market. */
const to = (taken: TakeoverSetting, position: Orders, table = CHEAP): TakeoverSetting => ({
  ...taken,
  table,
  bidder: { cash: 1n << 60n, positions: { 0: position } },
})

suite('protocol.md#takeover: how far a bidder may come on the side of what it takes over', () => {
  for (const [what, taken, most, more, table] of [
    ['long lots, and buys', {}, { openBuy: LIMIT - 10n }, { openBuy: LIMIT - 9n }],
    [
      'long lots, and sells what it holds',
      {},
      { size: -LIMIT, openBuy: 2n * LIMIT - 10n, openSell: LIMIT },
      { size: -LIMIT, openBuy: 2n * LIMIT - 9n },
    ],
    [
      'long lots of its own',
      {},
      { size: 7n, openBuy: LIMIT - 17n, openSell: LIMIT },
      { size: 8n, openBuy: LIMIT - 17n },
    ],
    ['long lots beyond what it may hold, and nothing else', {}, {}, { size: 1n }, LOWERED],
    ['those, and buys', {}, { openSell: 9n }, { openBuy: 1n }, LOWERED],
    ['short lots, and sells', SHORT, { openSell: LIMIT - 10n }, { openSell: LIMIT - 9n }],
    [
      'short lots, and buys',
      SHORT,
      { openBuy: LIMIT, openSell: LIMIT - 10n },
      { openBuy: LIMIT, openSell: LIMIT - 9n },
    ],
    ['short lots of its own', SHORT, { size: -7n, openSell: LIMIT - 17n }, { size: -8n, openSell: LIMIT - 17n }],
    [
      'short lots, and holds long ones',
      SHORT,
      { size: 25n, openSell: LIMIT + 15n },
      { size: 25n, openSell: LIMIT + 16n },
    ],
  ] satisfies readonly (readonly [string, TakeoverSetting, Orders, Orders, typeof CHEAP?])[]) {
    test(`as far as its limit, not a lot further: ${what}`, () => {
      proves(to(taken, most, table))
      forbidden(to(taken, more, table))
    })
  }
})
