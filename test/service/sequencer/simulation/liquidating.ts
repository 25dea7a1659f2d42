import { NOW } from '../../../../lab/instances/model.ts'
import { accountAt } from '../../../../protocol/state.ts'
import { heldBy } from '../../../../protocol/takeover/bid.ts'
import { findLiquidations } from '../../../../protocol/takeover/find.ts'
import { type Duty, dutiesOf } from '../../../../service/liquidator/duties.ts'
import { judgeBid } from '../../../../service/sequencer/bids.ts'
import { currentState } from '../../../../service/sequencer/state.ts'
import { SHOCKS } from './beginning.ts'
import type { Scene } from './scene.ts'
import { bidOf, NEWCOMERS, signedWith, TRADERS } from './traders.ts'
import { keyOf, nextNonce } from './trading.ts'

/** What the house may pay. */
const COVER = { now: 300n, perHour: 300n }

/** As much as they can bear passes from one to another, and then prices fall. */
export function crash(scene: Scene): void {
  const [buyer, seller] = [scene.pick([1, 2] as const), scene.pick([3, 4] as const)]
  const size = 5n + BigInt(scene.below(3))
  const sides = [
    [seller, 'sell'],
    [buyer, 'buy'],
  ] as const
  for (const [account, side] of sides) {
    const head = { kind: 'order', market: 0, account, side, price: 1000n, size, nonce: 1n } as const
    const order = { ...head, timeInForce: 'GTC', reduceOnly: false, expiry: NOW + 3_000n } as const
    scene.put({ kind: 'message', bundle: signedWith(0, [order]), verdict: 'ACCEPTED' })
  }
  scene.put(scene.pick(SHOCKS))
  for (const duty of duties(scene)) if (duty.kind === 'flag') doDuty(scene, duty)
  scene.tick(2_000n + BigInt(scene.below(10)) * 1_000n)
  for (const { account, offer } of findLiquidations(currentState(scene.state), liquidationTime(scene))) {
    if (offer !== undefined) bid(scene, account, offer.fair)
  }
}

/** What is due of flags, bids, takeovers and deleveragings. Gives whether anything was. */
export function liquidate(scene: Scene): boolean {
  const { state } = scene
  const [duty] = duties(scene)
  if (duty !== undefined && scene.below(2) === 0) {
    doDuty(scene, duty)
    return true
  }
  const found = findLiquidations(currentState(state), liquidationTime(scene))
  if (found.length === 0) return false
  const { account: victim, refusal, offer } = scene.pick(found)
  if (refusal === undefined) scene.put({ kind: 'operations', operations: [{ kind: 'FLAG', account: victim }] })
  else if (offer === undefined) return false
  else {
    const way = scene.below(4)
    if (way < 2) bid(scene, victim, offer.fair)
    else if (way === 2) scene.put({ kind: 'takeover', victim, cover: COVER })
    else scene.put({ kind: 'deleverage', victim, mayPay: COVER.now, most: 1 + scene.below(2) })
  }
  return true
}

function liquidationTime(scene: Scene) {
  const { table: riskTable, timestamp, pausedUntil: resumedAt } = scene.state
  return { riskTable: riskTable!, timestamp, resumedAt }
}

/** What the venue would do by itself now. */
function duties(scene: Scene): readonly Duty[] {
  const moment = { now: scene.clock / 1000n, cover: COVER }
  return dutiesOf(scene.state, [...TRADERS, ...NEWCOMERS], moment).duties
}

function doDuty(scene: Scene, { kind, records }: Duty): void {
  scene.witness.count(`due: ${kind}`)
  for (const record of records) scene.put(record)
}

function bid(scene: Scene, victim: number, fair: bigint): void {
  const { state } = scene
  const bidder = scene.pick(TRADERS)
  const taken = accountAt(currentState(state), victim)!
  const wanted = { victim, bidder, held: heldBy(taken), price: fair - BigInt(scene.below(3) * 200) }
  const signed = bidOf({ ...wanted, nonce: nextNonce(scene, bidder), expiry: NOW + 3_000n }, keyOf(scene, bidder))
  const verdict = judgeBid(state, signed)
  scene.witness.count(`bid ${verdict}`)
  if (verdict === 'ACCEPTED') scene.put({ kind: 'bid', signed })
}
