import { makeRecord, NOW, SMALL, type TestVenue } from '../../lab/instances/model.ts'
import type { Account } from '../../protocol/account.ts'
import type { Message } from '../../protocol/message.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { priority, type Side, unpackSlot } from '../../protocol/slot.ts'
import type { State } from '../../protocol/state.ts'

export const VENUE: TestVenue = {
  ...SMALL,
  markets: 2,
  collaterals: 1,
  scenarios: 3,
  messages: 8,
  signatures: 8,
  steps: 16,
  accounts: 2,
  lightAccounts: 0,
}
export const [ATTACKER, ACCOMPLICE] = [1, 2]
/** Lets the model apply any batch of the attacker; the rule that is searched decides instead. */
export const CREDIT = 1n << 60n

/** A table of two markets at these marks that may move so far, with this band, and what lots beyond five add. */
function tableOf(
  band: bigint,
  ...markets: readonly (readonly [mark: bigint, move: bigint, large?: bigint])[]
): RiskTable {
  const head = { initialMarginBps: 12_000n, takerFeeBps: 0n, makerFeeBps: 0n, asOf: NOW, maxAge: 1000n }
  const records = markets.map(([mark, move, largeRisk = 0n]) => {
    const scenarioPrices = [mark, mark - move, mark + move]
    return makeRecord(VENUE, head, { mark, band, scenarioPrices, largeLots: 5n, largeRisk })
  })
  const terms = { grace: 0n, auction: 1n, firstDiscountBps: 0n, lastDiscountBps: 0n }
  return { markets: records, collaterals: [{ price: 1n, weight: 10_000n }], memory: 0n, ...head, ...terms }
}

/** Tables that jump: calm, risk up in both markets, one market without risk, marks apart, large positions that cost more. */
export const TABLES: readonly RiskTable[] = [
  tableOf(10n, [1000n, 10n], [1000n, 10n]),
  tableOf(10n, [1000n, 100n], [1000n, 100n]),
  tableOf(10n, [1000n, 100n], [1000n, 0n]),
  tableOf(10n, [980n, 100n], [1000n, 50n]),
  tableOf(10n, [1000n, 10n, 90n], [1000n, 0n, 50n]),
]

/** Where a search stands: the attacker's account as it is without the credit. */
export interface Node {
  readonly state: State
  readonly table: RiskTable
  /** The attacker just after the last table came. */
  readonly start: Account
  readonly path: readonly string[]
}

export const attackerOf = ({ accounts }: State): Account => withCash(accounts.get(ATTACKER)!, -CREDIT)

export function withCash(account: Account, amount: bigint): Account {
  return { ...account, collateral: account.collateral.with(0, account.collateral[0]! + amount) }
}

/** One batch to try, with lots that the search chooses. */
export interface Move {
  readonly name: string
  readonly market: number
  readonly messages: (lots: bigint, node: Node) => Message[]
}

interface Terms {
  readonly account: number
  readonly side: Side
  readonly price: bigint
  readonly size: bigint
  readonly ioc?: boolean
}

class Script {
  readonly #node: Node
  readonly #market: number
  readonly messages: Message[] = []

  constructor(node: Node, market: number) {
    this.#node = node
    this.#market = market
  }

  order({ account, side, price, size, ioc = false }: Terms): this {
    const timeInForce = ioc ? 'IOC' : 'GTC'
    const rest = {
      market: this.#market,
      reduceOnly: false,
      expiry: NOW + 10_000n,
      nonce: this.#nonce(account),
    } as const
    if (size > 0n) this.messages.push({ kind: 'order', ...rest, account, side, price, size, timeInForce })
    return this
  }

  /** The accomplice offers, the attacker takes. */
  trade(side: Side, price: bigint, size: bigint): this {
    const other = side === 'buy' ? 'sell' : 'buy'
    this.order({ account: ACCOMPLICE, side: other, price, size })
    return this.order({ account: ATTACKER, side, price, size, ioc: true })
  }

  /** Takes back the attacker's best order. */
  cancel(): this {
    const { bids, asks } = this.#node.state.books.get(this.#market)!
    const sides = [['buy', bids] as const, ['sell', asks] as const]
    for (const [side, window] of sides) {
      const own = window.map(unpackSlot).find(({ account }) => account === ATTACKER)
      if (own === undefined) continue
      const named = { side, price: priority(side, own.priority), sequence: own.sequence }
      this.messages.push({
        kind: 'cancel',
        market: this.#market,
        account: ATTACKER,
        ...named,
        nonce: this.#nonce(ATTACKER),
      })
      break
    }
    return this
  }

  #nonce(account: number): bigint {
    const used = this.messages.filter((message) => message.account === account).length
    return this.#node.state.accounts.get(account)!.nonce + BigInt(used) + 1n
  }
}

/** Every batch that an attacker and an accomplice might make of it, in one market. */
function movesIn(market: number): Move[] {
  const moves: Move[] = []
  const add = (
    name: string,
    write: (script: Script, lots: bigint, prices: readonly bigint[], size: bigint) => Script,
  ) =>
    moves.push({
      name: `market ${market}: ${name}`,
      market,
      messages(lots, node) {
        const { mark, band } = node.table.markets[market]!
        const { size } = attackerOf(node.state).positions[market]!
        return write(new Script(node, market), lots, [mark - band, mark, mark + band], size).messages
      },
    })
  for (const cancels of [false, true]) {
    const also = cancels ? 'cancel, ' : ''
    const begin = (script: Script) => (cancels ? script.cancel() : script)
    for (const side of ['buy', 'sell'] as const) {
      for (const [at, where] of ['below', 'at', 'above'].entries()) {
        const act = `${side} ${where} the mark`
        add(`${also}${act}`, (script, lots, prices) => begin(script).trade(side, prices[at]!, lots))
        add(`${also}${act}, close one lot`, (script, lots, prices, size) => {
          const close = size > 0n ? 'sell' : 'buy'
          return begin(script)
            .trade(close, prices[1]!, size === 0n ? 0n : 1n)
            .trade(side, prices[at]!, lots)
        })
      }
      const edge = side === 'buy' ? 2 : 0
      add(`${also}rest a ${side} at the edge`, (script, lots, prices) =>
        begin(script).order({ account: ATTACKER, side, price: prices[edge]!, size: lots }),
      )
    }
    for (const [first, where] of [
      [2, 'hand over'],
      [0, 'receive'],
    ] as const) {
      const round = (script: Script, prices: readonly bigint[], lots: bigint) =>
        script.trade('buy', prices[first]!, lots).trade('sell', prices[2 - first]!, lots)
      add(`${also}${where} in round trips`, (script, lots, prices) => round(begin(script), prices, lots))
      add(`${also}${where} in round trips, close one lot`, (script, lots, prices, size) => {
        const close = size > 0n ? 'sell' : 'buy'
        return round(begin(script), prices, lots).trade(close, prices[1]!, size === 0n ? 0n : 1n)
      })
      add(`${also}${where} in round trips, open ten lots`, (script, lots, prices) =>
        round(begin(script), prices, lots).trade('buy', prices[1]!, 10n),
      )
    }
  }
  add('rest a far bid', (script, lots) => script.order({ account: ATTACKER, side: 'buy', price: 1n, size: lots }))
  for (const side of ['buy', 'sell'] as const) {
    add(`the accomplice takes what rests by a ${side}`, (script, lots, prices) =>
      script.order({ account: ACCOMPLICE, side, price: prices[side === 'buy' ? 2 : 0]!, size: lots, ioc: true }),
    )
  }
  return moves
}

export const MOVES = [...movesIn(0), ...movesIn(1)]
