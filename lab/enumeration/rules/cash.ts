import { CASH_KINDS, type CashKind } from '../../../protocol/parameters.ts'
import { type Enumeration, product, range, Tally } from '../enumeration.ts'
import { elements, solveProbe, tinyModel } from '../tiny.ts'
import { accountOf, FLAT, tableOf } from './margin-cases.ts'

/** Lots have two bits there. */
const MOST = 4

const RECEIVES: readonly CashKind[] = ['DEPOSIT', 'TRANSFER_IN']
const SIGNED: readonly CashKind[] = ['WITHDRAW', 'TRANSFER_OUT']
const DRAWS: readonly CashKind[] = ['FORCED', 'WITHDRAW']

/** Whether a slot of that kind may have those amounts (protocol.md#cash-words). */
function areAmounts(kind: CashKind, requested: number, paid: number, available: number): boolean {
  if ([requested, paid, available].some((lots) => lots < 0 || lots >= MOST) || paid > requested) return false
  if (DRAWS.includes(kind) ? paid > available : available !== 0) return false
  if (SIGNED.includes(kind)) return paid === requested
  if (RECEIVES.includes(kind)) return paid === 0
  return kind === 'FORCED' || requested === 0
}

export const cashAmounts: Enumeration = {
  name: 'amounts of a cash operation',
  claim: 'For every kind exactly the amounts that it may have are accepted, with one word, and what arrives.',
  sizes: 'lots of 2 bits, tried from -2 to 6; numbers of kinds from -1 to 16',
  async run({ onProgress, edits }) {
    const solver = await solveProbe(
      { widths: 'cash', source: 'cash.circom', template: 'AmountsProbe', edits },
      { known: ['kind', 'requested', 'paid', 'available'], read: ['word', 'received'] },
    )
    const tally = new Tally(solver, onProgress)
    const lots = range(-2, MOST + 3)
    product(
      { number: range(-1, 17), requested: lots, paid: lots, available: lots },
      ({ number, requested, paid, available }) => {
        const kind = (Object.keys(CASH_KINDS) as CashKind[]).find((name) => CASH_KINDS[name] === number)
        const legal = kind !== undefined && areAmounts(kind, requested, paid, available)
        const word = (requested * MOST + paid) * MOST + available
        const received = kind !== undefined && RECEIVES.includes(kind) ? requested : 0
        tally.check([number, requested, paid, available], legal ? [word, received] : undefined)
      },
    )
    return tally.counts()
  },
}

/** Inputs of a probe of margin. */
const KNOWN = ['kind', 'requested', 'paid', 'available', 'asset', ...elements('collateral', 2), 'size', 'openBuy']
const TABLE = [
  ...['largeLots', 'largeRisk'],
  ...elements('scenarioPrice', 2),
  'initialMarginBps',
  ...['collateralPrice', 'collateralWeight'].flatMap((name) => elements(name, 2)),
]

export const withdrawals: Enumeration = {
  name: 'what an account may withdraw',
  claim:
    'WITHDRAW is accepted iff the model allows the amount, FORCED iff it pays what the model pays, with some hints; never under prices that are not current, where they are needed, and whatever they are, where they are not.',
  sizes:
    'cash in [-2, 4), another asset, sizes in (-2, 2), an open order, prices of 2 bits in two scenarios, two ratios; flagged, suspended, current or not',
  async run({ scale, onProgress, edits }) {
    const { withdrawal } = await tinyModel('cash')
    const solver = await solveProbe(
      { widths: 'cash', source: 'cash.circom', template: 'MarginProbe', args: [2, 2], edits },
      {
        known: [...KNOWN, 'flagged', 'cured', 'suspended', 'exposed', 'current', ...TABLE],
        read: ['deferred'],
        bound: 64,
      },
    )
    const tally = new Tally(solver, onProgress)
    const full = scale === 'full'
    const bits = [false, true]
    product(
      {
        kind: ['FORCED', 'WITHDRAW'] as const,
        current: bits,
        flagged: bits,
        suspended: bits,
        openBuy: [0, 1],
        size: [-1, 0, 1],
        cash: full ? range(-2, MOST) : [-1, 0, 2],
        other: full ? [0, 1, 3] : [1],
        asset: [0, 1],
        mark: full ? range(0, 4) : [2],
        shocked: full ? range(0, 4) : [1, 3],
        ratio: full ? [4, 7] : [5],
        largeRisk: full ? [0, 2] : [0, 1],
        requested: full ? range(0, MOST) : [0, 3],
        available: full ? range(0, MOST) : [1, 3],
      },
      ({
        kind,
        current,
        flagged,
        suspended,
        openBuy,
        size,
        cash,
        other,
        asset,
        mark,
        shocked,
        ratio,
        largeRisk,
        ...amounts
      }) => {
        const { requested, available } = amounts
        const collaterals = [
          { lots: cash, price: 1, weight: 4 },
          { lots: other, price: 2, weight: 3 },
        ]
        const markets = [{ ...FLAT, size, openBuy, largeRisk, prices: [mark, shocked] }]
        const account = { ...accountOf(collaterals, markets), flaggedAt: flagged ? 1n : 0n, suspended }
        const prices = {
          table: { ...tableOf(collaterals, markets, ratio), asOf: 0n, maxAge: 0n },
          timestamp: current ? 0n : 1n,
        }
        const lots = (amount: number) => BigInt(amount)
        const served = current || withdrawal.needsNoPrices(account)
        const most = withdrawal.largestWithdrawal(account, asset, lots(Math.min(requested, available)), prices)
        for (const paid of full
          ? range(0, requested + 1)
          : [...new Set([0, Number(most), Math.min(Number(most) + 1, requested)])]) {
          const legal =
            paid <= available &&
            (kind === 'FORCED'
              ? served && lots(paid) === most
              : paid === requested && withdrawal.mayWithdraw(account, asset, lots(paid), prices))
          const amountsAndAccount = [CASH_KINDS[kind], requested, paid, available, asset, cash, other, size, openBuy]
          const flags = [flagged, false, suspended, false, current].map(Number)
          // What is not current may be no table at all.
          for (const [price, added] of current
            ? [[2, largeRisk]]
            : [
                [2, largeRisk],
                [-3, -3],
              ]) {
            const prices = [0, added!, mark, shocked, ratio, 1, price!, 4, 3]
            tally.check([...amountsAndAccount, ...flags, ...prices], legal ? [0] : undefined)
          }
        }
      },
    )
    return tally.counts()
  },
}

export const maintenance: Enumeration = {
  name: 'who is below maintenance, and who is cured',
  claim:
    'FLAG is accepted iff the account misses maintenance without its orders, at current prices; CURE and DEPOSIT with the outcome that the model has, and with no other, and they say of a flagged account that is exposed that nothing was decided.',
  sizes:
    'cash in [-2, 4), another asset, deposits below 3, sizes in (-2, 2), an open order, prices of 2 bits in two scenarios; flagged, suspended, sheltered, current or not',
  async run({ scale, onProgress, edits }) {
    const { maintenance: model, margin } = await tinyModel('cash')
    const solver = await solveProbe(
      { widths: 'cash', source: 'cash.circom', template: 'MarginProbe', args: [2, 2], edits },
      {
        known: [...KNOWN, 'flagged', 'cured', 'suspended', 'exposed', 'current', ...TABLE],
        read: ['deferred'],
        bound: 64,
      },
    )
    const tally = new Tally(solver, onProgress)
    const full = scale === 'full'
    const bits = [false, true]
    product(
      {
        kind: ['FLAG', 'CURE', 'DEPOSIT'] as const,
        sheltered: bits,
        current: bits,
        flagged: bits,
        cured: bits,
        suspended: bits,
        openBuy: [0, 1],
        size: [-1, 0, 1],
        cash: full ? range(-2, MOST) : [-1, 0, 2],
        other: full ? [0, 1, 3] : [1],
        asset: [0, 1],
        mark: full ? range(0, 4) : [2],
        shocked: full ? range(0, 4) : [1, 3],
        ratio: full ? [4, 7] : [5],
        largeRisk: full ? [0, 2] : [1],
        amount: full ? [0, 1, 2] : [0, 1],
      },
      ({ kind, sheltered, current, flagged, cured, suspended, openBuy, size, cash, other, asset, ...rest }) => {
        const { mark, shocked, ratio, largeRisk, amount } = rest
        // whom shelter keeps from being flagged another rule says
        if (sheltered && (kind === 'FLAG' || size === 0)) return
        if (kind !== 'DEPOSIT' && (amount > 0 || asset > 0)) return
        const lots = [cash, other].map((held, k) => (k === asset ? held + amount : held))
        const most = (1 << 2) - 1
        if (lots.some((held) => held > most)) return
        const collaterals = [
          { lots: lots[0]!, price: 1, weight: 4 },
          { lots: lots[1]!, price: 2, weight: 3 },
        ]
        const markets = [{ ...FLAT, size, openBuy, largeRisk, prices: [mark, shocked] }]
        const account = { ...accountOf(collaterals, markets), flaggedAt: flagged ? 1n : 0n, suspended }
        const given = tableOf(collaterals, markets, ratio)
        const phased = given.markets.map((record) => ({ ...record, phase: sheltered ? 1n : 0n }))
        const table = { ...given, markets: phased, asOf: 0n, maxAge: 0n }
        const prices = { table, timestamp: current ? 0n : 1n }
        const orderless = { ...account, suspended: true }
        const legal =
          kind === 'FLAG'
            ? current && !cured && !margin.meetsMargin(orderless, table, 4n)
            : flagged
              ? model.isToBeCured(account, prices) === cured
              : !cured
        const deferred = kind !== 'FLAG' && flagged && sheltered ? 1 : 0
        const flags = [flagged, cured, suspended, sheltered, current].map(Number)
        const amountsAndAccount = [CASH_KINDS[kind], amount, 0, 0, asset, cash, other, size, openBuy]
        for (const [price, added] of current
          ? [[2, largeRisk]]
          : [
              [2, largeRisk],
              [-3, -3],
            ]) {
          const prices = [0, added!, mark, shocked, ratio, 1, price!, 4, 3]
          tally.check([...amountsAndAccount, ...flags, ...prices], legal ? [deferred] : undefined)
        }
      },
    )
    return tally.counts()
  },
}
