import { type Enumeration, product, range, Tally } from '../enumeration.ts'
import { elements, solveProbe, type TinyModel, tinyModel } from '../tiny.ts'
import { accountOf, cash, type MarketCase, tableOf } from './margin-cases.ts'

/** What the rule reads of one account over a batch. */
interface BatchCase {
  readonly loaded: number
  readonly initial: number
  readonly record: Omit<MarketCase, 'size' | 'index' | 'openBuy' | 'openSell'>
  readonly cashBefore: number
  readonly cashChange: number
  readonly old: Pick<MarketCase, 'size' | 'index' | 'openBuy' | 'openSell'>
  readonly new: Pick<MarketCase, 'size' | 'openBuy' | 'openSell'>
}

/** The circuit reads no funding index: what was realised is in cash. */
function inputOf(one: BatchCase): number[] {
  const { record, old } = one
  const cashAfter = one.cashBefore + old.size * (old.index - record.fundingIndex) + one.cashChange
  return [
    one.loaded,
    one.initial,
    record.longRisk,
    record.shortRisk,
    record.shortOptionMinimum,
    ...record.prices,
    cashAfter,
    one.cashChange,
    ...[old.size, old.openBuy, old.openSell],
    ...[one.new.size, one.new.openBuy, one.new.openSell],
  ]
}

function isAllowed({ margin }: TinyModel, one: BatchCase): boolean {
  if (one.loaded === 0) return true
  const market = { ...one.record, ...one.old }
  const cashAfter = one.cashBefore + one.old.size * (one.old.index - one.record.fundingIndex) + one.cashChange
  const changed = { ...market, ...one.new, index: one.record.fundingIndex }
  const before = accountOf([cash(one.cashBefore)], [market])
  const after = accountOf([cash(cashAfter)], [changed])
  return margin.marginEvidence(before, after, tableOf([cash(0)], [market], one.initial)) !== undefined
}

export const marginOverABatch: Enumeration = {
  name: 'margin of an account that loaded a message',
  claim:
    'It meets initial margin; or its worst maintenance excess did not fall, and its net is at least 0 or did not fall. No choice of maintenance, scenario, notFallen and worstLoss passes otherwise.',
  sizes: 'positions in (-4, 4) before and after, cash, cash change, prices in two scenarios, open orders, funding',
  async run({ scale, onProgress, edits }) {
    const model = await tinyModel('margin')
    const solver = await solveProbe(
      { widths: 'margin', source: 'margin.circom', template: 'CheckMarginProbe', args: [2], edits },
      {
        known: [
          ...['loaded', 'initialMarginBps', 'longRisk', 'shortRisk', 'shortOptionMinimum'],
          ...elements('scenarioPrice', 2),
          ...['cash', 'cashChange', 'oldSize', 'oldBuy', 'oldSell', 'newSize', 'newBuy', 'newSell'],
        ],
        read: [],
        bound: 64,
      },
    )
    const tally = new Tally(solver, onProgress)
    const full = scale === 'full'
    product(
      {
        loaded: [1, 0],
        initial: full ? [4, 6] : [6],
        mark: full ? range(0, 4) : [2],
        shocked: full ? range(0, 4) : [0, 3],
        shortOptionMinimum: full ? [0, 2] : [1],
        index: full ? [0, 1] : [1],
        cashBefore: full ? [-9, -3, 0, 2, 7] : [-5, 0, 3],
        cashChange: full ? [-4, -1, 0, 3] : [-2, 0, 1],
        oldSize: range(-3, 4),
        newSize: range(-3, 4),
        opens: [
          [0, 0, 1, 0],
          [2, 1, 0, 1],
          [0, 2, 0, 3],
        ],
      },
      (p) => {
        if (p.loaded === 0 && p.cashChange !== 0) return
        const [oldBuy, oldSell, newBuy, newSell] = p.opens as [number, number, number, number]
        const one: BatchCase = {
          loaded: p.loaded,
          initial: p.initial,
          record: {
            fundingIndex: 0,
            longRisk: 2,
            shortRisk: 3,
            shortOptionMinimum: p.shortOptionMinimum,
            prices: [p.mark, p.shocked],
          },
          cashBefore: p.cashBefore,
          cashChange: p.cashChange,
          old: { size: p.oldSize, index: p.index, openBuy: oldBuy, openSell: oldSell },
          new: { size: p.newSize, openBuy: newBuy, openSell: newSell },
        }
        tally.check(inputOf(one), isAllowed(model, one) ? [] : undefined)
      },
    )
    return tally.counts()
  },
}
