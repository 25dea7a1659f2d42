import { makeAccount, makeState, NO_HASHES, NOW, unsigned } from '../../lab/instances/model.ts'
import type { Account } from '../../protocol/account.ts'
import { ZkclearError } from '../../protocol/errors.ts'
import { excesses, orderMargin, portfolioRisk, scaledEquity } from '../../protocol/margin.ts'
import { max, min } from '../../protocol/numbers.ts'
import type { RiskTable } from '../../protocol/risk-table.ts'
import { applyTradeBatchUnchecked } from '../../protocol/trade-batch/apply.ts'
import type { MarginBatch } from '../../protocol/trade-batch/margin-rule.ts'
import type { TradeBatch } from '../../protocol/trade-batch/trade-batch.ts'

import {
  ACCOMPLICE,
  ATTACKER,
  attackerOf,
  CREDIT,
  MOVES,
  type Move,
  type Node,
  TABLES,
  VENUE,
  withCash,
} from './margin-search-moves.ts'

/** Whether an account that loaded a message may come from one state to the other in a batch. */
export type MarginRule = (before: Account, after: Account, batch: MarginBatch & { ordered: boolean }) => boolean

const equity = (account: Account, table: RiskTable) => scaledEquity(account, table) / 10_000n
const shortfall = (account: Account, table: RiskTable) =>
  excesses(account, table, table.initialMarginBps).reduce(min, 0n) / 10_000n

/** W of protocol.md#margin-invariants in quanta, without fees: its part for open lots, and all of it. */
function bounds(account: Account, { markets }: RiskTable): { open: bigint; all: bigint } {
  let [open, all] = [0n, 0n]
  for (const [i, { band }] of markets.entries()) {
    const { size, openBuy, openSell } = account.positions[i]!
    open += (band + 1n) * (openBuy + openSell)
    all += (band + 1n) * (2n * (openBuy + openSell) + max(size, -size))
  }
  return { open, all }
}

/**
 * What the attacker did to others since the last table came, nothing of which is due to the table: debt beyond what its
 * orders explain that were open by then; exposure without margin for it; and, below initial margin, what it handed over or
 * can still hand over beyond what it then could.
 */
function harm({ state, table, start }: Node): bigint {
  const account = attackerOf(state)
  const debt = (one: Account) => max(0n, -equity(one, table))
  const [short, wasShort] = [shortfall(account, table), shortfall(start, table)]
  const stolen = debt(account) - debt(start) - bounds(start, table).open
  const exposed = wasShort - short
  const handed = equity(start, table) - equity(account, table) + bounds(account, table).all - bounds(start, table).all
  return max(max(stolen, exposed), short < 0n && wasShort < 0n ? handed : 0n)
}

/** The node after a batch, or undefined if the model or the rule refuses it. */
function follow(node: Node, { market, messages, name }: Move, lots: bigint, rule: MarginRule): Node | undefined {
  let batch: TradeBatch
  const written = messages(lots, node)
  if (written.length === 0) return undefined
  try {
    const context = { sizes: VENUE, market, timestamp: NOW, domain: 1n, riskTable: node.table }
    batch = applyTradeBatchUnchecked(node.state, written.map(unsigned), context, NO_HASHES)
  } catch (error) {
    if (error instanceof ZkclearError) return undefined
    throw error
  }
  const rested = batch.steps.some(({ kind, actor }) => kind === 'rested' && actor.account === ATTACKER)
  const inHand = batch.after.books.get(market)!.hand?.account === ATTACKER
  const entry = batch.touched.find(({ index }) => index === ATTACKER)
  if (entry !== undefined && written.some(({ account }) => account === ATTACKER)) {
    const conduct = { table: node.table, market, leavesOrder: rested || inHand, ordered: entry.margin !== undefined }
    if (!rule(withCash(entry.before, -CREDIT), withCash(entry.after, -CREDIT), conduct)) return undefined
  }
  return { ...node, state: batch.after, path: [...node.path, `${name}, ${lots} lots`] }
}

/** The lots worth trying: one, as many as are held, and the most that the rule lets through. */
function* sizesOf(node: Node, move: Move, rule: MarginRule): Generator<bigint> {
  const { size } = attackerOf(node.state).positions[move.market]!
  const held = size < 0n ? -size : size
  yield 1n
  if (held > 1n) yield held
  let [most, tooMany] = [0n, 1n]
  while (tooMany <= 1n << 19n && follow(node, move, tooMany, rule) !== undefined)
    [most, tooMany] = [tooMany, tooMany * 2n]
  while (tooMany - most > 1n) {
    const middle = (most + tooMany) / 2n
    if (follow(node, move, middle, rule) === undefined) tooMany = middle
    else most = middle
  }
  if (most > 1n && most !== held) yield most
}

/** What a beam keeps the best of: harm done, and what harm is made of. */
const PROMISES: readonly ((node: Node) => bigint)[] = [
  harm,
  ({ state, table }) => orderMargin(attackerOf(state), table),
  ({ state, table }) => portfolioRisk(attackerOf(state), table),
  ({ state, table }) => shortfall(attackerOf(state), table),
  ({ state, table }) => -shortfall(attackerOf(state), table),
  ({ state, table }) => -equity(attackerOf(state), table),
  ({ state, table }) => bounds(attackerOf(state), table).all,
  ({ state, table }) => equity(attackerOf(state), table),
]

export interface Finding {
  readonly harm: bigint
  readonly path: readonly string[]
  readonly batches: number
}

/**
 * Looks for the most harm that an attacker does with up to `depth` batches and changes of table under the rule: in front of
 * each it makes every move with the sizes worth trying, and keeps the nodes that promise most.
 */
export function searchHarm(rule: MarginRule, options: { depth: number; width: number; until?: bigint }): Finding {
  const { depth, width, until } = options
  let best: Finding = { harm: 0n, path: [], batches: 0 }
  let batches = 0
  let beam = starts()
  for (let level = 0; level < depth; level++) {
    const found = new Map<string, Node>()
    const keep = (node: Node) => {
      const done = harm(node)
      if (done > best.harm) best = { harm: done, path: node.path, batches }
      const { size: one } = attackerOf(node.state).positions[0]!
      const { size: two } = attackerOf(node.state).positions[1]!
      const margin = orderMargin(attackerOf(node.state), node.table)
      found.set(
        `${TABLES.indexOf(node.table)} ${one} ${two} ${margin} ${equity(attackerOf(node.state), node.table)}`,
        node,
      )
    }
    for (const node of beam) {
      for (const table of TABLES) {
        if (table === node.table) continue
        keep({ ...node, table, start: attackerOf(node.state), path: [...node.path, `table ${TABLES.indexOf(table)}`] })
      }
      for (const move of MOVES) {
        for (const lots of sizesOf(node, move, rule)) {
          const next = follow(node, move, lots, rule)
          batches++
          if (next !== undefined) keep(next)
          if (until !== undefined && best.harm >= until) return { ...best, batches }
        }
      }
    }
    const nodes = [...found.values()]
    const chosen = PROMISES.flatMap((promise) =>
      nodes
        .map((node) => ({ node, value: promise(node) }))
        .sort((a, b) => (a.value < b.value ? 1 : a.value > b.value ? -1 : 0))
        .slice(0, width)
        .map(({ node }) => node),
    )
    beam = [...new Set(chosen)]
  }
  return { ...best, batches }
}

/** An attacker that is flat, or holds ten lots, or a box; with equity in hand, none, or a debt. */
function starts(): Node[] {
  const table = TABLES[0]!
  return [
    [[0n, 0n], 10_000n],
    [[10n, 0n], 500n],
    [[10n, -10n], 0n],
    [[0n, 0n], -100n],
  ].map(([lots, worth]) => {
    const [one, two] = lots as [bigint, bigint]
    const cash = (worth as bigint) - (one + two) * 1000n
    const account = makeAccount(VENUE, { cash: cash + CREDIT, positions: { 0: { size: one }, 1: { size: two } } })
    const rich = makeAccount(VENUE, { cash: CREDIT, positions: { 0: { size: -one }, 1: { size: -two } } })
    const state = makeState(VENUE, { [ATTACKER]: account, [ACCOMPLICE]: rich })
    return { state, table, start: attackerOf(state), path: [`start ${one} ${two} ${worth}`] }
  })
}
