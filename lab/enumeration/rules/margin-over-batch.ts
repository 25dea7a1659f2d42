import { type Enumeration, product, range, Tally } from '../enumeration.ts'
import { elements, solveProbe, type TinyModel, tinyModel } from '../tiny.ts'
import { accountOf, cash, type MarketCase, tableOf } from './margin-cases.ts'

/** What the rule reads of one account over a batch. */
interface BatchCase {
  readonly ordered: number
  readonly ordersLeft: number
  readonly initial: number
  readonly takerFeeBps: number
  readonly record: Omit<MarketCase, 'size' | 'index' | 'openBuy' | 'openSell'>
  readonly band: number
  readonly cashBefore: number
  readonly cashChange: number
  readonly old: Pick<MarketCase, 'size' | 'index' | 'openBuy' | 'openSell'>
  readonly new: Pick<MarketCase, 'size' | 'openBuy' | 'openSell'>
}

const cashAfter = ({ cashBefore, cashChange, old, record }: BatchCase) =>
  cashBefore + old.size * (old.index - record.fundingIndex) + cashChange

/** The circuit reads no funding index: what was realised is in cash. */
function inputOf(one: BatchCase): number[] {
  const { record } = one
  return [
    one.ordered,
    one.ordersLeft,
    one.initial,
    one.takerFeeBps,
    record.longRisk,
    record.shortRisk,
    record.shortOptionMinimum,
    record.largeLots,
    record.largeRisk,
    one.band,
    ...record.prices,
    cashAfter(one),
    one.cashChange,
    one.old.size,
    ...[one.new.size, one.new.openBuy, one.new.openSell],
  ]
}

function isAllowed({ marginRule }: TinyModel, one: BatchCase): boolean {
  if (one.ordered === 0) return true
  const market = { ...one.record, ...one.old }
  const changed = { ...market, ...one.new, index: one.record.fundingIndex }
  const before = accountOf([cash(one.cashBefore)], [market])
  const after = accountOf([cash(cashAfter(one))], [changed])
  const table = tableOf([cash(0)], [market], one.initial)
  const [record] = table.markets
  const markets = [{ ...record!, band: BigInt(one.band) }]
  const batch = { table: { ...table, markets, takerFeeBps: BigInt(one.takerFeeBps) }, market: 0 }
  return marginRule.marginEvidence(before, after, { ...batch, leavesOrder: one.ordersLeft > 0 }) !== undefined
}

export const marginOverABatch: Enumeration = {
  name: 'margin of an account that loaded an order with effect',
  claim:
    'It meets initial margin; or it did no more than close: no order is left, risk did not grow and was released for all that closing cost, net is at least 0 or nothing was paid, and each lot closed cost no more than band, fee and a quantum. No choice of closing, scenario, wasLarge and worstLoss passes otherwise, and none where two losses lie too far apart.',
  sizes:
    'positions in (-4, 4) before and after, cash, cash change, prices in two scenarios, thresholds of large positions, bands, fees, open orders, funding',
  async run({ scale, onProgress, edits }) {
    const model = await tinyModel('margin')
    const solver = await solveProbe(
      { widths: 'margin', source: 'margin.circom', template: 'CheckMarginProbe', args: [2], edits },
      {
        known: [
          ...['ordered', 'ordersLeft', 'initialMarginBps', 'takerFeeBps'],
          ...['longRisk', 'shortRisk', 'shortOptionMinimum', 'largeLots', 'largeRisk', 'band'],
          ...elements('scenarioPrice', 2),
          ...['cash', 'cashChange', 'oldSize', 'newSize', 'newBuy', 'newSell'],
        ],
        read: [],
        bound: 64,
      },
    )
    const tally = new Tally(solver, onProgress)
    const full = scale === 'full'
    product(
      {
        ordered: [1, 0],
        ordersLeft: [0, 2],
        initial: full ? [4, 6] : [6],
        mark: full ? range(0, 4) : [2, 3],
        shocked: full ? range(0, 4) : [0, 3],
        shortOptionMinimum: full ? [0, 2] : [1],
        large: full
          ? [
              [0, 0],
              [1, 1],
              [1, 2],
              [2, 3],
            ]
          : [
              [0, 0],
              [1, 1],
            ],
        bandAndFee: [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
        index: full ? [0, 1] : [1],
        cashBefore: full ? [-9, -7, -3, 0, 2, 7, 12] : [-7, -5, 0, 3, 12],
        cashChange: full ? [-7, -4, -1, 0, 3] : [-4, -2, 0, 1],
        oldSize: range(-3, 4),
        newSize: range(-3, 4),
        opens: [
          [0, 0],
          [0, 3],
        ],
      },
      (p) => {
        if (p.ordered === 0 && p.cashChange !== 0) return
        const [newBuy, newSell] = p.opens as [number, number]
        const [band, takerFeeBps] = p.bandAndFee as [number, number]
        const [largeLots, largeRisk] = p.large as [number, number]
        const one: BatchCase = {
          ordered: p.ordered,
          ordersLeft: p.ordersLeft,
          initial: p.initial,
          takerFeeBps,
          record: {
            fundingIndex: 0,
            longRisk: 2,
            shortRisk: 3,
            shortOptionMinimum: p.shortOptionMinimum,
            largeLots,
            largeRisk,
            prices: [p.mark, p.shocked],
          },
          band,
          cashBefore: p.cashBefore,
          cashChange: p.cashChange,
          old: { size: p.oldSize, index: p.index, openBuy: 2, openSell: 1 },
          new: { size: p.newSize, openBuy: newBuy, openSell: newSell },
        }
        tally.check(inputOf(one), isAllowed(model, one) ? [] : undefined)
      },
    )
    return tally.counts()
  },
}
