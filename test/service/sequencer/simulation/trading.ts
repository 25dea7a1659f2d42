import { NOW } from '../../../../lab/instances/model.ts'
import type { Message } from '../../../../protocol/message.ts'
import { priority, unpackSlot } from '../../../../protocol/slot.ts'
import { accountAt } from '../../../../protocol/state.ts'
import { judgeCashMessage, judgeMessage } from '../../../../service/sequencer/judge.ts'
import type { Verdict } from '../../../../service/sequencer/record.ts'
import { currentState } from '../../../../service/sequencer/state.ts'
import { CONFIG } from './beginning.ts'
import type { Scene } from './scene.ts'
import { cashSignedWith, holds, KEYS, signedWith, TRADERS } from './traders.ts'

/** An order or cancel, or two of them in a bundle. */
export function trade(scene: Scene): void {
  const account = scene.pick(TRADERS)
  const count = scene.below(8) === 0 ? 2 : 1
  const market = scene.below(2)
  const nonce = nextNonce(scene, account)
  send(
    scene,
    Array.from({ length: count }, (_, i) => someMessage(scene, account, market, nonce + BigInt(i))),
  )
}

/** As many bids of one account as a batch has steps, which expire, and then a bundle that has to pass them. */
export function wall(scene: Scene): void {
  const market = scene.below(2)
  const [account, other] = scene.below(2) === 0 ? [1, 3] : [4, 2]
  const head = { kind: 'order', market, price: 1000n, size: 1n, timeInForce: 'GTC', reduceOnly: false } as const
  for (let i = 0; i < CONFIG.sizes.trade.steps; i++) {
    const expiry = scene.clock / 1000n
    send(scene, [{ ...head, account, side: 'buy', nonce: nextNonce(scene, account), expiry }])
  }
  scene.tick(1_500n)
  const nonce = nextNonce(scene, other)
  const selling = { ...head, account: other, side: 'sell', expiry: NOW + 3_000n } as const
  send(scene, [
    { ...selling, price: 990n, nonce },
    { ...selling, price: 1010n, nonce: nonce + 1n },
  ])
}

function send(scene: Scene, messages: readonly Message[]): void {
  const { account } = messages[0]!
  const key = keyOf(scene, account)
  const bundle = signedWith(scene.below(30) === 0 ? 1 - key : key, messages)
  const verdict = judgeMessage(scene.state, bundle, false)
  const isSigned = holds(bundle, accountAt(currentState(scene.state), account)!.tradingKey)
  scene.put({ kind: 'message', bundle, verdict: orBadSignature(verdict, isSigned) })
}

function someMessage(scene: Scene, account: number, market: number, nonce: bigint): Message {
  const side = scene.below(2) === 0 ? 'buy' : 'sell'
  const head = { market, account, side, nonce } as const
  if (scene.below(20) === 0) return { kind: 'cancel-all', ...head, side: scene.pick(['buy', 'sell', 'both'] as const) }
  const { bids, asks } = currentState(scene.state).books.get(market)!
  const own = (side === 'buy' ? bids : asks).map(unpackSlot).filter((slot) => slot.account === account)
  if (own.length > 0 && scene.below(3) === 0) {
    const slot = scene.pick(own)
    return { kind: 'cancel', ...head, price: priority(side, slot.priority), sequence: slot.sequence }
  }
  return {
    ...{ kind: 'order', ...head, price: 1000n + BigInt(scene.below(5) - 2), size: 1n + BigInt(scene.below(3)) },
    timeInForce: scene.pick(['GTC', 'GTC', 'GTC', 'IOC', 'POST_ONLY'] as const),
    reduceOnly: false,
    expiry: NOW + 5n + BigInt(scene.below(3) * 1000),
  }
}

/** A withdrawal or transfer. */
export function cashMessage(scene: Scene): void {
  const account = scene.pick(TRADERS)
  const kind = scene.pick(['WITHDRAW', 'TRANSFER_OUT'] as const)
  const signed = cashSignedWith(keyOf(scene, account), {
    ...{ kind, account, asset: scene.below(2), amount: BigInt(1 + scene.below(2) * 900) },
    counterAccount: kind === 'WITHDRAW' ? 0 : scene.pick(TRADERS),
    ...{ nonce: nextNonce(scene, account), expiry: NOW + 3_000n },
  })
  const verdict = judgeCashMessage(scene.state, signed, false)
  scene.put({ kind: 'cash-message', signed, verdict })
}

/** Mostly one that is due; sometimes one that is not. */
export function nextNonce(scene: Scene, account: number): bigint {
  const { state } = scene
  const waiting = state.waiting.filter((item) => item.account === account).length
  const nonce = accountAt(currentState(state), account)!.nonce + BigInt(2 * waiting) + 1n
  return scene.below(20) === 0 && nonce > 2n ? nonce - 2n : nonce
}

/** Which of the two keys the account has now. */
export function keyOf(scene: Scene, account: number): number {
  const { tradingKey } = accountAt(currentState(scene.state), account)!
  return tradingKey.x === KEYS[0]!.x ? 0 : 1
}

function orBadSignature(verdict: Verdict, isSigned: boolean): Verdict {
  return verdict === 'ACCEPTED' && !isSigned ? 'BAD_SIGNATURE' : verdict
}
